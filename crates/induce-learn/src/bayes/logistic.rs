//! Logistic regression under the bound of Jaakkola and Jordan.

use induce_core::linalg::{Cholesky, dot};
use induce_core::{Error, Outcome, Result, Run};
use induce_prob::math::softplus;

use super::Gamma;
use super::design::sums;
use super::linear::ended;
use crate::points::Points;

/// q(w, b) q(lambda); the intercept is the last coefficient.
#[derive(Debug, Clone, PartialEq)]
pub struct Logistic {
    /// Means. // (width + 1)
    pub mean: Vec<f64>,
    /// Covariance. // (width + 1, width + 1)
    pub covariance: Vec<f64>,
    /// q(lambda).
    pub size: Gamma,
    /// ELBO, bound of E ln p(y), KL of w and b, 0, KL of lambda, after every iteration; the ELBO never falls.
    pub trace: Vec<[f64; 5]>,
    /// Why it ended.
    pub outcome: Outcome,
}

/// Coordinate ascent: ln sigma(a) >= ln sigma(xi) + (a - xi) / 2 - eta(xi) (a^2 - xi^2), eta(xi) = tanh(xi / 2) / (4 xi) (Bishop 2006,
/// 10.156 to 10.179). `y` is 1 for the second class and 0 for the first; `intercept` is the precision of its prior.
///
/// # Errors
/// If the posterior's precision is singular.
pub fn logistic(
    points: &Points,
    y: &[f64],
    prior: Gamma,
    intercept: f64,
    limits: (usize, f64),
    run: &Run,
) -> Result<Logistic> {
    let points = with_ones(points);
    let width = points.width;
    let slope = sums(&points, run.threads(), |row| {
        (0.0, points.weight(row) * (y[row] - 0.5))
    })
    .1;
    let mut xi = vec![0.0; points.rows()];
    let mut size = Gamma {
        shape: 1.0,
        rate: 1.0,
    };
    let mut trace: Vec<[f64; 5]> = Vec::new();
    loop {
        let mut precision = sums(&points, run.threads(), |row| {
            (2.0 * points.weight(row) * eta(xi[row]), 0.0)
        })
        .0;
        (0..width - 1).for_each(|j| precision[j * width + j] += size.mean());
        precision[width * width - 1] += intercept;
        let factor = Cholesky::new(&precision, width).ok_or_else(|| {
            Error::data(
                "the precision of the coefficients is singular",
                "raise `lambda_1` and lower `lambda_2`",
            )
        })?;
        let covariance = factor.inverse();
        let mut mean = slope.clone();
        factor.solve(&mut mean);
        xi = squares(&points, &mean, &covariance, run.threads())
            .into_iter()
            .map(f64::sqrt)
            .collect();
        let square = |j: usize| mean[j] * mean[j] + covariance[j * width + j];
        let coefficients: f64 = (0..width - 1).map(square).sum();
        size = Gamma {
            shape: prior.shape + 0.5 * (width - 1) as f64,
            rate: prior.rate + 0.5 * coefficients,
        };
        // At the best xi the quadratic term is 0, and ln sigma(xi) - xi / 2 is left.
        let local = |row: usize| -points.weight(row) * (softplus(-xi[row]) + 0.5 * xi[row]);
        let ln = (0..points.rows()).map(local).sum::<f64>() + dot(&slope, &mean);
        let weights = 0.5
            * (size.mean() * coefficients + intercept * square(width - 1) + factor.ln_determinant()
                - width as f64
                - (width - 1) as f64 * size.mean_ln()
                - intercept.ln());
        let lambda = size.divergence(&prior);
        let now = [ln - weights - lambda, ln, weights, 0.0, lambda];
        let rise = trace.last().map_or(f64::INFINITY, |own| now[0] - own[0]);
        trace.push(now);
        if let Some(outcome) = ended(trace.len(), rise, limits.0, limits.1, run) {
            return Ok(Logistic {
                mean,
                covariance,
                size,
                trace,
                outcome,
            });
        }
    }
}

/// Points with a last coordinate of 1.
pub fn with_ones(points: &Points) -> Points {
    let one = |row: &[f64]| row.iter().copied().chain([1.0]).collect::<Vec<f64>>();
    let values = points.values.chunks_exact(points.width).flat_map(one).collect();
    Points::new(values, points.width + 1).with_weight(points.weight.clone())
}

fn eta(xi: f64) -> f64 {
    if xi < 1e-4 {
        return 0.125 - xi * xi / 96.0;
    }
    (0.5 * xi).tanh() / (4.0 * xi)
}

/// E (x'w)^2 = (x'm)^2 + x'Sx of every row.
fn squares(points: &Points, mean: &[f64], covariance: &[f64], threads: usize) -> Vec<f64> {
    let parts = points.by_chunks(threads, |rows| {
        let of = |row: usize| {
            let x = points.row(row);
            dot(x, mean).powi(2) + variance(x, covariance)
        };
        rows.map(of).collect::<Vec<f64>>()
    });
    parts.concat()
}

/// x'Sx.
pub fn variance(x: &[f64], covariance: &[f64]) -> f64 {
    let rows = covariance.chunks_exact(x.len());
    let sum: f64 = x.iter().zip(rows).map(|(xi, row)| xi * dot(row, x)).sum();
    sum.max(0.0)
}
