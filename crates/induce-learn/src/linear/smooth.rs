//! Newton's method, by a factorisation or by conjugate gradients, and L-BFGS, for objectives with two derivatives.

use std::collections::VecDeque;

use induce_core::Run;
use induce_core::parallel::Team;

use super::kernels::{axpy, dot};
use super::loss::Loss;
use super::matrix::{Pass, Wanted, in_order};
use induce_core::linalg::{Cholesky, Semidefinite};

/// A differentiable objective: rows plus a quadratic penalty.
#[derive(Clone, Copy)]
pub struct Smooth<'a> {
    /// The rows' losses.
    pub loss: Loss<'a>,
    /// lambda_j of lambda_j b_j^2 / 2.
    pub ridge: &'a [f64],
    /// Largest entry of the gradient that counts as zero.
    pub tolerance: f64,
    /// Most steps.
    pub max_steps: usize,
    /// Whether the Hessian is the same everywhere.
    pub quadratic: bool,
    /// See [`Wanted::stride`].
    pub stride: usize,
}

/// The state of a solver.
#[derive(Debug, Clone, Default)]
pub struct Solution {
    /// The coefficients.
    pub beta: Vec<f64>,
    /// Steps taken.
    pub steps: usize,
    /// Cycles of coordinate descent, for squared loss with a non-smooth penalty.
    pub cycles: usize,
    /// The objective.
    pub value: f64,
    /// The largest entry of the gradient (of the distance to optimality, where there are kinks).
    pub gradient: f64,
    /// The objective after every step.
    pub trace: Vec<f64>,
    /// How it ended.
    pub ending: Ending,
    /// Rank of the Hessian where it was found singular.
    pub rank: Option<usize>,
}

impl Solution {
    /// Whether to end, with the ending noted.
    pub fn is_over(&mut self, run: &Run, tolerance: f64, max_steps: usize) -> bool {
        self.ending = match run.stop_reason() {
            _ if self.gradient <= tolerance => Ending::Converged,
            Some(reason) => Ending::Stopped(reason),
            None if self.steps >= max_steps => Ending::Exhausted,
            None => return false,
        };
        true
    }
}

/// How a solver ended.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Ending {
    /// The tolerance is met.
    Converged,
    /// No step lowers the objective any further in floating point.
    Stalled,
    /// All steps were taken.
    #[default]
    Exhausted,
    /// The run was stopped.
    Stopped(String),
}

/// Most products with the Hessian for one step by conjugate gradients.
const PRODUCTS: usize = 250;

/// A column counts as collinear if less than this fraction of its variance is unexplained by the others.
pub const ALIASED: f64 = 1e-10;

