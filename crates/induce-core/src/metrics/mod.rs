//! Metrics of predictions, each with a confidence interval.
//!
//! Names, definitions and values are scikit-learn's. Every metric takes sample
//! weights. The 95 % intervals are closed forms (Wilson, DeLong, the delta
//! method, order statistics), so they cost no resampling and no random numbers;
//! each metric's documentation names its own.

mod agreement;
mod confusion;
mod contingency;
mod curve;
mod interval;
mod precision_recall;
mod predictions;
mod probability;
mod ranked;
mod ranking;
mod regression;
mod roc;
mod separation;
mod table;

pub use confusion::Confusion;
pub use contingency::Contingency;
pub use curve::{
    CalibrationPoint, ThresholdStep, average_precision_of, calibration_curve, precision_recall_curve,
    roc_curve, threshold_steps, trapezoids,
};
pub use interval::{Estimate, NORMAL_975, wilson};
pub use predictions::{Points, Predictions, Task};
pub use ranking::{ndcg_of, recall_of};
pub use separation::silhouettes;
pub use table::{METRICS, Metric, find};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// A metric's value with its 95 % interval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// The metric, with its parameter if it has one: `ndcg@10`.
    pub name: String,
    /// The value.
    pub value: f64,
    /// The standard error, where it is known to be that of a mean.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<f64>,
    /// The lower end of the interval, if the metric has one.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
}

impl Score {
    /// A value without an interval.
    pub fn bare(name: impl Into<String>, value: f64) -> Self {
        Self {
            name: name.into(),
            value,
            error: None,
            low: None,
            high: None,
        }
    }

    /// The mean of values that are independent, with its standard error and the interval of a normal distribution.
    pub fn mean_of(name: impl Into<String>, values: &[f64]) -> Self {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|x| (x - mean).powi(2)).sum();
        let error = Some((squares / (n - 1.0) / n).sqrt()).filter(|error| error.is_finite());
        let end = |sign: f64| error.map(|error| mean + sign * NORMAL_975 * error);
        Self {
            name: name.into(),
            value: mean,
            error,
            low: end(-1.0),
            high: end(1.0),
        }
    }
}

/// The metrics of a split.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SplitScores {
    /// Its name: `train`, `holdout`, `valid`, `cv`, `test`.
    pub split: String,
    /// The metrics over all of it.
    pub scores: Vec<Score>,
    /// The metrics of single folds, if it was cut into folds.
    pub folds: Vec<Vec<Score>>,
}

impl SplitScores {
    /// The metrics of a split in one piece.
    pub fn new(split: impl Into<String>, scores: Vec<Score>) -> Self {
        Self {
            split: split.into(),
            scores,
            folds: Vec::new(),
        }
    }

    /// The values that single folds have of a metric.
    pub fn of_folds(&self, metric: &str) -> Vec<f64> {
        let of = |fold: &Vec<Score>| {
            fold.iter()
                .find(|score| score.name == metric)
                .map(|score| score.value)
        };
        self.folds.iter().filter_map(of).collect()
    }
}

/// The metric called `name` (`rmse`, `ndcg@10`, ...) of `predictions`.
///
/// ```
/// use induce_core::metrics::{Predictions, Task, score};
/// let truth = [3.0, -0.5, 2.0, 7.0];
/// let values = [2.5, 0.0, 2.0, 8.0];
/// let predictions = Predictions::regression(&truth, &values);
/// assert_eq!(score("mae", &predictions)?.value, 0.5);
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If there is no such metric, the predictions do not suit its task, or the rows do not define it.
pub fn score(name: &str, predictions: &Predictions) -> Result<Score> {
    let (metric, parameter) = find(name)?;
    predictions.check(metric.task)?;
    let estimate = (metric.function)(predictions, parameter)
        .ok_or_else(|| Error::data(format!("`{name}` is not defined for these rows"), metric.needs))?;
    Ok(named(name, estimate))
}

/// The default metrics of `task`; those that are undefined for these rows are left out.
///
/// # Errors
/// If lengths, classes, weights or values cannot be used for `task`.
pub fn scores(task: Task, predictions: &Predictions) -> Result<Vec<Score>> {
    predictions.check(task)?;
    let defaults = METRICS
        .iter()
        .filter(|metric| metric.task == task && metric.default);
    let defined = |metric: &Metric| Some(named(metric.name, (metric.function)(predictions, None)?));
    Ok(defaults.filter_map(defined).collect())
}

fn named(name: &str, estimate: Estimate) -> Score {
    Score {
        name: name.into(),
        value: estimate.value,
        error: None,
        low: estimate.low,
        high: estimate.high,
    }
}
