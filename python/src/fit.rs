//! Fits without the interpreter lock, which hear of Ctrl-C.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use induce::core::{Fitted, Outcome, Run};
use induce::model::Model as Fit;
use induce::problem::Problem;
use induce::settings::Settings;
use numpy::{PyArray2, PyReadonlyArray1};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::error::raised;
use crate::model::{Model, matrix};
use crate::monitor::{Ending, Listener};
use crate::registry::task;
use crate::table::Table;
use crate::watch::watched;

/// What the estimators in Python hand over.
#[derive(FromPyObject)]
pub struct Rows<'py> {
    table: PyRef<'py, Table>,
    target: PyReadonlyArray1<'py, f64>,
    weight: Option<PyReadonlyArray1<'py, f64>>,
    groups: Option<PyReadonlyArray1<'py, u32>>,
}

impl Rows<'_> {
    /// The rows as a problem of this kind.
    pub fn problem(&self, kind: &str, classes: &[String]) -> PyResult<Problem> {
        let rows = self.table.0.rows();
        let target = values(&self.target, rows, "the target")?;
        let weight = self
            .weight
            .as_ref()
            .map(|w| values(w, rows, "the weight"))
            .transpose()?;
        let groups = self.groups.as_ref().map(|g| g.as_array().to_vec());
        if groups.as_ref().is_some_and(|g| g.len() != rows) {
            return Err(PyValueError::new_err(
                "the groups have another number of rows than the table",
            ));
        }
        Ok(Problem {
            features: self.table.0.clone(),
            target,
            target_name: "target".into(),
            classes: classes.to_vec(),
            task: task(kind)?,
            why_task: "as asked".into(),
            weight,
            groups,
            notes: Vec::new(),
        })
    }
}

fn values(array: &PyReadonlyArray1<f64>, rows: usize, what: &str) -> PyResult<Vec<f64>> {
    let values = array.as_array().to_vec();
    if values.len() == rows {
        return Ok(values);
    }
    let text = format!("{what} has {} rows, the table has {rows}", values.len());
    Err(PyValueError::new_err(text))
}

/// The course of one metric: which rows, which metric, and `(step, value)`.
type Course = (String, String, Vec<(u64, f64)>);

/// Fit a model of the registry. Returns the model, the outcome's name and reason, the number of steps, whether Ctrl-C
/// stopped the fit (the model is then what the fit had come to), and the course of its metrics. A linear model's solver
/// begins at `start`.
#[pyfunction]
#[pyo3(signature = (model, settings, rows, task, classes, valid=None, seed=0, threads=1, time=None, listener=None, start=None))]
#[expect(clippy::too_many_arguments, reason = "keywords in Python")]
pub fn fit(
    py: Python<'_>,
    model: &str,
    settings: Vec<String>,
    rows: Rows,
    task: &str,
    classes: Vec<String>,
    valid: Option<Rows>,
    seed: u64,
    threads: usize,
    time: Option<f64>,
    listener: Option<Py<PyAny>>,
    start: Option<PyRef<Model>>,
) -> PyResult<Found> {
    let chosen = chosen(model, &settings)?;
    let train = rows.problem(task, &classes)?;
    let valid = valid.map(|rows| rows.problem(task, &classes)).transpose()?;
    drop(rows);
    let limits = Limits {
        seed,
        threads,
        time,
        listener,
    };
    let start = start.as_ref().map(|model| model.inside());
    run_to_end(py, limits, move |run, _| match start {
        None => chosen.fit(&train, valid.as_ref(), run),
        Some(start) => chosen.fit_starting_at(&train, start, run),
    })
}

/// What a fit may use besides its data.
pub struct Limits {
    pub seed: u64,
    pub threads: usize,
    /// Seconds.
    pub time: Option<f64>,
    pub listener: Option<Py<PyAny>>,
}

