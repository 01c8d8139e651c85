//! Rows as sums of a few parts.

pub mod pca;
