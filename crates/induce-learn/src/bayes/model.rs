//! A fitted Bayesian regression.

use induce_core::linalg::dot;
use induce_core::model::Inputs;
use induce_core::{Result, Run};
use induce_prob::math::sigmoid;
use induce_prob::special::{normal_quantile, student_quantile};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Gamma;
use super::design::no_mean;
use super::logistic::{variance, with_ones};
use crate::points::Frame;

/// What is predicted of a score.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Noise {
    /// A quantity: q(alpha), in the units of the target.
    Gaussian(Gamma),
    /// The second of two classes.
    Bernoulli,
}

/// A fitted Bayesian regression.
#[derive(Clone)]
pub struct Model {
    /// The values of the settings it was fitted with.
    pub settings: Value,
    /// The coordinates.
    pub frame: Frame,
    /// Means of coefficients in these coordinates, in the units of the target; the last is the intercept. // (width + 1)
    pub mean: Vec<f64>,
    /// Their covariance. // (width + 1, width + 1)
    pub covariance: Vec<f64>,
    /// What is predicted of a score.
    pub noise: Noise,
    /// q(lambda), of coefficients of standardised columns, and of a standardised target if it is a quantity.
    pub size: Gamma,
    /// Whether there is an intercept; without one columns are not centred.
    pub intercept: bool,
    /// ELBO, E ln p(y), KL of coefficients, of alpha, of lambda.
    pub bound: [f64; 5],
    /// What the fit found out.
    pub notes: Vec<String>,
}

/// A score and its posterior deviation.
pub struct Score {
    /// x'm.
    pub mean: f64,
    /// sqrt(x'Sx).
    pub deviation: f64,
}

impl Model {
    /// Names of the terms of the bound.
    pub const TERMS: [&'static str; 5] = [
        "elbo",
        "expected_log_likelihood",
        "kl_coefficients",
        "kl_noise",
        "kl_size",
    ];

    /// Scores of rows.
    pub(super) fn scores(&self, inputs: Inputs, threads: usize) -> Result<Vec<Score>> {
        let run = Run::new(0).with_threads(threads);
        let mut points = self.frame.points(inputs, &run)?;
        if points.has_missing() && !self.intercept {
            return Err(no_mean());
        }
        points.fill_missing();
        let points = with_ones(&points);
        let parts = points.by_chunks(threads, |rows| {
            let of = |row: usize| {
                let x = points.row(row);
                Score {
                    mean: dot(x, &self.mean),
                    deviation: variance(x, &self.covariance).sqrt(),
                }
            };
            rows.map(of).collect::<Vec<Score>>()
        });
        Ok(parts.into_iter().flatten().collect())
    }

    /// Coefficients and their deviations in the units of the table: per unit of each column, and the intercept last.
    pub fn coefficients(&self) -> (Vec<f64>, Vec<f64>) {
        let axes = &self.frame.axes;
        let width = axes.len() + 1;
        let mut of_intercept: Vec<f64> = axes.iter().map(|axis| -axis.centre / axis.scale).collect();
        of_intercept.push(1.0);
        let mut mean: Vec<f64> = axes
            .iter()
            .zip(&self.mean)
            .map(|(axis, m)| m / axis.scale)
            .collect();
        let own = |(j, axis): (usize, &crate::points::Axis)| {
            self.covariance[j * width + j].max(0.0).sqrt() / axis.scale
        };
        let mut deviation: Vec<f64> = axes.iter().enumerate().map(own).collect();
        mean.push(dot(&of_intercept, &self.mean));
        deviation.push(variance(&of_intercept, &self.covariance).sqrt());
        (mean, deviation)
    }

    /// Quantiles of Student's distribution that the noise has, or of the normal.
    pub(super) fn quantile(&self, p: f64) -> f64 {
        match self.noise {
            Noise::Bernoulli => normal_quantile(p),
            Noise::Gaussian(alpha) => {
                let t = student_quantile(2.0 * p.min(1.0 - p), 2.0 * alpha.shape);
                if p < 0.5 { -t } else { t }
            }
        }
    }
}

/// Nodes of the integral over a score, on either side.
const NODES: i32 = 40;

/// The mean of sigma over N(mean, deviation^2), by the trapezoidal rule over eight deviations to each side, which is exact to rounding
/// for deviations up to about 10.
pub fn expected_sigmoid(score: &Score) -> f64 {
    let (mut sum, mut mass) = (0.0, 0.0);
    for i in -NODES..=NODES {
        let z = 8.0 * f64::from(i) / f64::from(NODES);
        let w = (-0.5 * z * z).exp();
        sum += w * sigmoid(score.mean + score.deviation * z);
        mass += w;
    }
    sum / mass
}
