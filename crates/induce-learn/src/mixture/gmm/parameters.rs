//! Parameters of a mixture, and how they follow from statistics.

use super::CovarianceType;
use crate::mixture::forms::{Covariance, Form};
use crate::mixture::statistics::{Moments, Statistics};

/// Weights, means and covariances of components, in the coordinates of the fit.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameters {
    /// pi; they sum to 1. // (components)
    pub weights: Vec<f64>,
    /// mu. // (components, width)
    pub means: Vec<Vec<f64>>,
    /// Sigma. // (components)
    pub covariances: Vec<Covariance>,
}

impl Parameters {
    /// Number of components.
    pub fn components(&self) -> usize {
        self.weights.len()
    }

    /// Components as rows are scored by them; the first whose covariance is singular is the error.
    pub fn forms(&self) -> Result<Vec<Form>, usize> {
        let form = |k: usize| Form::gaussian(&self.means[k], &self.covariances[k], self.weights[k].ln());
        (0..self.components()).map(|k| form(k).ok_or(k)).collect()
    }

    /// The maximum of the expected log likelihood, about the means that the statistics were taken at. A component that no row belongs
    /// to keeps its mean and covariance, with a weight of 0.
    #[must_use]
    pub fn maximise(&self, found: &Statistics, kind: CovarianceType, reg: f64) -> Self {
        let width = self.means[0].len();
        let total: f64 = found.mass.iter().sum();
        let mut next = self.clone();
        for k in 0..self.components() {
            let mass = found.mass[k];
            next.weights[k] = mass / total;
            if mass <= 0.0 {
                continue;
            }
            let shift = shift(found, k, width);
            next.means[k].iter_mut().zip(&shift).for_each(|(m, s)| *m += s);
            next.covariances[k] = covariance(found, k, &shift, kind, reg);
        }
        if kind == CovarianceType::Tied {
            let shared = tied(found, width, reg);
            next.covariances.fill(shared);
        }
        next
    }

    /// The statistics of `mass` rows that these parameters are the maximum of, about their own means.
    #[must_use]
    pub fn statistics(&self, kind: CovarianceType, mass: f64, reg: f64) -> Statistics {
        let width = self.means[0].len();
        let mut all = Statistics::none(self.components(), width, kind.moments());
        let square = all.square.len() / self.components();
        for k in 0..self.components() {
            let own = self.weights[k] * mass;
            all.mass[k] = own;
            let place = &mut all.square[k * square..][..square];
            match &self.covariances[k] {
                Covariance::Full(values) => place.iter_mut().zip(values).for_each(|(q, v)| *q = own * v),
                Covariance::Diagonal(values) => place.iter_mut().zip(values).for_each(|(q, v)| *q = own * v),
            }
            // What regularisation added is added again.
            let step = if square == width { 1 } else { width + 1 };
            place.iter_mut().step_by(step).for_each(|q| *q -= own * reg);
        }
        all
    }

    /// Free parameters.
    pub fn count(&self, kind: CovarianceType) -> f64 {
        let (k, d) = (self.components() as f64, self.means[0].len() as f64);
        let full = 0.5 * d * (d + 1.0);
        let covariances = match kind {
            CovarianceType::Full => k * full,
            CovarianceType::Tied => full,
            CovarianceType::Diag => k * d,
            CovarianceType::Spherical => k,
        };
        k - 1.0 + k * d + covariances
    }
}

impl CovarianceType {
    /// What of second moments it is made of.
    pub fn moments(self) -> Moments {
        match self {
            Self::Full | Self::Tied => Moments::Full,
            Self::Diag | Self::Spherical => Moments::Diagonal,
        }
    }
}

/// How far the mean of a component moves.
fn shift(found: &Statistics, k: usize, width: usize) -> Vec<f64> {
    let sum = &found.sum[k * width..][..width];
    sum.iter().map(|s| s / found.mass[k]).collect()
}

/// sum r (x - m)(x - m)' / N - s s' + reg I, with the part of it that the kind has.
fn covariance(found: &Statistics, k: usize, shift: &[f64], kind: CovarianceType, reg: f64) -> Covariance {
    let (width, mass) = (shift.len(), found.mass[k]);
    match kind {
        CovarianceType::Full | CovarianceType::Tied => {
            let square = &found.square[k * width * width..][..width * width];
            let entry = |i: usize, j: usize| square[i * width + j] / mass - shift[i] * shift[j];
            Covariance::Full(symmetric(width, reg, entry))
        }
        CovarianceType::Diag | CovarianceType::Spherical => {
            let square = &found.square[k * width..][..width];
            let variance = |(q, s): (&f64, &f64)| (q / mass - s * s).max(0.0) + reg;
            let mut all: Vec<f64> = square.iter().zip(shift).map(variance).collect();
            if kind == CovarianceType::Spherical {
                let mean = all.iter().sum::<f64>() / width as f64;
                all.fill(mean);
            }
            Covariance::Diagonal(all)
        }
    }
}

/// The mean of all components' covariances, weighted by their rows.
fn tied(found: &Statistics, width: usize, reg: f64) -> Covariance {
    let total: f64 = found.mass.iter().sum();
    let filled = (0..found.mass.len()).filter(|&k| found.mass[k] > 0.0);
    let shifts: Vec<(usize, Vec<f64>)> = filled.map(|k| (k, shift(found, k, width))).collect();
    let entry = |i: usize, j: usize| {
        let of = |(k, s): &(usize, Vec<f64>)| {
            found.square[(k * width + i) * width + j] - found.mass[*k] * s[i] * s[j]
        };
        shifts.iter().map(of).sum::<f64>() / total
    };
    Covariance::Full(symmetric(width, reg, entry))
}

/// A symmetric matrix from its lower triangle, with `reg` on the diagonal, which is not negative before.
fn symmetric(width: usize, reg: f64, entry: impl Fn(usize, usize) -> f64) -> Vec<f64> {
    let mut all = vec![0.0; width * width];
    for i in 0..width {
        for j in 0..i {
            let value = entry(i, j);
            all[i * width + j] = value;
            all[j * width + i] = value;
        }
        all[i * width + i] = entry(i, i).max(0.0) + reg;
    }
    all
}
