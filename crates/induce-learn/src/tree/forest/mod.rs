//! Decision trees and their averages: CART, random forests, extremely randomised trees.
//!
//! A tree divides its rows greedily by the test that makes the children purest; a leaf predicts the
//! mean of its rows, which is the maximum-likelihood estimate of a Gaussian mean or of class
//! probabilities (Breiman et al. 1984). Likelihood: Gaussian or categorical, constant per leaf. Prior: the
//! shape of the tree (depth, rows per leaf, cost per leaf). Inference: greedy search, and for a forest
//! the average over trees grown on resampled rows and random features,
//!
//! f(x) = (1 / T) sum_t f_t(x),
//!
//! which keeps the low bias of a deep tree and averages out the part of its variance that is not common to all trees
//! (Breiman 2001; Geurts et al. 2006 draw thresholds at random too).
//!
//! Instead of squared errors, splits may reduce absolute errors (leaves are medians: Laplace) or half the Poisson
//! deviance (counts). Several targets can share the trees: a leaf then has the mean or the class probabilities of each, and a split
//! is scored by the mean of their impurities.
//!
//! Probabilities are averaged, not votes. Values are the codes that boosting uses: up to 255 bins per
//! quantity, categories as they are, code 0 for a missing value, which goes to the side that fits it.

mod absolute;
mod bounds;
mod common;
mod draws;
mod entry;
mod fit;
mod grow;
mod joint;
mod model;
mod out_of_bag;
mod prune;
mod quantile;
mod ranks;
mod spec;
mod split;
mod tally;
mod targets;

pub use entry::{EXTRA_TREES, FOREST, TREE, Trees, forest, tree};
pub use fit::{FitOptions, fit, fit_with};
pub use model::Model;
pub use out_of_bag::OutOfBag;
pub use quantile::Distribution;
pub use spec::{Criterion, Spec};
pub use targets::Targets;

#[cfg(test)]
mod tests;
