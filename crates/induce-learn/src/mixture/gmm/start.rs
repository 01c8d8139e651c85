//! Where components begin: statistics of some division of the rows.

use induce_core::random::Stream;
use induce_core::{Result, Run};

use super::{Init, Parameters, Spec};
use crate::cluster::kmeans::{self, Seeding, lloyd, seeds};
use crate::cluster::nearest::Codebook;
use crate::mixture::forms::Covariance;
use crate::mixture::statistics::{Moments, Statistics};
use crate::points::Points;

/// Parameters to begin from: the rows are divided in the coordinates of `seeding`, which may be others than those of the fit.
pub fn start(
    spec: &Spec,
    points: &Points,
    seeding: &Seeding,
    stream: Stream,
    run: &Run,
) -> Result<Parameters> {
    let k = spec.n_components.min(points.rows());
    let rows = points.rows();
    let soft = match spec.init {
        Init::Random => {
            let r = |row: usize| (0..k).map(move |c| (c, stream.child(c as u64).uniform(row as u64)));
            (0..rows).map(|row| shares(r(row).collect())).collect()
        }
        Init::KMeans => hard(&clusters(seeding, k, stream, run)?),
        Init::PlusPlus => hard(&nearest(
            seeding,
            &seeds(seeding, kmeans::Init::PlusPlus, k, stream),
        )),
        Init::RandomRows => hard(&nearest(
            seeding,
            &seeds(seeding, kmeans::Init::Random, k, stream),
        )),
    };
    Ok(of_shares(spec, points, k, &soft))
}

/// Probabilities of one row.
type Shares = Vec<(usize, f64)>;

fn shares(all: Shares) -> Shares {
    let sum: f64 = all.iter().map(|own| own.1).sum();
    all.into_iter().map(|(c, r)| (c, r / sum)).collect()
}

fn hard(labels: &[u32]) -> Vec<Shares> {
    labels.iter().map(|label| vec![(*label as usize, 1.0)]).collect()
}

fn clusters(on: &Seeding, k: usize, stream: Stream, run: &Run) -> Result<Vec<u32>> {
    let centres = seeds(on, kmeans::Init::Auto, k, stream);
    let limits = kmeans::Limits {
        max_iter: 100,
        tol: 1e-4,
        ..kmeans::Limits::default()
    };
    Ok(lloyd(on.points, on.singles, centres, &limits, run)?.labels)
}

fn nearest(on: &Seeding, centres: &[f64]) -> Vec<u32> {
    Codebook::new(centres, on.points.width).labels(on.points, on.singles, on.threads)
}

/// The maximum for given responsibilities; coordinates that are missing count as the mean.
fn of_shares(spec: &Spec, points: &Points, k: usize, soft: &[Shares]) -> Parameters {
    let width = points.width;
    let kind = spec.covariance_type;
    let origin = Parameters {
        weights: vec![1.0 / k as f64; k],
        means: vec![vec![0.0; width]; k],
        // Of the kind that is fitted: a component that no row belongs to keeps it.
        covariances: vec![unit(width, kind.moments()); k],
    };
    let means = origin
        .maximise(&sums(&origin, points, soft, spec), kind, spec.reg_covar)
        .means;
    let about = Parameters { means, ..origin };
    about.maximise(&sums(&about, points, soft, spec), kind, spec.reg_covar.max(1e-12))
}

/// Variances of 1.
fn unit(width: usize, moments: Moments) -> Covariance {
    let diagonal = Covariance::Diagonal(vec![1.0; width]);
    match moments {
        Moments::Full | Moments::Shared => Covariance::Full(diagonal.dense()),
        Moments::Diagonal => diagonal,
    }
}

/// Statistics about the means of `about`.
fn sums(about: &Parameters, points: &Points, soft: &[Shares], spec: &Spec) -> Statistics {
    let width = points.width;
    let moments = spec.covariance_type.moments();
    let mut all = Statistics::none(about.components(), width, moments);
    let square = all.square.len() / about.components();
    let mut d = vec![0.0; width];
    for (row, shares) in soft.iter().enumerate() {
        for &(k, r) in shares {
            let r = r * points.weight(row);
            for ((d, x), m) in d.iter_mut().zip(points.row(row)).zip(&about.means[k]) {
                *d = if x.is_nan() { -m } else { x - m };
            }
            all.mass[k] += r;
            all.sum[k * width..][..width]
                .iter_mut()
                .zip(&d)
                .for_each(|(s, d)| *s += r * d);
            let own = &mut all.square[k * square..][..square];
            if square == width {
                own.iter_mut().zip(&d).for_each(|(q, d)| *q += r * d * d);
                continue;
            }
            for i in 0..width {
                own[i * width..=i * width + i]
                    .iter_mut()
                    .zip(&d)
                    .for_each(|(q, e)| *q += r * d[i] * e);
            }
        }
    }
    all
}
