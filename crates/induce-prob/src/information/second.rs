//! Kraskov's second estimator (2004, eq. 9): the k neighbours' own widths in either variable.
//!
//! I = < psi(k) - 1 / k - psi(n_x) - psi(n_y) > + psi(N), n_x the other rows that are no farther in x than the farthest of the
//! k neighbours is. Less variance in many dimensions, more bias; for two variables.

use induce_core::parallel;

use super::neighbours::{KdTree, Marginal};
use super::sample::Sample;
use crate::polygamma::digamma;

/// Rows that a thread takes at once.
const BLOCK: usize = 1024;

/// The terms of the sum by row. Rows at the k-th distance are all neighbours.
pub(super) fn terms(
    x: &Sample,
    y: &Sample,
    joint: &KdTree,
    margins: [&Marginal; 2],
    k: usize,
    threads: usize,
) -> Vec<f64> {
    let rows = x.rows();
    let block = |b: usize| {
        let places = b * BLOCK..((b + 1) * BLOCK).min(rows);
        let reaches = joint.reaches(k, places.clone());
        let one = |(place, reach): (usize, super::neighbours::Reach)| {
            let row = joint.row(place);
            (row, term(x, y, joint, margins, row, reach.distance))
        };
        places.zip(reaches).map(one).collect::<Vec<_>>()
    };
    let mut terms = vec![0.0; rows];
    for part in parallel::map(threads, rows.div_ceil(BLOCK), block) {
        part.into_iter().for_each(|(row, term)| terms[row] = term);
    }
    terms
}

fn term(x: &Sample, y: &Sample, joint: &KdTree, margins: [&Marginal; 2], row: usize, radius: f64) -> f64 {
    let psi = |count: usize| digamma(count as f64);
    let near = joint.within(row, radius, true);
    let all = psi(x.rows());
    if radius == 0.0 {
        // The point itself is repeated: counts of its repetitions, as in the first estimator.
        let [n_x, n_y] = margins.map(|own| own.count(row, 0.0, true));
        return (psi(near.len()) - psi(n_x)) + (all - psi(n_y));
    }
    let width = |sample: &Sample| {
        near.iter()
            .map(|&other| apart(sample, row, other))
            .fold(0.0, f64::max)
    };
    let others = |margin: &Marginal, sample: &Sample| margin.count(row, width(sample), true) - 1;
    let k = near.len() - 1;
    psi(k) - 1.0 / k as f64 - psi(others(margins[0], x)) + (all - psi(others(margins[1], y)))
}

/// The distance of two rows.
fn apart(sample: &Sample, a: usize, b: usize) -> f64 {
    let d = sample.dimension();
    let row = |at: usize| &sample.values()[at * d..(at + 1) * d];
    row(a)
        .iter()
        .zip(row(b))
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f64::max)
}
