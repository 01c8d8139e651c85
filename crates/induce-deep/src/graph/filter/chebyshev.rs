//! Chebyshev polynomials of the rescaled Laplacian.

use induce_core::linalg::Csr;
use induce_tensor::{Sparse, Tensor};

use super::contract::Filter;

/// `sum_k T_k(L~) h_k` with `L~ = 2 L / lambda_max - I` (Defferrard, Bresson & Vandergheynst 2016, equation 4).
pub struct Chebyshev {
    matrix: Sparse,
    order: usize,
}

impl Chebyshev {
    /// Polynomials up to `order` of a rescaled Laplacian.
    pub fn new(rescaled: &Csr, order: usize) -> Self {
        Self {
            matrix: Sparse::symmetric(rescaled),
            order,
        }
    }

    /// `T_k(L~) x` for every k: `T_0 = 1, T_1 = t, T_k = 2 t T_{k-1} - T_{k-2}`.
    pub fn each<'t>(&self, x: Tensor<'t>) -> Vec<Tensor<'t>> {
        let mut all = vec![x];
        for k in 1..=self.order {
            let next = all[k - 1].sparse_product(&self.matrix);
            all.push(if k == 1 {
                next
            } else {
                next.affine(2.0, 0.0) - all[k - 2]
            });
        }
        all
    }
}

impl Filter for Chebyshev {
    fn terms(&self) -> usize {
        self.order + 1
    }

    /// Clenshaw's recurrence, `b_k = h_k + 2 L~ b_{k+1} - b_{k+2}` and `h_0 + L~ b_1 - b_2` in the end: as many sparse products as the
    /// order, of the width of the output.
    fn sum<'t>(&self, h: &[Tensor<'t>]) -> Tensor<'t> {
        let (mut after, mut next): (Option<Tensor<'t>>, Option<Tensor<'t>>) = (None, None);
        for (k, &h) in h.iter().enumerate().rev() {
            let factor = if k == 0 { 1.0 } else { 2.0 };
            let mut own = h;
            if let Some(next) = next {
                own = own + next.sparse_product(&self.matrix).affine(factor, 0.0);
            }
            if let Some(after) = after {
                own = own - after;
            }
            (after, next) = (next, Some(own));
        }
        next.expect("a filter has a term")
    }
}

/// `T_k(t)` for k up to `order`.
pub fn polynomials(t: f64, order: usize) -> Vec<f64> {
    let mut all = vec![1.0, t];
    for k in 2..=order {
        all.push(2.0 * t * all[k - 1] - all[k - 2]);
    }
    all.truncate(order + 1);
    all
}
