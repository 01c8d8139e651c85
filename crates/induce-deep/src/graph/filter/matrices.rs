//! Filters whose matrices are at hand.

use induce_core::linalg::Csr;
use induce_tensor::{Sparse, Tensor};

use super::contract::Filter;

/// `sum_k P_k h_k` for sparse matrices P_k.
pub struct Matrices(Vec<Sparse>);

impl Matrices {
    /// Of matrices that are their own transposes.
    pub fn symmetric(all: &[Csr]) -> Self {
        Self(all.iter().map(Sparse::symmetric).collect())
    }

    /// Of any, with as many rows and columns each.
    pub fn new(all: Vec<Sparse>) -> Self {
        Self(all)
    }
}

impl Filter for Matrices {
    fn terms(&self) -> usize {
        self.0.len()
    }

    fn sum<'t>(&self, h: &[Tensor<'t>]) -> Tensor<'t> {
        let own = |(matrix, h): (&Sparse, &Tensor<'t>)| h.sparse_product(matrix);
        let all = self.0.iter().zip(h).map(own);
        all.reduce(|sum, own| sum + own).expect("a filter has a term")
    }
}
