//! Coordinate ascent.

use induce_core::words::number;
use induce_core::{Outcome, Run};

use super::sums::{by_size, reordered};
use super::{Bound, Concentration, Posterior, Prior, Spec};
use crate::mixture::gmm::expect;
use crate::mixture::statistics::Statistics;
use crate::points::Points;

/// When iterations end.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Most passes over the rows.
    pub max_iter: usize,
    /// The ELBO per unit of weight rises by less.
    pub tol: f64,
}

impl Limits {
    /// Those of the settings.
    pub fn of(spec: &Spec) -> Self {
        Self {
            max_iter: spec.max_iter,
            tol: spec.tol,
        }
    }
}

/// What iterations came to.
#[derive(Debug, Clone)]
pub struct Ended {
    /// The posterior.
    pub posterior: Posterior,
    /// The bound after every pass: it never falls but under `svi`, whose values are estimates.
    pub trace: Vec<Bound>,
    /// Components that were born or merged.
    pub moves: usize,
    /// Why it ended.
    pub outcome: Outcome,
}

impl Ended {
    /// The last bound.
    pub fn bound(&self) -> Bound {
        self.trace.last().copied().unwrap_or_default()
    }
}

/// Iterate from `posterior`: responsibilities for it, then the posterior for them.
pub fn cavi(points: &Points, prior: &Prior, mut posterior: Posterior, limits: &Limits, run: &Run) -> Ended {
    let mass = points.mass();
    let mut trace: Vec<Bound> = Vec::new();
    let outcome = loop {
        let under = posterior.surrogate(prior.kind);
        let found = match expect(points, &under, prior.kind, 1.0, run.threads()) {
            Ok(found) => found,
            Err(component) => break singular(component),
        };
        let (bound, rise) = next(&found, &posterior, prior, trace.last());
        trace.push(bound);
        if let Some(outcome) = ended(trace.len() - 1, rise / mass, limits, run) {
            break outcome;
        }
        posterior = match prior.weights {
            Concentration::Distribution => Posterior::of(prior, &found, &posterior.means),
            Concentration::Process => {
                let order = by_size(&found.mass);
                let means: Vec<Vec<f64>> = order.iter().map(|&k| posterior.means[k].clone()).collect();
                Posterior::of(prior, &reordered(&found, &order), &means)
            }
        };
    };
    Ended {
        posterior,
        trace,
        moves: 0,
        outcome,
    }
}

/// The bound at the best responsibilities, and by how much it rose. ln sum exp has their entropy in it.
fn next(found: &Statistics, posterior: &Posterior, prior: &Prior, before: Option<&Bound>) -> (Bound, f64) {
    let likelihood = found.log_likelihood - found.entropy;
    let bound = Bound::of(likelihood, found.entropy, posterior, prior);
    (
        bound,
        before.map_or(f64::INFINITY, |own| bound.total() - own.total()),
    )
}

/// Why iterations end after so many, if they do.
pub fn ended(done: usize, rise: f64, limits: &Limits, run: &Run) -> Option<Outcome> {
    if done > 0 && rise < limits.tol {
        let reason = format!(
            "the ELBO rose by {} per row after {done} passes (`tol`)",
            number(rise)
        );
        return Some(Outcome::Converged { reason });
    }
    if done >= limits.max_iter {
        let reason = format!("all {} passes are done (`max_iter`)", limits.max_iter);
        return Some(Outcome::Exhausted { reason });
    }
    run.stopped()
}

/// What is said of a covariance that cannot be inverted.
pub fn singular(component: usize) -> Outcome {
    Outcome::Stopped {
        reason: format!("component {component} has a singular covariance: raise `reg_covar`"),
    }
}
