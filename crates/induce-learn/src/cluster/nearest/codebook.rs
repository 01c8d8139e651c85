//! Centres as the inner loop reads them.

use std::ops::Range;

use induce_core::simd::lanes::LANES;

use super::exact::{self, Found};
use super::proof::{BLOCK, Proofs, Slack, prove};
use super::singles::Singles;
use super::tile::{Best, ROWS, best_of};
use crate::points::Points;

/// Centres.
pub struct Codebook<'a> {
    /// In double precision. // (centres, width)
    centres: &'a [f64],
    width: usize,
    /// In single precision, 16 of them side by side. // (panels, width, 16)
    panels: Vec<f32>,
    /// -|c|^2 / 2, and minus infinity where there is no centre. // (panels, 16)
    bias: Vec<[f32; LANES]>,
    /// The centre in every lane; one that there is not where there is none. // (panels, 16)
    order: Vec<u32>,
    /// |c|. // (centres)
    length: Vec<f64>,
    /// The largest of them.
    longest: f64,
}

impl<'a> Codebook<'a> {
    /// Centres of `width` coordinates, one after the other.
    pub fn new(centres: &'a [f64], width: usize) -> Self {
        let count = centres.len() / width.max(1);
        Self::ordered(centres, width, (0..count as u32).collect())
    }

    /// The same, with this order of centres in the panels; their numbers stay as they are.
    pub fn ordered(centres: &'a [f64], width: usize, mut order: Vec<u32>) -> Self {
        let groups = order.len().div_ceil(LANES);
        let mut panels = vec![0.0; groups * width * LANES];
        let mut bias = vec![[f32::NEG_INFINITY; LANES]; groups];
        let mut length = vec![0.0; order.len()];
        for (i, &c) in order.iter().enumerate() {
            let (group, lane) = (i / LANES, i % LANES);
            let centre = &centres[c as usize * width..][..width];
            for (j, c) in centre.iter().enumerate() {
                panels[(group * width + j) * LANES + lane] = *c as f32;
            }
            let squared: f64 = centre.iter().map(|c| c * c).sum();
            bias[group][lane] = (-0.5 * squared) as f32;
            length[c as usize] = squared.sqrt();
        }
        order.resize(groups * LANES, u32::MAX);
        let longest = length.iter().copied().fold(0.0, f64::max);
        Self {
            centres,
            width,
            panels,
            bias,
            order,
            length,
            longest,
        }
    }

    /// The nearest centre of every one of `rows`, in their order.
    pub fn nearest(
        &self,
        points: &Points,
        singles: &Singles,
        rows: &[u32],
        mut found: impl FnMut(u32, Found),
    ) {
        let mut proofs = Proofs::new();
        for rows in rows.chunks(BLOCK) {
            let mut at = 0;
            self.best(0..self.bias.len(), singles, rows, |row, best| {
                let own = self.length.get(best.index as usize);
                proofs.put(at, singles.length[row as usize], own, best);
                at += 1;
            });
            prove(&mut proofs, self.slack());
            for (i, &row) in rows.iter().enumerate() {
                let own = proofs.found(i);
                found(row, own.unwrap_or_else(|| self.exact(points, row)));
            }
        }
    }

    /// The best two scores of every one of `rows` among the centres in some panels.
    pub fn best(
        &self,
        panels: Range<usize>,
        singles: &Singles,
        rows: &[u32],
        mut found: impl FnMut(u32, Best),
    ) {
        let bias = &self.bias[panels.clone()];
        let order = &self.order[panels.start * LANES..];
        let size = self.width * LANES;
        let panels = &self.panels[panels.start * size..panels.end * size];
        for group in rows.chunks(ROWS) {
            // Where there are fewer rows than registers for them, the last one is there several times.
            let at = |r: usize| group[r.min(group.len() - 1)] as usize;
            let single = |r: usize| &singles.values[at(r) * self.width..][..self.width];
            let best = best_of(std::array::from_fn(single), panels, bias);
            for (&row, best) in group.iter().zip(best) {
                let index = order[best.index as usize];
                found(row, Best { index, ..best });
            }
        }
    }

    /// The nearest centre of a row in double precision.
    pub fn exact(&self, points: &Points, row: u32) -> Found {
        exact::nearest(points.row(row as usize), self.centres)
    }

    /// The nearest centre of every point.
    pub fn labels(&self, points: &Points, singles: &Singles, threads: usize) -> Vec<u32> {
        let parts = points.by_chunks(threads, |rows| {
            let rows: Vec<u32> = rows.map(|row| row as u32).collect();
            let mut labels = Vec::with_capacity(rows.len());
            self.nearest(points, singles, &rows, |_, found| labels.push(found.index));
            labels
        });
        parts.concat()
    }

    /// What scores in single precision prove of a row of this length; `None` if rounding may have changed the order.
    pub fn certain(&self, x: f64, best: Best) -> Option<Found> {
        let own = *self.length.get(best.index as usize)?;
        let (first, second) = (f64::from(best.first), f64::from(best.second));
        let (margin, distance, second) = self.slack().proof(x, own, first, second);
        // Not so of NaN, which is a row with a missing coordinate.
        (margin > 0.0).then_some(Found {
            index: best.index,
            distance,
            second,
        })
    }

    /// How far from a row of this length centres are at least, of which none has a larger score.
    pub fn apart(&self, x: f64, score: f32) -> f64 {
        self.slack().apart(x, f64::from(score))
    }

    fn slack(&self) -> Slack {
        Slack {
            gamma: (self.width + 6) as f64 * f64::from(f32::EPSILON) * 0.5,
            longest: self.longest,
        }
    }
}