/// Fit a model of tables within these limits, and hear of Ctrl-C and of what is raised in Python meanwhile.
pub fn run_to_end(
    py: Python<'_>,
    limits: Limits,
    fit: impl FnOnce(&mut Run, &Ending) -> induce::Result<Fitted<Box<dyn Fit>>> + Send,
) -> PyResult<Found> {
    let (model, outcome, reason, steps, interrupted, courses) = ended(py, limits, fit)?;
    Ok((Model::new(model), outcome, reason, steps, interrupted, courses))
}

/// As [`run_to_end`], of whatever a fit makes.
pub fn ended<M: Send>(
    py: Python<'_>,
    limits: Limits,
    fit: impl FnOnce(&mut Run, &Ending) -> induce::Result<Fitted<M>> + Send,
) -> PyResult<End<M>> {
    let ending = Ending::default();
    let mut run = Run::new(limits.seed)
        .with_threads(limits.threads)
        .with_cancellation(ending.stop.clone());
    if let Some(seconds) = limits.time {
        let time = Duration::try_from_secs_f64(seconds);
        run = run.with_time(time.map_err(|e| PyValueError::new_err(format!("time: {e}")))?);
    }
    if let Some(object) = limits.listener {
        run = run.with_monitor(Listener::new(object, ending.clone()));
    }
    let found = finish(py, || fit(&mut run, &ending), &ending.stop);
    ending.failure().map_or(found, Err)
}

/// The model's settings with these assignments.
pub fn chosen(model: &str, assignments: &[String]) -> PyResult<Settings> {
    Settings::new(model)
        .and_then(|s| s.with_all(assignments))
        .map_err(raised)
}

/// Model, outcome, its reason, steps, whether a signal ended the fit, and the course of its metrics.
pub type End<M> = (M, String, String, u64, bool, Vec<Course>);

/// What a fit of tables comes to.
pub type Found = End<Model>;

/// Do `work` without the interpreter lock, and tell what came of it.
fn finish<M: Send>(
    py: Python<'_>,
    work: impl FnOnce() -> induce::Result<Fitted<M>> + Send,
    stop: &AtomicBool,
) -> PyResult<End<M>> {
    let (fitted, interrupt) = py.detach(|| watched(work, stop));
    // Without a model there is nothing to keep, and the exception of the signal says why.
    if let (Err(_), Some(error)) = (&fitted, &interrupt) {
        return Err(error.clone_ref(py));
    }
    let fitted = fitted.map_err(raised)?;
    let (name, interrupted) = match &fitted.outcome {
        Outcome::Converged { .. } => ("converged", false),
        Outcome::Exhausted { .. } => ("exhausted", false),
        Outcome::Stopped { .. } => ("stopped", interrupt.is_some()),
    };
    let (reason, steps) = (fitted.outcome.reason().to_string(), fitted.report.steps);
    let traces = fitted.report.traces.into_iter();
    let courses = traces.map(|t| (t.split, t.metric, t.points)).collect();
    Ok((fitted.model, name.into(), reason, steps, interrupted, courses))
}

/// What `linear_path` returns.
type Walk<'py> = (Vec<usize>, Bound<'py, PyArray2<f64>>, Vec<f64>);

/// Terms' features, coefficients (lambdas, terms) and intercepts (lambdas,) of a linear model along falling lambdas.
#[pyfunction]
#[pyo3(signature = (model, settings, rows, lambdas, threads=1))]
pub fn linear_path<'py>(
    py: Python<'py>,
    model: &str,
    settings: Vec<String>,
    rows: Rows,
    lambdas: Vec<f64>,
    threads: usize,
) -> PyResult<Walk<'py>> {
    let chosen = chosen(model, &settings)?;
    let train = rows.problem("regression", &[])?;
    drop(rows);
    let mut run = Run::new(0).with_threads(threads);
    let found = py
        .detach(|| chosen.path(&train, &lambdas, &mut run))
        .map_err(raised)?;
    let features = found.terms.iter().map(|t| t.feature).collect();
    Ok((
        features,
        matrix(py, found.coefficients.concat(), found.terms.len())?,
        found.intercepts,
    ))
}
