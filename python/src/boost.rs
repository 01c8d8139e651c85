//! Boosting on top of a model or of scores, watched round by round.

use induce::learn::boost::{Booster, InitModel};
use numpy::PyReadonlyArray2;
use pyo3::prelude::*;

use crate::fit::{Found, Limits, Rows, chosen, run_to_end};
use crate::model::Model;
use crate::monitor::Ending;

/// Fit boosted trees: as `fit`, on top of a `model`, of scores before any tree (rows, outputs), or of both. After every
/// round `look` is called with the model so far; True stops the fit.
#[pyfunction]
#[pyo3(signature = (settings, rows, task, classes, valid=None, model=None, offset=None, valid_offset=None, seed=0, threads=1,
    time=None, listener=None, look=None))]
#[expect(clippy::too_many_arguments, reason = "keywords in Python")]
pub fn fit_boost(
    py: Python<'_>,
    settings: Vec<String>,
    rows: Rows,
    task: &str,
    classes: Vec<String>,
    valid: Option<Rows>,
    model: Option<PyRef<Model>>,
    offset: Option<PyReadonlyArray2<f64>>,
    valid_offset: Option<PyReadonlyArray2<f64>>,
    seed: u64,
    threads: usize,
    time: Option<f64>,
    listener: Option<Py<PyAny>>,
    look: Option<Py<PyAny>>,
) -> PyResult<Found> {
    let chosen = chosen("boost", &settings)?;
    let train = rows.problem(task, &classes)?;
    let valid = valid.map(|rows| rows.problem(task, &classes)).transpose()?;
    drop(rows);
    let (offset, valid_offset) = (offset.map(columns), valid_offset.map(columns));
    let from = model.map(|model| model.boosted().cloned()).transpose()?;
    let limits = Limits {
        seed,
        threads,
        time,
        listener,
    };
    run_to_end(py, limits, move |run, ending| {
        let beginning = InitModel {
            model: from.as_ref(),
            offset: offset.as_deref(),
            valid_offset: valid_offset.as_deref(),
        };
        let mut shown = |booster: &Booster| {
            show(look.as_ref(), booster, ending);
            Ok(())
        };
        chosen.fit_from(&beginning, &train, valid.as_ref(), None, run, &mut shown)
    })
}

/// The columns of an array.
fn columns(array: PyReadonlyArray2<f64>) -> Vec<Vec<f64>> {
    let columns = array.as_array();
    columns
        .columns()
        .into_iter()
        .map(|column| column.to_vec())
        .collect()
}

/// Show the model so far to a callable of Python, whose True stops the fit.
fn show(look: Option<&Py<PyAny>>, booster: &Booster, ending: &Ending) {
    if let (Some(look), Some(model)) = (look, look.and_then(|_| booster.model())) {
        ending.ask(|py| look.call1(py, (Model::new(Box::new(model)),))?.is_truthy(py));
    }
}
