//! Fitted models.

use std::path::PathBuf;
use std::sync::Arc;

use induce::core::Result;
use induce::core::model::{
    DataKind, Features, Margins, Model as Learnt, Predict, Prediction, Schema, no_shap,
};
use induce::explain::importances;
use induce::learn::ensemble;
use induce::learn::linear::{self, Coefficient};
use induce::learn::tree::interchange::Format;
use induce::learn::{boost, forest};
use numpy::{PyArray1, PyArray2, PyArray3, PyArrayMethods};
use pyo3::exceptions::{PyIndexError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use serde_json::{Map, Value};

use crate::clusters;
use crate::data::GivenFeatures;
use crate::error::raised;
use crate::table::Table;

/// A fitted model of rows, or a part of one.
#[pyclass(frozen, module = "induce._native")]
pub struct Model {
    root: Arc<dyn Learnt>,
    /// Which part of which part of the root it is.
    path: Vec<usize>,
}

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
    pub fn new(model: Box<dyn Learnt>) -> Self {
        Self {
            root: Arc::from(model),
            path: Vec::new(),
        }
    }

    /// The model, whatever it is.
    pub fn inside(&self) -> &dyn Learnt {
        let mut model = self.root.as_ref();
        for &place in &self.path {
            model = model.parts()[place];
        }
        model
    }

    fn predictor(&self) -> PyResult<&dyn Predict> {
        self.inside().predicting().map_err(raised)
    }

    /// What it reads, whether it predicts or not.
    fn schema(&self) -> PyResult<&Schema> {
        match clusters::schema(self.inside()) {
            Some(own) => Ok(own),
            None => Ok(self.predictor()?.schema()),
        }
    }

    /// The boosted model inside.
    fn boosted(&self) -> PyResult<&boost::Model> {
        let model = self.inside();
        model.downcast().ok_or_else(|| no_boost(model))
    }

    fn predicted(&self, py: Python<'_>, given: &GivenFeatures, threads: usize) -> PyResult<Prediction> {
        self.asked(py, given, |model, features| {
            model.predict(features.into(), threads)
        })
    }

    fn asked<T: Send>(
        &self,
        py: Python<'_>,
        given: &GivenFeatures,
        ask: impl FnOnce(&dyn Predict, &Features) -> Result<T> + Send,
    ) -> PyResult<T> {
        let (model, features) = (self.predictor()?, given.owned()?);
        py.detach(|| ask(model, &features)).map_err(raised)
    }
}

