//! Scores to derivatives, derivatives to fixed point: passes over all rows.

use std::sync::Mutex;

use induce_core::parallel::Team;
use induce_prob::Loss;
use induce_prob::loss::Derivatives;

use super::super::histogram::{Scale, Sum, quantise};

/// First and second derivatives of every output.
#[derive(Debug, Default)]
pub(super) struct RowDerivatives {
    pub gradient: Vec<Vec<f32>>,
    pub curvature: Vec<Vec<f32>>,
    /// Per output: sum of |gradient| and of curvature.
    pub totals: Vec<(f64, f64)>,
}

/// Rows per block of a pass; sums are taken block by block, in order.
const BLOCK: usize = 4096;

/// Ends of the blocks: every [`BLOCK`] rows, or whole groups of about as many.
pub(super) fn blocks(rows: usize, groups: Option<&[usize]>) -> Vec<usize> {
    let Some(groups) = groups else {
        return (1..=rows.div_ceil(BLOCK))
            .map(|b| (b * BLOCK).min(rows))
            .collect();
    };
    let mut ends = Vec::new();
    let mut start = 0;
    for &end in groups.iter().filter(|&&g| g > 0) {
        if end - start >= BLOCK || end == rows {
            ends.push(end);
            start = end;
        }
    }
    ends
}

/// One block's part of the derivative arrays, with space for its sums.
struct Part<'a> {
    start: usize,
    gradient: Vec<&'a mut [f32]>,
    curvature: Vec<&'a mut [f32]>,
    totals: Vec<(f64, f64)>,
}

impl RowDerivatives {
    pub(super) fn new(outputs: usize, rows: usize) -> Self {
        Self {
            gradient: vec![vec![0.0; rows]; outputs],
            curvature: vec![vec![0.0; rows]; outputs],
            totals: vec![(0.0, 0.0); outputs],
        }
    }

    /// Derivatives of `loss` at `scores`, times the weights.
    pub(super) fn update(
        &mut self,
        team: &mut Team,
        loss: &dyn Loss,
        ends: &[usize],
        target: &[f64],
        weight: Option<&[f64]>,
        scores: &[Vec<f64>],
    ) {
        let size = team.size();
        let parts = self.parts(ends);
        team.run(&|t| {
            for part in parts.iter().skip(t).step_by(size) {
                part.lock()
                    .expect("each block has one owner")
                    .update(loss, target, weight, scores);
            }
        });
        let mut totals = vec![(0.0, 0.0); scores.len()];
        for part in parts {
            let part = part.into_inner().expect("no worker panicked");
            for (total, add) in totals.iter_mut().zip(part.totals) {
                *total = (total.0 + add.0, total.1 + add.1);
            }
        }
        self.totals = totals;
    }

    fn parts(&mut self, ends: &[usize]) -> Vec<Mutex<Part<'_>>> {
        let outputs = self.gradient.len();
        let mut gradients: Vec<&mut [f32]> = self.gradient.iter_mut().map(|g| &mut g[..]).collect();
        let mut curvatures: Vec<&mut [f32]> = self.curvature.iter_mut().map(|h| &mut h[..]).collect();
        let mut start = 0;
        let mut parts = Vec::with_capacity(ends.len());
        for &end in ends {
            let (gradient, curvature) = (
                cut(&mut gradients, end - start),
                cut(&mut curvatures, end - start),
            );
            parts.push(Mutex::new(Part {
                start,
                gradient,
                curvature,
                totals: vec![(0.0, 0.0); outputs],
            }));
            start = end;
        }
        parts
    }

    /// Multiply both derivatives of `row` by `factor` in every output, or drop it.
    pub(super) fn reweigh(&mut self, row: usize, factor: f32) {
        for values in self.gradient.iter_mut().chain(&mut self.curvature) {
            values[row] *= factor;
        }
    }

    /// Recompute the totals of every output (after [`RowDerivatives::reweigh`]).
    pub(super) fn recount(&mut self) {
        let sum = |v: &[f32]| {
            v.chunks(BLOCK)
                .map(|c| c.iter().map(|x| f64::from(x.abs())).sum::<f64>())
                .sum::<f64>()
        };
        self.totals = self
            .gradient
            .iter()
            .zip(&self.curvature)
            .map(|(g, h)| (sum(g), sum(h)))
            .collect();
    }

    /// The derivatives of output `k` in fixed point.
    pub(super) fn quantise(&self, team: &mut Team, k: usize, key: u32, out: &mut [Sum]) -> Scale {
        let scale = Scale::new(out.len(), self.totals[k].0, self.totals[k].1);
        let size = team.size();
        let parts: Vec<_> = out.chunks_mut(BLOCK).map(Mutex::new).collect();
        team.run(&|t| {
            for (b, part) in parts.iter().enumerate().skip(t).step_by(size) {
                let mut out = part.lock().expect("each block has one owner");
                let rows = b * BLOCK..b * BLOCK + out.len();
                let (g, h) = (&self.gradient[k][rows.clone()], &self.curvature[k][rows]);
                quantise(b * BLOCK, key, scale, g, h, &mut out);
            }
        });
        scale
    }
}

/// Cut the first `n` items off each of `rest`.
fn cut<'a>(rest: &mut [&'a mut [f32]], n: usize) -> Vec<&'a mut [f32]> {
    let take = |rest: &mut &'a mut [f32]| {
        let (front, back) = std::mem::take(rest).split_at_mut(n);
        *rest = back;
        front
    };
    rest.iter_mut().map(take).collect()
}

impl Part<'_> {
    fn update(&mut self, loss: &dyn Loss, target: &[f64], weight: Option<&[f64]>, scores: &[Vec<f64>]) {
        let rows = self.start..self.start + self.gradient[0].len();
        let here: Vec<&[f64]> = scores.iter().map(|s| &s[rows.clone()]).collect();
        let gradient = self.gradient.iter_mut().map(|g| &mut **g).collect();
        let curvature = self.curvature.iter_mut().map(|h| &mut **h).collect();
        loss.derivatives(
            rows.clone(),
            &target[rows.clone()],
            &here,
            &mut Derivatives { gradient, curvature },
        );
        for (k, total) in self.totals.iter_mut().enumerate() {
            let (g, h) = (&mut *self.gradient[k], &mut *self.curvature[k]);
            *total = weigh(g, h, weight.map(|w| &w[rows.clone()]));
        }
    }
}

induce_core::multiversion! {
    /// Apply the weights and sum |g| and h, in eight lanes of fixed assignment.
    fn weigh(g: &mut [f32], h: &mut [f32], weight: Option<&[f64]>) -> (f64, f64) {
        if let Some(weight) = weight {
            for ((g, h), &w) in g.iter_mut().zip(h.iter_mut()).zip(weight) {
                *g = (f64::from(*g) * w) as f32;
                *h = (f64::from(*h) * w) as f32;
            }
        }
        let (mut sum_g, mut sum_h) = ([0.0_f64; 8], [0.0_f64; 8]);
        let mut chunks = g.chunks_exact(8).zip(h.chunks_exact(8));
        for (g, h) in &mut chunks {
            for lane in 0..8 {
                sum_g[lane] += f64::from(g[lane].abs());
                sum_h[lane] += f64::from(h[lane]);
            }
        }
        let done = g.len() / 8 * 8;
        let rest = |v: &[f32]| v[done..].iter().map(|x| f64::from(x.abs())).sum::<f64>();
        (sum_g.iter().sum::<f64>() + rest(g), sum_h.iter().sum::<f64>() + rest(h))
    }
}
