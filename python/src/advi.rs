//! Variational inference of a density that Python computes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use induce::core::parallel::Team;
use induce::core::{Error, Fitted, Outcome, Run};
use induce::variational::{
    self, Approximation, Evaluated, Family, GradientKind, LogDensity, Posterior, Spec, Support, Supports,
};
use numpy::{PyArray1, PyArray2, PyReadonlyArray1, PyReadonlyArray2, PyUntypedArrayMethods};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::error::raised;
use crate::model::matrix;
use crate::monitor::{Ending, Listener};
use crate::watch::watched;

/// A support by its name and what it is made of: bounds, or a number of values.
type Named = (String, f64, f64);

fn supports(named: Vec<Named>) -> PyResult<Supports> {
    let one = |(name, a, b): Named| match name.as_str() {
        "real" => Ok(Support::Real),
        "above" => Ok(Support::Above(a)),
        "below" => Ok(Support::Below(a)),
        "interval" => Ok(Support::Interval(a, b)),
        "simplex" => Ok(Support::Simplex(a as usize)),
        "ordered" => Ok(Support::Ordered(a as usize)),
        _ => Err(PyValueError::new_err(format!("there is no support `{name}`"))),
    };
    let all: PyResult<Vec<Support>> = named.into_iter().map(one).collect();
    Supports::new(all?).map_err(raised)
}

fn family(name: &str) -> PyResult<Family> {
    Family::named(name).ok_or_else(|| PyValueError::new_err(format!("there is no family `{name}`")))
}

/// A callable of theta (draws, width), which gives values (draws,) and gradients (draws, width).
struct Called {
    width: usize,
    function: Py<PyAny>,
    /// Whether a signal has come, after which nothing is computed; what a callback ends is still judged.
    signalled: Arc<AtomicBool>,
    failure: Arc<Mutex<Option<PyErr>>>,
}

impl Called {
    fn call(&self, py: Python, theta: &[f64]) -> PyResult<Evaluated> {
        let given = matrix(py, theta.to_vec(), self.width)?;
        let found = self.function.bind(py).call1((given,))?;
        let (values, gradients): (PyReadonlyArray1<f64>, PyReadonlyArray2<f64>) = found.extract()?;
        Ok(Evaluated {
            values: values.as_slice()?.to_vec(),
            gradients: gradients.as_slice()?.to_vec(),
        })
    }
}

impl LogDensity for Called {
    fn width(&self) -> usize {
        self.width
    }

    fn evaluate(&mut self, theta: &[f64], _team: &Team) -> induce::Result<Evaluated> {
        if self.signalled.load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
        // Without an interpreter nobody waits for the result.
        match Python::try_attach(|py| self.call(py, theta)) {
            None => Err(Error::Interrupted),
            Some(Ok(found)) => Ok(found),
            Some(Err(error)) => {
                if let Ok(mut failure) = self.failure.lock() {
                    failure.get_or_insert(error);
                }
                Err(Error::Interrupted)
            }
        }
    }
}

/// Find the Gaussian that is nearest to a posterior; its numbers, moments, draws, and how it ended, by name.
///
/// The exception of the callable, or of a signal, is the one that is raised.
#[pyfunction]
#[pyo3(signature = (log_density, support, family_name, landing, draws, steps, learning_rate, tolerance, samples, start,
    climb, seed, time=None, listener=None))]
#[expect(clippy::too_many_arguments, reason = "keywords in Python")]
pub fn advi<'py>(
    py: Python<'py>,
    log_density: Py<PyAny>,
    support: Vec<Named>,
    family_name: &str,
    landing: bool,
    draws: usize,
    steps: u64,
    learning_rate: Option<f64>,
    tolerance: f64,
    samples: usize,
    start: Option<Vec<f64>>,
    climb: bool,
    seed: u64,
    time: Option<f64>,
    listener: Option<Py<PyAny>>,
) -> PyResult<Bound<'py, PyDict>> {
    let supports = supports(support)?;
    let spec = Spec {
        family: family(family_name)?,
        gradient: if landing {
            GradientKind::Landing
        } else {
            GradientKind::Entropy
        },
        draws,
        steps,
        learning_rate,
        tolerance,
        samples,
        start,
        climb,
    };
    let ending = Ending::default();
    // One thread: the density holds the interpreter lock.
    let mut run = Run::new(seed)
        .with_threads(1)
        .with_cancellation(ending.stop.clone());
    if let Some(seconds) = time {
        let time = Duration::try_from_secs_f64(seconds);
        run = run.with_time(time.map_err(|e| PyValueError::new_err(format!("time: {e}")))?);
    }
    if let Some(object) = listener {
        run = run.with_monitor(Listener::new(object, ending.clone()));
    }
    let (failure, signalled) = (Arc::new(Mutex::new(None)), Arc::new(AtomicBool::new(false)));
    let mut density = Called {
        width: supports.values(),
        function: log_density,
        signalled: signalled.clone(),
        failure: failure.clone(),
    };
    let work = || variational::advi(&spec, &supports, &mut density, &mut run);
    let (found, interrupt) = py.detach(|| watched(work, &signalled));
    if let Some(error) = interrupt
        .or_else(|| failure.lock().ok()?.take())
        .or_else(|| ending.failure())
    {
        return Err(error);
    }
    told(py, found.map_err(raised)?)
}

