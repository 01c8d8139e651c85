//! What tensors can do by index.

use induce_core::random::Stream;

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
            ops::sparse::product(work, matrix, self.id, None)
        })
    }

    /// [`sparse_product`](Self::sparse_product) with dropout of the values of A: each is 0 with `probability`, the others grow
    /// to keep the mean. What is 0 anyway needs no draw, which makes dropout of sparse inputs cheap.
    #[must_use]
    pub fn sparse_product_dropout(self, matrix: &Sparse<T>, probability: f64, stream: Stream) -> Self {
        self.tape.record("sparse_product", |work| {
            ops::sparse::product(work, matrix, self.id, Some((probability, stream)))
        })
    }

    /// T_k(A) x for k up to `order`, side by side: of x, (nodes, signals channels), it is (nodes signals, (order + 1) channels), so that a
    /// product with weights of ((order + 1) channels, outputs) is a spectral filter (Defferrard, Bresson & Vandergheynst 2016, equation 4).
    #[must_use]
    pub fn chebyshev(self, matrix: &Sparse<T>, order: usize, channels: usize) -> Self {
        self.tape.record("chebyshev", |work| {
            ops::chebyshev::chebyshev(work, matrix, self.id, order, channels)
        })
    }
}
