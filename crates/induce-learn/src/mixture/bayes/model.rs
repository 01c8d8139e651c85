//! A fitted Bayesian mixture.

use induce_core::model::Inputs;
use induce_core::{Error, Result, Run};
use serde_json::Value;

use super::predictive::Predictive;
use super::{Bound, Posterior, Prior, Spec};
use crate::mixture::forms::Covariance;
use crate::mixture::gmm::{Mixture, responsibilities};
use crate::points::{Frame, Points};

/// A fitted Bayesian mixture.
#[derive(Clone)]
pub struct Model {
    /// The values of the settings it was fitted with.
    pub settings: Value,
    /// The coordinates.
    pub frame: Frame,
    /// The prior, in these coordinates.
    pub prior: Prior,
    /// The posterior, in these coordinates.
    pub posterior: Posterior,
    /// The ELBO of the training rows, in these coordinates.
    pub bound: Bound,
    /// Weight of the training rows.
    pub mass: f64,
    /// What is added to log densities for those of rows in the units of the table, on average.
    pub volume: f64,
    /// Components that were born or merged.
    pub moves: u64,
    /// What the fit found out.
    pub notes: Vec<String>,
}

impl Model {
    /// Expected weights and means, and inverses of expected precisions, in the units of the table.
    pub fn mixture(&self) -> Mixture {
        let posterior = &self.posterior;
        Mixture {
            names: self.frame.names(),
            weights: posterior.weights.mean(),
            means: posterior.means.iter().map(|m| self.frame.original(m)).collect(),
            covariances: posterior
                .covariances
                .iter()
                .map(|own| self.in_table(own))
                .collect(),
        }
    }

    /// A matrix of these coordinates in the units of the table. // (width, width)
    pub fn in_table(&self, own: &Covariance) -> Vec<f64> {
        let (axes, width, own) = (&self.frame.axes, self.frame.width(), own.dense());
        let entry = |at: usize| own[at] * axes[at / width].scale * axes[at % width].scale;
        (0..width * width).map(entry).collect()
    }

    /// Weight of the training rows that every component holds. // (components)
    pub fn held(&self) -> Vec<f64> {
        let rows = |beta: &f64| beta - self.prior.precision;
        self.posterior.precision.iter().map(rows).collect()
    }

    /// The posterior for a fit that goes on from it.
    ///
    /// # Errors
    /// If its components are others than those that are asked for.
    pub fn known(&self, spec: &Spec) -> Result<Posterior> {
        let own = (self.posterior.means.len(), self.prior.kind, self.prior.weights);
        let asked = (
            spec.n_components,
            spec.covariance_type,
            spec.weight_concentration_prior_type,
        );
        match own == asked {
            true => Ok(self.posterior.clone()),
            false => Err(Error::data(
                format!(
                    "the model has {} components ({}, {}), and {} ({}, {}) are asked for",
                    own.0,
                    own.1.name(),
                    own.2.name(),
                    asked.0,
                    asked.1.name(),
                    asked.2.name()
                ),
                "go on with the settings of the model",
            )),
        }
    }

    /// Components that hold at least half a row.
    pub fn used(&self) -> usize {
        self.held().iter().filter(|n| **n >= 0.5).count()
    }

    /// The ELBO of the training rows per unit of weight, in the units of the table.
    pub fn elbo(&self) -> f64 {
        self.bound.total() / self.mass + self.volume
    }

    /// Rows in its coordinates.
    pub(super) fn read(&self, inputs: Inputs, threads: usize) -> Result<Points> {
        self.frame.points(inputs, &Run::new(0).with_threads(threads))
    }

    /// Probabilities of components. // (rows, components)
    pub(super) fn responsibilities(&self, points: &Points, threads: usize) -> Result<Vec<f64>> {
        let under = self.posterior.surrogate(self.prior.kind);
        Ok(responsibilities(&under, points, threads)?.0)
    }

    /// ln p of every row given the training rows, in the units of the table.
    pub(super) fn ln_densities(&self, points: &Points, threads: usize) -> Vec<f64> {
        let predictive = Predictive::of(&self.posterior, &self.prior);
        let parts = points.by_chunks(threads, |rows| {
            let of = |row| predictive.ln_density(points.row(row)) + self.frame.ln_volume(points.row(row));
            rows.map(of).collect::<Vec<f64>>()
        });
        parts.concat()
    }
}
