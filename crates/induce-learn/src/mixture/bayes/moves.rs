//! Births and merges of components.

use induce_core::linalg::Eigen;

use super::Posterior;
use crate::mixture::forms::{Covariance, Form};
use crate::mixture::statistics::Statistics;

/// How far halves are from the mean of the whole, in deviations: the means of the halves of a Gaussian.
const APART: f64 = 0.797_884_560_802_865_4;
/// A component of less weight of rows is empty.
pub const EMPTY: f64 = 0.5;

/// A change of which components there are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Move {
    /// This one becomes two, along its longest axis.
    Birth(usize),
    /// These two become one.
    Merge(usize, usize),
}

/// Every birth, and every component's merge with the nearest; the last is to be tried first.
pub fn all_moves(all: &Statistics, posterior: &Posterior) -> Vec<Move> {
    let filled: Vec<usize> = (0..all.mass.len()).filter(|&k| all.mass[k] >= EMPTY).collect();
    let mut moves: Vec<Move> = filled.iter().rev().map(|&k| Move::Birth(k)).collect();
    for &k in filled.iter().rev() {
        let Some(j) = nearest(posterior, k, &filled) else {
            continue;
        };
        let pair = Move::Merge(k.min(j), k.max(j));
        if !moves.contains(&pair) {
            moves.push(pair);
        }
    }
    moves
}

/// The component whose mean is nearest in deviations of `k`.
fn nearest(posterior: &Posterior, k: usize, filled: &[usize]) -> Option<usize> {
    let means = &posterior.means;
    let form = Form::gaussian(&means[k], &posterior.covariances[k], 0.0)?;
    let distance = |j: usize| {
        let x: Vec<_> = means[j]
            .iter()
            .map(|x| [*x; crate::mixture::forms::BLOCK])
            .collect();
        let mut difference = x.clone();
        -form.score(&x, &mut difference)[0]
    };
    let others = filled.iter().copied().filter(|j| *j != k);
    others.min_by(|&a, &b| distance(a).total_cmp(&distance(b)))
}

impl Move {
    /// The statistics after it; none if there is no empty component to be born into.
    pub fn applied(self, all: &Statistics, posterior: &Posterior) -> Option<Statistics> {
        let mut all = all.clone();
        match self {
            Self::Merge(to, from) => merge(&mut all, to, from),
            Self::Birth(k) => {
                let least = |a: &usize, b: &usize| all.mass[*a].total_cmp(&all.mass[*b]);
                let slot = (0..all.mass.len())
                    .min_by(least)
                    .filter(|&j| all.mass[j] < EMPTY)?;
                let width = posterior.means[0].len();
                let axis = longest(&posterior.covariances[k], width);
                divide(&mut all, k, slot, &axis);
            }
        }
        Some(all)
    }
}

fn merge(all: &mut Statistics, to: usize, from: usize) {
    let components = all.mass.len();
    for values in [&mut all.mass, &mut all.sum, &mut all.square] {
        let size = values.len() / components;
        for i in 0..size {
            values[to * size + i] += values[from * size + i];
            values[from * size + i] = 0.0;
        }
    }
}

/// The longest axis of a covariance, as long as the mean of half a Gaussian is from its middle.
fn longest(covariance: &Covariance, width: usize) -> Vec<f64> {
    match covariance {
        Covariance::Diagonal(all) => {
            let most = (0..width).fold(0, |best, j| if all[j] > all[best] { j } else { best });
            let entry = |j: usize| if j == most { APART * all[j].sqrt() } else { 0.0 };
            (0..width).map(entry).collect()
        }
        Covariance::Full(all) => {
            let eigen = Eigen::new(all, width);
            let length = APART * eigen.values[width - 1].max(0.0).sqrt();
            let last = &eigen.vectors[(width - 1) * width..];
            last.iter().map(|u| length * u).collect()
        }
    }
}

/// Half of the rows at each end of the axis, with as much spread as is left.
fn divide(all: &mut Statistics, k: usize, slot: usize, axis: &[f64]) {
    let (width, size) = (axis.len(), all.square.len() / all.mass.len());
    let half = 0.5 * all.mass[k];
    let sum: Vec<f64> = all.sum[k * width..][..width].iter().map(|s| 0.5 * s).collect();
    let square: Vec<f64> = all.square[k * size..][..size].iter().map(|q| 0.5 * q).collect();
    for (to, sign) in [(k, 1.0), (slot, -1.0)] {
        all.mass[to] = half;
        for j in 0..width {
            all.sum[to * width + j] = sum[j] + sign * half * axis[j];
        }
        // (m + a)(m + a)' - a a' of the halves is m m' of the whole, and m a' + a m'.
        for at in 0..size {
            let (i, j) = if size == width {
                (at, at)
            } else {
                (at / width, at % width)
            };
            let cross = sum[i] * axis[j] + axis[i] * sum[j];
            all.square[to * size + at] = square[at] + sign * cross;
        }
    }
}
