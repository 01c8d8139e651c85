//! Rows as sums of a few parts.

pub mod mf;
pub mod pca;
