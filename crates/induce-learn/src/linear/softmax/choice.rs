//! Lambda for several classes by cross-validation.

use induce_core::parallel::Team;
use induce_core::{Result, Run};

use super::{Classes, Shrinkage};
use crate::linear::kernels::axpy;
use crate::linear::matrix::Pass;
use crate::linear::path::{self, deal, part};
use crate::linear::penalty::Penalty;

/// A gradient that is small enough to compare lambdas by: what it is worth is known long before its coefficients are known
/// to the last digit.
const ROUGH: f64 = 5e-6;

impl Classes<'_> {
    /// The lambdas of a path of `penalty`, falling, from the gradient at `null`.
    pub fn lambdas(&self, team: &mut Team, penalty: &Penalty, null: &[f64]) -> Vec<f64> {
        let p = self.matrix.columns();
        let gradient = self.at(team, null).1;
        let steepest = |j: usize| {
            gradient
                .iter()
                .skip(j)
                .step_by(p)
                .fold(0.0, |m: f64, g| g.abs().max(m))
        };
        let pass = Pass {
            gradient: (0..p).map(steepest).collect(),
            ..Pass::default()
        };
        path::lambdas(&pass, penalty, self.matrix.rows())
    }

    /// The index in `lambdas` of the smallest held-out loss; classes are dealt alike.
    pub fn cross_validate(
        &self,
        team: &mut Team,
        run: &Run,
        penalty: &Penalty,
        lambdas: &[f64],
        null: &[f64],
        (folds, tolerance, max_steps): (usize, f64, usize),
    ) -> Result<usize> {
        let strata: Vec<u32> = self.target.iter().map(|&y| y as u32).collect();
        let folds = folds.min(self.target.len());
        let fold = deal(self.target.len(), Some(&strata), run, folds)?;
        let mut losses = vec![0.0; lambdas.len()];
        let free = Shrinkage::none(self.matrix.columns());
        for k in 0..folds {
            let held = part(self.weight, &fold, |f| f == k);
            let fraction: f64 = held.iter().sum();
            if fraction >= 1.0 || fraction == 0.0 {
                continue;
            }
            let mut rest = part(self.weight, &fold, |f| f != k);
            rest.iter_mut().for_each(|w| *w /= 1.0 - fraction);
            let held_out = self.with(&held, &free);
            let mut own = vec![f64::INFINITY; lambdas.len()];
            let mut beta = null.to_vec();
            for (loss, &lambda) in own.iter_mut().zip(lambdas) {
                let own = Shrinkage::of(&penalty.with_lambda(lambda));
                let fitted = self.with(&rest, &own);
                beta = fitted
                    .minimise(team, run, beta, tolerance.max(ROUGH), max_steps)
                    .beta;
                *loss = held_out.at(team, &beta).0;
                if run.stop_reason().is_some() {
                    break;
                }
            }
            axpy(1.0, &own, &mut losses);
        }
        let best = (0..losses.len()).min_by(|&a, &b| losses[a].total_cmp(&losses[b]));
        Ok(best.unwrap_or(0))
    }

    /// The same rows with other weights and another penalty.
    fn with<'b>(&'b self, weight: &'b [f64], shrinkage: &'b Shrinkage) -> Classes<'b> {
        Classes {
            weight,
            shrinkage,
            ..*self
        }
    }
}
