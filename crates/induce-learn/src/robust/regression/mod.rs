//! Regression in which some rows are outliers.
//!
//! ```text
//! y = f(x) + e,   e ~ gamma N(0, sigma^2) + (1 - gamma) uniform
//! ```
//!
//! `f` is linear here ([`fit`], weighted least squares) and whatever the caller can train with [`consensus`]. A row
//! counts as an inlier if it misses by less than a threshold, by default the median absolute deviation of the target
//! as scikit-learn has it.

mod consensus;
mod design;
mod entry;
mod fit;
mod linear;
mod model;
mod report;
mod scaled;
mod settle;
mod spec;
mod store;
mod wide;

pub use consensus::{Base, Consensus, Trained, consensus};
pub use entry::{ENTRY, Robust};
pub use fit::fit;
pub use model::Model;
pub use spec::{LEAST_SQUARES, Sampling, Spec, mad, threshold};
pub use store::RANSAC;

#[cfg(test)]
mod golden;
#[cfg(test)]
mod tests;
