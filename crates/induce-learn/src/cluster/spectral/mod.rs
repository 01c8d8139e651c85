//! Spectral clustering: k-means in the eigenvectors of a Laplacian.
//!
//! ```text
//! W: similarities of rows, or weights of edges    D = diag(W 1)    L = I - D^-1 W    L v_i = lambda_i v_i
//! node j is placed at (v_1j, ..., v_kj); clusters are those of k-means there
//! ```
//!
//! The likelihood and the prior are those of k-means, on points that the graph makes: where it falls into k components, the
//! eigenvalue 0 is there k times, and all nodes of a component are one point. Where it nearly does, its eigenvectors are
//! the relaxation of the division with the least normalised cut (Shi & Malik 2000). Sources: von Luxburg 2007, *A tutorial on spectral
//! clustering*; Zelnik-Manor & Perona 2004 for the scales of the default graph; Ng, Jordan & Weiss 2001.

mod assign;
mod divide;
mod drawing;
mod entry;
mod fit;
mod model;
mod report;
mod spec;
mod store;

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests;

pub use divide::{Division, divide};
pub use entry::SPECTRAL;
pub use fit::{fit, fit_graph};
pub use model::Spectral;
pub use spec::{Assign, Kind, Spec};
