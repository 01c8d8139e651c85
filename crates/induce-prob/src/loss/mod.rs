//! Losses: negative log-likelihoods with their first two derivatives.
//!
//! A [`Loss`] sees a block of rows at a time, one slice per output, so the
//! derivative loops vectorise. [`Objective`] names the built-in ones;
//! implementing [`Loss`] adds your own.

mod classify;
mod contract;
mod exponential;
mod huber;
mod rank;
mod regress;

use std::sync::Arc;

use induce_core::{Error, Result, choices};

pub use classify::{Logistic, Softmax, SoftmaxCurvature};
pub use contract::{Derivatives, Leaf, LeafRows, Loss, Step, weighted_quantile};
pub use exponential::Exponential;
pub use huber::Huber;
pub use rank::LambdaRank;
pub use regress::{Absolute, Gamma, Poisson, Quantile, Squared, Tweedie};

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
    /// The curvature of a class, for softmax.
    pub softmax_curvature: SoftmaxCurvature,
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
    ///
    /// # Errors
    /// If the objective is `auto`, or a parameter is out of its range.
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
            Self::Softmax => Arc::new(Softmax::new(p.classes)?.curved(p.softmax_curvature)),
            Self::Lambdarank => Arc::new(LambdaRank::new(p.groups.clone(), p.rank_depth)?),
        })
    }
}

#[cfg(test)]
mod tests;
