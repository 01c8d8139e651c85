//! Graphs of rows: neighbours, similarity graphs, and how good a division of a graph is. Matrices and spectra are those of core.
//!
//! Weights are a sparse symmetric matrix W (`Csr`), without loops where it is a similarity graph. Degrees are
//! `d_i = sum_j w_ij`. Sources: von Luxburg 2007, *A tutorial on spectral clustering* (Statistics and Computing 17).

mod best;
mod brute;
mod connect;
mod neighbours;
mod pairs;
mod partition;
mod points;
mod similarity;
mod tree;

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests;

pub use induce_core::graph::{Components, Laplacian, Spectrum, degrees, incidence, laplacian, undirected};
pub use neighbours::Neighbours;
pub use partition::Partition;
pub use points::Points;
pub use similarity::{Edges, Similarity, SimilarityGraph, Weights};

pub(crate) use similarity::{LOCAL, of_scales, scales};
