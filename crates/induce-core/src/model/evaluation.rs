//! How good a model is on data.

use super::{Fact, Prediction};
use crate::metrics::Score;

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
