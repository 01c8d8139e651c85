//! sum w x x' of points, which is their covariance but for a factor.
//!
//! Rows are cut into parts by their number and width alone, and the sums of the parts are added in order: threads do not change a bit. Within a
//! part some hundred rows at a time are copied into panels of sixteen columns, so that a tile reads memory in one line.

use std::ops::Range;

use induce_core::{multiversion, parallel};

use crate::points::Points;

/// Columns of a panel, and of a tile.
const WIDE: usize = 16;
/// Rows of a tile of sums: sixteen vectors of four, which stay in registers.
const TALL: usize = 4;
/// Rows of points in a panel: two panels are in the first cache together.
const DEEP: usize = 96;
/// Most parts.
const PARTS: usize = 16;
/// Most numbers in the sums of all parts: 64 MiB.
const ROOM: usize = 8 << 20;

/// sum w x x', both triangles. // (width, width)
pub fn scatter(points: &Points, threads: usize) -> Vec<f64> {
    let (rows, width) = (points.rows(), points.width);
    let padded = width.next_multiple_of(WIDE);
    // A multiple of four: as much for each of two or four threads.
    let parts = (ROOM / (padded * padded)).clamp(1, PARTS) / 4 * 4;
    let parts = parts.max(1);
    let size = rows.div_ceil(parts).next_multiple_of(DEEP);
    let sums = parallel::map(threads, rows.div_ceil(size), |i| {
        part(points, i * size..((i + 1) * size).min(rows), padded)
    });
    let mut all = vec![0.0; width * width];
    for i in 0..width {
        for j in 0..=i {
            let sum: f64 = sums.iter().map(|part| part[i * padded + j]).sum();
            all[i * width + j] = sum;
            all[j * width + i] = sum;
        }
    }
    all
}

/// The sum over some rows, right in the lower triangle. // (padded, padded)
fn part(points: &Points, rows: Range<usize>, padded: usize) -> Vec<f64> {
    let mut out = vec![0.0; padded * padded];
    let mut panels = vec![0.0; DEEP * padded];
    for start in rows.clone().step_by(DEEP) {
        let range = start..(start + DEEP).min(rows.end);
        let used = range.len() * WIDE;
        pack(points, range, &mut panels);
        let panel = |p: usize| &panels[p * DEEP * WIDE..][..used];
        for right in 0..padded / WIDE {
            for first in (right * WIDE..padded).step_by(TALL) {
                let place = &mut out[first * padded + right * WIDE..];
                tile(panel(first / WIDE), first % WIDE, panel(right), place, padded);
            }
        }
    }
    out
}

/// Rows by the roots of their weights, sixteen columns side by side. // panels (panels, DEEP, WIDE)
fn pack(points: &Points, rows: Range<usize>, panels: &mut [f64]) {
    for (at, row) in rows.enumerate() {
        let root = points.weight(row).sqrt();
        let places = panels.chunks_exact_mut(DEEP * WIDE);
        for (panel, x) in places.zip(points.row(row).chunks(WIDE)) {
            let place = &mut panel[at * WIDE..][..WIDE];
            place.iter_mut().zip(x).for_each(|(place, x)| *place = root * x);
        }
    }
}

multiversion! {
    /// `out_ij += sum_r left_r(offset + i) right_rj`. // left, right (rows, WIDE), out (TALL, padded)
    fn tile(left: &[f64], offset: usize, right: &[f64], out: &mut [f64], padded: usize) {
        let mut sums = [[0.0_f64; WIDE]; TALL];
        for (left, right) in left.as_chunks::<WIDE>().0.iter().zip(right.as_chunks::<WIDE>().0) {
            let left: &[f64; TALL] = left[offset..].first_chunk().expect("a tile is a part of a panel high");
            for i in 0..TALL {
                for j in 0..WIDE {
                    sums[i][j] = left[i].mul_add(right[j], sums[i][j]);
                }
            }
        }
        for (row, sums) in out.chunks_mut(padded).zip(&sums) {
            row[..WIDE].iter_mut().zip(sums).for_each(|(own, sum)| *own += sum);
        }
    }
}
