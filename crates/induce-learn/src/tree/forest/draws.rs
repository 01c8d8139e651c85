//! Which rows a tree learns from.
//!
//! A weight of 2 is to mean what the row given twice means, whatever the order of the rows. So the places that are drawn
//! from are in an order of the rows' content, and a row of weight 2 has two of them.

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
    /// Whether the places stand for the weights, which then must not be counted again.
    spread: bool,
}

impl Draws {
    /// For rows of these codes, targets (row-major, if there are several) and weights.
    pub fn new(spec: &Spec, codes: &Codes, targets: &[f64], weight: Option<&[f64]>) -> Self {
        let rows = codes.rows;
        let spread = weight
            .filter(|w| w.iter().all(|w| w.fract() == 0.0) && w.iter().sum::<f64>() <= SPREAD * rows as f64);
        let some = spec.bootstrap || spec.subsample < 1.0;
        let copies = |row: u32| spread.map_or(1, |w| w[row as usize] as usize);
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
            spread: some && spread.is_some(),
            places,
            rows,
        }
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
        if let Some(weight) = weight.filter(|_| !self.spread) {
            bag.iter_mut().zip(weight).for_each(|(b, w)| *b *= w);
        }
        bag
    }
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