impl Smooth<'_> {
    /// Objective, gradient and Hessian with the penalty.
    pub fn at(&self, team: &mut Team, beta: &[f64], hessian: bool) -> Pass {
        let wanted = Wanted {
            hessian,
            ..Wanted::default()
        };
        self.pass(team, beta, wanted)
    }

    fn pass(&self, team: &mut Team, beta: &[f64], wanted: Wanted) -> Pass {
        let stride = self.stride;
        let mut pass = self.loss.pass(team, beta, Wanted { stride, ..wanted });
        for (j, &l) in self.ridge.iter().enumerate() {
            pass.loss += 0.5 * l * beta[j] * beta[j];
            pass.gradient[j] += l * beta[j];
            if wanted.hessian {
                pass.hessian[j * beta.len() + j] += l;
            }
        }
        pass
    }

    /// Newton's method with step halving: b - t H^-1 g.
    pub fn newton(&self, team: &mut Team, run: &Run, start: Vec<f64>) -> Solution {
        let mut s = Solution {
            beta: start,
            ..Solution::default()
        };
        let mut pass = self.at(team, &s.beta, true);
        let mut solver = Solver::new(&pass.hessian, s.beta.len());
        while !self.over(run, &mut s, &pass) {
            let mut step = pass.gradient.clone();
            step.iter_mut().for_each(|g| *g = -*g);
            s.rank = solver.solve(&mut step);
            let wanted = Wanted {
                hessian: !self.quadratic,
                ..Wanted::default()
            };
            let Some((beta, next)) = self.search(team, &s.beta, &pass, &step, wanted) else {
                s.ending = Ending::Stalled;
                break;
            };
            (s.beta, pass) = (beta, next);
            s.steps += 1;
            if !self.quadratic {
                solver = Solver::new(&pass.hessian, s.beta.len());
            }
        }
        s
    }

    /// Newton's method whose steps come from conjugate gradients (Nocedal & Wright 2006, algorithm 7.1): only products with
    /// the design and its transpose. Preconditioned by the Hessian's diagonal, so that the scales of the columns decide
    /// nothing: L-BFGS stood still where a prior on columns of other units made curvatures of 1 and 10^8.
    pub fn newton_cg(&self, team: &mut Team, run: &Run, start: Vec<f64>) -> Solution {
        let mut s = Solution {
            beta: start,
            ..Solution::default()
        };
        let wanted = Wanted {
            rows: true,
            ..Wanted::default()
        };
        let mut pass = self.pass(team, &s.beta, wanted);
        let mut first = None;
        while !self.over(run, &mut s, &pass) {
            let rough = (s.gradient / *first.get_or_insert(s.gradient)).sqrt().min(0.1);
            let step = self.conjugate_step(team, run, &pass, rough);
            let Some((beta, next)) = self.search(team, &s.beta, &pass, &step, wanted) else {
                s.ending = Ending::Stalled;
                break;
            };
            (s.beta, pass) = (beta, next);
            s.steps += 1;
        }
        s
    }

    /// -H^-1 g, to a residual of `rough` times the gradient.
    fn conjugate_step(&self, team: &mut Team, run: &Run, pass: &Pass, rough: f64) -> Vec<f64> {
        let metric = self.diagonal(team, &pass.curvature);
        let conditioned = |r: &[f64]| -> Vec<f64> { r.iter().zip(&metric).map(|(r, m)| r / m).collect() };
        let mut residual: Vec<f64> = pass.gradient.iter().map(|g| -g).collect();
        let mut preconditioned = conditioned(&residual);
        let mut direction = preconditioned.clone();
        let mut size = dot(&residual, &preconditioned);
        let (goal, mut step) = (rough * rough * size, vec![0.0; residual.len()]);
        for turn in 0..PRODUCTS {
            let mut eta = self.loss.matrix.times(team, &direction);
            eta.iter_mut().zip(&pass.curvature).for_each(|(e, c)| *e *= c);
            let mut product = self.loss.matrix.transposed_times(team, &eta);
            for ((h, d), l) in product.iter_mut().zip(&direction).zip(self.ridge) {
                *h += l * d;
            }
            let curvature = dot(&direction, &product);
            if curvature <= 0.0 {
                // Downhill without end, as far as the quadratic knows: the way so far, or the preconditioned gradient.
                return if turn == 0 { direction } else { step };
            }
            let t = size / curvature;
            axpy(t, &direction, &mut step);
            axpy(-t, &product, &mut residual);
            preconditioned = conditioned(&residual);
            let next = dot(&residual, &preconditioned);
            if next <= goal || run.stop_reason().is_some() {
                break;
            }
            let more = next / size;
            direction
                .iter_mut()
                .zip(&preconditioned)
                .for_each(|(d, z)| *d = z + more * *d);
            size = next;
        }
        step
    }

    /// The diagonal of the Hessian for these curvatures of the rows, 1 where it is not positive.
    fn diagonal(&self, team: &mut Team, curvature: &[f64]) -> Vec<f64> {
        let square = |j: usize| self.loss.matrix.square(j, curvature) + self.ridge[j];
        let positive = |h: f64| if h > 0.0 { h } else { 1.0 };
        in_order(team, self.ridge.len(), |j| positive(square(j)))
    }

    /// L-BFGS (Nocedal & Wright 2006, algorithm 7.5), with `metric` as the inverse of its first Hessian.
    pub fn lbfgs(&self, team: &mut Team, run: &Run, start: Vec<f64>, metric: &Metric) -> Solution {
        let mut s = Solution {
            beta: start,
            ..Solution::default()
        };
        let mut pass = self.at(team, &s.beta, false);
        let mut memory = Memory::default();
        while !self.over(run, &mut s, &pass) {
            let step = memory.direction(&pass.gradient, metric);
            let Some((beta, next)) = self.search(team, &s.beta, &pass, &step, Wanted::default()) else {
                if memory.pairs.is_empty() {
                    s.ending = Ending::Stalled;
                    break;
                }
                memory.pairs.clear();
                continue;
            };
            memory.add(&s.beta, &beta, &pass.gradient, &next.gradient);
            (s.beta, pass) = (beta, next);
            s.steps += 1;
        }
        s
    }

    /// Whether to end, with the ending noted.
    fn over(&self, run: &Run, s: &mut Solution, pass: &Pass) -> bool {
        s.value = pass.loss;
        s.trace.push(pass.loss);
        s.gradient = pass.gradient.iter().fold(0.0, |m, g| g.abs().max(m));
        s.is_over(run, self.tolerance, self.max_steps)
    }

    /// The first of b + t step, t = 1, 1/2, ..., that lowers the objective enough (Armijo 1966).
    fn search(
        &self,
        team: &mut Team,
        beta: &[f64],
        at: &Pass,
        step: &[f64],
        wanted: Wanted,
    ) -> Option<(Vec<f64>, Pass)> {
        let promised = dot(&at.gradient, step);
        if promised.is_nan() || promised >= 0.0 {
            return None;
        }
        // Below this, differences of the objective are rounding and the gradient must decide.
        let slack = 1e-13 * at.loss.abs();
        let mut t = 1.0;
        for _ in 0..40 {
            let mut next = beta.to_vec();
            axpy(t, step, &mut next);
            let pass = self.pass(team, &next, wanted);
            let lower = pass.loss <= at.loss + 1e-4 * t * promised;
            let level =
                (pass.loss - at.loss).abs() <= slack && largest(&pass.gradient) < 0.9 * largest(&at.gradient);
            if pass.loss.is_finite() && (lower || level) && next != beta {
                return Some((next, pass));
            }
            t *= 0.5;
        }
        None
    }
}

