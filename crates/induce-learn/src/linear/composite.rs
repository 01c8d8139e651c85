//! Objectives with kinks or bounds: proximal Newton steps whose quadratics coordinate descent minimises.

use induce_core::Run;
use induce_core::parallel::Team;

use super::descent::{Limits, Quadratic, descend};
use super::loss::Loss;
use super::matrix::{Pass, Wanted};
use super::penalty::Penalty;
use super::smooth::{Ending, Solution};

/// Rows plus a separable penalty within bounds (Lee, Sun & Saunders 2014).
#[derive(Clone, Copy)]
pub struct Composite<'a> {
    /// The rows' losses.
    pub loss: Loss<'a>,
    /// The penalty and the bounds.
    pub penalty: &'a Penalty,
    /// Largest violation of optimality that counts as none.
    pub tolerance: f64,
    /// Most steps.
    pub max_steps: usize,
    /// Whether the rows' Hessian is the same everywhere.
    pub quadratic: bool,
}

/// Columns up to which the Hessian is formed.
const EXPLICIT: usize = 1500;

impl Composite<'_> {
    /// Whether the Hessian is formed, which pays if there are many more rows than columns.
    pub fn explicit(&self) -> bool {
        let p = self.loss.matrix.columns();
        p <= EXPLICIT && (p <= 100 || self.loss.matrix.rows() >= 2 * p)
    }

    fn wanted(&self, first: bool) -> Wanted {
        let explicit = self.explicit();
        Wanted {
            hessian: explicit && (first || !self.quadratic),
            rows: !explicit,
            stride: 1,
        }
    }

    /// Proximal Newton steps from `start`.
    pub fn minimise(&self, team: &mut Team, run: &Run, start: Vec<f64>) -> Solution {
        let mut s = Solution {
            beta: start,
            ..Solution::default()
        };
        let mut pass = self.loss.pass(team, &s.beta, self.wanted(true));
        let mut hessian = std::mem::take(&mut pass.hessian);
        loop {
            s.value = pass.loss + self.penalty.value(&s.beta);
            s.trace.push(s.value);
            s.gradient = self.violation(team, &s.beta, &pass, &hessian);
            if s.is_over(run, self.tolerance, self.max_steps) {
                return s;
            }
            let goal = if self.quadratic {
                0.5 * self.tolerance
            } else {
                (0.01 * s.gradient).max(0.3 * self.tolerance)
            };
            let (target, cycles) = self.inner(team, run, &s.beta, &pass, &hessian, goal);
            let Some((beta, next)) = self.search(team, &s, &pass, &target) else {
                s.ending = Ending::Stalled;
                return s;
            };
            (s.beta, pass) = (beta, next);
            s.steps += 1;
            s.cycles += if self.quadratic { cycles } else { 0 };
            if !pass.hessian.is_empty() {
                hessian = std::mem::take(&mut pass.hessian);
            }
        }
    }

    fn violation(&self, team: &mut Team, beta: &[f64], pass: &Pass, hessian: &[f64]) -> f64 {
        let p = beta.len();
        let curvature: Vec<f64> = if hessian.is_empty() {
            super::matrix::in_order(team, p, |j| self.loss.matrix.square(j, &pass.curvature))
        } else {
            (0..p).map(|j| hessian[j * p + j]).collect()
        };
        let own = |j: usize| self.penalty.violation(j, beta[j], pass.gradient[j], curvature[j]);
        (0..p).map(own).fold(0.0, f64::max)
    }

    /// The minimum of the quadratic model at `beta`, and the cycles that it took.
    fn inner(
        &self,
        team: &mut Team,
        run: &Run,
        beta: &[f64],
        pass: &Pass,
        hessian: &[f64],
        goal: f64,
    ) -> (Vec<f64>, usize) {
        let limits = Limits {
            tolerance: goal,
            cycles: 20_000,
        };
        let mut target = beta.to_vec();
        let (quadratic, mut state) = if hessian.is_empty() {
            (
                Quadratic::Rows(self.loss.matrix, &pass.curvature),
                pass.row_gradient.clone(),
            )
        } else {
            (Quadratic::Gram(hessian), pass.gradient.clone())
        };
        let (cycles, _) = descend(
            &quadratic,
            self.penalty,
            limits,
            team,
            Some(run.stop()),
            &mut target,
            &mut state,
        );
        (target, cycles)
    }

    /// The first of beta + t (target - beta), t = 1, 1/2, ..., that lowers the objective enough.
    fn search(&self, team: &mut Team, s: &Solution, at: &Pass, target: &[f64]) -> Option<(Vec<f64>, Pass)> {
        let step: Vec<f64> = target.iter().zip(&s.beta).map(|(a, b)| a - b).collect();
        let along: f64 = step.iter().zip(&at.gradient).map(|(d, g)| d * g).sum();
        let promised = along + self.penalty.value(target) - self.penalty.value(&s.beta);
        let slack = 1e-13 * s.value.abs();
        let mut t = 1.0;
        for _ in 0..40 {
            let next: Vec<f64> = if t == 1.0 {
                target.to_vec()
            } else {
                s.beta.iter().zip(&step).map(|(b, d)| b + t * d).collect()
            };
            let pass = self.loss.pass(team, &next, self.wanted(false));
            let value = pass.loss + self.penalty.value(&next);
            if value.is_finite() && value <= s.value + 1e-4 * t * promised.min(0.0) + slack && next != s.beta
            {
                return Some((next, pass));
            }
            t *= 0.5;
        }
        None
    }
}

/// (P - D) / P_0 for squared loss and a convex penalty (Fercoq, Gramfort & Salmon 2015, equation 6, with the quadratic part of
/// the penalty in the conjugate).
///
/// `null` is the loss at 0 and its gradient, `at` those at `beta`; the dual point is the residual, shrunk until feasible.
pub fn duality_gap(penalty: &Penalty, beta: &[f64], null: &Pass, at: &Pass) -> f64 {
    let (yy, rr) = (2.0 * null.loss, 2.0 * at.loss);
    let yr = yy + beta.iter().zip(&null.gradient).map(|(b, g)| b * g).sum::<f64>();
    let free = |j: usize| penalty.ridge(j) > 0.0 || penalty.factor[j] == 0.0;
    let shrink = (0..beta.len())
        .filter(|&j| !free(j) && at.gradient[j] != 0.0)
        .map(|j| penalty.kink(j) / at.gradient[j].abs())
        .fold(1.0, f64::min);
    let conjugate = |j: usize| {
        let over = (shrink * at.gradient[j].abs() - penalty.kink(j)).max(0.0);
        if penalty.ridge(j) > 0.0 {
            0.5 * over * over / penalty.ridge(j)
        } else {
            0.0
        }
    };
    let dual = shrink * yr - 0.5 * shrink * shrink * rr - (0..beta.len()).map(conjugate).sum::<f64>();
    ((at.loss + penalty.value(beta) - dual) / null.loss.max(f64::MIN_POSITIVE)).max(0.0)
}
