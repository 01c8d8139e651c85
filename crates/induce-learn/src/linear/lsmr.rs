//! Least squares by LSMR: only products with the design and its transpose, so large and sparse designs are no trouble.
//!
//! min_x |A x - b|^2 by Golub and Kahan's bidiagonalisation, MINRES on the normal equations A'A x = A'b without ever
//! forming them (Fong & Saunders 2011, SIAM J. Sci. Comput. 33, algorithm LSMR and the estimates of its section 5). Here
//!
//! A = [sqrt(W) (X - 1 m'); sqrt(Lambda)],   b = [sqrt(W) y; 0],   m = X'w
//!
//! so that the intercept, which is not penalised, is integrated out, ridge of any strength per column is rows of its
//! own, and |A'r| is the slope of the objective. Starting at 0, every step stays in the span of the rows: of all
//! least-squares solutions the shortest is found.
//!
//! It ends at |A'r| <= tolerance: rule 2 of the paper with atol = tolerance / (|A| |r|), which is the certificate that
//! every solver here gives; or where the paper's estimates say that the arithmetic is at its end: |r| of the size of
//! rounding (rule 1), |A'r| (rule 2), or a condition number of 1 / epsilon (rule 3).

mod walk;

use induce_core::Run;
use induce_core::parallel::Team;

use self::walk::Walk;
use super::kernels::dot;
use super::likelihood::Likelihood;
use super::matrix::{CHUNK, Matrix, in_order};
use super::smooth::{Ending, Smooth, Solution};

/// Chunks of rows per share of a product.
const CHUNKS: usize = 8;

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

/// The operator A.
struct Operator<'a> {
    matrix: &'a Matrix<'a>,
    /// Roots of the weights.
    root: Vec<f64>,
    /// Weighted means of the columns; empty without an intercept.
    mean: Vec<f64>,
    /// Roots of the ridges; empty if all are 0.
    ridge: Vec<f64>,
    /// Columns without the intercept.
    columns: usize,
}

impl Operator<'_> {
    /// u = A v - a u
    fn forward(&self, team: &mut Team, v: &[f64], a: f64, u: &mut [f64]) {
        let n = self.root.len();
        let shift = if self.mean.is_empty() {
            0.0
        } else {
            dot(&self.mean, v)
        };
        let mut beta = v.to_vec();
        beta.resize(self.matrix.columns(), 0.0);
        let size = CHUNK * CHUNKS;
        let parts = in_order(team, n.div_ceil(size), |s| {
            let mut out = Vec::with_capacity(size);
            for start in (s * size..((s + 1) * size).min(n)).step_by(CHUNK) {
                let range = start..(start + CHUNK).min(n);
                let mut eta = [0.0; CHUNK];
                self.matrix
                    .chunk(range.clone())
                    .scores(&beta, &mut eta[..range.len()]);
                out.extend_from_slice(&eta[..range.len()]);
            }
            out
        });
        let (rows, ridge) = u.split_at_mut(n);
        for ((u, eta), root) in rows.iter_mut().zip(parts.into_iter().flatten()).zip(&self.root) {
            *u = root * (eta - shift) - a * *u;
        }
        for ((u, root), v) in ridge.iter_mut().zip(&self.ridge).zip(v) {
            *u = root * v - a * *u;
        }
    }

    /// v = A' u - b v
    fn back(&self, team: &mut Team, u: &[f64], b: f64, v: &mut [f64]) {
        let (rows, ridge) = u.split_at(self.root.len());
        let weighted: Vec<f64> = rows.iter().zip(&self.root).map(|(u, r)| u * r).collect();
        let total: f64 = weighted.iter().sum();
        let products = in_order(team, self.columns, |j| self.matrix.dot(j, &weighted));
        for (j, (v, product)) in v.iter_mut().zip(products).enumerate() {
            let shift = self.mean.get(j).map_or(0.0, |m| m * total);
            let held = ridge.get(j).map_or(0.0, |u| self.ridge[j] * u);
            *v = product - shift + held - b * *v;
        }
    }
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
            in_order(team, columns, |j| matrix.dot(j, weight))
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

    /// The intercept that belongs to the slopes, and the objective's slopes there.
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
        let mut u = vec![0.0; operator.root.len() + operator.ridge.len()];
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
