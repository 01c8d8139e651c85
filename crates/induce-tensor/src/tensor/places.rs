//! What tensors can do by index.

use super::Tensor;
use crate::element::Element;
use crate::ops::{self, Pairs, Reduction, ScatterIndex};
use crate::sparse::Sparse;

impl<T: Element> Tensor<'_, T> {
    /// y[i, j, k] = x[index[i, j, k], j, k], for axis 0 of three: `torch.gather`.
    ///
    /// The indices' shape, which is the result's, is nowhere longer than x but along the axis.
    #[must_use]
    pub fn gather(self, places: ScatterIndex) -> Self {
        self.tape
            .record("gather", |work| ops::scatter::gather(work, self.id, places))
    }

    /// y[index[i, j, k], j, k] = the reduction of all source[i, j, k] that come there, and of x if `with_self`; x elsewhere:
    /// `torch.Tensor.scatter_reduce`.
    ///
    /// The indices' shape is nowhere longer than the source, nor than x but along the axis; what of the source has no index
    /// does not count.
    #[must_use]
    pub fn scatter(self, places: ScatterIndex, source: Self, reduction: Reduction, with_self: bool) -> Self {
        self.tape.record("scatter", |work| {
            ops::scatter::scatter(work, [self.id, source.id], places, reduction, with_self)
        })
    }

    /// y_eb = sum_k x[i_e, b, k] other[j_e, k] for pairs (i_e, j_e), with x of (rows, bases width) and other of (columns, width).
    /// // (pairs, bases)
    #[must_use]
    pub fn pair_products(self, other: Self, pairs: &Pairs) -> Self {
        self.tape.record("pair_products", |work| {
            ops::pairs::products(work, [self.id, other.id], pairs)
        })
    }

    /// A x for a sparse matrix A of (rows, columns) and x of (columns, width).
    #[must_use]
    pub fn sparse_product(self, matrix: &Sparse<T>) -> Self {
        self.tape.record("sparse_product", |work| {
            ops::sparse::product(work, matrix, self.id)
        })
    }
}
