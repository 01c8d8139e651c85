//! Parameters that a fit is told to begin from.

use induce_core::{Error, Result};

use super::{CovarianceType, Parameters, Spec};
use crate::mixture::forms::Covariance;
use crate::points::Frame;

/// Weights, means and covariances of the settings in the coordinates of a fit; what is absent is left to the start.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Given {
    weights: Option<Vec<f64>>,
    means: Option<Vec<Vec<f64>>>,
    covariances: Option<Vec<Covariance>>,
}

impl Given {
    /// Those of the settings.
    ///
    /// # Errors
    /// If there are not as many as components or coordinates, weights are no proportions, or a covariance is not positive definite.
    pub fn of(spec: &Spec, frame: &Frame) -> Result<Self> {
        let some = |filled: bool| filled.then_some(());
        Ok(Self {
            weights: some(!spec.weights.is_empty())
                .map(|()| weights(spec))
                .transpose()?,
            means: some(!spec.means.is_empty())
                .map(|()| means(spec, frame))
                .transpose()?,
            covariances: some(!spec.covariances.is_empty())
                .map(|()| covariances(spec, frame))
                .transpose()?,
        })
    }

    /// All parameters, if nothing is left to a start.
    pub fn whole(&self) -> Option<Parameters> {
        Some(Parameters {
            weights: self.weights.clone()?,
            means: self.means.clone()?,
            covariances: self.covariances.clone()?,
        })
    }

    /// A start with what was given in its place.
    #[must_use]
    pub fn instead(&self, start: Parameters) -> Parameters {
        Parameters {
            weights: self.weights.clone().unwrap_or(start.weights),
            means: self.means.clone().unwrap_or(start.means),
            covariances: self.covariances.clone().unwrap_or(start.covariances),
        }
    }
}

fn weights(spec: &Spec) -> Result<Vec<f64>> {
    let sum: f64 = spec.weights.iter().sum();
    let sound = spec.weights.len() == spec.n_components
        && spec.weights.iter().all(|w| *w >= 0.0)
        && (sum - 1.0).abs() < 1e-6;
    match sound {
        true => Ok(spec.weights.iter().map(|w| w / sum).collect()),
        false => Err(Error::setting(
            "weights",
            format!("{:?}", spec.weights),
            format!(
                "there must be `n_components`, {}, that sum to 1",
                spec.n_components
            ),
        )),
    }
}

fn means(spec: &Spec, frame: &Frame) -> Result<Vec<Vec<f64>>> {
    let width = frame.width();
    if spec.means.len() != spec.n_components || spec.means.iter().any(|own| own.len() != width) {
        return Err(Error::setting(
            "means",
            format!("{} points", spec.means.len()),
            format!(
                "there must be `n_components`, {}, of {width} coordinates: {}",
                spec.n_components,
                frame.names().join(", ")
            ),
        ));
    }
    Ok(spec.means.iter().map(|own| frame.of_original(own)).collect())
}

fn covariances(spec: &Spec, frame: &Frame) -> Result<Vec<Covariance>> {
    let (width, count) = (frame.width(), spec.covariances.len());
    let square = |own: &Vec<f64>| width.checked_mul(width) == Some(own.len());
    if !(count == 1 || count == spec.n_components) || !spec.covariances.iter().all(square) {
        return Err(Error::setting(
            "covariances",
            format!("{count} matrices"),
            format!("there must be one, or `n_components`, of {width} x {width} numbers"),
        ));
    }
    let scale = |i: usize| frame.axes[i].scale;
    let own = |all: &Vec<f64>| match spec.covariance_type {
        CovarianceType::Full | CovarianceType::Tied => Covariance::Full(
            (0..width * width)
                .map(|at| all[at] / scale(at / width) / scale(at % width))
                .collect(),
        ),
        CovarianceType::Diag | CovarianceType::Spherical => Covariance::Diagonal(
            (0..width)
                .map(|i| all[i * width + i] / scale(i) / scale(i))
                .collect(),
        ),
    };
    let all: Vec<Covariance> = (0..spec.n_components)
        .map(|k| own(&spec.covariances[k.min(count - 1)]))
        .collect();
    Ok(all)
}
