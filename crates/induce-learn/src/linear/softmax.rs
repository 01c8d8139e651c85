//! More than two classes: the multinomial likelihood with the softmax link.
//!
//! p(y = k) = exp(eta_k) / sum_j exp(eta_j), every class with coefficients of its own. Adding the same to all
//! classes changes nothing; the prior, or the start at 0, decides for the symmetric solution.

mod choice;
mod information;
mod orthant;

use std::ops::Range;

use induce_core::Run;
use induce_core::parallel::Team;
use induce_prob::{Link, math};

use super::kernels::axpy;
use super::matrix::{CHUNK, Matrix, in_order};
use super::penalty::Penalty;
use super::smooth::{Ending, Memory, Metric, Solution};

pub use information::Information;

/// Coefficients up to which a step by all second derivatives is worth its price.
const NEWTON: usize = 100;

/// Objective and gradient.
type Point = (f64, Vec<f64>);

/// Rows of `classes` classes.
pub struct Classes<'a> {
    /// The design.
    pub matrix: &'a Matrix<'a>,
    /// Class indices.
    pub target: &'a [f64],
    /// Weights that sum to 1.
    pub weight: &'a [f64],
    /// How many classes.
    pub classes: usize,
    /// What draws the coefficients to 0.
    pub shrinkage: &'a Shrinkage,
}

/// ridge_j b_j^2 / 2 + kink_j |b_j| per column of the design, for the coefficients of every class.
pub struct Shrinkage {
    /// Curvatures.
    pub ridge: Vec<f64>,
    /// One-sided derivatives at 0.
    pub kink: Vec<f64>,
}

impl Shrinkage {
    /// Of a convex prior.
    pub fn of(penalty: &Penalty) -> Self {
        Self {
            ridge: penalty.ridges(),
            kink: (0..penalty.factor.len()).map(|j| penalty.kink(j)).collect(),
        }
    }

    /// None, for so many columns.
    pub fn none(columns: usize) -> Self {
        Self {
            ridge: vec![0.0; columns],
            kink: vec![0.0; columns],
        }
    }

    /// Whether some coefficient may stay at exactly 0.
    pub fn has_kinks(&self) -> bool {
        self.kink.iter().any(|k| *k > 0.0)
    }
}

