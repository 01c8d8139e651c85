//! Distances in double precision.

use induce_core::linalg::distance::squared;
use induce_core::multiversion;

pub use induce_core::linalg::distance::square;

use crate::points::Points;

/// The nearest centre of a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    /// Which.
    pub index: u32,
    /// At most so far away.
    pub distance: f64,
    /// Every other is at least so far away.
    pub second: f64,
}

multiversion! {
    /// `nearest_i = min(nearest_i, |x_i - c|^2)` for rows one after the other. // rows (rows, width)
    pub fn lower(rows: &[f64], c: &[f64], nearest: &mut [f64]) {
        for (x, nearest) in rows.chunks_exact(c.len()).zip(nearest) {
            let own = squared(x, c);
            *nearest = if own < *nearest { own } else { *nearest };
        }
    }
}

/// |x - c|^2 of every centre. // (centres)
pub fn squared_distances<'a>(x: &'a [f64], centres: &'a [f64]) -> impl Iterator<Item = f64> + 'a {
    centres.chunks_exact(x.len().max(1)).map(|c| square(x, c))
}

/// sum w of every one of `k` clusters. // (k)
pub fn sizes(points: &Points, labels: &[u32], k: usize) -> Vec<f64> {
    let mut sizes = vec![0.0; k];
    for (row, label) in labels.iter().enumerate() {
        sizes[*label as usize] += points.weight(row);
    }
    sizes
}

/// sum w |x - c|^2 over points and the centres that they belong to.
pub fn inertia(points: &Points, labels: &[u32], centres: &[f64]) -> f64 {
    let width = points.width;
    let cost = |(row, label): (usize, &u32)| {
        points.weight(row) * square(points.row(row), &centres[*label as usize * width..][..width])
    };
    labels.iter().enumerate().map(cost).sum()
}

multiversion! {
    /// The nearest centre, the first of equals, and the distance of the next.
    pub fn nearest(x: &[f64], centres: &[f64]) -> Found {
        let (mut index, mut first, mut second) = (0, f64::INFINITY, f64::INFINITY);
        for (c, centre) in centres.chunks_exact(x.len()).enumerate() {
            let own = squared(x, centre);
            if own < first {
                (second, first, index) = (first, own, c as u32);
            } else if own < second {
                second = own;
            }
        }
        Found {
            index,
            distance: first.sqrt(),
            second: second.sqrt(),
        }
    }
}
