//! Expectation-maximisation from given parameters to the end.

use induce_core::words::{counted, number};
use induce_core::{Outcome, Run};

use super::annealing::annealed;
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

/// What iterations came to.
#[derive(Debug, Clone)]
pub struct Ended {
    /// The parameters.
    pub parameters: Parameters,
    /// ln L per unit of weight at these parameters.
    pub log_likelihood: f64,
    /// -sum r ln r per unit of weight: how unsure the rows are of their component.
    pub entropy: f64,
    /// ln L per unit of weight after every iteration: it never falls.
    pub trace: Vec<f64>,
    /// Weight of the rows.
    pub mass: f64,
    /// Why it ended.
    pub outcome: Outcome,
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

/// Iterate from `parameters`, after annealing if there is any: what is traced and counted are iterations at the densities themselves.
///
/// A component whose covariance becomes singular ends the iterations: the outcome says so, and the parameters are those before.
pub fn em(points: &Points, parameters: Parameters, limits: &Limits, run: &Run) -> Ended {
    let mut parameters = annealed(points, parameters, limits, run);
    let (mass, threads) = (points.mass(), run.threads());
    let (mut trace, mut entropy): (Vec<f64>, f64) = (Vec::new(), 0.0);
    let mut outcome = None;
    let mut before = parameters.clone();
    for step in 0..=limits.max_iter {
        let found = match expect(points, &parameters, limits.kind, 1.0, threads) {
            Ok(found) => found,
            Err(component) => {
                parameters = before;
                let reason = format!(
                    "component {component} has a singular covariance after {}: raise `reg_covar`, or ask for fewer components",
                    counted(step, "iteration")
                );
                outcome = Some(Outcome::Stopped { reason });
                break;
            }
        };
        let now = found.log_likelihood / mass;
        entropy = found.entropy / mass;
        let rise = trace.last().map_or(f64::INFINITY, |last| now - last);
        trace.push(now);
        if step > 0 && rise < limits.tol {
            let reason = format!(
                "the log likelihood rose by {} per row after {} (`tol`)",
                number(rise.max(0.0)),
                counted(step, "iteration")
            );
            outcome = Some(Outcome::Converged { reason });
            break;
        }
        if step == limits.max_iter {
            break;
        }
        if let Some(reason) = run.stop_reason() {
            outcome = Some(Outcome::Stopped { reason });
            break;
        }
        before = parameters.clone();
        parameters = parameters.maximise(&found, limits.kind, limits.reg);
    }
    let exhausted = || Outcome::Exhausted {
        reason: format!("all {} iterations are done (`max_iter`)", limits.max_iter),
    };
    Ended {
        log_likelihood: trace.last().copied().unwrap_or(f64::NEG_INFINITY),
        entropy,
        trace,
        mass,
        parameters,
        outcome: outcome.unwrap_or_else(exhausted),
    }
}
