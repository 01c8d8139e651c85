//! Bisecting k-means.
//!
//! All rows are one cluster; the cluster of the largest sum_i w_i |x_i - c|^2, or of the most rows, is divided in two by k-means, until
//! there are k (Steinbach, Karypis & Kumar 2000). A new row goes down the same divisions.

mod entry;
mod fit;
mod spec;

pub use entry::BISECTING;
pub use fit::fit;
pub use spec::{Spec, Strategy};

#[cfg(test)]
mod tests;
