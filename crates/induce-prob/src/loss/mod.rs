//! Losses: negative log-likelihoods with their first two derivatives.
//!
//! A [`Loss`] sees a block of rows at a time, one slice per output, so the
//! derivative loops vectorise. [`Objective`] names the built-in ones;
//! implementing [`Loss`] adds your own.

mod classify;
mod exponential;
mod huber;
mod rank;
mod regress;
mod step;

use std::ops::Range;
use std::sync::Arc;

use induce_core::{Error, Result, choices};

pub use classify::{Logistic, Softmax};
pub use exponential::Exponential;
pub use huber::Huber;
pub use rank::LambdaRank;
pub use regress::{Absolute, Gamma, Poisson, Quantile, Squared, Tweedie};
pub use step::{LeafRows, Step};

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
    fn slope(&self, output: usize, target: f64, scores: &[f64]) -> (f64, f64) {
        step::slope(self, output, target, scores)
    }

    /// The best step of output `output` from the scores of a leaf's rows on; Newton's where there is no closed form.
    fn step(&self, output: usize, rows: &LeafRows) -> Step {
        step::usual(self, output, rows)
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

choices! {
    /// The built-in losses by name, with their parameters.
    #[derive(Default)]
    pub enum Objective {
        /// Chosen from the target: logistic, softmax or squared.
        #[default]
        Auto = "auto",
        /// (y - s)^2 / 2: Gaussian likelihood.
        Squared = "squared",
        /// |y - s|: Laplace likelihood, the median.
        Absolute = "absolute",
        /// Squared within `huber_delta`, linear beyond (Huber 1964).
        Huber = "huber",
        /// Pinball loss at `quantile`: asymmetric Laplace likelihood.
        Quantile = "quantile",
        /// exp(s) - y s: Poisson likelihood, log link.
        Poisson = "poisson",
        /// s + y exp(-s): gamma likelihood, log link.
        Gamma = "gamma",
        /// Compound Poisson-gamma likelihood with variance power `tweedie_power`, log link.
        Tweedie = "tweedie",
        /// ln(1 + exp(s)) - y s: Bernoulli likelihood, logit link.
        Logistic = "logistic",
        /// y exp(-s / 2) + (1 - y) exp(s / 2): the loss of `AdaBoost`, for two classes.
        Exponential = "exponential",
        /// ln(sum_k exp(s_k)) - s_y: categorical likelihood.
        Softmax = "softmax",
        /// NDCG-weighted pairwise logistic loss (Burges 2010).
        Lambdarank = "lambdarank",
    }
}

/// What the parametrised losses need to know.
#[derive(Debug, Clone)]
pub struct LossParameters {
    /// Classes, for softmax.
    pub classes: usize,
    /// Where Huber's loss turns linear.
    pub huber_delta: f64,
    /// The quantile of the absolute residuals at which it does, round by round; 0 leaves it at `huber_delta`.
    pub huber_quantile: f64,
    /// The quantile of the pinball loss, in (0, 1).
    pub quantile: f64,
    /// Variance power of the Tweedie family, in (1, 2).
    pub tweedie_power: f64,
    /// Query boundaries for ranking: 0, end of the first group, ...
    pub groups: Option<Vec<usize>>,
    /// Only the best `rank_depth` positions of a query count; 0 is all of them.
    pub rank_depth: usize,
}

impl Objective {
    /// Every name, in the order of the documentation.
    pub const ALL: [Self; 12] = [
        Self::Auto,
        Self::Squared,
        Self::Absolute,
        Self::Huber,
        Self::Quantile,
        Self::Poisson,
        Self::Gamma,
        Self::Tweedie,
        Self::Logistic,
        Self::Exponential,
        Self::Softmax,
        Self::Lambdarank,
    ];

    /// The loss itself.
    pub fn loss(self, parameters: &LossParameters) -> Result<Arc<dyn Loss>> {
        let p = parameters;
        Ok(match self {
            Self::Auto => {
                return Err(Error::setting(
                    "objective",
                    "auto",
                    "the target must decide it first",
                ));
            }
            Self::Squared => Arc::new(Squared),
            Self::Absolute => Arc::new(Absolute),
            Self::Huber => Arc::new(Huber::new(p.huber_delta)?.turning_at(p.huber_quantile)?),
            Self::Quantile => Arc::new(Quantile::new(p.quantile)?),
            Self::Poisson => Arc::new(Poisson),
            Self::Gamma => Arc::new(Gamma),
            Self::Tweedie => Arc::new(Tweedie::new(p.tweedie_power)?),
            Self::Logistic => Arc::new(Logistic),
            Self::Exponential => Arc::new(Exponential),
            Self::Softmax => Arc::new(Softmax::new(p.classes)?),
            Self::Lambdarank => Arc::new(LambdaRank::new(p.groups.clone(), p.rank_depth)?),
        })
    }
}

/// The weighted mean of `value(i)` for `i` in `0..n`.
fn weighted_mean(n: usize, weight: Option<&[f64]>, value: impl Fn(usize) -> f64) -> f64 {
    let w = |i: usize| weight.map_or(1.0, |w| w[i]);
    let total: f64 = (0..n).map(w).sum();
    (0..n).map(|i| w(i) * value(i)).sum::<f64>() / total
}

/// The smallest value with at least a share `q` of the weight at or below it,
/// midway to the next where the share is met exactly.
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

#[cfg(test)]
mod tests;