fn largest(g: &[f64]) -> f64 {
    g.iter().fold(0.0, |m, g| g.abs().max(m))
}

/// Solves with a Hessian, singular or not.
enum Solver {
    Regular(Cholesky),
    Singular(Semidefinite),
}

impl Solver {
    fn new(hessian: &[f64], n: usize) -> Self {
        match Cholesky::new(hessian, n) {
            Some(factor) if factor.least_pivot > ALIASED => Self::Regular(factor),
            _ => Self::Singular(Semidefinite::new(hessian, n, ALIASED)),
        }
    }

    /// Solve in place; the rank if it is short.
    fn solve(&self, b: &mut [f64]) -> Option<usize> {
        match self {
            Self::Regular(factor) => {
                factor.solve(b);
                None
            }
            Self::Singular(factor) => {
                let x = factor.solve(b);
                b.copy_from_slice(&x);
                Some(factor.rank())
            }
        }
    }
}

/// The first guess of an inverse Hessian.
pub enum Metric {
    /// A multiple of 1 that the last step suggests.
    Scalar,
    /// The Hessian of some rows.
    Factor(Cholesky),
    /// The diagonal of the Hessian, times a factor that the last step suggests.
    Diagonal(Vec<f64>),
}

/// Steps that are remembered.
const REMEMBERED: usize = 12;

#[derive(Default)]
pub(super) struct Memory {
    /// (step, change of gradient, 1 / their product)
    pairs: VecDeque<(Vec<f64>, Vec<f64>, f64)>,
}

impl Memory {
    pub(super) fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    pub(super) fn add(&mut self, old: &[f64], new: &[f64], old_gradient: &[f64], gradient: &[f64]) {
        let step: Vec<f64> = new.iter().zip(old).map(|(a, b)| a - b).collect();
        let change: Vec<f64> = gradient.iter().zip(old_gradient).map(|(a, b)| a - b).collect();
        let product = dot(&step, &change);
        if product > 1e-14 * dot(&change, &change).sqrt() * dot(&step, &step).sqrt() {
            self.pairs.push_back((step, change, 1.0 / product));
            if self.pairs.len() > REMEMBERED {
                self.pairs.pop_front();
            }
        }
    }

    /// -H g by the two loops.
    pub(super) fn direction(&self, gradient: &[f64], metric: &Metric) -> Vec<f64> {
        let mut q: Vec<f64> = gradient.iter().map(|g| -g).collect();
        let mut alphas = Vec::with_capacity(self.pairs.len());
        for (step, change, rho) in self.pairs.iter().rev() {
            let alpha = rho * dot(step, &q);
            axpy(-alpha, change, &mut q);
            alphas.push(alpha);
        }
        match metric {
            Metric::Factor(factor) => factor.solve(&mut q),
            Metric::Diagonal(diagonal) => {
                let scale = self.pairs.back().map_or(1.0, |(_, change, rho)| {
                    let size: f64 = change.iter().zip(diagonal).map(|(c, d)| c * c / d).sum();
                    1.0 / (rho * size)
                });
                q.iter_mut().zip(diagonal).for_each(|(q, d)| *q *= scale / d);
            }
            Metric::Scalar => {
                let scale = self.pairs.back().map_or_else(
                    || 1.0 / dot(gradient, gradient).sqrt().max(1.0),
                    |(_, change, rho)| 1.0 / (rho * dot(change, change)),
                );
                q.iter_mut().for_each(|q| *q *= scale);
            }
        }
        for ((step, change, rho), alpha) in self.pairs.iter().zip(alphas.into_iter().rev()) {
            let beta = rho * dot(change, &q);
            axpy(alpha - beta, step, &mut q);
        }
        q
    }
}
