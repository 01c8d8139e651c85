//! What models learn from, as the estimators in Python hand it over: rows of tables, and rows that are mostly 0.

use induce::core::linalg::Csr;
use induce::core::model::{Data, Features, Rows, Target};
use numpy::{PyReadonlyArray1, PyReadonlyArray2};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::error::raised;
use crate::registry::task;
use crate::table::{Table, lent};

/// `SciPy`'s compressed sparse rows: row starts, column indices, values, and the number of columns.
#[derive(FromPyObject)]
pub struct SparseRows<'py> {
    starts: PyReadonlyArray1<'py, usize>,
    index: PyReadonlyArray1<'py, u32>,
    value: PyReadonlyArray1<'py, f64>,
    columns: usize,
}

impl SparseRows<'_> {
    /// The rows, whose entries are read where they lie.
    pub fn csr(&self) -> PyResult<Csr> {
        let (index, value) = (
            lent(self.index.as_slice()?, self.index.as_any()),
            lent(self.value.as_slice()?, self.value.as_any()),
        );
        Csr::new(self.columns, self.starts.as_slice()?, index, value).map_err(raised)
    }
}

/// The features of rows.
#[derive(FromPyObject)]
pub enum GivenFeatures<'py> {
    Table(PyRef<'py, Table>),
    Sparse(SparseRows<'py>),
}

impl GivenFeatures<'_> {
    /// The same without Python; nothing large is copied.
    pub fn owned(&self) -> PyResult<Features> {
        Ok(match self {
            Self::Table(table) => Features::Table(table.0.clone()),
            Self::Sparse(rows) => Features::Sparse(rows.csr()?),
        })
    }
}

/// Rows with their targets.
#[derive(FromPyObject)]
pub struct GivenRows<'py> {
    table: GivenFeatures<'py>,
    /// Nothing where nothing is predicted: rows of clusters.
    target: Option<PyReadonlyArray1<'py, f64>>,
    weight: Option<PyReadonlyArray1<'py, f64>>,
    groups: Option<PyReadonlyArray1<'py, u32>>,
    task: String,
    classes: Vec<String>,
    /// What the target is called.
    name: String,
    /// Scores before the first step. // (rows, outputs)
    offset: Option<PyReadonlyArray2<'py, f64>>,
    /// Targets learnt together, in place of `target`. // (rows, targets)
    targets: Option<PyReadonlyArray2<'py, f64>>,
    /// The names of the classes of each of them, none for a quantity. // (targets)
    outputs: Option<Vec<Vec<String>>>,
}

/// Scores of rows, a column per output.
pub type Scores = Vec<Vec<f64>>;

impl GivenRows<'_> {
    /// The rows without Python, and the scores before the first step.
    ///
    /// # Errors
    /// If there are not as many targets, weights or groups as rows.
    pub fn owned(&self) -> PyResult<(Data, Option<Scores>)> {
        let features = self.table.owned()?;
        let n = features.rows();
        let weight = self.weight.as_ref().map(|w| column(w, n, "the weight"));
        let groups = self.groups.as_ref().map(|g| g.as_array().to_vec());
        if groups.as_ref().is_some_and(|groups| groups.len() != n) {
            return Err(PyValueError::new_err(
                "the groups have another number of rows than the table",
            ));
        }
        let rows = Rows {
            target: self.target(n)?,
            weight: weight.transpose()?,
            groups,
            notes: Vec::new(),
            features,
        };
        Ok((Data::Rows(rows), self.offset.as_ref().map(columns)))
    }

    fn target(&self, rows: usize) -> PyResult<Option<Target>> {
        let task = task(&self.task)?;
        let target = |values, classes: &[String]| Target {
            name: self.name.clone(),
            task,
            why: "as asked".into(),
            values,
            classes: classes.to_vec(),
            further: Vec::new(),
        };
        let Some(targets) = &self.targets else {
            let own = self
                .target
                .as_ref()
                .map(|own| column(own, rows, "the target"))
                .transpose()?;
            return Ok(own.map(|own| target(own, &self.classes)));
        };
        let (columns, names) = (columns(targets), self.outputs.as_deref().unwrap_or_default());
        if columns.len() != names.len() || columns.iter().any(|values| values.len() != rows) {
            let text = format!(
                "{} targets, and the names of {}, for {rows} rows",
                columns.len(),
                names.len()
            );
            return Err(PyValueError::new_err(text));
        }
        let mut all = columns.into_iter().zip(names).map(|(v, names)| target(v, names));
        let mut first = all
            .next()
            .ok_or_else(|| PyValueError::new_err("there is no target"))?;
        first.further = all.collect();
        Ok(Some(first))
    }
}

fn column(array: &PyReadonlyArray1<f64>, rows: usize, what: &str) -> PyResult<Vec<f64>> {
    let values = array.as_array().to_vec();
    if values.len() == rows {
        return Ok(values);
    }
    let text = format!("{what} has {} rows, the table has {rows}", values.len());
    Err(PyValueError::new_err(text))
}

fn columns(array: &PyReadonlyArray2<f64>) -> Scores {
    let columns = array.as_array();
    columns
        .columns()
        .into_iter()
        .map(|column| column.to_vec())
        .collect()
}
