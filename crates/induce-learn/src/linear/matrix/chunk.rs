//! Some rows of a design, at hand for the inner loops of a pass.

use std::ops::Range;

use super::dense::{Buffers, Dense};
use super::sparse::Sparse;

/// Rows of a design.
pub enum Chunk<'a> {
    /// Which rows of a dense matrix.
    Dense(&'a Dense<'a>, Range<usize>),
    /// Which rows of a sparse matrix.
    Sparse(&'a Sparse, Range<usize>),
}

impl Chunk<'_> {
    /// eta = X beta
    pub fn scores(&self, beta: &[f64], eta: &mut [f64]) {
        match self {
            Self::Dense(x, rows) => x.scores(rows, beta, eta),
            Self::Sparse(x, rows) => x.scores(rows, beta, eta),
        }
    }

    /// gradient += X' row_gradient
    pub fn add_gradient(&self, row_gradient: &[f64], gradient: &mut [f64]) {
        match self {
            Self::Dense(x, rows) => x.add_gradient(rows, row_gradient, gradient),
            Self::Sparse(x, rows) => x.add_gradient(rows, row_gradient, gradient),
        }
    }

    /// hessian += X' diag(curvature) X, its lower triangle
    pub fn add_hessian(&self, curvature: &[f64], hessian: &mut [f64], buffer: &mut Buffers) {
        match self {
            Self::Dense(x, rows) => x.add_hessian(rows, curvature, hessian, buffer),
            Self::Sparse(x, rows) => x.add_hessian(rows, curvature, hessian),
        }
    }
}
