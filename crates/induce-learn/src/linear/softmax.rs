//! More than two classes: the multinomial likelihood with the softmax link.
//!
//! p(y = k) = exp(eta_k) / sum_j exp(eta_j), every class with coefficients of its own. Adding the same to all
//! classes changes nothing; the prior, or the start at 0, decides for the symmetric solution.

use std::ops::Range;

use induce_core::Run;
use induce_core::parallel::Team;
use induce_prob::math;

use super::kernels::axpy;
use super::matrix::{CHUNK, Matrix, in_order};
use super::smooth::{Ending, Memory, Metric, Solution};

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
    /// lambda_j per column of the design.
    pub ridge: &'a [f64],
}

impl Classes<'_> {
    /// Objective and gradient at `beta` (classes, columns).
    pub fn at(&self, team: &mut Team, beta: &[f64]) -> Point {
        let (p, k) = (self.matrix.columns(), self.classes);
        let chunks = self.matrix.rows().div_ceil(CHUNK);
        let shards = chunks.div_ceil(4).clamp(1, 32);
        let parts = in_order(team, shards, |s| {
            self.shard(s * chunks / shards..(s + 1) * chunks / shards, beta)
        });
        let (mut value, mut gradient) = (0.0, vec![0.0; k * p]);
        for (own, slope) in parts {
            value += own;
            axpy(1.0, &slope, &mut gradient);
        }
        for (c, b) in beta.iter().enumerate() {
            let l = self.ridge[c % p];
            value += 0.5 * l * b * b;
            gradient[c] += l * b;
        }
        (value, gradient)
    }

    fn shard(&self, chunks: Range<usize>, beta: &[f64]) -> (f64, Vec<f64>) {
        let (p, k) = (self.matrix.columns(), self.classes);
        let (mut value, mut gradient) = (0.0, vec![0.0; k * p]);
        let (mut eta, mut buffer) = (vec![0.0; k * CHUNK], Vec::new());
        for chunk in chunks {
            let range = chunk * CHUNK..((chunk + 1) * CHUNK).min(self.matrix.rows());
            let n = range.len();
            let x = self.matrix.chunk(range.clone(), &mut buffer);
            for c in 0..k {
                x.scores(&beta[c * p..(c + 1) * p], &mut eta[c * n..(c + 1) * n]);
            }
            value += self.slopes(&range, &mut eta[..k * n]);
            for c in 0..k {
                x.add_gradient(&eta[c * n..(c + 1) * n], &mut gradient[c * p..(c + 1) * p]);
            }
        }
        (value, gradient)
    }

    /// The loss of the rows; scores become slopes.
    fn slopes(&self, range: &Range<usize>, eta: &mut [f64]) -> f64 {
        let (n, mut loss) = (range.len(), 0.0);
        let (mut most, mut total) = ([f64::NEG_INFINITY; CHUNK], [0.0; CHUNK]);
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

    /// L-BFGS from `start` (classes, columns).
    pub fn minimise(
        &self,
        team: &mut Team,
        run: &Run,
        start: Vec<f64>,
        tolerance: f64,
        max_steps: usize,
    ) -> Solution {
        let mut s = Solution {
            beta: start,
            ..Solution::default()
        };
        let (mut value, mut gradient) = self.at(team, &s.beta);
        let mut memory = Memory::default();
        loop {
            s.value = value;
            s.trace.push(value);
            s.gradient = gradient.iter().fold(0.0, |m, g| g.abs().max(m));
            s.ending = match run.stop_reason() {
                _ if s.gradient <= tolerance => Ending::Converged,
                Some(reason) => Ending::Stopped(reason),
                None if s.steps >= max_steps => Ending::Exhausted,
                None => {
                    let step = memory.direction(&gradient, &Metric::Scalar);
                    let Some((beta, next)) = self.search(team, &s.beta, value, &gradient, &step) else {
                        s.ending = Ending::Stalled;
                        return s;
                    };
                    memory.add(&s.beta, &beta, &gradient, &next.1);
                    s.beta = beta;
                    (value, gradient) = next;
                    s.steps += 1;
                    continue;
                }
            };
            return s;
        }
    }

    fn search(
        &self,
        team: &mut Team,
        beta: &[f64],
        value: f64,
        gradient: &[f64],
        step: &[f64],
    ) -> Option<(Vec<f64>, Point)> {
        let promised = super::kernels::dot(gradient, step);
        let mut t = 1.0;
        for _ in 0..40 {
            let mut next = beta.to_vec();
            axpy(t, step, &mut next);
            let at = self.at(team, &next);
            if at.0.is_finite() && at.0 <= value + 1e-4 * t * promised + 1e-14 * value.abs() && next != beta {
                return Some((next, at));
            }
            t *= 0.5;
        }
        None
    }
}
