//! What every fitted model can do, whatever it is inside.

use std::borrow::Cow;
use std::path::Path;

use induce_core::metrics::{Predictions, Task};
use induce_core::model_file::ModelFile;
use induce_core::{Error, Result, Table};
use induce_learn::tree::{Ensemble, Shap};
use induce_learn::{Schema, boost, forest, linear};
use serde_json::Value;

pub use crate::models::linear::with_coefficients;
pub use crate::models::of_members;
use crate::problem::Problem;
use crate::registry::{self, Row};

/// Predictions of some rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Prediction {
    /// A quantity, the likeliest class's index, or a score per row.
    pub values: Vec<f64>,
    /// Probabilities, row-major (rows, classes); empty unless there are classes.
    pub probabilities: Vec<f64>,
    /// Number of classes.
    pub classes: usize,
}

impl Prediction {
    /// Predicted quantities.
    pub fn of_quantities(values: Vec<f64>) -> Self {
        Self {
            values,
            probabilities: Vec::new(),
            classes: 0,
        }
    }

    /// Predicted probabilities, row-major (rows, classes), and the likeliest class of every row.
    pub fn of_classes(probabilities: Vec<f64>, classes: usize) -> Self {
        let likeliest =
            |row: &[f64]| (1..row.len()).fold(0, |best, c| if row[c] > row[best] { c } else { best });
        let rows = probabilities.chunks_exact(classes.max(1));
        Self {
            values: rows.map(|row| likeliest(row) as f64).collect(),
            probabilities,
            classes,
        }
    }

    /// These predictions beside the truth of `problem`.
    pub fn judge<'a>(&'a self, problem: &'a Problem) -> Predictions<'a> {
        let base = match problem.task {
            Task::Regression => Predictions::regression(&problem.target, &self.values),
            Task::Classification => {
                Predictions::classification(&problem.target, &self.probabilities, self.classes)
            }
            Task::Ranking => Predictions::ranking(
                &problem.target,
                &self.values,
                problem.groups.as_deref().unwrap_or_default(),
            ),
        };
        base.with_weights(problem.weight.as_deref())
    }
}

/// Lower and upper ends, row-major (rows, classes), one column for a quantity.
pub type Ends = (Vec<f64>, Vec<f64>);

/// Intervals of predictions.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Intervals {
    /// Of the mean, or of every class's probability: how well the model is known.
    pub mean: Option<Ends>,
    /// Of a new observation, its own scatter included; a quantity's.
    pub new: Option<Ends>,
}

/// Scores before the link.
#[derive(Debug, Clone, PartialEq)]
pub struct Margins {
    /// Row-major (rows, outputs).
    pub values: Vec<f64>,
    /// Scores per row: 1, or one per class.
    pub outputs: usize,
}

