//! What is known of a graph by its edges: its matrices, their spectra, its components.
//!
//! Weights are a sparse symmetric matrix W (`Csr`); degrees are `d_i = sum_j w_ij`. Sources: von Luxburg 2007, *A tutorial on spectral
//! clustering* (Statistics and Computing 17).

mod coarsen;
mod components;
mod layout;
mod matrices;
mod spectrum;

pub use coarsen::{Hierarchy, coarsen, grid};
pub use components::{Components, Sets};
pub use layout::{layout, neighbourhood};
pub use matrices::{
    Laplacian, degrees, entries, incidence, laplacian, largest_eigenvalue, normalized, of_degrees,
    random_walk, rescaled, undirected,
};
pub use spectrum::Spectrum;
