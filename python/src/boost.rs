//! Boosting on top of a model or of scores, watched round by round.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use induce::core::{Error, Run};
use induce::learn::boost::{Beginning, Booster};
use numpy::PyReadonlyArray2;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::fit::{Found, Rows, chosen, finish};
use crate::model::Model;
use crate::monitor::Listener;

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
    let stop = Arc::new(AtomicBool::new(false));
    let failure = Arc::new(Mutex::new(None));
    let mut run = Run::new(seed)
        .with_threads(threads)
        .with_cancellation(stop.clone());
    if let Some(seconds) = time {
        let time = Duration::try_from_secs_f64(seconds);
        run = run.with_time(time.map_err(|e| PyValueError::new_err(format!("time: {e}")))?);
    }
    if let Some(object) = listener {
        run = run.with_monitor(Listener::new(object, stop.clone(), failure.clone()));
    }
    let watch = Watch {
        look,
        stop: stop.clone(),
        failure: failure.clone(),
    };
    let work = move || {
        let beginning = Beginning {
            model: from.as_ref(),
            offset: offset.as_deref(),
            valid_offset: valid_offset.as_deref(),
        };
        let mut look = |booster: &Booster| watch.show(booster);
        chosen.fit_from(&beginning, &train, valid.as_ref(), None, &mut run, &mut look)
    };
    let found = finish(py, work, &stop);
    match failure.lock().ok().and_then(|mut f| f.take()) {
        Some(error) => Err(error),
        None => found,
    }
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

/// A Python callable that is shown the model after every round.
struct Watch {
    look: Option<Py<PyAny>>,
    stop: Arc<AtomicBool>,
    failure: Arc<Mutex<Option<PyErr>>>,
}

impl Watch {
    fn show(&self, booster: &Booster) -> Result<(), Error> {
        let Some(look) = &self.look else { return Ok(()) };
        let Some(model) = booster.model() else {
            return Ok(());
        };
        let told = Python::try_attach(|py| -> PyResult<bool> {
            look.call1(py, (Model::new(Box::new(model)),))?.is_truthy(py)
        });
        match told {
            Some(Ok(false)) => {}
            // Without an interpreter nobody waits for the model.
            None | Some(Ok(true)) => self.stop.store(true, Ordering::Relaxed),
            Some(Err(error)) => {
                self.stop.store(true, Ordering::Relaxed);
                if let Ok(mut failure) = self.failure.lock() {
                    failure.get_or_insert(error);
                }
            }
        }
        Ok(())
    }
}
