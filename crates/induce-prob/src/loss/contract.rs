//! What a loss is asked: derivatives of blocks of rows, and the value of a leaf.
//!
//! Where a loss says nothing of its own, a leaf takes the step of its line search: step 5 of gradient boosting
//! (Friedman 2001, algorithm 1).

use std::ops::Range;
use std::sync::Arc;

use induce_core::Result;

use crate::Link;

/// How the value of a tree's leaf follows from its rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Leaf {
    /// The Newton step -G / (H + lambda).
    Newton,
    /// The weighted quantile of the residuals `target - score`, for losses without curvature.
    Quantile(f64),
}

/// The derivatives of a block of rows, one slice per output.
pub struct Derivatives<'a> {
    /// First derivative of the loss in the score.
    pub gradient: Vec<&'a mut [f32]>,
    /// Second derivative, or a positive bound of it.
    pub curvature: Vec<&'a mut [f32]>,
}

/// A loss l(target, score): what a model minimises the weighted mean of.
///
/// `scores[k][i]` is output `k` of row `i` of the block. For classes a target
/// is the class index as `f64`.
pub trait Loss: Send + Sync {
    /// The name in settings and model files.
    fn name(&self) -> &str;

    /// Scores per row: 1, or the number of classes.
    fn outputs(&self) -> usize {
        1
    }

    /// From scores to the mean of the likelihood.
    fn link(&self) -> Link {
        Link::Identity
    }

    /// How leaf values are found.
    fn leaf(&self) -> Leaf {
        Leaf::Newton
    }

    /// An error if a target is outside the likelihood's support.
    fn check(&self, _target: &[f64]) -> Result<()> {
        Ok(())
    }

    /// The best constant scores, one per output.
    fn start(&self, target: &[f64], weight: Option<&[f64]>) -> Vec<f64>;

    /// Derivatives of `rows`; `target` and `scores` hold just those rows.
    fn derivatives(&self, rows: Range<usize>, target: &[f64], scores: &[&[f64]], out: &mut Derivatives);

    /// The loss of each of `rows`, into `out`.
    fn values(&self, rows: Range<usize>, target: &[f64], scores: &[&[f64]], out: &mut [f64]);

    /// Both derivatives of output `output` of one row, `scores` its own, in double precision: what line searches sum.
    fn row_derivatives(&self, output: usize, target: f64, scores: &[f64]) -> (f64, f64) {
        by_blocks(self, output, target, scores)
    }

    /// The best step of output `output` from the scores of a leaf's rows on; Newton's where there is no closed form.
    fn step(&self, output: usize, rows: &LeafRows) -> Step {
        usual(self, output, rows)
    }

    /// The loss of the coming round, where it depends on the scores so far; `None` if it is this one.
    fn at(&self, _target: &[f64], _weight: Option<&[f64]>, _scores: &[Vec<f64>]) -> Option<Arc<dyn Loss>> {
        None
    }

    /// Row boundaries that blocks must respect (query groups), ends included.
    fn groups(&self) -> Option<&[usize]> {
        None
    }

    /// Name of what [`Loss::values`] averages to, as metrics call it.
    fn metric(&self) -> &'static str {
        "loss"
    }
}

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
        let (g, h) = loss.row_derivatives(output, y, scores);
        gradient += w * g;
        curvature += w * h;
    }
    Step::Newton { gradient, curvature }
}

/// Both derivatives of one row by way of [`Loss::derivatives`], which are in single precision.
pub(super) fn by_blocks(
    loss: &(impl Loss + ?Sized),
    output: usize,
    target: f64,
    scores: &[f64],
) -> (f64, f64) {
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

/// The weighted mean of `value(i)` for `i` in `0..n`.
pub(super) fn weighted_mean(n: usize, weight: Option<&[f64]>, value: impl Fn(usize) -> f64) -> f64 {
    let w = |i: usize| weight.map_or(1.0, |w| w[i]);
    let total: f64 = (0..n).map(w).sum();
    (0..n).map(|i| w(i) * value(i)).sum::<f64>() / total
}

/// The smallest value with at least a fraction `q` of the weight at or below it,
/// midway to the next where the fraction is met exactly.
pub fn weighted_quantile(values: &mut [(f64, f64)], q: f64) -> f64 {
    values.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let total: f64 = values.iter().map(|v| v.1).sum();
    let goal = q * total;
    let mut below = 0.0;
    for (i, &(value, weight)) in values.iter().enumerate() {
        below += weight;
        if below >= goal {
            let tie = (below - goal).abs() <= 1e-12 * total;
            return if tie && i + 1 < values.len() {
                value + (values[i + 1].0 - value) / 2.0
            } else {
                value
            };
        }
    }
    values.last().map_or(0.0, |v| v.0)
}
