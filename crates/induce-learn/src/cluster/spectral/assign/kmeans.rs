//! k-means in the embedding.

use induce_core::linalg::axpy;
use induce_core::{Outcome, Result, Run};

use super::qr::cluster_qr;

use crate::cluster;
use crate::cluster::kmeans::{Ended, Init, Limits, Seeding, lloyd, seeds};
use crate::cluster::nearest::Singles;
use crate::points::Points;

/// Products of coordinates and centres up to which ten starts cost little.
const CHEAP: f64 = 2e7;

/// The labels of the best of several starts, the first of which is what a pivoted QR factorisation finds: where centres are many, drawing
/// them costs more than all that follows.
pub(super) fn kmeans(rows: &[f64], width: usize, k: usize, starts: usize, run: &Run) -> Result<Vec<u32>> {
    let points = Points::new(rows.to_vec(), width);
    let singles = Singles::new(&points, run.threads());
    let seeding = Seeding {
        points: &points,
        singles: &singles,
        threads: run.threads(),
    };
    let limits = Limits::default();
    let work = rows.len() as f64 * k as f64;
    let starts = cluster::starts(starts, work, CHEAP);
    let stream = run.stream("spectral/kmeans");
    let mut best: Option<Ended> = None;
    for start in 0..starts {
        let centres = match start {
            0 if width == k => means(rows, &cluster_qr(rows, k), k),
            _ => seeds(&seeding, Init::Auto, k, stream.child(start as u64)),
        };
        let own = lloyd(&points, &singles, centres, &limits, run)?;
        let stopped = matches!(own.outcome, Outcome::Stopped { .. });
        if best.as_ref().is_none_or(|best| own.inertia < best.inertia) {
            best = Some(own);
        }
        if stopped {
            break;
        }
    }
    Ok(best.map_or_else(|| vec![0; points.rows()], |best| best.labels))
}

/// The means of clusters; those that are empty are left to the others.
fn means(rows: &[f64], labels: &[u32], k: usize) -> Vec<f64> {
    let (mut sums, mut counts) = (vec![0.0; k * k], vec![0.0; k]);
    for (row, &label) in rows.chunks_exact(k).zip(labels) {
        axpy(1.0, row, &mut sums[label as usize * k..(label as usize + 1) * k]);
        counts[label as usize] += 1.0;
    }
    let all = sums
        .chunks_exact(k)
        .zip(&counts)
        .filter(|(_, count)| **count > 0.0);
    all.flat_map(|(sum, count)| sum.iter().map(move |x| x / count))
        .collect()
}