impl Classes<'_> {
    /// The probability of every class in every row, (classes, rows).
    pub fn chances(&self, team: &mut Team, beta: &[f64]) -> Vec<f64> {
        let n = self.matrix.rows();
        let each = beta.chunks_exact(self.matrix.columns().max(1));
        let mut eta: Vec<f64> = each.flat_map(|b| self.matrix.times(team, b)).collect(); // (classes, rows)
        eta.resize(self.classes * n, 0.0);
        let mut row = vec![0.0; self.classes];
        for i in 0..n {
            (0..self.classes).for_each(|c| row[c] = eta[c * n + i]);
            Link::Softmax.mean(&mut row);
            (0..self.classes).for_each(|c| eta[c * n + i] = row[c]);
        }
        eta
    }

    /// Objective and gradient at `beta` (classes, columns), without the kinks.
    pub fn at(&self, team: &mut Team, beta: &[f64]) -> Point {
        let (p, k) = (self.matrix.columns(), self.classes);
        let chunks = self.matrix.rows().div_ceil(CHUNK);
        let shards = chunks.div_ceil(4).clamp(1, 32);
        let parts = in_order(team, shards, |s| {
            self.shard(s * chunks / shards..(s + 1) * chunks / shards, beta)
        });
        let (mut value, mut gradient) = (0.0, vec![0.0; k * p]); // (), (classes, columns)
        for (own, part) in parts {
            value += own;
            axpy(1.0, &part, &mut gradient);
        }
        for (c, b) in beta.iter().enumerate() {
            let l = self.shrinkage.ridge[c % p];
            value += 0.5 * l * b * b;
            gradient[c] += l * b;
        }
        (value, gradient)
    }

    fn shard(&self, chunks: Range<usize>, beta: &[f64]) -> (f64, Vec<f64>) {
        let (p, k) = (self.matrix.columns(), self.classes);
        let (mut value, mut gradient) = (0.0, vec![0.0; k * p]);
        let mut eta = vec![0.0; k * CHUNK]; // (classes, rows of a chunk)
        for chunk in chunks {
            let range = chunk * CHUNK..((chunk + 1) * CHUNK).min(self.matrix.rows());
            let n = range.len();
            let x = self.matrix.chunk(range.clone());
            for c in 0..k {
                x.scores(&beta[c * p..(c + 1) * p], &mut eta[c * n..(c + 1) * n]);
            }
            value += self.residuals(&range, &mut eta[..k * n]);
            for c in 0..k {
                x.add_gradient(&eta[c * n..(c + 1) * n], &mut gradient[c * p..(c + 1) * p]);
            }
        }
        (value, gradient)
    }

    /// The loss of the rows, sum_i w_i (ln sum_k exp(eta_ik) - eta_iy); the scores `eta` (classes, rows) become its gradient,
    /// w_i (p_ik - [k = y]).
    fn residuals(&self, range: &Range<usize>, eta: &mut [f64]) -> f64 {
        let (n, mut loss) = (range.len(), 0.0);
        let (mut most, mut total) = ([f64::NEG_INFINITY; CHUNK], [0.0; CHUNK]); // (rows), (rows)
        for scores in eta.chunks_exact(n) {
            most.iter_mut()
                .zip(scores)
                .for_each(|(m, s)| *m = if *s > *m { *s } else { *m });
        }
        for (i, row) in range.clone().enumerate() {
            loss += self.weight[row] * (most[i] - eta[self.target[row] as usize * n + i]);
        }
        for scores in eta.chunks_exact_mut(n) {
            for i in 0..n {
                scores[i] = math::exp(scores[i] - most[i]);
                total[i] += scores[i];
            }
        }
        for (i, row) in range.clone().enumerate() {
            loss += self.weight[row] * total[i].ln();
            total[i] = self.weight[row] / total[i];
        }
        for scores in eta.chunks_exact_mut(n) {
            scores.iter_mut().zip(&total).for_each(|(s, t)| *s *= t);
        }
        for (i, row) in range.clone().enumerate() {
            eta[self.target[row] as usize * n + i] -= self.weight[row];
        }
        loss
    }

    /// The name of what [`minimise`](Self::minimise) does.
    pub fn solver(&self) -> &'static str {
        match self.shrinkage.has_kinks() {
            true => "OWL-QN",
            false if self.classes * self.matrix.columns() <= NEWTON => "Newton",
            false => "L-BFGS",
        }
    }

    /// The diagonal of the Hessian at `beta`, 1 where it is not positive: (classes, columns). As a metric it makes the scales
    /// of the columns, and what a prior adds to each, indifferent.
    fn diagonal(&self, team: &mut Team, beta: &[f64]) -> Vec<f64> {
        let (n, p) = (self.matrix.rows(), self.matrix.columns());
        let mut curvature = self.chances(team, beta);
        let weights = self.weight.iter().cycle();
        curvature
            .iter_mut()
            .zip(weights)
            .for_each(|(c, w)| *c = w * *c * (1.0 - *c));
        in_order(team, self.classes * p, |cj| {
            let own = &curvature[cj / p * n..(cj / p + 1) * n];
            let h = self.matrix.square(cj % p, own) + self.shrinkage.ridge[cj % p];
            if h > 0.0 { h } else { 1.0 }
        })
    }

    /// The minimum, from `start` (classes, columns).
    pub fn minimise(
        &self,
        team: &mut Team,
        run: &Run,
        start: Vec<f64>,
        tolerance: f64,
        max_steps: usize,
    ) -> Solution {
        let (mut s, mut memory) = (
            Solution {
                beta: start,
                ..Solution::default()
            },
            Memory::default(),
        );
        let (mut at, newton) = (self.at(team, &s.beta), self.solver() == "Newton");
        let metric = if newton || self.shrinkage.has_kinks() {
            Metric::Scalar
        } else {
            Metric::Diagonal(self.diagonal(team, &s.beta))
        };
        loop {
            let pseudo_gradient = self.pseudo_gradient(&s.beta, &at.1);
            s.value = at.0 + self.kinks(&s.beta);
            s.trace.push(s.value);
            s.gradient = pseudo_gradient.iter().fold(0.0, |m, g| g.abs().max(m));
            if s.is_over(run, tolerance, max_steps) {
                return s;
            }
            let step = if newton {
                self.newton_step(team, &s.beta, &pseudo_gradient)
            } else {
                self.allowed(memory.direction(&pseudo_gradient, &metric), &pseudo_gradient)
            };
            let Some((beta, next)) = self.search(team, &s, &pseudo_gradient, &step) else {
                if newton || memory.is_empty() {
                    s.ending = Ending::Stalled;
                    return s;
                }
                memory = Memory::default();
                continue;
            };
            if !newton {
                memory.add(&s.beta, &beta, &at.1, &next.1);
            }
            (s.beta, at) = (beta, next);
            s.steps += 1;
        }
    }
}
