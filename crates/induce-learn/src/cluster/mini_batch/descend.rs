//! Steps on mini-batches.

use induce_core::random::Stream;

use crate::cluster::nearest::{Codebook, Singles, square};
use crate::points::Points;

/// Centres and how many rows each has had.
#[derive(Debug, Clone)]
pub struct State {
    /// The centres. // (clusters, width)
    pub centres: Vec<f64>,
    /// Weight of the rows that each has had. // (clusters)
    pub counts: Vec<f64>,
}

/// What a step came to.
pub struct Step {
    /// sum w |x - c|^2 over the mini-batch, before the step, per unit of weight.
    pub inertia: f64,
    /// Sum of the squared moves of the centres.
    pub moved: f64,
}

impl State {
    /// One mini-batch: its rows are assigned, and each pulls its centre.
    pub fn step(&mut self, points: &Points, singles: &Singles, rows: &[u32]) -> Step {
        let width = points.width;
        let mut labels = Vec::with_capacity(rows.len());
        let book = Codebook::new(&self.centres, width);
        book.nearest(points, singles, rows, |_, found| {
            labels.push(found.index as usize);
        });
        let (mut sums, mut mass) = (vec![0.0; self.centres.len()], vec![0.0; self.centres.len()]);
        let (mut weights, mut inertia) = (vec![0.0; self.counts.len()], 0.0);
        for (&row, &c) in rows.iter().zip(&labels) {
            let (x, w) = (points.row(row as usize), points.weight(row as usize));
            inertia += w * square(x, &self.centres[c * width..][..width]);
            weights[c] += w;
            for (j, x) in x.iter().enumerate().filter(|own| !own.1.is_nan()) {
                sums[c * width + j] += w * x;
                mass[c * width + j] += w;
            }
        }
        let mut moved = 0.0;
        for (i, centre) in self
            .centres
            .iter_mut()
            .enumerate()
            .filter(|own| mass[own.0] > 0.0)
        {
            let new = (*centre * self.counts[i / width] + sums[i]) / (self.counts[i / width] + mass[i]);
            moved += (new - *centre) * (new - *centre);
            *centre = new;
        }
        self.counts.iter_mut().zip(&weights).for_each(|(n, w)| *n += w);
        let total: f64 = weights.iter().sum();
        Step {
            inertia: inertia / total.max(f64::MIN_POSITIVE),
            moved,
        }
    }

    /// Move centres with fewer than `ratio` of the largest count to rows of the mini-batch drawn at random; at most half of its
    /// rows are.
    pub fn reassign(&mut self, points: &Points, rows: &[u32], ratio: f64, stream: Stream) {
        let width = points.width;
        let largest = self.counts.iter().copied().fold(0.0, f64::max);
        let mut low: Vec<usize> = (0..self.counts.len())
            .filter(|&c| self.counts[c] < ratio * largest)
            .collect();
        low.sort_by(|&a, &b| self.counts[a].total_cmp(&self.counts[b]));
        low.truncate(rows.len() / 2);
        let kept = (0..self.counts.len()).filter(|c| !low.contains(c));
        let least = kept.map(|c| self.counts[c]).fold(f64::INFINITY, f64::min);
        for (&c, place) in low.iter().zip(stream.permutation(rows.len())) {
            let new = points.filled(rows[place] as usize);
            let centre = self.centres[c * width..][..width].iter_mut();
            centre.zip(new).for_each(|(centre, x)| *centre = x);
            // As many as the least of the others, so that it is not moved again at once.
            self.counts[c] = if least.is_finite() { least } else { 1.0 };
        }
    }
}
