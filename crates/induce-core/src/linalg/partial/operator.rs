//! A symmetric matrix known by its products.

use std::ops::Range;

use crate::linalg::{Csr, LANES};
use crate::multiversion;

/// A symmetric matrix that is known by its products with blocks of vectors.
///
/// A block holds its vectors as columns, row-major (order, width), and its width is a multiple of [`LANES`]: an entry of
/// the matrix then meets a whole row of the block, which vectorises where a single vector would be gathered.
pub trait Symmetric: Sync {
    /// Rows, and columns.
    fn order(&self) -> usize;

    /// These rows of the product with a block. // x: (order, width), product: (rows, width)
    fn multiply_rows(&self, rows: Range<usize>, x: &[f64], width: usize, product: &mut [f64]);

    /// An interval that holds every eigenvalue.
    fn interval(&self) -> (f64, f64);
}

/// A matrix divided by a number.
pub(super) struct Scaled<'a> {
    pub(super) a: &'a dyn Symmetric,
    pub(super) scale: f64,
}

impl Symmetric for Scaled<'_> {
    fn order(&self) -> usize {
        self.a.order()
    }

    fn multiply_rows(&self, rows: Range<usize>, x: &[f64], width: usize, product: &mut [f64]) {
        self.a.multiply_rows(rows, x, width, product);
        product.iter_mut().for_each(|x| *x /= self.scale);
    }

    fn interval(&self) -> (f64, f64) {
        let (low, high) = self.a.interval();
        (low / self.scale, high / self.scale)
    }
}

/// The interval is Gershgorin's: no eigenvalue is further from a diagonal entry than the rest of its row adds up to.
impl Symmetric for Csr {
    fn order(&self) -> usize {
        self.rows()
    }

    fn multiply_rows(&self, rows: Range<usize>, x: &[f64], width: usize, product: &mut [f64]) {
        for (i, product) in rows.zip(product.chunks_exact_mut(width)) {
            let range = self.starts()[i]..self.starts()[i + 1];
            multiply_row(
                &self.index()[range.clone()],
                &self.value()[range],
                x,
                width,
                product,
            );
        }
    }

    fn interval(&self) -> (f64, f64) {
        let disc = |i: usize| {
            let (mut centre, mut radius) = (0.0, 0.0);
            for (j, value) in self.row(i) {
                if i == j {
                    centre = value;
                } else {
                    radius += value.abs();
                }
            }
            (centre - radius, centre + radius)
        };
        let widest = |(low, high): (f64, f64), (from, to): (f64, f64)| (low.min(from), high.max(to));
        (0..self.rows()).map(disc).reduce(widest).unwrap_or((0.0, 0.0))
    }
}

multiversion! {
    /// `product = sum_k value_k x[index_k, :]`, each lane in the order of the entries.
    fn multiply_row(index: &[u32], value: &[f64], x: &[f64], width: usize, product: &mut [f64]) {
        let mut at = 0;
        while at + 2 * LANES <= width {
            lanes::<{ 2 * LANES }>(index, value, x, width, &mut product[at..], at);
            at += 2 * LANES;
        }
        if at < width {
            lanes::<LANES>(index, value, x, width, &mut product[at..], at);
        }
    }
}

#[inline(always)]
fn lanes<const N: usize>(
    index: &[u32],
    value: &[f64],
    x: &[f64],
    width: usize,
    product: &mut [f64],
    at: usize,
) {
    let mut sum = [0.0; N];
    for (&j, &a) in index.iter().zip(value) {
        let from = j as usize * width + at;
        for (sum, x) in sum.iter_mut().zip(&x[from..from + N]) {
            *sum += a * x;
        }
    }
    product[..N].copy_from_slice(&sum);
}
