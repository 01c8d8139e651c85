//! Linear regression with unknown noise and unknown size of coefficients.

use induce_core::linalg::{Eigen, dot};
use induce_core::words::number;
use induce_core::{Outcome, Run};

use super::Gamma;
use super::design::sums;
use crate::points::Points;

/// q(w) q(alpha) q(lambda), with the intercept integrated over a flat prior.
#[derive(Debug, Clone, PartialEq)]
pub struct Linear {
    /// Means of the coefficients. // (width)
    pub mean: Vec<f64>,
    /// Their covariance. // (width, width)
    pub covariance: Vec<f64>,
    /// q(alpha).
    pub noise: Gamma,
    /// q(lambda).
    pub size: Gamma,
    /// ELBO, E ln p(y), KL of w, of alpha, of lambda, after every iteration; the ELBO never falls.
    pub trace: Vec<[f64; 5]>,
    /// Why it ended.
    pub outcome: Outcome,
}

/// What is believed before, where it begins, and when it ends.
#[derive(Debug, Clone, Copy)]
pub struct Problem {
    /// Of alpha and of lambda.
    pub prior: [Gamma; 2],
    /// alpha and lambda to begin at.
    pub start: [Option<f64>; 2],
    /// Whether points and targets were centred for an intercept.
    pub intercept: bool,
    /// Most iterations.
    pub max_iter: usize,
    /// The ELBO rises by less.
    pub tol: f64,
}

/// Coordinate ascent for centred points and targets (Bishop 2006, 10.3, with a gamma for alpha too).
///
/// In the basis of eigenvectors of X'X an iteration is O(width).
pub fn linear(points: &Points, y: &[f64], problem: &Problem, run: &Run) -> Linear {
    let prior = problem.prior;
    let width = points.width;
    let (gram, cross) = sums(points, run.threads(), |row| {
        let w = points.weight(row);
        (w, w * y[row])
    });
    let eigen = Eigen::new(&gram, width);
    let top = eigen.values.last().copied().unwrap_or(0.0).max(0.0);
    let d: Vec<f64> = eigen
        .values
        .iter()
        .map(|d| if *d > 1e-13 * top { *d } else { 0.0 })
        .collect();
    let axis = |k: usize| &eigen.vectors[k * width..][..width];
    let c: Vec<f64> = (0..width)
        .map(|k| if d[k] > 0.0 { dot(axis(k), &cross) } else { 0.0 })
        .collect();
    let turned = |z: &[f64]| -> Vec<f64> {
        (0..width)
            .map(|i| (0..width).map(|k| z[k] * axis(k)[i]).sum())
            .collect()
    };
    let least: Vec<f64> = c
        .iter()
        .zip(&d)
        .map(|(c, d)| if *d > 0.0 { c / d } else { 0.0 })
        .collect();
    let least_squares = residual(points, y, &turned(&least));
    let free = points.mass() - if problem.intercept { 1.0 } else { 0.0 };
    let state = State {
        d: &d,
        c: &c,
        least: &least,
        least_squares,
        free,
        intercept: problem.intercept,
        prior,
    };
    let variance = y
        .iter()
        .enumerate()
        .map(|(i, y)| points.weight(i) * y * y)
        .sum::<f64>();
    let alpha = match variance > 0.0 {
        true => free.max(1.0) / variance,
        false => 1.0,
    };
    let [alpha, lambda] = [problem.start[0].unwrap_or(alpha), problem.start[1].unwrap_or(1.0)];
    // Little noise and large coefficients may be a mode of their own, which steps from much noise do not reach.
    let spread = dot(&least, &least);
    let fitted = [
        free.max(1.0) / least_squares.max(1e-12 * variance),
        width as f64 / spread,
    ];
    let mut best = state.ascend([alpha, lambda], problem, run);
    if fitted.iter().all(|x| x.is_finite() && *x > 0.0) {
        let other = state.ascend(fitted, problem, run);
        if other.elbo() > best.elbo() {
            best = other;
        }
    }
    let Ascent {
        noise,
        size,
        trace,
        outcome,
    } = best;
    let z: Vec<f64> = state.means(noise.mean(), size.mean());
    let variances: Vec<f64> = d.iter().map(|d| 1.0 / (size.mean() + noise.mean() * d)).collect();
    let entry = |at: usize| {
        let of = |k: usize| variances[k] * axis(k)[at / width] * axis(k)[at % width];
        (0..width).map(of).sum()
    };
    Linear {
        mean: turned(&z),
        covariance: (0..width * width).map(entry).collect(),
        noise,
        size,
        trace,
        outcome,
    }
}

