//! How good a model is on data.

use super::{Fact, Prediction};
use crate::metrics::Score;

/// What a model has to beat on data, and what is to be said of how it is judged.
#[derive(Debug, Clone, Default)]
pub struct Beaten {
    /// What predictions are that know less, and their metrics.
    pub baselines: Vec<(String, Vec<Score>)>,
    /// In sentences.
    pub notes: Vec<String>,
}

/// The metrics of a model on data, and what they were computed from.
#[derive(Debug, Clone)]
pub struct Evaluation {
    /// Metrics with their intervals.
    pub scores: Vec<Score>,
    /// The predictions, of models that predict a target.
    pub prediction: Option<Prediction>,
    /// How much was evaluated.
    pub facts: Vec<Fact>,
}
