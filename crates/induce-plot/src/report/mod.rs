//! The report: what a training run has to say for itself, as plain data, and the page made of it.

mod code;
mod figures;
mod known;
mod language;
mod metrics;
mod numbers;
mod page;
mod sections;
mod tables;
mod thresholds;

use induce_core::model::{Grid, Section};
use serde::{Deserialize, Serialize};

use crate::chart::{
    Calibration, Confusion, Dependence, LearningCurve, PrecisionRecall, Residuals, Roc, ShapSummary,
    Sparkline, Stacked,
};

pub use language::{LanguageReport, Sample, TokenRow};
pub use page::html;
pub use thresholds::Thresholds;

/// Everything that the page shows. What is empty or `None` is left out of the page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Report {
    /// The headline: `Status in credit.csv`.
    pub title: String,
    /// One sentence under it: `Binary classification with gradient boosting`.
    pub subtitle: String,
    /// What was inferred or chosen, as short facts: task, target, rows, split.
    pub facts: Vec<Entry>,
    /// Warnings and remarks.
    pub notes: Vec<Note>,
    /// The metrics, one entry per split and name.
    pub metrics: Vec<Metric>,
    /// What predicting without any column scores on the main split; `split` says what that is: `the class frequencies`.
    pub baseline: Vec<Metric>,
    /// The split that the headline cards show; where empty, the split of the last metric.
    pub main_split: String,
    /// The learning curve.
    pub learning_curve: Option<LearningCurve>,
    /// ROC curves, on the main split.
    pub roc: Option<Roc>,
    /// Precision-recall curves, on the main split.
    pub precision_recall: Option<PrecisionRecall>,
    /// The reliability of the probabilities, on the main split.
    pub calibration: Option<Calibration>,
    /// The confusion matrix, on the main split.
    pub confusion: Option<Confusion>,
    /// What becomes of two classes when the threshold moves, on the main split.
    pub thresholds: Option<Thresholds>,
    /// Precision, recall and the like of every class, where there are several.
    pub by_class: Option<Grid>,
    /// The rows that were predicted worst, with the reasons where they are known.
    pub worst: Option<Grid>,
    /// Predictions and truth, on the main split.
    pub residuals: Option<Residuals>,
    /// What the model tells of itself.
    pub sections: Vec<Section>,
    /// The importances; the page sorts them.
    pub importances: Vec<Importance>,
    /// The metric that the permutation importances are measured in: `log_loss`.
    pub importance_metric: String,
    /// What the features that matter most do to the mean prediction.
    pub dependence: Vec<Dependence>,
    /// The SHAP summaries: one, or one for each class that is shown.
    pub shap: Vec<ShapSummary>,
    /// The mean sizes of the contributions, feature by feature in parts of classes, where there are several.
    pub shap_sizes: Option<Stacked>,
    /// What only language models have to show.
    pub language: Option<LanguageReport>,
    /// How many rows the table has.
    pub rows: u64,
    /// Which rows the table of columns describes: `The rows that the model learnt from`; where empty, all.
    pub described: String,
    /// The columns of the table.
    pub schema: Vec<SchemaRow>,
    /// The settings of the model.
    pub settings: Vec<Setting>,
    /// Version, seed, threads, time and the like.
    pub environment: Vec<Entry>,
    /// The command line that makes this report again.
    pub command: String,
}

/// A name and what it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Entry {
    /// The name: `seed`.
    pub name: String,
    /// The value: `0`.
    pub value: String,
}

impl Entry {
    /// A name and what it is.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            value: value.into(),
        }
    }
}

/// Something the reader should know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// How urgent it is.
    pub kind: NoteKind,
    /// One or two sentences.
    pub text: String,
}

/// How urgent a note is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteKind {
    /// Good to know.
    Info,
    /// May change what the numbers mean.
    Warning,
}

/// One metric on one split.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Metric {
    /// `train`, `valid`, `holdout`, `cv`.
    pub split: String,
    /// The name, as scikit-learn has it: `roc_auc`.
    pub name: String,
    /// The value.
    pub value: f64,
    /// Lower end of the 95 % interval.
    pub low: Option<f64>,
    /// Upper end of the 95 % interval.
    pub high: Option<f64>,
    /// The values of the single folds of a cross-validation, else empty.
    pub folds: Vec<f64>,
}

/// An estimate with its 95 % interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Interval {
    /// The estimate.
    pub value: f64,
    /// Lower end.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

/// How much one feature matters, by up to three measures.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Importance {
    /// The feature.
    pub feature: String,
    /// The objective gained by its splits.
    pub gain: Option<f64>,
    /// The rows (or curvature) that its splits decided on.
    pub cover: Option<f64>,
    /// How much worse the metric gets when its values are shuffled.
    pub permutation: Option<Interval>,
}

/// One column of the table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SchemaRow {
    /// The column.
    pub name: String,
    /// `number`, `category`, `text`, `date`.
    pub kind: String,
    /// `target`, `feature`, `ignored`.
    pub role: String,
    /// How many values are missing.
    pub missing: u64,
    /// How many distinct values there are.
    pub distinct: Option<u64>,
    /// In words: `18 to 68, median 36`.
    pub summary: String,
    /// The distribution.
    pub sparkline: Option<Sparkline>,
}

/// One setting of the model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Setting {
    /// The name, as `--set` takes it.
    pub name: String,
    /// The value it had.
    pub value: String,
    /// Whether that is the default.
    pub default: bool,
    /// What it does, in one line.
    pub doc: String,
}
