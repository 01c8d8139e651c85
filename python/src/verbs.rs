//! What the command line does with models of tables beside fitting them: compare, tune, explain, report.

use std::path::PathBuf;
use std::time::Duration;

use induce::core::metrics::SplitScores;
use induce::core::model::{Data, Rows, Settings};
use induce::core::{Run, place, simd};
use induce::page::rows::{Inputs, build, kind};
use induce::{compare as comparing, explain, tune as tuning};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::data::GivenRows;
use crate::error::raised;
use crate::model::Model;
use crate::watch::watched;

fn rows_of(rows: GivenRows) -> PyResult<Rows> {
    let (data, _) = rows.owned()?;
    match data {
        Data::Rows(rows) => Ok(rows),
        _ => Err(PyValueError::new_err("rows of a table are expected")),
    }
}

/// The settings of a model of the registry from `key=value` words.
fn settings_of(model: &str, words: Vec<String>) -> PyResult<Settings> {
    let settings = induce::settings(model).and_then(|settings| settings.with_all(&words));
    let settings = settings.map_err(raised)?;
    settings.check().map_err(raised)?;
    Ok(settings)
}

/// Do `work` without the interpreter lock; Ctrl-C ends it.
fn awaited<T: Send>(
    py: Python<'_>,
    run: Run,
    work: impl FnOnce(&mut Run) -> induce::Result<T> + Send,
) -> PyResult<T> {
    let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let mut run = run.with_cancellation(stop.clone());
    let (found, interrupt) = py.detach(|| watched(|| work(&mut run), &stop));
    match interrupt {
        Some(error) => Err(error.clone_ref(py)),
        None => found.map_err(raised),
    }
}

/// The mean over folds and the ends of its corrected 95 % interval.
#[pyfunction]
pub fn mean_of_folds(values: Vec<f64>) -> (f64, f64, f64) {
    let (mean, (low, high)) = comparing::mean_of_folds(&values);
    (mean, low, high)
}

/// Places of the rows to learn from and to be evaluated on, for each of `k` folds: those of the command line.
#[pyfunction]
pub fn folds(rows: GivenRows, k: usize, seed: u64) -> PyResult<Vec<(Vec<usize>, Vec<usize>)>> {
    let rows = rows_of(rows)?;
    let found = rows.folds(k, &Run::new(seed)).map_err(raised)?;
    Ok(found.into_iter().map(|split| (split.train, split.test)).collect())
}

/// A model of the registry on folds: the metric that decides, its values, and the seconds of the fits.
#[pyfunction]
#[pyo3(signature = (model, words, rows, k, seed=0, threads=1))]
pub fn compare(
    py: Python<'_>,
    model: &str,
    words: Vec<String>,
    rows: GivenRows,
    k: usize,
    seed: u64,
    threads: usize,
) -> PyResult<(&'static str, Vec<f64>, f64)> {
    let models = [(model.to_owned(), settings_of(model, words)?)];
    let rows = rows_of(rows)?;
    let metric = comparing::metric(rows.target().map_err(raised)?.task);
    let run = Run::new(seed).with_threads(threads);
    let mut found = awaited(py, run, |run| comparing::compare(&models, &rows, k, run))?;
    let own = found.remove(0);
    Ok((metric, own.values, own.fit_seconds))
}

/// Settings, the fraction of the rows, the value and the seconds of a trial.
type Trial = (String, f64, f64, f64);

/// A search of a model's settings: the metric, the best trial and all trials, why it ended, and settings as JSON.
#[pyfunction]
#[pyo3(signature = (model, words, rows, most, seed=0, threads=1, time=None))]
pub fn tune<'py>(
    py: Python<'py>,
    model: &str,
    words: Vec<String>,
    rows: GivenRows,
    most: usize,
    seed: u64,
    threads: usize,
    time: Option<f64>,
) -> PyResult<Bound<'py, PyDict>> {
    let (settings, rows) = (settings_of(model, words)?, rows_of(rows)?);
    let metric = comparing::metric(rows.target().map_err(raised)?.task);
    let mut run = Run::new(seed).with_threads(threads);
    if let Some(seconds) = time {
        let time = Duration::try_from_secs_f64(seconds);
        run = run.with_time(time.map_err(|e| PyValueError::new_err(format!("time: {e}")))?);
    }
    let found = awaited(py, run, |run| tuning::tune(&settings, &rows, most, run))?;
    let trial = |t: &tuning::Trial| -> Trial { (t.drawn.join(" "), t.fraction, t.value, t.seconds) };
    let out = PyDict::new(py);
    out.set_item("metric", metric)?;
    out.set_item("best", trial(&found.best))?;
    out.set_item("settings", found.best.settings.values.to_string())?;
    out.set_item("default", found.default.as_ref().map(trial))?;
    out.set_item("trials", found.trials.iter().map(trial).collect::<Vec<_>>())?;
    out.set_item("reason", found.reason)?;
    Ok(out)
}

/// A feature, its mean loss, and the ends of the interval of that.
type Loss = (String, f64, f64, f64);

/// The metric, and how much it loses when a feature is shuffled: (feature, mean, low, high).
#[pyfunction]
#[pyo3(signature = (model, rows, seed=0, threads=1))]
pub fn permutation(
    py: Python<'_>,
    model: &Model,
    rows: GivenRows,
    seed: u64,
    threads: usize,
) -> PyResult<(&'static str, Vec<Loss>)> {
    let rows = rows_of(rows)?;
    let metric = explain::permutation_metric(rows.target().map_err(raised)?.task);
    let run = Run::new(seed).with_threads(threads);
    let found = awaited(py, run, |run| explain::permutation(model.inside(), &rows, run))?;
    let all = found.into_iter().map(|p| (p.feature, p.value, p.low, p.high));
    Ok((metric, all.collect()))
}

/// Write the report page of a model on rows.
#[pyfunction]
#[pyo3(signature = (model, rows, path, source, command="", seed=0, threads=1))]
pub fn report(
    py: Python<'_>,
    model: &Model,
    rows: GivenRows,
    path: PathBuf,
    source: &str,
    command: &str,
    seed: u64,
    threads: usize,
) -> PyResult<()> {
    let rows = rows_of(rows)?;
    let run = Run::new(seed).with_threads(threads);
    awaited(py, run, |run| {
        let (scores, prediction) = induce::validate::evaluate(model.inside(), &rows, run.threads())?;
        let target = rows.target()?;
        let fact = |name: &str, value: String| (name.to_owned(), value);
        let inputs = Inputs {
            model: model.inside(),
            judged: &rows,
            prediction: &prediction,
            split: "test",
            scores: &[SplitScores::new("test", scores)],
            fit: None,
            source,
            facts: vec![
                fact("Task", kind(target)),
                fact("Target", target.name.clone()),
                fact("Rows judged", rows.rows().to_string()),
            ],
            notes: rows.notes.clone(),
            environment: vec![
                fact("induce", env!("CARGO_PKG_VERSION").into()),
                fact("Seed", seed.to_string()),
                fact("Threads", run.threads().to_string()),
                fact("Instruction set", simd::level().name().into()),
            ],
            command: command.into(),
            learnt_from: None,
            asked: None,
            baseline: None,
        };
        let page = induce::plot::html(&build(&inputs, run)?).map_err(|error| {
            induce::Error::data(
                format!("the page cannot be drawn: {error}"),
                "this is a fault of induce: report it",
            )
        })?;
        place::put_bytes(&path, page.as_bytes())
    })
}
