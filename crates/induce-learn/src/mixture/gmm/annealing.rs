//! Deterministic annealing of the means: clusters part one after the other, so that where they began matters less.
//!
//! While beta, the inverse temperature, rises from `annealing` to 10, responsibilities are those of `(pi_k N(x | m_k, W))^beta` with equal weights and one covariance W
//! for all components, the mean of those at the start, and only means move (Rose 1998, *Deterministic annealing for clustering*). With
//! free covariances all components become one that no temperature takes apart again: at beta < 1 the mean of a component of covariance S
//! is drawn back to that of the data with a factor beta, for S is then their covariance. On nine sets of the clustering benchmarks
//! such annealing (Ueda & Nakano 1998) ended at a single Gaussian.

use induce_core::Run;
use induce_core::random::Stream;

use super::Parameters;
use super::expect::{Limits, expect};
use crate::mixture::forms::Covariance;
use crate::points::Points;

/// By how much beta rises at a time.
const COOLING: f64 = 1.1;
/// Where it ends: W of a poor start is too wide for the last clusters to part at 1.
const COLD: f64 = 10.0;
/// Iterations at each.
const STEPS: usize = 6;
/// Means that have become one are moved apart by this many deviations: where that is stable nothing comes of it.
const SHAKE: f64 = 1e-2;

/// Parameters to go on from; those given if there is no annealing, or it comes to nothing.
pub(super) fn annealed(points: &Points, start: Parameters, limits: &Limits, run: &Run) -> Parameters {
    if limits.annealing >= 1.0 {
        return start;
    }
    let (k, stream) = (start.components(), run.stream("gmm/annealing"));
    let mut now = Parameters {
        weights: vec![1.0 / k as f64; k],
        means: start.means.clone(),
        covariances: vec![within(&start); k],
    };
    let mut beta = limits.annealing;
    for colder in 0.. {
        if beta >= COLD || run.stop_reason().is_some() {
            break;
        }
        for _ in 0..STEPS {
            let Ok(found) = expect(points, &now, limits.kind, beta, run.threads()) else {
                return start;
            };
            now.means = now.maximise(&found, limits.kind, limits.reg).means;
        }
        shake(&mut now, stream.child(colder));
        beta *= COOLING;
    }
    match expect(points, &now, limits.kind, COLD, run.threads()) {
        Ok(found) => now.maximise(&found, limits.kind, limits.reg),
        Err(_) => start,
    }
}

/// The mean covariance of components, by their weights.
fn within(start: &Parameters) -> Covariance {
    let mean = |all: Vec<&Vec<f64>>| {
        let mut sum = vec![0.0; all[0].len()];
        for (own, w) in all.iter().zip(&start.weights) {
            sum.iter_mut().zip(*own).for_each(|(s, x)| *s += w * x);
        }
        sum
    };
    let values = |own: &Covariance| match own {
        Covariance::Full(all) | Covariance::Diagonal(all) => all.clone(),
    };
    let all: Vec<Vec<f64>> = start.covariances.iter().map(values).collect();
    match start.covariances[0] {
        Covariance::Full(_) => Covariance::Full(mean(all.iter().collect())),
        Covariance::Diagonal(_) => Covariance::Diagonal(mean(all.iter().collect())),
    }
}

fn shake(now: &mut Parameters, stream: Stream) {
    for (k, mean) in now.means.iter_mut().enumerate() {
        let width = mean.len();
        let variance = |j: usize| match &now.covariances[k] {
            Covariance::Full(all) => all[j * width + j],
            Covariance::Diagonal(all) => all[j],
        };
        for (j, m) in mean.iter_mut().enumerate() {
            *m += SHAKE * variance(j).sqrt() * (stream.uniform((k * width + j) as u64) - 0.5);
        }
    }
}
