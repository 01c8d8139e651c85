//! X' diag(w) X, tile by tile.

use crate::linear::kernels::{scale_into, tile};

/// Rows that are worked on at a time: of 50 columns they fit the second cache.
pub const CHUNK: usize = 512;

/// Columns of a block that are scaled and held at a time.
const BLOCK: usize = 32;

/// out += the lower triangle of X' diag(w) X, (p, p) row-major, for columns `x` of as many rows as `w`.
pub fn add_gram(x: &[&[f64]], w: &[f64], out: &mut [f64], packed: &mut Vec<f64>) {
    let (p, n) = (x.len(), w.len());
    packed.resize(BLOCK * CHUNK, 0.0);
    for block in (0..p).step_by(BLOCK) {
        let end = (block + BLOCK).min(p);
        for (x, place) in x[block..end].iter().zip(packed.chunks_exact_mut(n)) {
            scale_into(w, x, place);
        }
        for k in (0..end).step_by(4) {
            // A tile's columns beyond the last are the last again, and not kept.
            let right = [0, 1, 2, 3].map(|d| x[(k + d).min(p - 1)]);
            for j in (block.max(k)..end).step_by(4) {
                let left = [0, 1, 2, 3].map(|d| {
                    let j = (j + d).min(end - 1) - block;
                    &packed[j * n..(j + 1) * n]
                });
                let products = tile(left, right);
                for (dj, row) in products.iter().enumerate().take(end - j) {
                    for (dk, value) in row.iter().enumerate().take(p - k) {
                        out[(j + dj) * p + k + dk] += value;
                    }
                }
            }
        }
    }
}

/// Fill the upper triangle from the lower.
pub fn mirror(a: &mut [f64], n: usize) {
    if a.is_empty() {
        return;
    }
    for i in 0..n {
        for j in 0..i {
            a[j * n + i] = a[i * n + j];
        }
    }
}
