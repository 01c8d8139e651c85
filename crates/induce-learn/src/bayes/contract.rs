//! What Bayesian regressions can do.

use induce_core::metrics::Task;
use induce_core::model::{Entry, Fact, Inputs, Intervals, Predict, Prediction, Schema, Section};
use induce_core::model_file::ModelFile;
use induce_core::{Error, Result};
use induce_prob::math::sigmoid;
use serde_json::Value;

use super::model::{Model, Noise, Score, expected_sigmoid};
use super::{BAYES_LINEAR, BAYES_LOGISTIC, report, store};

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