#[pymethods]
impl Model {
    /// The model's name in the registry.
    #[getter]
    fn kind(&self) -> &'static str {
        self.inside().name()
    }

    #[getter]
    fn task(&self) -> PyResult<&'static str> {
        match self.inside() {
            model if model.reads() == DataKind::Images => Ok("images"),
            model if model.linker().is_some() => Ok("links"),
            model if model.entry().input == DataKind::Graph => Ok("graphs"),
            model if model.predictor().is_none() && model.transformer().is_some() => Ok("transform"),
            _ => Ok(self.predictor()?.task().name()),
        }
    }

    /// The columns it reads.
    #[getter]
    fn features(&self) -> PyResult<Vec<String>> {
        Ok(self.schema()?.names())
    }

    /// The names of the classes it knows.
    #[getter]
    fn classes(&self) -> PyResult<Vec<String>> {
        Ok(self.schema()?.classes.clone())
    }

    /// What the fit found out besides the model, in sentences.
    #[getter]
    fn notes(&self) -> Vec<String> {
        self.inside().notes()
    }

    /// The settings it was fitted with, as JSON.
    #[getter]
    fn settings(&self) -> String {
        self.inside().settings().to_string()
    }

    /// Facts about it, as JSON: those that `induce show --format json` prints.
    #[getter]
    fn facts(&self) -> String {
        let facts = self.inside().facts().into_iter();
        let facts: Map<_, _> = facts.map(|(name, value)| (name.to_owned(), value)).collect();
        Value::Object(facts).to_string()
    }

    /// A quantity, the index of the likeliest class, or a score per row of a table or of sparse rows.
    #[pyo3(signature = (rows, threads=1))]
    fn predict<'py>(
        &self,
        py: Python<'py>,
        rows: GivenFeatures,
        threads: usize,
    ) -> PyResult<Bound<'py, PyArray1<f64>>> {
        Ok(PyArray1::from_vec(py, self.predicted(py, &rows, threads)?.values))
    }

    /// Probabilities, (rows, classes).
    #[pyo3(signature = (rows, threads=1))]
    fn probabilities<'py>(
        &self,
        py: Python<'py>,
        rows: GivenFeatures,
        threads: usize,
    ) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let predicted = self.predicted(py, &rows, threads)?;
        matrix(py, predicted.probabilities, predicted.classes)
    }

    /// Scores before the link, (rows, outputs).
    #[pyo3(signature = (rows, threads=1))]
    fn margins<'py>(
        &self,
        py: Python<'py>,
        rows: GivenFeatures,
        threads: usize,
    ) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let Margins { values, outputs } = self.asked(py, &rows, |model, features| {
            model.margins(features.into(), threads)
        })?;
        matrix(py, values, outputs)
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
        let model = self.predictor()?;
        let values = py
            .detach(|| model.quantiles((&table.0).into(), &probabilities, threads))
            .map_err(raised)?;
        matrix(py, values, probabilities.len())
    }

    /// Intervals of this coverage: of the mean (or of the classes' probabilities), and of a new observation.
    #[pyo3(signature = (table, coverage, threads=1))]
    fn intervals<'py>(
        &self,
        py: Python<'py>,
        table: &Table,
        coverage: f64,
        threads: usize,
    ) -> PyResult<(Option<Ends<'py>>, Option<Ends<'py>>)> {
        let model = self.predictor()?;
        let found = py
            .detach(|| model.intervals((&table.0).into(), coverage, threads))
            .map_err(raised)?;
        let width = model.schema().classes.len().max(1);
        let ends = |ends: Option<(Vec<f64>, Vec<f64>)>, width| {
            ends.map(|(low, high)| PyResult::Ok((matrix(py, low, width)?, matrix(py, high, width)?)))
                .transpose()
        };
        Ok((ends(found.mean, width)?, ends(found.new, 1)?))
    }

    /// (name, gain, splits, cover) of every feature.
    fn importances(&self) -> Vec<(String, f64, f64, f64)> {
        let all = importances(self.inside());
        all.into_iter()
            .map(|i| (i.feature, i.gain, i.splits as f64, i.cover))
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
        let model = self.inside();
        let explain = || match model.explainer() {
            Some(explainer) => explainer.shap((&table.0).into(), threads),
            None => Err(no_shap(model.name())),
        };
        let shap = py.detach(explain).map_err(raised)?;
        let shape = [table.0.rows(), shap.outputs, shap.features + 1];
        PyArray1::from_vec(py, shap.values).reshape(shape)
    }

    /// Trees per output of a boosted model; 0 for others.
    #[getter]
    fn rounds(&self) -> usize {
        let boosted = self.boosted().map(|b| &b.ensemble);
        boosted.map_or(0, |e| e.trees.len() / e.outputs().max(1))
    }

    /// Scores per row of a boosted model; 0 for others.
    #[getter]
    fn outputs(&self) -> usize {
        self.boosted().map_or(0, |b| b.ensemble.outputs())
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
        Ok(Self::new(Box::new(tree.ok_or_else(missing)?)))
    }

    /// Trees of a tree or a forest; 0 for others.
    #[getter]
    fn trees(&self) -> usize {
        forest::forest(self.inside()).map_or(0, |f| f.ensemble.trees.len())
    }

    /// A boosted model of the first `rounds` only.
    fn first(&self, rounds: usize) -> PyResult<Self> {
        let mut boosted = self.boosted()?.clone();
        let outputs = boosted.ensemble.outputs();
        boosted.ensemble.trees.truncate(rounds.saturating_mul(outputs));
        Ok(Self::new(Box::new(boosted)))
    }

    /// A boosted model that begins at these scores, one per output, its columns called `names` if they are given.
    #[pyo3(signature = (start=None, names=None))]
    fn starting(&self, start: Option<Vec<f64>>, names: Option<Vec<String>>) -> PyResult<Self> {
        let mut boosted = self.boosted()?.clone();
        if let Some(start) = start {
            if start.len() != boosted.ensemble.outputs() {
                let text = format!(
                    "{} scores for {} outputs",
                    start.len(),
                    boosted.ensemble.outputs()
                );
                return Err(PyValueError::new_err(text));
            }
            boosted.ensemble.start = start;
        }
        if let Some(names) = names {
            let features = &mut boosted.ensemble.schema.features;
            if names.len() != features.len() {
                let text = format!("{} names for {} columns", names.len(), features.len());
                return Err(PyValueError::new_err(text));
            }
            features
                .iter_mut()
                .zip(names)
                .for_each(|(own, name)| own.name = name);
        }
        Ok(Self::new(Box::new(boosted)))
    }

    /// A boosted model of the rounds from `start` to before `end` only.
    fn between(&self, start: usize, end: usize) -> PyResult<Self> {
        let mut boosted = self.boosted()?.clone();
        let outputs = boosted.ensemble.outputs();
        boosted.ensemble.trees.truncate(end.saturating_mul(outputs));
        let first = start.saturating_mul(outputs).min(boosted.ensemble.trees.len());
        boosted.ensemble.trees.drain(..first);
        Ok(Self::new(Box::new(boosted)))
    }

    /// The models a model is made of: members of bagging and `AdaBoost`, the base of a robust regression.
    fn members(&self) -> Vec<Self> {
        let part = |place| Self {
            root: self.root.clone(),
            path: [&self.path[..], &[place]].concat(),
        };
        (0..self.inside().parts().len()).map(part).collect()
    }

    /// The linear model inside: terms, coefficients (outputs, terms), intercepts, statistics.
    fn linear<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        let Some(linear) = linear::linear(self.inside()) else {
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
        let linear = linear::with_coefficients(self.inside(), coefficients, intercepts);
        linear.map(Self::new).map_err(raised)
    }

    /// Term, class, estimate, error, statistic, p, low and high of every coefficient of a linear model.
    fn coefficient_table(&self) -> Vec<Row> {
        let inside = linear::linear(self.inside());
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
        let mut file = self.inside().store().map_err(raised)?;
        file.metadata.insert("card".into(), card.into());
        Ok(PyBytes::new(py, &file.to_bytes().map_err(raised)?))
    }

    /// Write the model file.
    #[pyo3(signature = (path, card="{}"))]
    fn save(&self, path: PathBuf, card: &str) -> PyResult<()> {
        let card: Value = serde_json::from_str(card).unwrap_or_default();
        induce::save(self.inside(), &card, &path).map_err(raised)
    }

    /// Pickled as its file.
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyBytes>,))> {
        let restore = py.import("induce._native")?.getattr("restore")?;
        Ok((restore, (self.to_bytes(py, "{}")?,)))
    }

    /// The model in a format of XGBoost or LightGBM.
    fn convert<'py>(&self, py: Python<'py>, format: &str) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &convert(self.boosted()?, format)?))
    }
}

