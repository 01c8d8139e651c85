//! Expectation-maximisation from given parameters to the end.

use induce_core::words::{counted, number};
use induce_core::{Outcome, Run};

use super::Parameters;
use super::annealing::annealed;
use super::expect::{Limits, expect};
use crate::points::Points;

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
        if let Some(ended) = run.stopped() {
            outcome = Some(ended);
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
