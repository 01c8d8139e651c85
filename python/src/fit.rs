//! Fits without the interpreter lock, which hear of Ctrl-C.

use std::mem::discriminant;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use induce::core::model::{Data, Fit, InitModel, Model as Learnt, Settings, Snapshot};
use induce::core::{Error, Fitted, Outcome, Run};
use induce::learn::linear::path_of;
use numpy::PyArray2;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use serde_json::Value;

use crate::data::{GivenRows, Scores};
use crate::error::raised;
use crate::graphs::GivenGraph;
use crate::images::GivenImages;
use crate::language::{self, GivenText, Language};
use crate::model::{Model, matrix};
use crate::monitor::{Ending, Listener};
use crate::watch::watched;

/// The trace of one metric: which data, which metric, and `(step, value)`.
type Trace = (String, String, Vec<(u64, f64)>);

/// Model, outcome, its reason, steps, whether a signal ended the fit, and the traces of its metrics.
pub type End<M> = (M, String, String, u64, bool, Vec<Trace>);

/// A fitted model of either kind of data.
#[derive(IntoPyObject)]
pub enum Found {
    Rows(Model),
    Text(Language),
}

/// Data of either kind, without Python.
enum Given {
    Rows(Box<Data>, Option<Scores>),
    Text(GivenText),
}

impl Given {
    fn of(data: &Bound<PyAny>) -> PyResult<Self> {
        if data.hasattr("text")? {
            return data.extract::<language::Given>()?.owned().map(Self::Text);
        }
        if data.hasattr("pixels")? {
            let images = data.extract::<GivenImages>()?.owned()?;
            return Ok(Self::Rows(Box::new(Data::Images(images)), None));
        }
        if data.hasattr("edges")? {
            let graph = data.extract::<GivenGraph>()?.owned()?;
            return Ok(Self::Rows(Box::new(Data::Graph(graph)), None));
        }
        let (rows, scores) = data.extract::<GivenRows>()?.owned()?;
        Ok(Self::Rows(Box::new(rows), scores))
    }

    fn learn(self, settings: &Settings, more: More, run: &mut Run) -> induce::Result<Fitted<Found>> {
        let valid = more.valid;
        if valid
            .as_ref()
            .is_some_and(|valid| discriminant(valid) != discriminant(&self))
        {
            return Err(Error::data(
                "the validation data are of another kind than those that are learnt from",
                "give rows with rows, and a text with a text",
            ));
        }
        match self {
            Self::Text(text) => {
                let valid = match valid {
                    Some(Self::Text(valid)) => Some(valid),
                    _ => None,
                };
                let fitted = language::learn(settings, text, valid, more.holdout, run)?;
                Ok(fitted.map(Found::Text))
            }
            Self::Rows(data, scores) => {
                let (valid, valid_scores) = match valid {
                    Some(Self::Rows(valid, scores)) => (Some(valid), scores),
                    _ => (None, None),
                };
                let mut shown =
                    |snapshot: &dyn Snapshot| show(more.callback.as_ref(), snapshot, &more.ending);
                let mut context = Fit::new(run, settings.registry());
                context.valid = valid.as_deref();
                context.init = InitModel {
                    model: more.init,
                    scores: scores.as_deref(),
                    valid_scores: valid_scores.as_deref(),
                };
                context.callback = Some(&mut shown);
                let fitted = settings.fit_in(&data, &mut context)?;
                Ok(fitted.map(|model| Found::Rows(Model::new(model))))
            }
        }
    }
}

/// What a fit may use besides settings and data.
struct More<'a> {
    valid: Option<Given>,
    holdout: f64,
    init: Option<&'a dyn Learnt>,
    callback: Option<Py<PyAny>>,
    ending: Ending,
}

/// Fit a model of the registry to rows or to a text, which `data` and `valid` are by their attributes.
///
/// `settings` is a JSON object. The fit begins from the model `init`, and from the scores that rows bring along. After
/// every step `listener` hears of it, and `callback` is shown the model so far; True from either stops the fit. Of a text
/// without `valid`, the fraction `holdout` is held out. Returns the model, the outcome's name and reason, the number of
/// steps, whether Ctrl-C stopped the fit (the model is then what the fit had come to), and the traces of its metrics.
#[pyfunction]
#[pyo3(signature = (model, settings, data, valid=None, init=None, seed=0, threads=1, time=None, listener=None,
    callback=None, holdout=None))]
