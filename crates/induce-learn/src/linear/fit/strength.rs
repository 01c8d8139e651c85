//! How strong the prior is, and the solution for it.

use induce_core::parallel::Team;
use induce_core::{Error, Result, Run};
use induce_prob::Prior;

use super::Setting;
use crate::linear::matrix::{Pass, Wanted};
use crate::linear::penalty::Penalty;
use crate::linear::problem::Problem;
use crate::linear::smooth::Solution;
use crate::linear::spec::Strength;
use crate::linear::{gaussian, path};

impl Setting<'_> {
    /// Solve for the lambda that was asked for, choosing it first if it was not.
    pub(super) fn solve(
        &self,
        problem: &Problem,
        team: &mut Team,
        run: &Run,
        penalty: &mut Penalty,
        null: &[f64],
        slope: &[f64],
        notes: &mut Vec<String>,
    ) -> Result<(Solution, &'static str)> {
        if penalty.prior == Prior::None {
            return problem.solve(team, run, penalty, null.to_vec());
        }
        if let Strength::Fixed(lambda) = self.spec.lambda {
            penalty.lambda = lambda;
            let mut start = null.to_vec();
            if !penalty.prior.is_convex() {
                // A mode near the origin: the one that the path from the empty model leads to.
                let at_null = Pass {
                    gradient: slope.to_vec(),
                    ..Default::default()
                };
                let mut lambdas = path::lambdas(&at_null, penalty, problem.matrix.rows());
                lambdas.retain(|l| *l > lambda);
                start = path::along(problem, team, run, penalty, &lambdas, null)?
                    .pop()
                    .unwrap_or(start);
            }
            return problem.solve(team, run, penalty, start);
        }
        let evident = problem.is_quadratic() && penalty.prior == Prior::Gaussian && !penalty.is_bounded();
        if evident && self.spec.lambda != Strength::CrossValidation && problem.matrix.columns() <= 1500 {
            let wanted = Wanted {
                hessian: true,
                ..Wanted::default()
            };
            let at_zero = problem.pass(team, &vec![0.0; null.len()], wanted);
            penalty.lambda = gaussian::evidence(&at_zero, &penalty.bend, self.rows, problem.intercept);
            notes.push(format!("lambda {:.4e} has the largest evidence", penalty.lambda));
            return problem.solve(team, run, penalty, null.to_vec());
        }
        if self.spec.lambda == Strength::Evidence {
            let reason = "the evidence has a closed form for the Gaussian family and prior only, with up to 1500 columns";
            return Err(Error::setting("lambda", "evidence", reason));
        }
        if problem.matrix.rows() < 2 {
            return Err(one_row());
        }
        let at_null = Pass {
            gradient: slope.to_vec(),
            ..Default::default()
        };
        let lambdas = path::lambdas(&at_null, penalty, problem.matrix.rows());
        let best = path::cross_validate(problem, team, run, penalty, &lambdas, null, self.spec.folds)?;
        penalty.lambda = lambdas[best];
        notes.extend(chosen(&lambdas, best, self.spec.folds));
        let start = if penalty.prior.is_smooth() {
            null.to_vec()
        } else {
            path::along(problem, team, run, penalty, &lambdas[..=best], null)?
                .pop()
                .unwrap_or_else(|| null.to_vec())
        };
        problem.solve(team, run, penalty, start)
    }
}

/// What is said when a single row is to choose lambda.
pub fn one_row() -> Error {
    Error::data(
        "one row cannot be cross-validated",
        "give `lambda` a number, or more rows",
    )
}

/// What cross-validation has chosen, in sentences.
pub fn chosen(lambdas: &[f64], best: usize, folds: usize) -> Vec<String> {
    let (lambda, tried) = (lambdas[best], lambdas.len());
    let mut notes = vec![format!(
        "lambda {lambda:.4e} has the least loss in {folds} folds, of {tried} tried"
    )];
    if best + 1 == tried {
        notes.push("it is the least that was tried: the prior hardly helps".into());
    }
    notes
}
