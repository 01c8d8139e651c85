//! Alternating minimisation over assignments, centres and their number.

use induce_core::words::counted;
use induce_core::{Outcome, Run};

use super::Creation;
use crate::cluster::centres::farther;
use crate::cluster::nearest::{self, Codebook, Singles, square, squared_distances};
use crate::points::Points;

/// What a descent came to.
#[derive(Debug, Clone)]
pub struct Descent {
    /// The centres. // (clusters, width)
    pub centres: Vec<f64>,
    /// The cluster of every row. // (rows)
    pub labels: Vec<u32>,
    /// J after every iteration: it never rises.
    pub trace: Vec<f64>,
    /// sum w |x - c|^2.
    pub inertia: f64,
    /// Why it ended.
    pub outcome: Outcome,
}

/// From the mean, or from given centres, until no row changes its cluster.
pub fn descend(
    points: &Points,
    singles: &Singles,
    lambda: f64,
    creation: Creation,
    start: Option<Vec<f64>>,
    max_iter: usize,
    run: &Run,
) -> Descent {
    let mut labels: Vec<u32> = Vec::new();
    let mut centres = start.unwrap_or_else(|| points.mean());
    let (mut trace, mut inertia) = (Vec::new(), 0.0);
    let mut outcome = Outcome::Exhausted {
        reason: format!("all {max_iter} iterations are done (`max_iter`)"),
    };
    for step in 0..max_iter {
        let mut new = match creation {
            Creation::Delayed => delayed(points, singles, &mut centres, lambda, run.threads()),
            Creation::Serial => serial(points, &mut centres, lambda),
        };
        let same = new == labels;
        centres = means(points, &mut new, &centres);
        labels = new;
        inertia = nearest::inertia(points, &labels, &centres);
        trace.push(inertia + lambda * (centres.len() / points.width) as f64);
        if same {
            let reason = format!(
                "no row changed its cluster after {}",
                counted(step + 1, "iteration")
            );
            outcome = Outcome::Converged { reason };
            break;
        }
        if let Some(stopped) = run.stopped() {
            outcome = stopped;
            break;
        }
    }
    Descent {
        centres,
        labels,
        trace,
        inertia,
        outcome,
    }
}

/// Whether a row makes a cluster of its own: what it saves is more than lambda, also where it counts less than one.
fn makes_one(points: &Points, row: usize, squared: f64, lambda: f64) -> bool {
    let w = points.weight(row);
    w > 0.0 && squared * w.min(1.0) > lambda
}

/// Assign all, then let those that are too far make centres, the farthest first.
fn delayed(
    points: &Points,
    singles: &Singles,
    centres: &mut Vec<f64>,
    lambda: f64,
    threads: usize,
) -> Vec<u32> {
    let width = points.width;
    let book = Codebook::new(centres, width);
    let parts = points.by_chunks(threads, |rows| {
        let rows: Vec<u32> = rows.map(|row| row as u32).collect();
        let (mut labels, mut far) = (Vec::with_capacity(rows.len()), Vec::new());
        book.nearest(points, singles, &rows, |row, found| {
            labels.push(found.index);
            let centre = &centres[found.index as usize * width..][..width];
            let squared = square(points.row(row as usize), centre);
            if makes_one(points, row as usize, squared, lambda) {
                far.push((row as usize, squared));
            }
        });
        (labels, far)
    });
    let (labels, far): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
    let (mut labels, mut far) = (labels.concat(), far.concat());
    while let Some(&(first, _)) = far.iter().reduce(farther) {
        let centre: Vec<f64> = points.filled(first).collect();
        let index = (centres.len() / width) as u32;
        for (row, squared) in &mut far {
            let own = square(points.row(*row), &centre);
            if own < *squared {
                (*squared, labels[*row]) = (own, index);
            }
        }
        labels[first] = index;
        centres.extend(centre);
        far.retain(|(row, squared)| *row != first && makes_one(points, *row, *squared, lambda));
    }
    labels
}

/// One row after the other; a row that is too far makes a centre that the next ones see.
fn serial(points: &Points, centres: &mut Vec<f64>, lambda: f64) -> Vec<u32> {
    let mut labels = Vec::with_capacity(points.rows());
    for row in 0..points.rows() {
        let x = points.row(row);
        let distances = squared_distances(x, centres).enumerate();
        let (index, squared) = distances.fold(
            (0, f64::INFINITY),
            |best, own| if own.1 < best.1 { own } else { best },
        );
        if makes_one(points, row, squared, lambda) {
            labels.push((centres.len() / points.width) as u32);
            centres.extend(points.filled(row));
        } else {
            labels.push(index as u32);
        }
    }
    labels
}

/// The means of the clusters that have rows; the others are dropped and the rest renumbered.
fn means(points: &Points, labels: &mut [u32], centres: &[f64]) -> Vec<f64> {
    let (width, k) = (points.width, centres.len() / points.width);
    let (mut sum, mut mass) = (vec![0.0; k * width], vec![0.0; k * width]);
    let mut filled = vec![false; k];
    for (row, label) in labels.iter().enumerate() {
        let (w, start) = (points.weight(row), *label as usize * width);
        filled[*label as usize] |= w > 0.0;
        for (j, x) in points.row(row).iter().enumerate().filter(|own| !own.1.is_nan()) {
            sum[start + j] += w * x;
            mass[start + j] += w;
        }
    }
    let number: Vec<u32> = filled
        .iter()
        .scan(0, |next, own| {
            let here = *next;
            *next += u32::from(*own);
            Some(here)
        })
        .collect();
    // Rows of weight 0 alone in a cluster go to the first: they do not count.
    labels.iter_mut().for_each(|label| {
        *label = if filled[*label as usize] {
            number[*label as usize]
        } else {
            0
        }
    });
    let mean = |i: usize| {
        if mass[i] > 0.0 {
            sum[i] / mass[i]
        } else {
            centres[i]
        }
    };
    let kept = (0..k).filter(|&c| filled[c]);
    kept.flat_map(|c| c * width..(c + 1) * width).map(mean).collect()
}
