//! Any model made robust: trained on rows that agree.

use std::sync::{Arc, Mutex};

use induce_core::{Error, FitReport, Fitted, Result, Run, Trace};

use super::spec::{Spec, threshold};
use crate::robust::{Mixture, Problem, Search, in_range, search};
use induce_core::words::counted;

/// A model that can be trained on some rows of a problem.
pub trait Base: Sync {
    /// What is trained.
    type Model: Send + Sync;
    /// Train on `rows`, each with its weight, and predict all rows of the problem.
    fn train(&self, rows: &[usize], weight: &[f64]) -> Result<Trained<Self::Model>>;
}

/// A trained model and what it says about every row.
pub struct Trained<M> {
    /// The model.
    pub model: Arc<M>,
    /// A prediction per row.
    pub predictions: Arc<Vec<f64>>,
}

impl<M> Clone for Trained<M> {
    fn clone(&self) -> Self {
        Self {
            model: self.model.clone(),
            predictions: self.predictions.clone(),
        }
    }
}

/// The best model, and what it was trained on.
pub struct Consensus<M> {
    /// The model.
    pub model: Arc<M>,
    /// How far an inlier may miss.
    pub threshold: f64,
    /// Rows within the threshold, weights counting as repetition.
    pub inliers: u64,
    /// Rows.
    pub rows: u64,
}

/// Rows that weigh less than this fraction of a sure inlier are left out of a fit.
const LEAST: f64 = 0.01;

/// Rows of a sample unless it is said.
const SAMPLE: usize = 20;

/// Train `base` on the rows that agree: samples, then the rows' posteriors as weights.
///
/// # Errors
/// If a setting is out of its range, there are too few rows, no sample determines a model, or `base` fails on the rows that
/// agree.
pub fn consensus<B: Base>(
    spec: &Spec,
    base: &B,
    target: &[f64],
    weight: Option<&[f64]>,
    run: &Run,
) -> Result<Fitted<Consensus<B::Model>>> {
    spec.check()?;
    let limit = in_range(threshold(spec, target, weight));
    let rows = target.len();
    let sample = match spec.min_samples {
        0 => (rows / 10).max(SAMPLE).min(rows),
        some if some > rows => {
            let are = if rows == 1 { "is" } else { "are" };
            let reason = format!("there {are} {}", counted(rows, "row"));
            return Err(Error::setting("min_samples", some, reason));
        }
        some => some,
    };
    let problem = Any {
        base,
        target,
        weight,
        sample,
        fault: Mutex::new(None),
    };
    let how = Search {
        stream: "ransac/samples",
        threshold: limit,
        confidence: spec.confidence,
        trials: spec.most_trials(sample),
        order: None,
        mixed: false,
        weight,
    };
    let Some(found) = search(&problem, &how, run) else {
        let fault = problem.fault.into_inner().unwrap_or_default();
        let none = || Error::data("no sample could be trained on", "raise `min_samples`");
        return Err(fault.unwrap_or_else(none));
    };
    let count = |i: usize| weight.map_or(1.0, |w| w[i]);
    let near = (0..rows).filter(|&i| found.squared[i] <= limit * limit);
    let trace = Trace::new("train", "log_likelihood", found.trace);
    Ok(Fitted {
        model: Consensus {
            model: found.model.model,
            threshold: limit,
            inliers: near.map(count).sum::<f64>().round() as u64,
            rows: rows as u64,
        },
        outcome: found.outcome,
        report: FitReport::new(found.trials.max(1) as u64, vec![trace]),
    })
}

/// A base on its rows as a problem of the engine.
struct Any<'a, B: Base> {
    base: &'a B,
    target: &'a [f64],
    weight: Option<&'a [f64]>,
    sample: usize,
    /// The first error of a training: it counts only if no training worked.
    fault: Mutex<Option<Error>>,
}

impl<B: Base> Any<'_, B> {
    fn train(&self, rows: &[usize], weight: &[f64]) -> Option<Trained<B::Model>> {
        match self.base.train(rows, weight) {
            Ok(trained) => Some(trained),
            Err(error) => {
                if let Ok(mut fault) = self.fault.lock() {
                    fault.get_or_insert(error);
                }
                None
            }
        }
    }
}

impl<B: Base> Problem for Any<'_, B> {
    type Model = Trained<B::Model>;

    // Every step is a training, and trees never come to rest: a thousandth more is not worth one.
    const LITTLE: f64 = 1e-3;
    const POLISH: usize = 2;

    fn rows(&self) -> usize {
        self.target.len()
    }

    fn sample_size(&self) -> usize {
        self.sample
    }

    fn candidates(&self, sample: &[usize]) -> Vec<Self::Model> {
        let mut rows = sample.to_vec();
        rows.sort_unstable();
        self.train(&rows, &vec![1.0; rows.len()]).into_iter().collect()
    }

    fn squared(&self, model: &Self::Model, out: &mut [f64]) {
        for ((out, y), p) in out.iter_mut().zip(self.target).zip(model.predictions.iter()) {
            let square = (y - p) * (y - p);
            *out = if square < 1e300 { square } else { 1e300 };
        }
    }

    fn refit(&self, _: &Self::Model, weight: &[f64]) -> Option<Self::Model> {
        let sure = Mixture::new(1.0).posterior(0.0);
        let keeps = |i: usize| weight[i] > LEAST * sure * self.weight.map_or(1.0, |w| w[i]);
        let rows: Vec<usize> = (0..weight.len()).filter(|&i| keeps(i)).collect();
        let weight: Vec<f64> = rows.iter().map(|&i| weight[i]).collect();
        (!rows.is_empty()).then(|| self.train(&rows, &weight))?
    }

    fn start(&self) -> Option<Self::Model> {
        let rows: Vec<usize> = (0..self.target.len()).collect();
        let ones = vec![1.0; rows.len()];
        self.train(&rows, self.weight.unwrap_or(&ones))
    }
}
