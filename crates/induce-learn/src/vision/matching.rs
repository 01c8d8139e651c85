//! Matching of descriptors.

use induce_core::{multiversion, parallel};

use super::describe::LENGTH;
use super::sift::Features;

/// A key point of one picture and the one of the other that looks most like it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Match {
    /// Its index in the first picture.
    pub a: usize,
    /// Its index in the second.
    pub b: usize,
    /// Distance to it over the distance to the next best: the smaller, the surer.
    pub ratio: f32,
}

/// Key points that are compared side by side.
const TILE: usize = 4;

/// Key points of the first picture per task.
const SHARE: usize = 32;

/// For each key point of `a` its nearest of `b`, if that is nearer than `ratio` times the second nearest (Lowe 2004,
/// section 7.1); in the order of `a`. Distances are exact integers.
pub fn matches(a: &Features, b: &Features, ratio: f32, threads: usize) -> Vec<Match> {
    if b.points.len() < 2 || a.points.is_empty() {
        return Vec::new();
    }
    let (wide_a, wide_b) = (widened(&a.descriptors), widened(&b.descriptors));
    let norms = squares(&wide_b);
    let fractions = parallel::map(threads, a.points.len().div_ceil(SHARE), |fraction| {
        let end = ((fraction + 1) * SHARE).min(a.points.len());
        let mut found = Vec::new();
        for first in (fraction * SHARE..end).step_by(TILE) {
            let rows = TILE.min(end - first);
            // A last tile that is not full repeats its last row.
            let tile = std::array::from_fn(|k| row(&wide_a, first + k.min(rows - 1)));
            let mut nearest = [Nearest::default(); TILE];
            find(tile, &wide_b, &norms, &mut nearest);
            found.extend((0..rows).filter_map(|k| distinct(first + k, tile[k], &nearest[k], ratio)));
        }
        found
    });
    fractions.concat()
}

fn distinct(a: usize, descriptor: &[i16], nearest: &Nearest, ratio: f32) -> Option<Match> {
    let own: i32 = descriptor.iter().map(|&v| i32::from(v) * i32::from(v)).sum();
    let (best, second) = ((nearest.best + own) as f32, (nearest.second + own) as f32);
    let fraction = (best / second.max(1.0)).sqrt();
    (fraction < ratio).then_some(Match {
        a,
        b: nearest.index,
        ratio: fraction,
    })
}

/// Bytes as 16-bit integers, which the hardware multiplies and adds in pairs.
fn widened(bytes: &[u8]) -> Vec<i16> {
    bytes.iter().map(|&b| i16::from(b)).collect()
}

fn row(wide: &[i16], i: usize) -> &[i16; LENGTH] {
    &wide.as_chunks().0[i]
}

fn squares(wide: &[i16]) -> Vec<i32> {
    wide.chunks_exact(LENGTH)
        .map(|d| d.iter().map(|&v| i32::from(v) * i32::from(v)).sum())
        .collect()
}

/// The two nearest so far, distances less the own square.
#[derive(Clone, Copy)]
struct Nearest {
    index: usize,
    best: i32,
    second: i32,
}

impl Default for Nearest {
    fn default() -> Self {
        Self {
            index: 0,
            best: i32::MAX / 2,
            second: i32::MAX / 2,
        }
    }
}

multiversion! {
    /// The two nearest of `b` for each of a tile: |a - b|^2 = |a|^2 + |b|^2 - 2 a b.
    fn find(tile: [&[i16; LENGTH]; TILE], b: &[i16], norms: &[i32], nearest: &mut [Nearest; TILE]) {
        for (index, (other, norm)) in b.as_chunks::<LENGTH>().0.iter().zip(norms).enumerate() {
            for (mine, nearest) in tile.iter().zip(nearest.iter_mut()) {
                let mut dot = 0_i32;
                for k in 0..LENGTH {
                    dot += i32::from(mine[k]) * i32::from(other[k]);
                }
                let distance = norm - 2 * dot;
                if distance < nearest.second {
                    if distance < nearest.best {
                        *nearest = Nearest { index, best: distance, second: nearest.best };
                    } else {
                        nearest.second = distance;
                    }
                }
            }
        }
    }
}
