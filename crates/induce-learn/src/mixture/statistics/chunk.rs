//! Rows on their way into sums.

use induce_core::linalg::sum_of;

use super::Statistics;
use super::kernels::{PAD, differences};
use crate::mixture::forms::{BLOCK, Form, Lanes, normalize};
use crate::points::Points;

/// Numbers of a chunk of differences: with their multiples they stay in the second cache.
const CACHED: usize = 1 << 15;
/// Rows whose responsibilities sum to less than this share of a chunk's are left out: they change no bit of a sum that rounds at 1e-16,
/// and where components are apart most rows are such.
const NOTHING: f64 = 1e-26;

/// Rows that are scored by all components before any is summed.
pub struct Chunk {
    pub rows: usize,
    width: usize,
    /// w r. // (components, rows)
    responsibilities: Vec<f64>,
    /// x - m of the rows that count, and its multiples by r. // (rows, padded width)
    away: Vec<f64>,
    scaled: Vec<f64>,
    /// Rows that count.
    active: Vec<usize>,
    x: Vec<Lanes>,
    difference: Vec<Lanes>,
    scores: Vec<Lanes>,
}

/// Rows that count for a component.
pub struct Active<'a> {
    pub mass: f64,
    /// x - m. // (rows, padded width)
    pub away: &'a [f64],
    /// r (x - m). // (rows, padded width)
    pub scaled: &'a [f64],
}

impl Chunk {
    pub fn new(width: usize, components: usize) -> Self {
        let padded = width.next_multiple_of(PAD);
        let rows = (CACHED / padded).clamp(64, 1024).next_multiple_of(BLOCK);
        Self {
            rows,
            width,
            responsibilities: vec![0.0; components * rows],
            away: vec![0.0; rows * padded],
            scaled: vec![0.0; rows * padded],
            active: Vec::with_capacity(rows),
            x: vec![[0.0; BLOCK]; width],
            difference: vec![[0.0; BLOCK]; width],
            scores: vec![[0.0; BLOCK]; components],
        }
    }

    /// The responsibilities of `range`; what is only summed over rows goes `to` where it belongs.
    pub fn score(
        &mut self,
        points: &Points,
        range: std::ops::Range<usize>,
        forms: &[Form],
        beta: f64,
        to: &mut Statistics,
        incomplete: &(impl Fn(usize, &mut Statistics) + Sync),
    ) {
        for (b, start) in range.clone().step_by(BLOCK).enumerate() {
            let rows = start..(start + BLOCK).min(range.end);
            let weight = load(points, rows.clone(), &mut self.x);
            for (row, _) in rows.zip(&weight).filter(|own| own.1.is_nan()) {
                incomplete(row, to);
            }
            let weight = weight.map(|w| if w.is_nan() { 0.0 } else { w });
            for (score, form) in self.scores.iter_mut().zip(forms) {
                *score = form.score(&self.x, &mut self.difference);
                score.iter_mut().for_each(|s| *s *= beta);
            }
            let normal = normalize(&mut self.scores);
            for l in (0..BLOCK).filter(|&l| weight[l] > 0.0) {
                to.log_likelihood += weight[l] * normal.ln[l];
                to.entropy += weight[l] * normal.entropy[l];
            }
            for (k, score) in self.scores.iter().enumerate() {
                let place = &mut self.responsibilities[k * self.rows + b * BLOCK..][..BLOCK];
                for l in 0..BLOCK {
                    place[l] = weight[l] * score[l];
                }
            }
        }
        // Blocks of an earlier chunk that was longer.
        let filled = range.len().next_multiple_of(BLOCK);
        for own in self.responsibilities.chunks_exact_mut(self.rows) {
            own[filled..].fill(0.0);
        }
    }

    /// The rows of the chunk from `start` on that count for a component.
    pub fn gather(&mut self, points: &Points, start: usize, k: usize, mean: &[f64]) -> Active<'_> {
        let r = &self.responsibilities[k * self.rows..][..self.rows];
        let mass = sum_of(r, r, |r, _| r);
        let counts = |l: &usize| r[*l] > NOTHING * mass;
        self.active.clear();
        self.active.extend((0..self.rows).filter(counts));
        let values = &points.values[start * self.width..];
        differences(values, &self.active, r, mean, &mut self.away, &mut self.scaled);
        let count = self.active.len() * self.width.next_multiple_of(PAD);
        Active {
            mass,
            away: &self.away[..count],
            scaled: &self.scaled[..count],
        }
    }
}

/// Rows as lanes; their weights, NaN for rows with missing values, 0 where there is no row.
pub fn load(points: &Points, rows: std::ops::Range<usize>, x: &mut [Lanes]) -> Lanes {
    let mut weight = [0.0; BLOCK];
    x.iter_mut().for_each(|lanes| lanes.fill(0.0));
    for (l, row) in rows.enumerate() {
        let point = points.row(row);
        weight[l] = points.weight(row);
        if point.iter().any(|x| x.is_nan()) {
            weight[l] = f64::NAN;
            continue;
        }
        for (lanes, value) in x.iter_mut().zip(point) {
            lanes[l] = *value;
        }
    }
    weight
}
