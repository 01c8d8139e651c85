//! The best split of a feature, from its histogram.
//!
//! For a node with gradient sum G and curvature sum H the best leaf value is
//! w = -T(G) / (H + lambda), T the soft threshold at alpha, and a split gains
//! score(left) + score(right) - score(node) with score = T(G)^2 / (H + lambda)
//! (Chen & Guestrin 2016, equations 5 to 7; as in XGBoost's code the factor 1/2
//! is left out, so `gamma` means the same).

mod category;
mod level;
mod node;
mod number;

pub use level::{Gains, LevelSplit};
pub use node::{Bounds, CategoryRules, Node, Rules, Split};

use super::histogram::Sum;

impl Node<'_> {
    /// The best split of a feature whose codes are ordered, if it gains at least `floor`;
    /// `bins[0]` holds the missing.
    pub fn best_number(&self, feature: usize, bins: &[Sum], monotone: i8, floor: f64) -> Option<Split> {
        number::best(self, feature, bins, monotone, floor)
    }

    /// The best split of a feature whose codes are categories, if it gains at least `floor`;
    /// `bins[0]` holds the missing and the rare.
    pub fn best_category(&self, feature: usize, bins: &[Sum], floor: f64) -> Option<Split> {
        category::best(self, feature, bins, floor)
    }
}

#[cfg(test)]
mod tests;