fn told(py: Python<'_>, fitted: Fitted<Posterior>) -> PyResult<Bound<'_, PyDict>> {
    let own = fitted.model;
    let width = own.mean.len();
    let out = PyDict::new(py);
    out.set_item("doubt", own.doubt())?;
    out.set_item("numbers", PyArray1::from_slice(py, own.q.numbers()))?;
    out.set_item("mean", PyArray1::from_vec(py, own.mean))?;
    out.set_item("sd", PyArray1::from_vec(py, own.deviations))?;
    out.set_item("cov", matrix(py, own.covariance, width)?)?;
    out.set_item("psis_mean", PyArray1::from_vec(py, own.corrected_mean))?;
    out.set_item("psis_sd", PyArray1::from_vec(py, own.corrected_deviations))?;
    out.set_item("theta", matrix(py, own.theta, width)?)?;
    out.set_item("log_weights", PyArray1::from_vec(py, own.ln_weights))?;
    for (name, value) in [
        ("elbo", own.elbo),
        ("elbo_error", own.elbo_error),
        ("khat", own.khat),
        ("ess", own.effective),
        ("log_evidence", own.ln_evidence),
    ] {
        out.set_item(name, value)?;
    }
    out.set_item("converged", matches!(fitted.outcome, Outcome::Converged { .. }))?;
    out.set_item("reason", fitted.outcome.reason())?;
    out.set_item("n_iter", fitted.report.steps)?;
    let points = fitted.report.trace("train").map(|trace| trace.points.clone());
    out.set_item("trace", points.unwrap_or_default())?;
    Ok(out)
}

/// Draws of an approximation. // (count, width)
#[pyfunction]
pub fn advi_draws<'py>(
    py: Python<'py>,
    support: Vec<Named>,
    family_name: &str,
    numbers: PyReadonlyArray1<f64>,
    count: usize,
    seed: u64,
) -> PyResult<Bound<'py, PyArray2<f64>>> {
    let supports = supports(support)?;
    let width = supports.values();
    let own =
        Approximation::new(family(family_name)?, supports, numbers.as_slice()?.to_vec()).map_err(raised)?;
    matrix(py, py.detach(|| own.draws(count, seed)), width)
}

/// Which of weighted draws are drawn again. // (count)
#[pyfunction]
pub fn advi_places(log_weights: PyReadonlyArray1<f64>, count: usize, seed: u64) -> PyResult<Vec<usize>> {
    if log_weights.is_empty() {
        return Err(PyValueError::new_err("there are no weights"));
    }
    Ok(variational::places(log_weights.as_slice()?, count, seed))
}

/// How far the gradients of a callable are from differences of its values at theta.
#[pyfunction]
pub fn advi_gradient_error(
    py: Python<'_>,
    log_density: Py<PyAny>,
    theta: PyReadonlyArray1<f64>,
) -> PyResult<f64> {
    let theta = theta.as_slice()?.to_vec();
    let failure = Arc::new(Mutex::new(None));
    let mut density = Called {
        width: theta.len(),
        function: log_density,
        signalled: Arc::default(),
        failure: failure.clone(),
    };
    let found = py.detach(|| variational::gradient_error(&mut density, &theta, &Team::alone()));
    match failure.lock().ok().and_then(|mut own| own.take()) {
        Some(error) => Err(error),
        None => found.map_err(raised),
    }
}
