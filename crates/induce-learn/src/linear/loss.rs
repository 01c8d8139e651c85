//! The rows' part of an objective, by a pass over the rows or by what one pass has summed up.

use induce_core::parallel::Team;

use super::kernels::dot;
use super::matrix::{Matrix, Pass, Rows, Wanted};

/// sum_i loss_i(x_i' beta)
///
/// Squared loss is known everywhere once its moments are: with L_0, g_0 and H at 0,
/// L(b) = L_0 + g_0' b + b' H b / 2 and g(b) = g_0 + H b.
#[derive(Clone, Copy)]
pub struct Loss<'a> {
    /// The design.
    pub matrix: &'a Matrix<'a>,
    /// The rows' losses.
    pub rows: &'a dyn Rows,
    /// For squared loss: the pass at 0, with its Hessian.
    pub moments: Option<&'a Pass>,
}

/// Fraction of the loss at 0 that may be lost to rounding before the rows are asked again.
const EXACT: f64 = 1e-10;

impl Loss<'_> {
    /// Loss, gradient and whatever else is wanted at `beta`.
    pub fn pass(&self, team: &mut Team, beta: &[f64], wanted: Wanted) -> Pass {
        let known = self.moments.filter(|_| !wanted.rows && wanted.stride <= 1);
        known
            .and_then(|moments| expand(moments, beta, wanted))
            .unwrap_or_else(|| self.matrix.pass(team, beta, self.rows, wanted))
    }
}

/// The pass at `beta` from the one at 0; `None` where too many digits would cancel.
fn expand(moments: &Pass, beta: &[f64], wanted: Wanted) -> Option<Pass> {
    let p = beta.len();
    let reach: f64 = (0..p)
        .map(|j| beta[j].abs() * moments.hessian[j * p + j].sqrt())
        .sum();
    if f64::EPSILON * reach * reach > EXACT * moments.loss {
        return None;
    }
    let product: Vec<f64> = moments
        .hessian
        .chunks_exact(p.max(1))
        .map(|row| dot(row, beta))
        .collect();
    let loss = moments.loss + dot(&moments.gradient, beta) + 0.5 * dot(&product, beta);
    if loss < 1e-4 * moments.loss {
        return None;
    }
    Some(Pass {
        loss,
        gradient: moments
            .gradient
            .iter()
            .zip(&product)
            .map(|(g, b)| g + b)
            .collect(),
        hessian: if wanted.hessian {
            moments.hessian.clone()
        } else {
            Vec::new()
        },
        ..Pass::default()
    })
}
