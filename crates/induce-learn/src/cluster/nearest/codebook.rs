//! Centres as the inner loop reads them.

use induce_core::simd::lanes::LANES;

use super::exact::{self, Found};
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
    /// |c|. // (centres)
    length: Vec<f64>,
    /// The largest of them.
    longest: f64,
}

impl<'a> Codebook<'a> {
    /// Centres of `width` coordinates, one after the other.
    pub fn new(centres: &'a [f64], width: usize) -> Self {
        let count = centres.len() / width.max(1);
        let groups = count.div_ceil(LANES);
        let mut panels = vec![0.0; groups * width * LANES];
        let mut bias = vec![[f32::NEG_INFINITY; LANES]; groups];
        let mut length = Vec::with_capacity(count);
        for (i, centre) in centres.chunks_exact(width.max(1)).enumerate() {
            let (group, lane) = (i / LANES, i % LANES);
            for (j, c) in centre.iter().enumerate() {
                panels[(group * width + j) * LANES + lane] = *c as f32;
            }
            let squared: f64 = centre.iter().map(|c| c * c).sum();
            bias[group][lane] = (-0.5 * squared) as f32;
            length.push(squared.sqrt());
        }
        let longest = length.iter().copied().fold(0.0, f64::max);
        Self {
            centres,
            width,
            panels,
            bias,
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
        for group in rows.chunks(ROWS) {
            // Where there are fewer rows than registers for them, the last one is there several times.
            let at = |r: usize| group[r.min(group.len() - 1)] as usize;
            let single = |r: usize| &singles.values[at(r) * self.width..][..self.width];
            let best = best_of(std::array::from_fn(single), &self.panels, &self.bias);
            for (&row, best) in group.iter().zip(best) {
                let own = self.certain(singles.length[row as usize], best);
                let exact = || exact::nearest(points.row(row as usize), self.centres);
                found(row, own.unwrap_or_else(exact));
            }
        }
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
    ///
    /// A score is off by at most gamma (|x| |c| + |c|^2 / 2): inputs are rounded once, and every term of the sum. A centre that is as
    /// near as the best is not longer than |x| and that distance together.
    fn certain(&self, x: f64, best: Best) -> Option<Found> {
        let gamma = (self.width + 6) as f64 * f64::from(f32::EPSILON) * 0.5;
        let error = |c: f64| gamma * (x * c + 0.5 * c * c) + f64::from(f32::MIN_POSITIVE);
        let distance = |score: f64| (x * x - 2.0 * score).max(0.0).sqrt();
        let (first, second) = (f64::from(best.first), f64::from(best.second));
        let own = *self.length.get(best.index as usize)?;
        let far = distance(first - error(own));
        let reach = self.longest.min(x + far);
        // Not so of NaN, which is a row with a missing coordinate.
        if !(first - second > error(own) + error(reach)) {
            return None;
        }
        let next = x + distance(second);
        let others = distance(second + error(self.longest.min(next)));
        let longer = if next < self.longest {
            next - x
        } else {
            f64::INFINITY
        };
        Some(Found {
            index: best.index,
            distance: far,
            second: others.min(longer),
        })
    }
}
