//! What models of the density of rows say of tables and draw.

use induce::core::model::{Data, Model as Learnt};
use induce::core::{Error, Result, Run};
use pyo3::prelude::*;

use crate::data::GivenFeatures;
use crate::error::raised;
use crate::images::{Scored, scores};
use crate::model::Model;
use crate::table::Table;
use crate::watch::seeded;

fn lacking(model: &dyn Learnt, what: &str) -> Error {
    Error::data(
        format!("`{}` has no {what}", model.name()),
        "`TableVAE` learns what rows are like",
    )
}

fn table_of(model: &dyn Learnt, data: Data) -> Result<Table> {
    match data {
        Data::Rows(rows) => Ok(Table(rows.table()?.clone())),
        _ => Err(lacking(model, "rows")),
    }
}

/// A table with something for what is missing: its expectation or most probable category, or a draw.
#[pyfunction]
#[pyo3(signature = (model, table, drawn=false, seed=0, threads=1))]
pub fn impute(
    py: Python<'_>,
    model: &Model,
    table: PyRef<Table>,
    drawn: bool,
    seed: u64,
    threads: usize,
) -> PyResult<Table> {
    let (inside, table) = (model.inside(), table.0.clone());
    let own = inside
        .imputer()
        .ok_or_else(|| raised(lacking(inside, "knowledge of what is missing")))?;
    seeded(py, seed, threads, |run: &mut Run| own.impute(&table, drawn, run)).map(Table)
}

/// Rows drawn from the model.
#[pyfunction]
#[pyo3(signature = (model, count, seed=0, threads=1))]
pub fn row_samples(
    py: Python<'_>,
    model: &Model,
    count: usize,
    seed: u64,
    threads: usize,
) -> PyResult<Table> {
    let inside = model.inside();
    let own = inside
        .generator()
        .ok_or_else(|| raised(lacking(inside, "prior")))?;
    seeded(py, seed, threads, |run: &mut Run| {
        table_of(inside, own.generate(count, run)?)
    })
}

/// What the model's metrics say of rows; bounds by so many samples, where a number is said.
#[pyfunction]
#[pyo3(signature = (model, rows, samples=None, seed=0, threads=1))]
pub fn row_scores(
    py: Python<'_>,
    model: &Model,
    rows: GivenFeatures,
    samples: Option<usize>,
    seed: u64,
    threads: usize,
) -> PyResult<Vec<Scored>> {
    let (inside, data) = (model.inside(), Data::Rows(rows.owned()?.into()));
    scores(py, inside, &data, samples, (seed, threads))
}
