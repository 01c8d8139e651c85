//! The choice of lambda, and the solution for it.

use induce_core::parallel::Team;
use induce_core::words::counted;
use induce_core::{Error, Result, Run};
use induce_prob::Prior;

use super::Setting;
use crate::linear::matrix::Wanted;
use crate::linear::penalty::Penalty;
use crate::linear::problem::Problem;
use crate::linear::smooth::Solution;
use crate::linear::spec::Lambda;
use crate::linear::{gaussian, path};

/// Up to this many columns the evidence is computed, which needs all eigenvalues.
const EVIDENT: usize = 2000;

impl Setting<'_> {
    /// Solve for the lambda that was asked for, choosing it first if it was not; paths lead from the empty model, and
    /// the solver without one starts at `begin`.
    pub(super) fn solve(
        &self,
        problem: &Problem,
        team: &mut Team,
        run: &Run,
        penalty: &mut Penalty,
        (null, begin): (&[f64], &[f64]),
        notes: &mut Vec<String>,
    ) -> Result<(Solution, &'static str)> {
        let evident = problem.is_quadratic()
            && penalty.prior == Prior::Gaussian
            && !penalty.is_bounded()
            && problem.matrix.columns() <= EVIDENT;
        let path = |team: &mut Team, penalty: &Penalty| {
            let at_null = problem.pass(team, null, Wanted::default());
            path::lambdas(&at_null, penalty, problem.matrix.rows())
        };
        // The lambdas that lead to the one that is taken.
        let way = match self.spec.lambda {
            _ if penalty.prior == Prior::None => Vec::new(),
            Lambda::Fixed(lambda) => {
                penalty.lambda = lambda;
                // Where there are several modes, the one near the origin that the path from the empty model leads to.
                let several = !penalty.prior.is_convex();
                let lambdas = if several { path(team, penalty) } else { Vec::new() };
                lambdas.into_iter().filter(|l| *l > lambda).collect()
            }
            Lambda::Auto | Lambda::Evidence if evident => {
                let wanted = Wanted {
                    hessian: true,
                    ..Wanted::default()
                };
                let at_zero = problem.pass(team, &vec![0.0; null.len()], wanted);
                penalty.lambda = gaussian::evidence(&at_zero, &penalty.factor, self.rows, problem.intercept);
                notes.push(format!("lambda {:.4e} has the largest evidence", penalty.lambda));
                Vec::new()
            }
            Lambda::Evidence => {
                let reason = "the evidence has a closed form for the Gaussian family and prior only, with up to 2000 columns";
                return Err(Error::setting("lambda", "evidence", reason));
            }
            Lambda::Auto | Lambda::CrossValidation => {
                if problem.matrix.rows() < 2 {
                    return Err(one_row());
                }
                let lambdas = path(team, penalty);
                let best =
                    path::cross_validate(problem, team, run, penalty, &lambdas, null, self.spec.folds)?;
                penalty.lambda = lambdas[best];
                notes.extend(chosen(&lambdas, best, self.spec.folds));
                let smooth = penalty.prior.is_smooth();
                if smooth {
                    Vec::new()
                } else {
                    lambdas[..=best].to_vec()
                }
            }
        };
        let along = if way.is_empty() {
            None
        } else {
            path::along(problem, team, run, penalty, &way, null)?.pop()
        };
        problem.solve(team, run, penalty, along.unwrap_or_else(|| begin.to_vec()))
    }
}

/// The error if a single row is to choose lambda.
pub fn one_row() -> Error {
    Error::data(
        "one row cannot be cross-validated",
        "give `lambda` a number, or more rows",
    )
}

/// The remark about the result of cross-validation.
pub fn chosen(lambdas: &[f64], best: usize, folds: usize) -> Vec<String> {
    let (lambda, tried) = (lambdas[best], lambdas.len());
    let mut notes = vec![format!(
        "lambda {lambda:.4e} has the least loss in {}, of {tried} tried",
        counted(folds, "fold")
    )];
    if best + 1 == tried {
        notes.push("it is the least that was tried: the prior hardly helps".into());
    }
    notes
}
