//! The expectation step, and when steps end.

use super::missing::Incomplete;
use super::{CovarianceType, Parameters, Spec};
use crate::mixture::forms::Form;
use crate::mixture::statistics::{Moments, Statistics};
use crate::points::Points;

/// When iterations end.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Most iterations.
    pub max_iter: usize,
    /// ln L per unit of weight rises by less.
    pub tol: f64,
    /// Added to variances.
    pub reg: f64,
    /// Which covariances components have.
    pub kind: CovarianceType,
    /// The inverse temperature at which means begin; 1 is no annealing.
    pub annealing: f64,
}

impl Limits {
    /// Those of the settings.
    pub fn of(spec: &Spec) -> Self {
        Self {
            max_iter: spec.max_iter,
            tol: spec.tol,
            reg: spec.reg_covar,
            kind: spec.covariance_type,
            annealing: spec.annealing,
        }
    }
}

/// Statistics of rows under parameters; the place of a component whose covariance is singular is the error.
pub fn expect(
    points: &Points,
    parameters: &Parameters,
    kind: CovarianceType,
    beta: f64,
    threads: usize,
) -> Result<Statistics, usize> {
    let forms: Vec<Form> = parameters.forms()?;
    let incomplete = Incomplete::new(points, parameters, beta);
    let moments = match kind {
        // Pairs of components cost less than their second moments.
        CovarianceType::Tied if parameters.components() <= points.width * points.width => Moments::Shared,
        _ => kind.moments(),
    };
    Ok(Statistics::of(
        points,
        &forms,
        moments,
        beta,
        threads,
        |row, to| {
            incomplete.add(row, moments, to);
        },
    ))
}
