//! Nearest neighbours in the maximum norm, and how many points are nearer than a distance.

mod marginal;
mod tree;

pub use marginal::{Marginal, count_sorted as marginal_count};
pub use tree::{KdTree, Reach};
