//! The posterior of a mixture, and how it follows from statistics.

use induce_prob::polygamma::digamma;

use super::{Prior, Weights};
use crate::mixture::forms::Covariance;
use crate::mixture::gmm::{CovarianceType, Parameters};
use crate::mixture::statistics::Statistics;

/// q(pi) prod_k q(mu_k, Lambda_k), in the coordinates of the fit.
#[derive(Debug, Clone, PartialEq)]
pub struct Posterior {
    /// q(pi).
    pub weights: Weights,
    /// beta: mu_k | Lambda_k ~ N(m_k, (beta_k Lambda_k)^-1). // (components)
    pub precision: Vec<f64>,
    /// nu. // (components)
    pub degrees: Vec<f64>,
    /// m. // (components, width)
    pub means: Vec<Vec<f64>>,
    /// E\[Lambda\]^-1. // (components)
    pub covariances: Vec<Covariance>,
}

impl Posterior {
    /// The one that maximises the ELBO for statistics about `means` (Bishop 2006, 10.58 to 10.63).
    ///
    /// `tied` has one Wishart, which all rows count for: scikit-learn's counts an equal part of them for each component, and its bound
    /// can fall.
    pub fn of(prior: &Prior, found: &Statistics, about: &[Vec<f64>]) -> Self {
        let (components, width) = (found.mass.len(), about[0].len());
        let precision: Vec<f64> = found.mass.iter().map(|n| prior.precision + n).collect();
        let mut own = Self {
            weights: Weights::of(prior, &found.mass),
            degrees: found.mass.iter().map(|n| prior.degrees + n).collect(),
            means: Vec::with_capacity(components),
            covariances: Vec::with_capacity(components),
            precision,
        };
        let mut shared = scale_values(&prior.scale);
        for k in 0..components {
            let (mass, shrunk) = (found.mass[k], found.mass[k] / own.precision[k]);
            let shift: Vec<f64> = found.sum[k * width..][..width]
                .iter()
                .map(|s| if mass > 0.0 { s / mass } else { 0.0 })
                .collect();
            // From the prior's mean, to which rows are pulled.
            let mean: Vec<f64> = (0..width)
                .map(|j| about[k][j] - prior.mean[j] + shift[j])
                .collect();
            let pull = prior.precision * shrunk;
            let tied = prior.kind == CovarianceType::Tied;
            let scatter = scatter(found, k, &shift, &mean, pull, tied);
            let pulled = prior.mean.iter().zip(&mean).map(|(m, d)| m + shrunk * d);
            own.means.push(pulled.collect());
            if tied {
                shared.iter_mut().zip(&scatter).for_each(|(a, b)| *a += b);
                continue;
            }
            let mut all = scale_values(&prior.scale);
            all.iter_mut()
                .zip(&scatter)
                .for_each(|(a, b)| *a = (*a + b) / own.degrees[k]);
            own.covariances.push(of_kind(prior.kind, all));
        }
        if prior.kind == CovarianceType::Tied {
            let degrees = prior.degrees + found.mass.iter().sum::<f64>();
            shared.iter_mut().for_each(|v| *v /= degrees);
            own.covariances = vec![Covariance::Full(shared); components];
            own.degrees.fill(degrees);
        }
        own
    }

    /// exp E ln(pi_k N(x | mu_k, Lambda_k^-1)) as a weight times N(x | m_k, E\[Lambda_k\]^-1); the weights sum to less than 1.
    pub fn surrogate(&self, kind: CovarianceType) -> Parameters {
        let width = self.means[0].len() as f64;
        let weight = |(k, ln): (usize, &f64)| {
            let slack = 0.5 * ln_slack(kind, self.degrees[k], width) - 0.5 * width / self.precision[k];
            (ln + slack).exp()
        };
        Parameters {
            weights: self
                .weights
                .expected_ln()
                .iter()
                .enumerate()
                .map(weight)
                .collect(),
            means: self.means.clone(),
            covariances: self.covariances.clone(),
        }
    }
}

/// E ln|Lambda| - ln|E Lambda|, which is below 0.
pub fn ln_slack(kind: CovarianceType, degrees: f64, width: f64) -> f64 {
    let gamma = |shape: f64| width * (digamma(shape) - shape.ln());
    match kind {
        CovarianceType::Full | CovarianceType::Tied => {
            let term = |i: usize| digamma(0.5 * (degrees - i as f64)) - (0.5 * degrees).ln();
            (0..width as usize).map(term).sum()
        }
        CovarianceType::Diag => gamma(0.5 * degrees),
        CovarianceType::Spherical => gamma(0.5 * width * degrees),
    }
}

/// The numbers of a matrix or of a diagonal.
pub fn scale_values(of: &Covariance) -> Vec<f64> {
    match of {
        Covariance::Full(all) | Covariance::Diagonal(all) => all.clone(),
    }
}

/// sum r (x - xbar)(x - xbar)' + pull xbar xbar', all of it or its diagonal.
///
/// Of `tied` components only the sum over all of them is one: the second moments of all stand at one.
fn scatter(found: &Statistics, k: usize, shift: &[f64], mean: &[f64], pull: f64, tied: bool) -> Vec<f64> {
    let (width, mass) = (mean.len(), found.mass[k]);
    let size = found.square.len() / found.mass.len();
    let square = &found.square[k * size..][..size];
    if size == width {
        let entry = |j: usize| (square[j] - mass * shift[j] * shift[j]).max(0.0) + pull * mean[j] * mean[j];
        return (0..width).map(entry).collect();
    }
    let entry = |at: usize| {
        let (i, j) = (at / width, at % width);
        let own = square[i.max(j) * width + i.min(j)] - mass * shift[i] * shift[j];
        let own = if i == j && !tied { own.max(0.0) } else { own };
        own + pull * mean[i] * mean[j]
    };
    (0..size).map(entry).collect()
}

fn of_kind(kind: CovarianceType, mut all: Vec<f64>) -> Covariance {
    match kind {
        CovarianceType::Full | CovarianceType::Tied => Covariance::Full(all),
        CovarianceType::Diag => Covariance::Diagonal(all),
        CovarianceType::Spherical => {
            let mean = all.iter().sum::<f64>() / all.len() as f64;
            all.fill(mean);
            Covariance::Diagonal(all)
        }
    }
}
