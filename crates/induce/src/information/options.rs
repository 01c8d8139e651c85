//! How information is estimated.

use induce_prob::information::{Estimator, Inference};

/// How information is estimated.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Neighbours of estimators of numbers.
    pub neighbours: usize,
    /// The estimator of categories.
    pub estimator: Estimator,
    /// What is done for intervals and p-values.
    pub inference: Inference,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            neighbours: 3,
            estimator: Estimator::MillerMadow,
            inference: Inference::default(),
        }
    }
}
