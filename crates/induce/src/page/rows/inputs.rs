//! What the page of a model of tables is made of.

use induce_core::FitReport;
use induce_core::metrics::{Score, SplitScores};
use induce_core::model::{Model, Prediction, Rows};
use serde_json::Value;

/// What a report is made of.
pub struct Inputs<'a> {
    /// The model.
    pub model: &'a dyn Model,
    /// The rows that judge it.
    pub judged: &'a Rows,
    /// Their predictions.
    pub prediction: &'a Prediction,
    /// Name of the split they are, as in the metrics.
    pub split: &'a str,
    /// Scores per split, with the values of single folds if there are any.
    pub scores: &'a [SplitScores],
    /// What the fit went through.
    pub fit: Option<&'a FitReport>,
    /// Where the data came from.
    pub source: &'a str,
    /// Facts for the head of the page.
    pub facts: Vec<(String, String)>,
    /// Remarks.
    pub notes: Vec<String>,
    /// Version, seed, threads, time.
    pub environment: Vec<(String, String)>,
    /// The command line.
    pub command: String,
    /// The rows it learnt from, if they are known.
    pub learnt_from: Option<&'a Rows>,
    /// The settings as a person gave them, before the data decided what was left open.
    pub asked: Option<&'a Value>,
    /// What predicting without any column is, and what it scores on the rows that judge.
    pub baseline: Option<(&'a str, &'a [Score])>,
}
