//! Fitted models.

use std::path::PathBuf;

use induce::explain::importances;
use induce::learn::boost;
use induce::learn::forest;
use induce::learn::linear::{self, Coefficient};
use induce::learn::tree::interchange::Format;
use induce::model::{self, Model as Fit};
use numpy::{PyArray1, PyArray2, PyArray3, PyArrayMethods};
use pyo3::exceptions::{PyIndexError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use serde_json::Value;

use crate::error::raised;
use crate::registry::name_of;
use crate::table::Table;

/// A fitted model of any kind.
#[pyclass(frozen, module = "induce._native")]
pub struct Model(Box<dyn Fit>);

/// A row of the coefficient table.
type Row = (
    String,
    Option<String>,
    f64,
    Option<f64>,
    Option<f64>,
    Option<f64>,
    Option<f64>,
    Option<f64>,
);

/// Lower and upper ends.
type Ends<'py> = (Bound<'py, PyArray2<f64>>, Bound<'py, PyArray2<f64>>);

impl Model {
    pub fn new(model: Box<dyn Fit>) -> Self {
        Self(model)
    }

    /// The model, whatever it is.
    pub fn inside(&self) -> &dyn Fit {
        self.0.as_ref()
    }

    /// The boosted model inside.
    pub fn boosted(&self) -> PyResult<&boost::Model> {
        self.0.as_boost().ok_or_else(|| no_boost(self.0.as_ref()))
    }

    /// The tree or forest inside, if that is what it is.
    pub fn forest_model(&self) -> Option<&forest::Model> {
        self.0.as_forest()
    }

    /// The linear model inside, if that is what it is.
    pub fn linear_model(&self) -> Option<&linear::Model> {
        self.0.as_linear()
    }
}

#[pymethods]
impl Model {
    /// The model's name in the registry.
    #[getter]
    fn kind(&self) -> &'static str {
        self.0.row().card.name
    }

    #[getter]
    fn task(&self) -> &'static str {
        name_of(self.0.task())
    }

    /// The columns it reads.
    #[getter]
    fn features(&self) -> Vec<String> {
        self.0.schema().names()
    }

    /// The names of the classes it knows.
    #[getter]
    fn classes(&self) -> Vec<String> {
        self.0.schema().classes.clone()
    }

    /// What the fit found out besides the model, in sentences.
    #[getter]
    fn notes(&self) -> Vec<String> {
        self.0.notes()
    }

    /// The settings it was fitted with, as JSON.
    #[getter]
    fn settings(&self) -> String {
        self.0.settings().to_string()
    }

    /// A quantity, the index of the likeliest class, or a score per row.
    #[pyo3(signature = (table, threads=1))]
    fn predict<'py>(
        &self,
        py: Python<'py>,
        table: &Table,
        threads: usize,
    ) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let predicted = py.detach(|| self.0.predict(&table.0, threads)).map_err(raised)?;
        Ok(PyArray1::from_vec(py, predicted.values))
    }

    /// Probabilities, (rows, classes).
    #[pyo3(signature = (table, threads=1))]
    fn probabilities<'py>(
        &self,
        py: Python<'py>,
        table: &Table,
        threads: usize,
    ) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let predicted = py.detach(|| self.0.predict(&table.0, threads)).map_err(raised)?;
        matrix(py, predicted.probabilities, predicted.classes)
    }

    /// Scores before the link, (rows, outputs).
    #[pyo3(signature = (table, threads=1))]
    fn margins<'py>(
        &self,
        py: Python<'py>,
        table: &Table,
        threads: usize,
    ) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let margins = py.detach(|| self.0.margins(&table.0, threads)).map_err(raised)?;
        matrix(py, margins.values, margins.outputs)
    }

    /// Quantiles of the target, (rows, probabilities).
    #[pyo3(signature = (table, probabilities, threads=1))]
    fn quantiles<'py>(
        &self,
        py: Python<'py>,
        table: &Table,
        probabilities: Vec<f64>,
        threads: usize,
    ) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let values = py
            .detach(|| self.0.quantiles(&table.0, &probabilities, threads))
            .map_err(raised)?;
        matrix(py, values, probabilities.len())
    }

    /// Intervals of coverage `share`: of the mean (or of the classes' probabilities), and of a new observation.
    #[pyo3(signature = (table, share, threads=1))]
    fn intervals<'py>(
        &self,
        py: Python<'py>,
        table: &Table,
        share: f64,
        threads: usize,
    ) -> PyResult<(Option<Ends<'py>>, Option<Ends<'py>>)> {
        let found = py
            .detach(|| self.0.intervals(&table.0, share, threads))
            .map_err(raised)?;
        let width = self.0.schema().classes.len().max(1);
        let ends = |ends: Option<(Vec<f64>, Vec<f64>)>, width| {
            ends.map(|(low, high)| PyResult::Ok((matrix(py, low, width)?, matrix(py, high, width)?)))
                .transpose()
        };
        Ok((ends(found.mean, width)?, ends(found.new, 1)?))
    }

    /// (name, gain, splits) of every feature.
    fn importances(&self) -> Vec<(String, f64, f64)> {
        let all = importances(self.0.as_ref());
        all.into_iter()
            .map(|i| (i.feature, i.gain, i.splits as f64))
            .collect()
    }

    /// Shapley values on the scale of the scores, (rows, outputs, features + 1); the last of each is the mean score.
    #[pyo3(signature = (table, threads=1))]
    fn shap<'py>(
        &self,
        py: Python<'py>,
        table: &Table,
        threads: usize,
    ) -> PyResult<Bound<'py, PyArray3<f64>>> {
        let shap = py.detach(|| self.0.shap(&table.0, threads)).map_err(raised)?;
        let shape = [table.0.rows(), shap.outputs, shap.features + 1];
        PyArray1::from_vec(py, shap.values).reshape(shape)
    }

    /// Trees per output of a boosted model; 0 for others.
    #[getter]
    fn rounds(&self) -> usize {
        let boosted = self.0.as_boost().map(|b| &b.ensemble);
        boosted.map_or(0, |e| e.trees.len() / e.outputs().max(1))
    }

    /// Scores per row of a boosted model; 0 for others.
    #[getter]
    fn outputs(&self) -> usize {
        self.0.as_boost().map_or(0, |b| b.ensemble.outputs())
    }

    /// The leaf of every row in every tree of a boosted model, (rows, rounds, outputs).
    #[pyo3(signature = (table, threads=1))]
    fn leaves<'py>(
        &self,
        py: Python<'py>,
        table: &Table,
        threads: usize,
    ) -> PyResult<Bound<'py, PyArray3<u32>>> {
        let ensemble = &self.boosted()?.ensemble;
        let shape = [table.0.rows(), ensemble.rounds(), ensemble.outputs()];
        let leaves = py.detach(|| ensemble.leaves(&table.0, threads)).map_err(raised)?;
        PyArray1::from_vec(py, leaves).reshape(shape)
    }

    /// Depth and number of leaves of every tree of a boosted model.
    fn tree_sizes(&self) -> PyResult<Vec<(usize, usize)>> {
        let trees = &self.boosted()?.ensemble.trees;
        Ok(trees.iter().map(|t| (t.depth(), t.leaves.len())).collect())
    }

    /// Tree `index` of a boosted model as a model of a quantity, its values times `factor`.
    #[pyo3(signature = (index, factor=1.0))]
    fn tree(&self, index: usize, factor: f64) -> PyResult<Self> {
        let tree = self.boosted()?.tree(index, factor);
        let missing = || PyIndexError::new_err(format!("there is no tree {index}"));
        Ok(Self(Box::new(tree.ok_or_else(missing)?)))
    }

    /// Trees of a tree or a forest; 0 for others.
    #[getter]
    fn trees(&self) -> usize {
        self.0.as_forest().map_or(0, |f| f.ensemble.trees.len())
    }

    /// A boosted model of the first `rounds` only.
    fn first(&self, rounds: usize) -> PyResult<Self> {
        let mut boosted = self.boosted()?.clone();
        let outputs = boosted.ensemble.outputs();
        boosted.ensemble.trees.truncate(rounds.saturating_mul(outputs));
        Ok(Self(Box::new(boosted)))
    }

    /// The models a model is made of: members of bagging and `AdaBoost`, the base of a robust regression.
    fn members(&self) -> PyResult<Vec<Self>> {
        let file = self.0.store().map_err(raised)?;
        let names = (0..).map(|i| format!("member.{i}"));
        let names = names.take_while(|name| file.has_file(name)).collect::<Vec<_>>();
        let base = Some("base".to_owned()).filter(|name| file.has_file(name));
        let found = names.into_iter().chain(base).map(|name| {
            let bytes = file
                .file_at(&name)
                .and_then(|part| part.to_bytes())
                .map_err(raised)?;
            Ok(from_bytes(&bytes)?.0)
        });
        found.collect()
    }

    /// An array of the model's file by name, `None` if there is none of doubles.
    fn array<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Option<Bound<'py, PyArray1<f64>>>> {
        let file = self.0.store().map_err(raised)?;
        let values = file.values::<f64>(name).ok();
        Ok(values.map(|values| PyArray1::from_slice(py, values)))
    }

    /// An entry of the model's file, as JSON.
    fn entry(&self, name: &str) -> PyResult<Option<String>> {
        let file = self.0.store().map_err(raised)?;
        Ok(file.text(name).ok().map(str::to_owned))
    }

    /// The linear model inside: terms, coefficients (outputs, terms), intercepts, statistics.
    fn linear<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        let Some(linear) = self.0.as_linear() else {
            return Ok(None);
        };
        let out = PyDict::new(py);
        let terms: Vec<&str> = linear.terms.iter().map(|t| t.name.as_str()).collect();
        let features: Vec<usize> = linear.terms.iter().map(|t| t.feature).collect();
        let shape = [linear.intercepts.len(), terms.len()];
        let coefficients = PyArray1::from_vec(py, linear.coefficients.clone()).reshape(shape)?;
        out.set_item("coefficients", coefficients)?;
        out.set_item("intercepts", PyArray1::from_slice(py, &linear.intercepts))?;
        out.set_item("terms", terms)?;
        out.set_item("features", features)?;
        let statistics = serde_json::to_string(&linear.statistics).unwrap_or_default();
        out.set_item("statistics", statistics)?;
        Ok(Some(out))
    }

    /// A linear model with other coefficients (outputs, terms) and intercepts, and no errors of them.
    ///
    /// # Errors
    /// If it is no linear model, the numbers are not as many, or not finite.
    fn with_coefficients(&self, coefficients: Vec<f64>, intercepts: Vec<f64>) -> PyResult<Self> {
        let linear = model::with_coefficients(self.0.as_ref(), coefficients, intercepts);
        linear.map(Self).map_err(raised)
    }

    /// Term, class, estimate, error, statistic, p, low and high of every coefficient of a linear model.
    fn coefficient_table(&self) -> Vec<Row> {
        let inside = self.0.as_linear();
        let rows = inside.map(linear::Model::coefficient_table).unwrap_or_default();
        let row = |c: Coefficient| {
            (
                c.name,
                c.class,
                c.estimate,
                c.error,
                c.statistic,
                c.p,
                c.low,
                c.high,
            )
        };
        rows.into_iter().map(row).collect()
    }

    /// The model file: valid safetensors, the same as the command line writes.
    #[pyo3(signature = (card="{}"))]
    fn to_bytes<'py>(&self, py: Python<'py>, card: &str) -> PyResult<Bound<'py, PyBytes>> {
        let mut file = self.0.store().map_err(raised)?;
        file.metadata.insert("card".into(), card.into());
        Ok(PyBytes::new(py, &file.to_bytes().map_err(raised)?))
    }

    /// Write the model file.
    #[pyo3(signature = (path, card="{}"))]
    fn save(&self, path: PathBuf, card: &str) -> PyResult<()> {
        let card: Value = serde_json::from_str(card).unwrap_or_default();
        model::save(self.0.as_ref(), &card, &path).map_err(raised)
    }

    /// Pickled as its file.
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyBytes>,))> {
        let restore = py.import("induce._native")?.getattr("restore")?;
        Ok((restore, (self.to_bytes(py, "{}")?,)))
    }

    /// The model in a format of XGBoost or LightGBM.
    fn convert<'py>(&self, py: Python<'py>, format: &str) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &convert(self.0.as_ref(), format)?))
    }
}

