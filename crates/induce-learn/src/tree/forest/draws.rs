//! Bootstrap samples: which rows a tree is trained on.
//!
//! A weight of 2 is to mean what the row given twice means, whatever the order of the rows. So the places that are drawn
//! from are in an order of the rows' content, and a row of weight 2 has two of them. Weights that are not integers, or
//! too large, are counted in the largest unit of which all are multiples, if there is one: their scale means nothing.

use induce_core::random::Stream;

use super::super::bins::{CodeColumn, Codes};
use super::Spec;

/// Places per row up to which whole weights are spread out.
const SPREAD: f64 = 64.0;

/// The places to draw from.
pub(super) struct Draws {
    /// The row of every place; empty if every tree has all rows.
    places: Vec<u32>,
    rows: usize,
    /// Places drawn per tree.
    drawn: usize,
    bootstrap: bool,
    /// What a place weighs, if places stand for the weights, which then must not be counted again.
    unit: Option<f64>,
}

impl Draws {
    /// For rows of these codes, targets (row-major, if there are several) and weights.
    pub fn new(spec: &Spec, codes: &Codes, targets: &[f64], weight: Option<&[f64]>) -> Self {
        let rows = codes.rows;
        let some = spec.bootstrap || spec.subsample < 1.0;
        let spread = weight.filter(|_| some).and_then(|w| Some((w, unit(w)?)));
        let copies = |row: u32| spread.map_or(1, |(w, unit)| (w[row as usize] / unit).round() as usize);
        let places: Vec<u32> = if some {
            let order = by_content(codes, targets).into_iter();
            order
                .flat_map(|row| std::iter::repeat_n(row, copies(row)))
                .collect()
        } else {
            Vec::new()
        };
        let drawn = (spec.subsample * places.len() as f64).round() as usize;
        Self {
            drawn: drawn.max(1),
            bootstrap: spec.bootstrap,
            unit: spread.map(|(_, unit)| unit),
            places,
            rows,
        }
    }

    /// Whether trees leave rows out.
    pub fn leave_out(&self) -> bool {
        !self.places.is_empty()
    }

    /// How much every row counts in a tree: how often it was drawn, times its weight.
    pub fn bag(&self, weight: Option<&[f64]>, stream: Stream) -> Vec<f64> {
        let mut bag = vec![0.0; self.rows];
        let n = self.places.len();
        let mut take = |place: usize| bag[self.places[place] as usize] += 1.0;
        if n == 0 {
            bag.fill(1.0);
        } else if self.bootstrap {
            (0..self.drawn as u64).for_each(|i| take(stream.below(i, n)));
        } else {
            stream.permutation(n)[..self.drawn]
                .iter()
                .for_each(|&place| take(place));
        }
        match (self.unit, weight) {
            (Some(unit), _) => bag.iter_mut().for_each(|b| *b *= unit),
            (None, Some(weight)) => bag.iter_mut().zip(weight).for_each(|(b, w)| *b *= w),
            (None, None) => {}
        }
        bag
    }
}

/// What a place weighs: 1 for whole weights that are not too many, else the largest number of which all weights are
/// multiples, found by Euclid's algorithm; `None` if the weights would have too many places.
fn unit(weight: &[f64]) -> Option<f64> {
    let most = SPREAD * weight.len() as f64;
    let total: f64 = weight.iter().sum();
    if total <= most && weight.iter().all(|w| w.fract() == 0.0) {
        return Some(1.0);
    }
    let (least, noise) = (total / most, 1e-9 * total / weight.len() as f64);
    let mut unit = 0.0;
    for &w in weight.iter().filter(|w| **w > 0.0) {
        unit = if w == unit { unit } else { common(unit, w, noise) };
        if unit < least {
            return None;
        }
    }
    let is_multiple = |w: &f64| (w / unit - (w / unit).round()).abs() < 1e-9;
    weight.iter().all(is_multiple).then_some(unit)
}

/// The largest number of which both are multiples; what is below `noise` is a rounding error.
fn common(mut a: f64, mut b: f64, noise: f64) -> f64 {
    while b > noise {
        (a, b) = (b, a % b);
        // A remainder just below the divisor is none.
        if a - b < noise {
            b = 0.0;
        }
    }
    a
}

/// The rows in the order of a hash of their codes and targets; equal rows are neighbours.
fn by_content(codes: &Codes, targets: &[f64]) -> Vec<u32> {
    // + 0.0 makes -0 the 0 that it equals.
    let bits = |y: &f64| (y + 0.0).to_bits();
    let of_row = |own: &[f64]| own.iter().fold(0, |hash, y| mixed(hash ^ bits(y)));
    let outputs = (targets.len() / codes.rows.max(1)).max(1);
    let mut hash: Vec<u64> = targets.chunks_exact(outputs).map(of_row).collect();
    for column in &codes.columns {
        match column {
            CodeColumn::Narrow(codes) => absorb(&mut hash, codes.iter().map(|&c| u64::from(c))),
            CodeColumn::Wide(codes) => absorb(&mut hash, codes.iter().map(|&c| u64::from(c))),
        }
    }
    let mut keys: Vec<(u64, u32)> = hash.into_iter().zip(0..).collect();
    keys.sort_unstable();
    keys.into_iter().map(|(_, row)| row).collect()
}

fn absorb(hash: &mut [u64], codes: impl Iterator<Item = u64>) {
    for (hash, code) in hash.iter_mut().zip(codes) {
        *hash = mixed(*hash ^ code);
    }
}

/// The first half of SplitMix64's finaliser (Steele, Lea & Flood 2014).
fn mixed(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x ^ (x >> 27)
}
