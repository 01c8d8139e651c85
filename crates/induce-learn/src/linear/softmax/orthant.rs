//! Steps over kinks: OWL-QN (Andrew & Gao 2007), which is plain L-BFGS where there are none.
//!
//! Within an orthant |b| is linear. So a step is taken along the one-sided gradient of the side to which it leads, and ends where a
//! coefficient would change its sign.

use induce_core::parallel::Team;

use super::{Classes, Point};
use crate::linear::smooth::Solution;

impl Classes<'_> {
    /// sum_j kink_j |b_j|
    pub(super) fn kinks(&self, beta: &[f64]) -> f64 {
        let kink = &self.shrinkage.kink;
        beta.iter()
            .enumerate()
            .map(|(c, b)| kink[c % kink.len()] * b.abs())
            .sum()
    }

    /// The pseudo-gradient: the one-sided gradient on the side on which the objective falls; 0 at a kink where it falls on neither.
    pub(super) fn pseudo_gradient(&self, beta: &[f64], gradient: &[f64]) -> Vec<f64> {
        let kink = &self.shrinkage.kink;
        let one = |(c, (&b, &g)): (usize, (&f64, &f64))| {
            let k = kink[c % kink.len()];
            if b != 0.0 {
                g + k * b.signum()
            } else {
                // To the right where that falls, else to the left where that does.
                (g + k).min(0.0) + (g - k).max(0.0)
            }
        };
        beta.iter().zip(gradient).enumerate().map(one).collect()
    }

    /// The step without the parts that lead uphill in a coefficient with a kink.
    pub(super) fn allowed(&self, mut step: Vec<f64>, pseudo_gradient: &[f64]) -> Vec<f64> {
        let kink = &self.shrinkage.kink;
        for (c, (d, g)) in step.iter_mut().zip(pseudo_gradient).enumerate() {
            if kink[c % kink.len()] > 0.0 && *d * g >= 0.0 {
                *d = 0.0;
            }
        }
        step
    }

    /// The first of b + t step, t = 1, 1/2, ..., kept within its orthant, that lowers the objective enough.
    pub(super) fn search(
        &self,
        team: &mut Team,
        s: &Solution,
        pseudo_gradient: &[f64],
        step: &[f64],
    ) -> Option<(Vec<f64>, Point)> {
        let mut t = 1.0;
        for _ in 0..40 {
            let next = self.within(&s.beta, pseudo_gradient, step, t);
            let moved = next.iter().zip(&s.beta).zip(pseudo_gradient);
            let promised: f64 = moved.map(|((new, old), g)| (new - old) * g).sum();
            let at = self.at(team, &next);
            let value = at.0 + self.kinks(&next);
            let lower = value <= s.value + 1e-4 * promised + 1e-14 * s.value.abs();
            if value.is_finite() && promised < 0.0 && lower && next != s.beta {
                return Some((next, at));
            }
            t *= 0.5;
        }
        None
    }

    /// b + t step, 0 where a coefficient with a kink would change its sign.
    fn within(&self, beta: &[f64], pseudo_gradient: &[f64], step: &[f64], t: f64) -> Vec<f64> {
        let kink = &self.shrinkage.kink;
        let one = |(c, &b): (usize, &f64)| {
            let next = b + t * step[c];
            let side = if b != 0.0 { b } else { -pseudo_gradient[c] };
            if kink[c % kink.len()] > 0.0 && next * side <= 0.0 {
                0.0
            } else {
                next
            }
        };
        beta.iter().enumerate().map(one).collect()
    }
}
