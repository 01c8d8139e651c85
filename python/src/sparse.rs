//! Linear models on SciPy's compressed sparse rows, which are read where they lie.

use induce::core::linalg::Csr;
use numpy::{PyArray1, PyArray2, PyReadonlyArray1};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::error::raised;
use crate::fit::{Found, Limits, chosen, run_to_end};
use crate::model::{Model, matrix};
use crate::table::lent;

/// Row starts, column indices, values, and the number of columns.
#[derive(FromPyObject)]
pub struct Rows<'py> {
    starts: PyReadonlyArray1<'py, usize>,
    index: PyReadonlyArray1<'py, u32>,
    value: PyReadonlyArray1<'py, f64>,
    columns: usize,
}

impl Rows<'_> {
    fn csr(&self) -> PyResult<Csr> {
        let starts = self.starts.as_slice()?;
        let (index, value) = (
            lent(self.index.as_slice()?, self.index.as_any()),
            lent(self.value.as_slice()?, self.value.as_any()),
        );
        Csr::new(self.columns, starts, index, value).map_err(raised)
    }
}

/// As `fit`, on sparse rows.
#[pyfunction]
#[pyo3(signature = (model, settings, rows, target, classes, weight=None, seed=0, threads=1, start=None))]
#[expect(clippy::too_many_arguments, reason = "keywords in Python")]
pub fn fit_sparse(
    py: Python<'_>,
    model: &str,
    settings: Vec<String>,
    rows: Rows,
    target: PyReadonlyArray1<f64>,
    classes: Vec<String>,
    weight: Option<PyReadonlyArray1<f64>>,
    seed: u64,
    threads: usize,
    start: Option<PyRef<Model>>,
) -> PyResult<Found> {
    let chosen = chosen(model, &settings)?;
    let (rows, target) = (rows.csr()?, target.as_slice()?);
    let weight = weight.as_ref().map(|w| w.as_slice()).transpose()?;
    let limits = Limits {
        seed,
        threads,
        time: None,
        listener: None,
    };
    let start = start.as_ref().map(|model| model.inside());
    run_to_end(py, limits, |run, _| {
        chosen.fit_sparse(&rows, target, weight, &classes, start, run)
    })
}

/// Quantities (rows,) of a linear model.
#[pyfunction]
pub fn predict_sparse<'py>(
    py: Python<'py>,
    model: &Model,
    rows: Rows,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let (linear, rows) = (model.linear_model().ok_or_else(no_linear)?, rows.csr()?);
    let values = py.detach(|| linear.predict_sparse(&rows)).map_err(raised)?;
    Ok(PyArray1::from_vec(py, values))
}

/// Probabilities (rows, classes) of a linear model.
#[pyfunction]
pub fn probabilities_sparse<'py>(
    py: Python<'py>,
    model: &Model,
    rows: Rows,
) -> PyResult<Bound<'py, PyArray2<f64>>> {
    let (linear, rows) = (model.linear_model().ok_or_else(no_linear)?, rows.csr()?);
    let values = py.detach(|| linear.probabilities_sparse(&rows)).map_err(raised)?;
    matrix(py, values, linear.schema.classes.len())
}

/// Scores before the link (rows, outputs) of a linear model.
#[pyfunction]
pub fn margins_sparse<'py>(
    py: Python<'py>,
    model: &Model,
    rows: Rows,
) -> PyResult<Bound<'py, PyArray2<f64>>> {
    let (linear, rows) = (model.linear_model().ok_or_else(no_linear)?, rows.csr()?);
    let values = py.detach(|| linear.scores_sparse(&rows)).map_err(raised)?;
    matrix(py, values, linear.intercepts.len())
}

fn no_linear() -> PyErr {
    PyValueError::new_err("only linear models predict sparse rows")
}
