//! Some rows of a design, at hand for the inner loops of a pass.

use std::ops::Range;

use super::Sparse;
use super::gram::add_gram;
use crate::linear::kernels::{axpy, axpy_four, dot};

/// Rows of a design.
pub enum Chunk<'a> {
    /// Their share of every column, standardised.
    Dense(Vec<&'a [f64]>),
    /// Which rows of a sparse matrix.
    Sparse(&'a Sparse, Range<usize>),
}

impl Chunk<'_> {
    /// eta = X beta
    pub fn scores(&self, beta: &[f64], eta: &mut [f64]) {
        match self {
            Self::Dense(x) => {
                eta.fill(0.0);
                for (x, beta) in x.chunks(4).zip(beta.chunks(4)) {
                    add_scores(x, beta, eta);
                }
            }
            Self::Sparse(x, rows) => x.scores(rows, beta, eta),
        }
    }

    /// gradient += X' slope
    pub fn add_gradient(&self, slope: &[f64], gradient: &mut [f64]) {
        match self {
            Self::Dense(x) => gradient.iter_mut().zip(x).for_each(|(g, x)| *g += dot(x, slope)),
            Self::Sparse(x, rows) => x.add_gradient(rows, slope, gradient),
        }
    }

    /// hessian += X' diag(curvature) X, its lower triangle; `packed` is scratch.
    pub fn add_hessian(&self, curvature: &[f64], hessian: &mut [f64], packed: &mut Vec<f64>) {
        match self {
            Self::Dense(x) => add_gram(x, curvature, hessian, packed),
            Self::Sparse(x, rows) => x.add_hessian(rows, curvature, hessian),
        }
    }
}

/// eta += X beta for up to four columns.
fn add_scores(x: &[&[f64]], beta: &[f64], eta: &mut [f64]) {
    if let (&[p, q, r, s], &[a, b, c, d]) = (x, beta) {
        if beta.iter().any(|b| *b != 0.0) {
            axpy_four([a, b, c, d], [p, q, r, s], eta);
        }
        return;
    }
    for (x, b) in x.iter().zip(beta).filter(|(_, b)| **b != 0.0) {
        axpy(*b, x, eta);
    }
}
