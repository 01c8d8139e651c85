//! Least squares by LSMR: only products with the design and its transpose, so large and sparse designs are no trouble.
//!
//! min_x |A x - b|^2 by Golub and Kahan's bidiagonalisation, MINRES on the normal equations A'A x = A'b without ever
//! forming them (Fong & Saunders 2011, SIAM J. Sci. Comput. 33, algorithm LSMR and the estimates of its section 5). Here
//!
//! A = [sqrt(W) (X - 1 m'); sqrt(Lambda)],   b = [sqrt(W) y; 0],   m = X'w
//!
//! so that the intercept, which is not penalised, is integrated out, ridge of any strength per column is rows of its
//! own, and |A'r| is the norm of the gradient of the objective. Starting at 0, every step stays in the span of the rows: of all
//! least-squares solutions the shortest is found.
//!
//! It ends at |A'r| <= tolerance: rule 2 of the paper with atol = tolerance / (|A| |r|), which is the certificate that
//! every solver here gives; or where the paper's estimates say that the arithmetic is at its end: |r| of the size of
//! rounding (rule 1), |A'r| (rule 2), or a condition number of 1 / epsilon (rule 3).

mod operator;
mod walk;

use induce_core::Run;
use induce_core::parallel::Team;

use self::operator::Operator;
use self::walk::Walk;
use super::kernels::dot;
use super::likelihood::Likelihood;
use super::matrix::in_order;
use super::smooth::{Ending, Smooth, Solution};

/// Times that rounding is made good by solving for the rest again.
const RESTARTS: usize = 4;

/// Squared loss with its ridge.
pub struct Lsmr<'a> {
    /// The objective that the solution is certified with.
    pub objective: &'a Smooth<'a>,
    /// Targets, centred if there is an intercept, and weights that sum to 1.
    pub likelihood: &'a Likelihood<'a>,
    /// Whether the last column is the intercept.
    pub intercept: bool,
}

impl Lsmr<'_> {
    /// The minimum; from `start` where a ridge makes it unique, else from 0, since it is to be the shortest.
    pub fn minimise(&self, team: &mut Team, run: &Run, start: Vec<f64>) -> Solution {
        let operator = self.operator(team);
        let mut s = Solution {
            beta: start,
            ..Solution::default()
        };
        if operator.ridge.contains(&0.0) || operator.ridge.is_empty() {
            s.beta.fill(0.0);
        }
        self.certify(team, &operator, &mut s);
        for _ in 0..RESTARTS {
            if s.is_over(run, self.objective.tolerance, self.objective.max_steps) {
                return s;
            }
            let (before, known) = (s.gradient, s.beta.clone());
            let ending = self.sweep(team, run, &operator, &mut s);
            self.certify(team, &operator, &mut s);
            if s.gradient >= before {
                // What is left is rounding.
                (s.beta, s.ending) = (known, Ending::Stalled);
                self.certify(team, &operator, &mut s);
                return s;
            }
            if !matches!(ending, Ending::Converged | Ending::Stalled) {
                s.ending = ending;
                return s;
            }
        }
        if !s.is_over(run, self.objective.tolerance, self.objective.max_steps) {
            s.ending = Ending::Stalled;
        }
        s
    }

    fn operator(&self, team: &mut Team) -> Operator<'_> {
        let matrix = self.objective.loss.matrix;
        let columns = matrix.columns() - usize::from(self.intercept);
        let weight = self.likelihood.weight;
        let mean = if self.intercept {
            in_order(team, columns, |j| matrix.dot(j, weight)) // (columns)
        } else {
            Vec::new()
        };
        let ridge = &self.objective.ridge[..columns];
        Operator {
            matrix,
            root: weight.iter().map(|w| w.sqrt()).collect(),
            mean,
            ridge: if ridge.iter().any(|r| *r > 0.0) {
                ridge.iter().map(|r| r.sqrt()).collect()
            } else {
                Vec::new()
            },
            columns,
        }
    }

    /// The intercept that belongs to the other coefficients, and the gradient of the objective there.
    fn certify(&self, team: &mut Team, operator: &Operator, s: &mut Solution) {
        if self.intercept {
            let own = dot(self.likelihood.target, self.likelihood.weight);
            s.beta[operator.columns] = own - dot(&operator.mean, &s.beta[..operator.columns]);
        }
        let at = self.objective.at(team, &s.beta, false);
        s.value = at.loss;
        s.gradient = at.gradient.iter().fold(0.0, |m, g| g.abs().max(m));
    }

    /// Solve for what is missing from `s.beta`.
    fn sweep(&self, team: &mut Team, run: &Run, operator: &Operator, s: &mut Solution) -> Ending {
        let x = &s.beta[..operator.columns];
        let mut u = vec![0.0; operator.root.len() + operator.ridge.len()]; // (rows + ridges)
        operator.forward(team, x, 0.0, &mut u);
        u.iter_mut().for_each(|u| *u = -*u);
        let centre = if self.intercept {
            dot(self.likelihood.target, self.likelihood.weight)
        } else {
            0.0
        };
        for ((u, root), y) in u.iter_mut().zip(&operator.root).zip(self.likelihood.target) {
            *u += root * (y - centre);
        }
        let mut walk = Walk::new(team, operator, u);
        loop {
            if let Some(ending) = walk.ending(self.objective.tolerance) {
                return ending;
            }
            if let Some(reason) = run.stop_reason() {
                return Ending::Stopped(reason);
            }
            if s.steps >= self.objective.max_steps {
                return Ending::Exhausted;
            }
            walk.step(team, operator, &mut s.beta[..operator.columns]);
            s.steps += 1;
            s.trace.push(0.5 * walk.residual * walk.residual);
        }
    }
}
