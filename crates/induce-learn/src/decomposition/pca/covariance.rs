//! The covariance of points, and its largest eigenvalues.

use std::ops::Range;

use induce_core::linalg::{Eigen, Partial, Symmetric, smallest};
use induce_core::{Result, Run, multiversion, parallel};

use crate::points::Points;

/// Rows of a tile of the covariance: with two vectors of columns they fill the registers.
const TALL: usize = 4;
/// Columns of a tile.
const WIDE: usize = 16;
/// Rows of points that one pass multiplies: few enough for the cache.
const DEEP: usize = 256;

/// sum w x x', the points being centred; both triangles. // (width, width)
pub fn scatter(points: &Points, threads: usize) -> Vec<f64> {
    let width = points.width;
    let padded = width.next_multiple_of(WIDE);
    // Tiles of the lower triangle, one task per stripe of rows.
    let stripes = width.div_ceil(TALL);
    let rows = parallel::map(threads, stripes, |s| stripe(points, s * TALL, padded));
    let mut all = vec![0.0; width * width];
    for (s, stripe) in rows.iter().enumerate() {
        for (i, row) in stripe.chunks_exact(padded).enumerate().take(width - s * TALL) {
            let i = s * TALL + i;
            for j in 0..=i {
                all[i * width + j] = row[j];
                all[j * width + i] = row[j];
            }
        }
    }
    all
}

/// Rows `first..first + TALL` of the scatter, up to their diagonal. // (TALL, padded)
fn stripe(points: &Points, first: usize, padded: usize) -> Vec<f64> {
    let (width, rows) = (points.width, points.rows());
    let mut out = vec![0.0; TALL * padded];
    let mut left = vec![[0.0; TALL]; DEEP];
    for start in (0..rows).step_by(DEEP) {
        let range = start..(start + DEEP).min(rows);
        for (left, row) in left.iter_mut().zip(range.clone()) {
            let (x, w) = (points.row(row), points.weight(row));
            *left = std::array::from_fn(|i| x.get(first + i).map_or(0.0, |x| w * x));
        }
        let part = &points.values[range.start * width..range.end * width];
        for from in (0..(first + TALL).min(width)).step_by(WIDE) {
            tile(&left[..range.len()], part, width, from, &mut out, padded);
        }
    }
    out
}

multiversion! {
    /// `out_ij += sum_r left_ri x_rj` for the columns from `from` on. // left (rows, TALL), x (rows, width)
    fn tile(left: &[[f64; TALL]], x: &[f64], width: usize, from: usize, out: &mut [f64], padded: usize) {
        let mut sums = [[0.0; WIDE]; TALL];
        if from + WIDE <= width {
            for (left, row) in left.iter().zip(x.chunks_exact(width)) {
                let row: &[f64; WIDE] = row[from..].first_chunk().expect("the tile ends within the row");
                for i in 0..TALL {
                    for l in 0..WIDE {
                        sums[i][l] += left[i] * row[l];
                    }
                }
            }
        } else {
            for (left, row) in left.iter().zip(x.chunks_exact(width)) {
                for i in 0..TALL {
                    for (sum, x) in sums[i].iter_mut().zip(&row[from..]) {
                        *sum += left[i] * x;
                    }
                }
            }
        }
        for (row, sums) in out.chunks_exact_mut(padded).zip(&sums) {
            row[from..from + WIDE].iter_mut().zip(sums).for_each(|(own, sum)| *own += sum);
        }
    }
}

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