fn no_boost(model: &dyn Fit) -> PyErr {
    PyValueError::new_err(format!("`{}` is no boosted model", model.row().card.name))
}

fn convert(model: &dyn Fit, format: &str) -> PyResult<Vec<u8>> {
    let boosted = model.as_boost().ok_or_else(|| no_boost(model))?;
    let known = Format::ALL.into_iter().find(|f| f.name() == format);
    let known = known.ok_or_else(|| {
        let names = Format::ALL.map(Format::name).join(", ");
        PyValueError::new_err(format!("format `{format}` is none of {names}"))
    })?;
    known.write(boosted).map_err(raised)
}

/// Open a model file: our own, XGBoost's JSON or UBJSON, LightGBM's text. Returns the model and its training card.
#[pyfunction]
pub fn open(py: Python<'_>, path: PathBuf) -> PyResult<(Model, String)> {
    let (model, card) = py.detach(|| model::open(&path)).map_err(raised)?;
    Ok((Model(model), card.to_string()))
}

/// As `open`, from bytes.
#[pyfunction]
pub fn from_bytes(bytes: &[u8]) -> PyResult<(Model, String)> {
    let (model, card) = model::open_bytes("bytes", bytes).map_err(raised)?;
    Ok((Model(model), card.to_string()))
}

/// A model of `kind` that is made of these fitted ones.
///
/// # Errors
/// Where they do not go together: other tasks or classes.
#[pyfunction]
#[pyo3(signature = (kind, names, spec, members, says=None))]
pub fn of_members(
    kind: &str,
    names: Vec<String>,
    spec: &str,
    members: Vec<PyRef<Model>>,
    says: Option<Vec<f64>>,
) -> PyResult<Model> {
    let spec: Value = serde_json::from_str(spec).map_err(|e| PyValueError::new_err(format!("spec: {e}")))?;
    let parts: Vec<&dyn Fit> = members.iter().map(|m| m.0.as_ref()).collect();
    model::of_members(kind, &names, &spec, says, &parts)
        .map(Model)
        .map_err(raised)
}

/// The model of a pickle.
#[pyfunction]
pub fn restore(bytes: &[u8]) -> PyResult<Model> {
    Ok(from_bytes(bytes)?.0)
}

/// Row-major values as (rows, columns).
pub fn matrix(py: Python<'_>, values: Vec<f64>, columns: usize) -> PyResult<Bound<'_, PyArray2<f64>>> {
    let rows = values.len() / columns.max(1);
    PyArray1::from_vec(py, values).reshape([rows, columns])
}