#[expect(clippy::too_many_arguments, reason = "keywords in Python")]
pub fn fit(
    py: Python<'_>,
    model: &str,
    settings: &str,
    data: &Bound<PyAny>,
    valid: Option<&Bound<PyAny>>,
    init: Option<PyRef<Model>>,
    seed: u64,
    threads: usize,
    time: Option<f64>,
    listener: Option<Py<PyAny>>,
    callback: Option<Py<PyAny>>,
    holdout: Option<f64>,
) -> PyResult<End<Found>> {
    let settings = chosen(model, settings)?;
    let (data, valid) = (Given::of(data)?, valid.map(Given::of).transpose()?);
    let ending = Ending::default();
    let mut run = Run::new(seed)
        .with_threads(threads)
        .with_cancellation(ending.stop.clone());
    if let Some(seconds) = time {
        let time = Duration::try_from_secs_f64(seconds);
        run = run.with_time(time.map_err(|e| PyValueError::new_err(format!("time: {e}")))?);
    }
    if let Some(object) = listener {
        run = run.with_monitor(Listener::new(object, ending.clone()));
    }
    let more = More {
        valid,
        holdout: holdout.unwrap_or(0.0),
        init: init.as_ref().map(|model| model.inside()),
        callback,
        ending: ending.clone(),
    };
    let found = finish(py, || data.learn(&settings, more, &mut run), &ending.stop);
    ending.failure().map_or(found, Err)
}

/// Show the model so far to a callable of Python, whose True stops the fit.
fn show(callback: Option<&Py<PyAny>>, snapshot: &dyn Snapshot, ending: &Ending) -> induce::Result<()> {
    if let Some(callback) = callback
        && let Some(model) = snapshot.model()?
    {
        ending.ask(|py| callback.call1(py, (Model::new(model),))?.is_truthy(py));
    }
    Ok(())
}

/// The settings of a model with these values, checked.
fn chosen(model: &str, values: &str) -> PyResult<Settings> {
    let values: Value = serde_json::from_str(values)
        .map_err(|e| PyValueError::new_err(format!("the settings of `{model}` are no JSON: {e}")))?;
    let settings = induce::settings(model).and_then(|settings| settings.with_json(&values));
    let settings = settings.map_err(raised)?;
    settings.check().map_err(raised)?;
    Ok(settings)
}

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
    let name = match &fitted.outcome {
        Outcome::Converged { .. } => "converged",
        Outcome::Exhausted { .. } => "exhausted",
        Outcome::Stopped { .. } => "stopped",
    };
    // Whoever pressed Ctrl-C wants to go no further, whatever the fit had come to.
    let interrupted = interrupt.is_some();
    let (reason, steps) = (fitted.outcome.reason().to_string(), fitted.report.steps);
    let traces = fitted.report.traces.into_iter();
    let traces = traces.map(|t| (t.split, t.metric, t.points)).collect();
    Ok((fitted.model, name.into(), reason, steps, interrupted, traces))
}

/// What `linear_path` returns.
type Walk<'py> = (Vec<usize>, Bound<'py, PyArray2<f64>>, Vec<f64>);

/// Terms' features, coefficients (lambdas, terms) and intercepts (lambdas,) of a linear model along falling lambdas.
#[pyfunction]
#[pyo3(signature = (model, settings, rows, lambdas, threads=1))]
pub fn linear_path<'py>(
    py: Python<'py>,
    model: &str,
    settings: &str,
    rows: GivenRows,
    lambdas: Vec<f64>,
    threads: usize,
) -> PyResult<Walk<'py>> {
    let settings = chosen(model, settings)?;
    let (data, _) = rows.owned()?;
    drop(rows);
    let mut run = Run::new(0).with_threads(threads);
    let found = py
        .detach(|| path_of(&settings.values, data.rows()?, &lambdas, &mut run))
        .map_err(raised)?;
    let features = found.terms.iter().map(|t| t.feature).collect();
    Ok((
        features,
        matrix(py, found.coefficients.concat(), found.terms.len())?,
        found.intercepts,
    ))
}
