//! What only models with posteriors can say: of coefficients, of topics.

use induce::core::Run;
use induce::core::model::{Data, Features, Model as Learnt};
use induce::learn::bayes::{self, Noise};
use induce::learn::topic::lda::{self, Bound, Counts};
use induce::prob::special::student_quantile;
use numpy::{PyArray1, PyArray2};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::data::GivenFeatures;
use crate::error::raised;
use crate::model::{Model, matrix};

fn none(model: &dyn Learnt, what: &str) -> PyErr {
    PyValueError::new_err(format!("`{}` has no {what}", model.name()))
}

fn of_topics(model: &dyn Learnt) -> PyResult<&lda::Model> {
    model.downcast().ok_or_else(|| none(model, "topics"))
}

/// The posterior of a Bayesian regression in the units of the table: features of the coordinates, means (width,), covariance
/// (width, width), means of columns, intercept and its deviation, precisions.
#[pyfunction]
pub fn posterior<'py>(py: Python<'py>, model: &Model) -> PyResult<Facts<'py>> {
    let inside = model.inside();
    let own: &bayes::Model = inside.downcast().ok_or_else(|| none(inside, "coefficients"))?;
    let (axes, width) = (&own.frame.axes, own.frame.width());
    let (mut mean, mut deviation) = own.coefficients();
    let entry = |at: usize| {
        let (i, j) = (at / width, at % width);
        own.covariance[i * (width + 1) + j] / axes[i].scale / axes[j].scale
    };
    let out = PyDict::new(py);
    out.set_item("intercept", mean.pop())?;
    out.set_item("intercept_deviation", deviation.pop())?;
    out.set_item("coefficients", PyArray1::from_vec(py, mean))?;
    out.set_item(
        "covariance",
        matrix(py, (0..width * width).map(entry).collect(), width)?,
    )?;
    let features = axes.iter().map(|axis| axis.feature).collect::<Vec<usize>>();
    out.set_item("features", features)?;
    let centres = axes.iter().map(|axis| axis.centre).collect();
    out.set_item("centres", PyArray1::from_vec(py, centres))?;
    out.set_item("lambda", own.size.mean())?;
    if let Noise::Gaussian(alpha) = own.noise {
        out.set_item("alpha", alpha.mean())?;
        // What intervals of coverage 1/2 are made with.
        out.set_item("quartile", student_quantile(0.5, 2.0 * alpha.shape))?;
    }
    Ok(out)
}

/// What is known, by name.
type Facts<'py> = pyo3::Bound<'py, PyDict>;

/// Topics: lambda and exp E ln beta (topics, words), alpha, eta, and mini-batches so far.
#[pyfunction]
#[pyo3(signature = (model, threads=1))]
pub fn topics<'py>(py: Python<'py>, model: &Model, threads: usize) -> PyResult<Facts<'py>> {
    let own = of_topics(model.inside())?;
    let (k, words) = (own.topics.count, own.topics.words());
    let turned = |of: &dyn Fn(usize) -> f64| {
        let all = (0..k * words).map(|at| of(at % words * k + at / words)).collect();
        matrix(py, all, words)
    };
    let expected = own.topics.expected(threads);
    let out = PyDict::new(py);
    out.set_item("components", turned(&|at| own.topics.lambda[at])?)?;
    let exp = |at: usize| expected.scaled[at] * expected.ln_scale[at / k].exp();
    out.set_item("exp_dirichlet", turned(&exp)?)?;
    out.set_item("alpha", own.local.alpha)?;
    out.set_item("eta", own.eta)?;
    out.set_item("steps", own.steps)?;
    Ok(out)
}

/// gamma of documents, (documents, topics).
#[pyfunction]
#[pyo3(signature = (model, rows, threads=1))]
pub fn topic_parameters<'py>(
    py: Python<'py>,
    model: &Model,
    rows: GivenFeatures,
    threads: usize,
) -> PyResult<pyo3::Bound<'py, PyArray2<f64>>> {
    let own = of_topics(model.inside())?;
    let features = rows.owned()?;
    let found = py.detach(|| {
        let counts = Counts::of_inputs(&own.schema, (&features).into())?;
        Ok(own.documents(&counts, threads).gamma)
    });
    matrix(py, found.map_err(raised)?, own.topics.count)
}

/// The bound of documents: E ln p(w), divergences of documents and of topics, and the number of words.
#[pyfunction]
#[pyo3(signature = (model, rows, threads=1))]
pub fn topic_bound(
    py: Python<'_>,
    model: &Model,
    rows: GivenFeatures,
    threads: usize,
) -> PyResult<(f64, f64, f64, f64)> {
    let own = of_topics(model.inside())?;
    let features = rows.owned()?;
    let found = py.detach(|| {
        let counts = Counts::of_inputs(&own.schema, (&features).into())?;
        Ok(own.bound_of(&counts, None, threads))
    });
    let (bound, words): (Bound, f64) = found.map_err(raised)?;
    Ok((bound.likelihood, bound.documents, bound.topics, words))
}

/// Rows drawn from the predictive distribution, (n, columns), in the order of its columns.
#[pyfunction]
#[pyo3(signature = (model, n, seed=0))]
pub fn draws<'py>(
    py: Python<'py>,
    model: &Model,
    n: usize,
    seed: u64,
) -> PyResult<pyo3::Bound<'py, PyArray2<f64>>> {
    let inside = model.inside();
    let own = inside.generator().ok_or_else(|| none(inside, "draws"))?;
    let found = py
        .detach(|| own.generate(n, &mut Run::new(seed)))
        .map_err(raised)?;
    let Data::Rows(rows) = &found else {
        return Err(none(inside, "rows to draw"));
    };
    let Features::Table(table) = &rows.features else {
        return Err(none(inside, "table of draws"));
    };
    let read = |column: &induce::core::Column| {
        let mut values = vec![0.0; n];
        column.read_f64(0, &mut values);
        values
    };
    let columns: Vec<Vec<f64>> = table.columns().iter().map(read).collect();
    let row = |i: usize| columns.iter().map(move |own| own[i]);
    let values = (0..n).flat_map(row).collect();
    matrix(py, values, columns.len())
}
