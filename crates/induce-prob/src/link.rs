//! Links: from the score a model adds up to the mean of its likelihood.

use serde::{Deserialize, Serialize};

use crate::math;

/// `g` with `g(mean) = score`; [`Link::mean`] is its inverse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Link {
    /// mean = score
    Identity,
    /// mean = exp(score)
    Log,
    /// mean = 1 / (1 + exp(-score)): canonical for the Bernoulli family
    Logit,
    /// mean_k = exp(score_k) / sum_j exp(score_j): canonical for the categorical family
    Softmax,
}

impl Link {
    /// Turn the scores of one row (one per output) into means, in place.
    pub fn mean(self, scores: &mut [f64]) {
        match self {
            Self::Identity => {}
            Self::Log => scores.iter_mut().for_each(|s| *s = s.exp()),
            Self::Logit => scores.iter_mut().for_each(|s| *s = math::sigmoid(*s)),
            Self::Softmax => {
                let max = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let mut sum = 0.0;
                for s in scores.iter_mut() {
                    *s = math::exp(*s - max);
                    sum += *s;
                }
                scores.iter_mut().for_each(|s| *s /= sum);
            }
        }
    }
}