/// A fitted model of any kind.
pub trait Model: Send + Sync {
    /// Its row of the registry.
    fn row(&self) -> &'static Row;
    /// The columns it reads and the classes it knows.
    fn schema(&self) -> &Schema;
    /// What it predicts.
    fn task(&self) -> Task;
    /// Its predictions for a table that has its columns.
    fn predict(&self, table: &Table, threads: usize) -> Result<Prediction>;
    /// Quantiles of the target at `probabilities`, row-major (rows, probabilities), if it knows them.
    fn quantiles(&self, _table: &Table, _probabilities: &[f64], _threads: usize) -> Result<Vec<f64>> {
        Err(Error::data(
            format!("the model `{}` predicts no quantiles", self.row().card.name),
            "train `-m glm`, `-m forest --set quantiles=true`, or `-m boost --set objective=quantile` for one of them",
        ))
    }
    /// Intervals of coverage `share`; from the quantiles, if it knows no others.
    fn intervals(&self, table: &Table, share: f64, threads: usize) -> Result<Intervals> {
        if !(share > 0.0 && share < 1.0) {
            return Err(Error::setting(
                "--interval",
                share,
                "it must lie between 0 and 1, such as 0.95",
            ));
        }
        if !self.schema().classes.is_empty() {
            return Err(Error::data(
                format!(
                    "the model `{}` has no intervals of its probabilities",
                    self.row().card.name
                ),
                "`-m logistic` and `-m glm` have",
            ));
        }
        let tails = [0.5 * (1.0 - share), 0.5 * (1.0 + share)];
        let ends = self.quantiles(table, &tails, threads)?;
        let side = |k: usize| ends.iter().skip(k).step_by(2).copied().collect();
        Ok(Intervals {
            mean: None,
            new: Some((side(0), side(1))),
        })
    }
    /// Scores before the link, if it has some.
    fn margins(&self, _table: &Table, _threads: usize) -> Result<Margins> {
        Err(Error::data(
            format!("the model `{}` has no scores before a link", self.row().card.name),
            "`boost` and the linear models have",
        ))
    }
    /// Shapley values of every feature on the scale of the scores; with the mean they sum to the score.
    fn shap(&self, table: &Table, threads: usize) -> Result<Shap> {
        match self.trees() {
            Some(trees) => trees.shap(table, threads),
            None => Err(Error::data(
                format!("the model `{}` has no exact Shapley values", self.row().card.name),
                "leave out `--shap`, or train trees or a linear model",
            )),
        }
    }
    /// The settings it was fitted with.
    fn settings(&self) -> Value;
    /// Its file, without the training card.
    fn store(&self) -> Result<ModelFile>;
    /// The boosted model inside, if that is what it is.
    fn as_boost(&self) -> Option<&boost::Model> {
        None
    }
    /// The trees inside, if it is made of trees; one score per class if there are more than two.
    fn trees(&self) -> Option<Cow<'_, Ensemble>> {
        None
    }
    /// What the fit found out besides the model, in sentences.
    fn notes(&self) -> Vec<String> {
        Vec::new()
    }
    /// Tree `t` of a forest as a model of its own.
    fn tree(&self, _t: usize) -> Result<Box<dyn Model>> {
        Err(Error::data(
            format!("the model `{}` is no forest", self.row().card.name),
            "`tree`, `forest` and `extra-trees` are",
        ))
    }
    /// The tree or forest inside, if that is what it is.
    fn as_forest(&self) -> Option<&forest::Model> {
        None
    }
    /// The linear model inside, if that is what it is.
    fn as_linear(&self) -> Option<&linear::Model> {
        None
    }
}

/// Open a model file: our own, XGBoost's JSON or UBJSON, LightGBM's text.
pub fn open(path: &Path) -> Result<(Box<dyn Model>, Value)> {
    let name = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|e| Error::io("read", path, e))?;
    open_bytes(&name, &bytes)
}

/// As [`open`], from bytes; `name` is used in errors.
pub fn open_bytes(name: &str, bytes: &[u8]) -> Result<(Box<dyn Model>, Value)> {
    if !is_safetensors(bytes) {
        let imported = induce_learn::tree::interchange::read(name, bytes)?;
        return Ok((Box::new(imported.model), Value::Null));
    }
    let file = ModelFile::read_bytes(name, bytes)?;
    let card = file
        .metadata
        .get("card")
        .and_then(|card| serde_json::from_str(card).ok())
        .unwrap_or(Value::Null);
    if file.kind == induce_deep::language::KIND {
        return Err(Error::Model {
            file: name.into(),
            reason: "it holds a language model, which knows no tables".into(),
            hint: Some("`induce generate` writes with it, `induce evaluate` judges it on a text".into()),
        });
    }
    let row = registry::find(&file.kind)
        .map_err(|_| file.fault(format!("it holds a `{}`, not a model", file.kind)))?;
    Ok(((row.load)(&file)?, card))
}

/// Whether a file starts as ours do: the length of a header, then a brace.
fn is_safetensors(bytes: &[u8]) -> bool {
    bytes.len() > 9 && bytes[8] == b'{' && bytes[..8].iter().rev().take(4).all(|&b| b == 0)
}

/// Write `model` with its training card.
pub fn save(model: &dyn Model, card: &Value, path: &Path) -> Result<()> {
    let mut file = model.store()?;
    file.metadata.insert("card".into(), card.to_string());
    file.write(path)
}
