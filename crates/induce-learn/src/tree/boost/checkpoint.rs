//! The state of a run that was interrupted.

use induce_core::FitReport;

use super::super::node::Tree;
use super::trial::Trial;

/// What a run needs to go on where it stopped, besides its spec and data.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Checkpoint {
    /// Trees so far; tree t belongs to output t % outputs.
    pub trees: Vec<Tree>,
    /// Training scores, one vector per output.
    pub scores: Vec<Vec<f64>>,
    /// Validation scores, if there are validation rows.
    pub valid_scores: Vec<Vec<f64>>,
    /// The best round so far and its validation loss.
    pub best: Option<(usize, f64)>,
    /// Losses so far.
    pub report: FitReport,
    /// With `rounds = 0`: the number of rounds that was chosen, once it is.
    pub chosen: Option<usize>,
    /// How trees are grown, once that is chosen.
    pub trial: Option<Trial>,
}
