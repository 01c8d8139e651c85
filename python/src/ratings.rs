//! Ratings of items by users: tables beside them, lists, metrics.

use induce::core::model::Data;
use induce::core::model::ratings::{join, recommend};
use induce::core::{Error, Result};
use numpy::PyArray1;
use pyo3::prelude::*;

use crate::data::GivenRows;
use crate::error::raised;
use crate::images::{Scored, scores};
use crate::model::Model;
use crate::table::Table;

/// A table of ratings with columns of a table of users, or of items, beside it, and remarks. `key` is the column of ratings that names them.
#[pyfunction]
pub fn ratings_join(
    ratings: PyRef<Table>,
    other: PyRef<Table>,
    key: &str,
    what: &str,
) -> PyResult<(Table, Vec<String>)> {
    let joined = join(&ratings.0, &other.0, key, what).map_err(raised)?;
    Ok((Table(joined.table), joined.notes))
}

/// Users, items and the ratings that are foretold, the best `top` of each user, one after the other; and remarks.
type Lists<'py> = (Vec<String>, Vec<String>, Bound<'py, PyArray1<f64>>, Vec<String>);

/// The best items for each different user of a table.
#[pyfunction]
#[pyo3(signature = (model, table, top, threads=1))]
pub fn ratings_lists<'py>(
    py: Python<'py>,
    model: &Model,
    table: PyRef<Table>,
    top: usize,
    threads: usize,
) -> PyResult<Lists<'py>> {
    let (inside, table) = (model.inside(), table.0.clone());
    let work = || -> Result<_> {
        let own = inside.predictor().and_then(|own| own.recommender());
        let own = own.ok_or_else(|| {
            Error::data(
                format!("`{}` rates no items", inside.name()),
                "fit a model of ratings",
            )
        })?;
        let found = recommend(own, &table, top, threads)?;
        let names = |column: usize| {
            let own = &found.table.columns()[column];
            (0..own.len())
                .map(|i| own.text(i).unwrap_or_default())
                .collect::<Vec<_>>()
        };
        let mut values = vec![0.0; found.table.rows()];
        found.table.columns()[3].read_f64(0, &mut values);
        Ok((names(0), names(2), values, found.notes))
    };
    let (users, items, values, notes) = py.detach(work).map_err(raised)?;
    Ok((users, items, PyArray1::from_vec(py, values), notes))
}

/// Metrics of ratings, and of the lists that users would get.
#[pyfunction]
#[pyo3(signature = (model, rows, seed=0, threads=1))]
pub fn ratings_scores(
    py: Python<'_>,
    model: &Model,
    rows: GivenRows,
    seed: u64,
    threads: usize,
) -> PyResult<Vec<Scored>> {
    let (rows, _): (Data, _) = rows.owned()?;
    scores(py, model.inside(), &rows, None, (seed, threads))
}
