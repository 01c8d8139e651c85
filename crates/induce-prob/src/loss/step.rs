//! The value of a leaf by line search: step 5 of gradient boosting (Friedman 2001, algorithm 1).

use std::ops::Range;

use super::{Derivatives, Leaf, Loss, weighted_quantile};

/// The rows of a leaf.
#[derive(Debug, Clone, Default)]
pub struct LeafRows {
    /// Targets.
    pub target: Vec<f64>,
    /// Weights.
    pub weight: Vec<f64>,
    /// Scores before the step, row-major (rows, outputs).
    pub scores: Vec<f64>,
}

/// What a line search found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Step {
    /// Sums of both derivatives: the step is -gradient / curvature.
    Newton {
        /// Sum of first derivatives.
        gradient: f64,
        /// Sum of second derivatives.
        curvature: f64,
    },
    /// The step itself.
    Constant(f64),
}

impl LeafRows {
    /// The scores of every row, one slice per row.
    fn rows(&self) -> impl Iterator<Item = (f64, f64, &[f64])> {
        let outputs = self.scores.len() / self.target.len().max(1);
        let known = self.target.iter().zip(&self.weight);
        known
            .zip(self.scores.chunks_exact(outputs.max(1)))
            .map(|((&y, &w), s)| (y, w, s))
    }

    /// Residuals `target - score` of a loss of one output, with their weights.
    pub(super) fn residuals(&self) -> Vec<(f64, f64)> {
        self.rows().map(|(y, w, s)| (y - s[0], w)).collect()
    }
}

/// The step of `output` that a loss takes unless it says otherwise: to a quantile of the residuals, or Newton's from
/// derivatives in double precision.
pub(super) fn usual(loss: &(impl Loss + ?Sized), output: usize, rows: &LeafRows) -> Step {
    if let Leaf::Quantile(q) = loss.leaf() {
        return Step::Constant(weighted_quantile(&mut rows.residuals(), q));
    }
    let (mut gradient, mut curvature) = (0.0, 0.0);
    for (y, w, scores) in rows.rows() {
        let (g, h) = loss.slope(output, y, scores);
        gradient += w * g;
        curvature += w * h;
    }
    Step::Newton { gradient, curvature }
}

/// Both derivatives of one row by way of [`Loss::derivatives`], which are in single precision.
pub(super) fn slope(loss: &(impl Loss + ?Sized), output: usize, target: f64, scores: &[f64]) -> (f64, f64) {
    let (mut g, mut h) = (vec![0.0; scores.len()], vec![0.0; scores.len()]);
    let columns: Vec<&[f64]> = scores.chunks(1).collect();
    let mut out = Derivatives {
        gradient: g.chunks_mut(1).collect(),
        curvature: h.chunks_mut(1).collect(),
    };
    let rows: Range<usize> = 0..1;
    loss.derivatives(rows, &[target], &columns, &mut out);
    (f64::from(g[output]), f64::from(h[output]))
}