fn no_boost(model: &dyn Learnt) -> PyErr {
    PyValueError::new_err(format!("`{}` is no boosted model", model.name()))
}

fn convert(boosted: &boost::Model, format: &str) -> PyResult<Vec<u8>> {
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
    let (model, card) = py.detach(|| induce::open(&path)).map_err(raised)?;
    Ok((Model::new(model), card.to_string()))
}

/// As `open`, from bytes.
#[pyfunction]
pub fn from_bytes(bytes: &[u8]) -> PyResult<(Model, String)> {
    let (model, card) = induce::open_bytes("bytes", bytes).map_err(raised)?;
    Ok((Model::new(model), card.to_string()))
}

/// A model of `kind` that is made of these fitted ones, with a weight for each in `AdaBoost`.
///
/// # Errors
/// Where they do not go together: other tasks or classes.
#[pyfunction]
#[pyo3(signature = (kind, names, spec, members, weights=None))]
pub fn of_members(
    kind: &str,
    names: Vec<String>,
    spec: &str,
    members: Vec<PyRef<Model>>,
    weights: Option<Vec<f64>>,
) -> PyResult<Model> {
    let spec: Value = serde_json::from_str(spec).map_err(|e| PyValueError::new_err(format!("spec: {e}")))?;
    let parts: Vec<&dyn Learnt> = members.iter().map(|member| member.inside()).collect();
    ensemble::of_members(&induce::REGISTRY, kind, &names, &spec, weights, &parts)
        .map(Model::new)
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
