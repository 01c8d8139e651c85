//! A fitted Bayesian regression.

use induce_core::linalg::dot;
use induce_core::metrics::Task;
use induce_core::model::{Entry, Fact, Inputs, Intervals, Predict, Prediction, Schema, Section};
use induce_core::model_file::ModelFile;
use induce_core::{Error, Result, Run};
use induce_prob::math::sigmoid;
use induce_prob::special::{normal_quantile, student_quantile};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::logistic::{variance, with_ones};
use super::{BAYES_LINEAR, BAYES_LOGISTIC, Gamma, report, store};
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
    /// ELBO, E ln p(y), KL of coefficients, of alpha, of lambda.
    pub bound: [f64; 5],
    /// What the fit found out.
    pub notes: Vec<String>,
}

/// A score and its posterior deviation.
struct Score {
    mean: f64,
    deviation: f64,
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

    fn scores(&self, inputs: Inputs, threads: usize) -> Result<Vec<Score>> {
        let run = Run::new(0).with_threads(threads);
        let mut points = self.frame.points(inputs, &run)?;
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
    fn quantile(&self, p: f64) -> f64 {
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
fn expected_sigmoid(score: &Score) -> f64 {
    let (mut sum, mut mass) = (0.0, 0.0);
    for i in -NODES..=NODES {
        let z = 8.0 * f64::from(i) / f64::from(NODES);
        let w = (-0.5 * z * z).exp();
        sum += w * sigmoid(score.mean + score.deviation * z);
        mass += w;
    }
    sum / mass
}

impl induce_core::model::Model for Model {
    fn entry(&self) -> &'static Entry {
        match self.noise {
            Noise::Gaussian(_) => &BAYES_LINEAR,
            Noise::Bernoulli => &BAYES_LOGISTIC,
        }
    }

    fn settings(&self) -> Value {
        self.settings.clone()
    }

    fn store(&self) -> Result<ModelFile> {
        store::to_file(self)
    }

    fn summary(&self) -> Vec<Section> {
        report::summary(self)
    }

    fn step_unit(&self) -> &'static str {
        "iteration"
    }

    fn facts(&self) -> Vec<Fact> {
        let (mut mean, mut deviation) = self.coefficients();
        let intercept = (mean.pop(), deviation.pop());
        let mut all: Vec<Fact> = vec![
            ("columns", self.frame.names().into()),
            ("coefficients", mean.into()),
            ("standard_deviations", deviation.into()),
            ("intercept", intercept.0.into()),
            ("intercept_standard_deviation", intercept.1.into()),
            ("lambda", self.size.mean().into()),
            ("lambda_shape", self.size.shape.into()),
            ("lambda_rate", self.size.rate.into()),
            ("elbo", self.bound[0].into()),
            ("elbo_terms", self.bound[1..].into()),
            ("standardised_coefficients", self.mean.clone().into()),
            ("standardised_covariance", self.covariance.clone().into()),
        ];
        if let Noise::Gaussian(alpha) = self.noise {
            all.push(("alpha", alpha.mean().into()));
            all.push(("alpha_shape", alpha.shape.into()));
            all.push(("alpha_rate", alpha.rate.into()));
        }
        all
    }

    fn notes(&self) -> Vec<String> {
        self.notes.clone()
    }

    fn predictor(&self) -> Option<&dyn Predict> {
        Some(self)
    }
}

impl Predict for Model {
    fn schema(&self) -> &Schema {
        &self.frame.schema
    }

    fn task(&self) -> Task {
        match self.noise {
            Noise::Gaussian(_) => Task::Regression,
            Noise::Bernoulli => Task::Classification,
        }
    }

    fn predict(&self, inputs: Inputs, threads: usize) -> Result<Prediction> {
        let scores = self.scores(inputs, threads)?;
        Ok(match self.noise {
            Noise::Gaussian(_) => Prediction::of_quantities(scores.iter().map(|own| own.mean).collect()),
            Noise::Bernoulli => {
                let both = |own: &Score| {
                    let p = expected_sigmoid(own);
                    [1.0 - p, p]
                };
                Prediction::of_classes(scores.iter().flat_map(both).collect(), 2)
            }
        })
    }

    /// m + t_p sqrt(E\[alpha\]^-1 + x'Sx), with t Student's for 2 a degrees of freedom: exact for the noise at known coefficients.
    fn quantiles(&self, inputs: Inputs, probabilities: &[f64], threads: usize) -> Result<Vec<f64>> {
        let Noise::Gaussian(alpha) = self.noise else {
            return Err(Error::data(
                "classes have no quantiles",
                "`--proba` has their probabilities, `--interval` the intervals of these",
            ));
        };
        let t: Vec<f64> = probabilities.iter().map(|&p| self.quantile(p)).collect();
        let of = |own: &Score| {
            let deviation = (1.0 / alpha.mean() + own.deviation.powi(2)).sqrt();
            t.iter().map(|t| own.mean + t * deviation).collect::<Vec<f64>>()
        };
        Ok(self.scores(inputs, threads)?.iter().flat_map(of).collect())
    }

    /// Intervals of means, or of probabilities, m -+ t sqrt(x'Sx) through the link; and of new quantities.
    fn intervals(&self, inputs: Inputs, coverage: f64, threads: usize) -> Result<Intervals> {
        if !(coverage > 0.0 && coverage < 1.0) {
            let reason = "it must lie between 0 and 1, such as 0.95";
            return Err(Error::setting("--interval", coverage, reason));
        }
        let t = self.quantile(0.5 * (1.0 + coverage));
        let scores = self.scores(inputs, threads)?;
        let end = |sign: f64| scores.iter().map(move |own| own.mean + sign * t * own.deviation);
        let Noise::Gaussian(_) = self.noise else {
            let both = |sign: f64| -> Vec<f64> {
                let own = end(sign).zip(end(-sign));
                own.flat_map(|(p, q)| [sigmoid(-q), sigmoid(p)]).collect()
            };
            return Ok(Intervals {
                mean: Some((both(-1.0), both(1.0))),
                new: None,
            });
        };
        let tails = [0.5 * (1.0 - coverage), 0.5 * (1.0 + coverage)];
        let ends = self.quantiles(inputs, &tails, threads)?;
        let side = |k: usize| ends.iter().skip(k).step_by(2).copied().collect();
        Ok(Intervals {
            mean: Some((end(-1.0).collect(), end(1.0).collect())),
            new: Some((side(0), side(1))),
        })
    }
}
