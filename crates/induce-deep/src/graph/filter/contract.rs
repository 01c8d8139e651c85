//! What a filter is.

use induce_tensor::Tensor;

/// A few functions of a graph's Laplacian, applied to signals on its nodes.
pub trait Filter: Send + Sync {
    /// How many functions there are.
    fn terms(&self) -> usize;

    /// `sum_k p_k(L) h_k` for signals h_k, (nodes, width) each.
    fn sum<'t>(&self, h: &[Tensor<'t>]) -> Tensor<'t>;
}
