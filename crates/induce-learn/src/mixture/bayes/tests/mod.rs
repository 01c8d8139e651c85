//! Tests of Bayesian mixtures.

use induce_core::model::{Rows, RowsOptions};
use induce_core::random::Stream;
use induce_core::{Column, Run, Table};

use super::*;
use crate::mixture::gmm::CovarianceType;
use crate::mixture::statistics::Statistics;
use crate::points::{Frame, Points, Scaling};

mod golden;
mod laws;
mod limits;
mod suite;

const KINDS: [CovarianceType; 4] = [
    CovarianceType::Full,
    CovarianceType::Tied,
    CovarianceType::Diag,
    CovarianceType::Spherical,
];
const WEIGHTS: [Concentration; 2] = [Concentration::Process, Concentration::Distribution];

/// Rows of `k` Gaussians, one after the other in turn.
fn mixed(n: usize, k: usize, seed: u64) -> Points {
    let stream = Stream::new(seed, "mixed");
    let noise = |i: usize| {
        (0..6)
            .map(|t| stream.uniform((6 * i + t) as u64) - 0.5)
            .sum::<f64>()
    };
    let row = |i: usize| {
        let c = (i % k) as f64;
        let (u, v) = (noise(2 * i), 0.3 * noise(2 * i + 1));
        let (cos, sin) = (c.cos(), c.sin());
        [
            5.0 * cos * c + cos * u - sin * v,
            3.0 * sin * c + sin * u + cos * v,
        ]
    };
    Points::new((0..n).flat_map(row).collect(), 2)
}

fn rows(points: &Points) -> Rows {
    let column = |j: usize| {
        let own = points.values.iter().skip(j).step_by(points.width).copied();
        Column::from_f64(format!("x{j}"), own.collect())
    };
    let table = Table::new((0..points.width).map(column).collect()).unwrap();
    let rows = Rows::without_target(&table, &RowsOptions::default()).unwrap();
    Rows {
        weight: points.weight.clone(),
        ..rows
    }
}

/// The prior of settings in the units of the points.
fn prior_of(own: &Spec, points: &Points) -> Prior {
    let (frame, _) = Frame::learn(&rows(points), Scaling::Common, 1).unwrap();
    Prior::of(own, points, &frame).unwrap()
}

fn spec(kind: CovarianceType, n_components: usize) -> Spec {
    Spec {
        n_components,
        covariance_type: kind,
        ..Spec::default()
    }
}

/// Statistics of rows with labels, about the origin.
fn statistics(points: &Points, labels: &[usize], k: usize, kind: CovarianceType) -> Statistics {
    let width = points.width;
    let mut all = Statistics::none(k, width, kind.moments());
    let size = all.square.len() / k;
    for (row, &c) in labels.iter().enumerate() {
        let (w, x) = (points.weight(row), points.row(row));
        all.mass[c] += w;
        (0..width).for_each(|i| all.sum[c * width + i] += w * x[i]);
        let square = &mut all.square[c * size..][..size];
        for at in 0..size {
            let (i, j) = if size == width {
                (at, at)
            } else {
                (at / width, at % width)
            };
            square[at] += w * x[i] * x[j];
        }
    }
    all
}

fn origin(k: usize, width: usize) -> Vec<Vec<f64>> {
    vec![vec![0.0; width]; k]
}
