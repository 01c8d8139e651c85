//! The largest eigenvalues of a covariance.

use std::ops::Range;

use induce_core::linalg::{Eigen, Partial, Symmetric, smallest};
use induce_core::{Result, Run, multiversion};

/// The largest `count` eigenvalues of a symmetric matrix with their vectors as rows, falling; all of them outright where that is much of
/// it.
///
/// # Errors
/// If the matrix is not finite.
pub fn leading(a: &[f64], n: usize, count: usize, run: &Run) -> Result<(Vec<f64>, Vec<f64>)> {
    if n <= 256 || 8 * count > n {
        let eigen = Eigen::new(a, n);
        let order = (n - count.min(n)..n).rev();
        let vectors = order
            .clone()
            .flat_map(|k| eigen.vectors[k * n..(k + 1) * n].to_vec())
            .collect();
        return Ok((order.map(|k| eigen.values[k]).collect(), vectors));
    }
    let sought = Partial {
        count,
        tolerance: 1e-12,
        ..Partial::default()
    };
    let found = smallest(&Negated(a, n), &sought, run)?;
    Ok((found.values.iter().map(|value| -value).collect(), found.vectors))
}

/// Minus a positive semidefinite matrix: its largest eigenvalues are the smallest of this.
struct Negated<'a>(&'a [f64], usize);

impl Symmetric for Negated<'_> {
    fn order(&self) -> usize {
        self.1
    }

    fn multiply_rows(&self, rows: Range<usize>, x: &[f64], width: usize, product: &mut [f64]) {
        for (i, product) in rows.zip(product.chunks_exact_mut(width)) {
            multiply_row(&self.0[i * self.1..][..self.1], x, width, product);
        }
    }

    fn interval(&self) -> (f64, f64) {
        let trace: f64 = self.0.iter().step_by(self.1 + 1).sum();
        (-trace, 0.0)
    }
}

multiversion! {
    /// `product = -sum_k a_k x[k, :]`
    fn multiply_row(a: &[f64], x: &[f64], width: usize, product: &mut [f64]) {
        product.fill(0.0);
        for (a, x) in a.iter().zip(x.chunks_exact(width)) {
            for (product, x) in product.iter_mut().zip(x) {
                *product -= a * x;
            }
        }
    }
}
