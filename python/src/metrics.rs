//! The metrics of the house, with their intervals.

use induce::core::metrics::{self, METRICS, Predictions, Score};
use numpy::{PyReadonlyArray1, PyReadonlyArray2, PyUntypedArrayMethods};
use pyo3::prelude::*;

use crate::error::raised;
use crate::registry::task;

/// Value and, where it is known, its interval.
type Named = (String, f64, Option<f64>, Option<f64>);

fn named(score: Score) -> Named {
    (score.name, score.value, score.low, score.high)
}

/// The metrics of quantities, or the one called `name`.
#[pyfunction]
#[pyo3(signature = (target, values, weight=None, name=None))]
pub fn of_quantities(
    target: PyReadonlyArray1<f64>,
    values: PyReadonlyArray1<f64>,
    weight: Option<PyReadonlyArray1<f64>>,
    name: Option<&str>,
) -> PyResult<Vec<Named>> {
    let predictions = Predictions::regression(target.as_slice()?, values.as_slice()?);
    let weight = weight.as_ref().map(|w| w.as_slice()).transpose()?;
    all_or_one("regression", &predictions.with_weights(weight), name)
}

/// The metrics of probabilities (rows, classes) beside class indices, or the one called `name`.
#[pyfunction]
#[pyo3(signature = (target, probabilities, weight=None, name=None))]
pub fn of_classes(
    target: PyReadonlyArray1<f64>,
    probabilities: PyReadonlyArray2<f64>,
    weight: Option<PyReadonlyArray1<f64>>,
    name: Option<&str>,
) -> PyResult<Vec<Named>> {
    let classes = probabilities.shape()[1];
    let predictions = Predictions::classification(target.as_slice()?, probabilities.as_slice()?, classes);
    let weight = weight.as_ref().map(|w| w.as_slice()).transpose()?;
    all_or_one("classification", &predictions.with_weights(weight), name)
}

fn all_or_one(kind: &str, predictions: &Predictions, name: Option<&str>) -> PyResult<Vec<Named>> {
    let scores = match name {
        Some(name) => metrics::score(name, predictions).map(|score| vec![score]),
        None => metrics::scores(task(kind)?, predictions),
    };
    Ok(scores.map_err(raised)?.into_iter().map(named).collect())
}

/// (name, task, other names) of every metric.
#[pyfunction]
pub fn metric_names() -> Vec<(&'static str, &'static str, Vec<&'static str>)> {
    let row = |m: &metrics::Metric| (m.name, m.task.name(), m.aliases.to_vec());
    METRICS.iter().map(row).collect()
}