/// Why iterations end, if they do.
pub fn ended(done: usize, rise: f64, max_iter: usize, tol: f64, run: &Run) -> Option<Outcome> {
    if rise < tol {
        let reason = format!(
            "the ELBO rose by {} after {done} iterations (`tol`)",
            number(rise)
        );
        return Some(Outcome::Converged { reason });
    }
    if done >= max_iter {
        let reason = format!("all {max_iter} iterations are done (`max_iter`)");
        return Some(Outcome::Exhausted { reason });
    }
    run.stopped()
}

fn residual(points: &Points, y: &[f64], coefficients: &[f64]) -> f64 {
    let of = |row: usize| points.weight(row) * (y[row] - dot(points.row(row), coefficients)).powi(2);
    (0..points.rows()).map(of).sum()
}

/// The problem in the basis of eigenvectors.
struct State<'a> {
    /// Eigenvalues of X'X.
    d: &'a [f64],
    /// X'y along the eigenvectors.
    c: &'a [f64],
    /// Least squares along the eigenvectors.
    least: &'a [f64],
    /// Their sum of squares.
    least_squares: f64,
    /// Rows less one for the intercept.
    free: f64,
    intercept: bool,
    prior: [Gamma; 2],
}

/// Where steps from one start have ended.
struct Ascent {
    noise: Gamma,
    size: Gamma,
    trace: Vec<[f64; 5]>,
    outcome: Outcome,
}

impl Ascent {
    fn elbo(&self) -> f64 {
        self.trace.last().map_or(f64::NEG_INFINITY, |own| own[0])
    }
}

/// What the gammas are made of.
struct Squares {
    /// E |y - Xw|^2.
    residual: f64,
    /// E |w|^2.
    size: f64,
    /// ln|S|.
    ln_determinant: f64,
}

impl State<'_> {
    /// Steps from alpha and lambda.
    fn ascend(&self, start: [f64; 2], problem: &Problem, run: &Run) -> Ascent {
        let [mut noise, mut size] = start.map(|shape| Gamma { shape, rate: 1.0 });
        let (prior, width) = (self.prior, self.d.len() as f64);
        let mut trace: Vec<[f64; 5]> = Vec::new();
        loop {
            let squares = self.squares(noise.mean(), size.mean());
            noise = Gamma {
                shape: prior[0].shape + 0.5 * self.free.max(0.0),
                rate: prior[0].rate + 0.5 * squares.residual,
            };
            size = Gamma {
                shape: prior[1].shape + 0.5 * width,
                rate: prior[1].rate + 0.5 * squares.size,
            };
            let now = self.bound(&squares, &noise, &size);
            let rise = trace.last().map_or(f64::INFINITY, |own| now[0] - own[0]);
            trace.push(now);
            if let Some(outcome) = ended(trace.len(), rise, problem.max_iter, problem.tol, run) {
                return Ascent {
                    noise,
                    size,
                    trace,
                    outcome,
                };
            }
        }
    }

    fn means(&self, alpha: f64, lambda: f64) -> Vec<f64> {
        let of = |(c, d): (&f64, &f64)| alpha * c / (lambda + alpha * d);
        self.c.iter().zip(self.d).map(of).collect()
    }

    fn squares(&self, alpha: f64, lambda: f64) -> Squares {
        let mut all = Squares {
            residual: self.least_squares,
            size: 0.0,
            ln_determinant: 0.0,
        };
        for (k, z) in self.means(alpha, lambda).into_iter().enumerate() {
            let variance = 1.0 / (lambda + alpha * self.d[k]);
            all.residual += self.d[k] * ((z - self.least[k]).powi(2) + variance);
            all.size += z * z + variance;
            all.ln_determinant += variance.ln();
        }
        all
    }

    fn bound(&self, squares: &Squares, noise: &Gamma, size: &Gamma) -> [f64; 5] {
        let ln_two_pi = (2.0 * std::f64::consts::PI).ln();
        let width = self.d.len() as f64;
        let ln = 0.5 * self.free * (noise.mean_ln() - ln_two_pi)
            - if self.intercept {
                0.5 * (self.free + 1.0).ln()
            } else {
                0.0
            }
            - 0.5 * noise.mean() * squares.residual;
        let weights =
            0.5 * (size.mean() * squares.size - squares.ln_determinant - width * (size.mean_ln() + 1.0));
        let (a, b) = (noise.divergence(&self.prior[0]), size.divergence(&self.prior[1]));
        [ln - weights - a - b, ln, weights, a, b]
    }
}
