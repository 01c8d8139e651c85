//! Links: from the score a model adds up to the mean of its likelihood.

use serde::{Deserialize, Serialize};

use crate::{math, special};

/// `g` with `g(mean) = score`; [`Link::mean`] is its inverse.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
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
    /// mean = Phi(score), the normal distribution function
    Probit,
    /// mean = 1 - exp(-exp(score)): the chance of at least one Poisson event
    Cloglog,
    /// mean = 1/2 + arctan(score) / pi
    Cauchit,
    /// mean = score^(1 / power), so `power` -1 is the inverse link, canonical for the gamma family
    Power(f64),
}

/// A probability with what its likelihood needs, each exact in both tails.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chance {
    /// ln mean
    pub ln_mean: f64,
    /// ln(1 - mean)
    pub ln_rest: f64,
    /// d ln(mean) / d score
    pub rise: f64,
    /// -d ln(1 - mean) / d score
    pub fall: f64,
}

impl Link {
    /// Turn the scores of one row (one per output) into means, in place.
    pub fn mean(self, scores: &mut [f64]) {
        if self == Self::Softmax {
            return softmax(scores);
        }
        scores.iter_mut().for_each(|s| *s = self.mean_of(*s));
    }

    /// The mean of one score; a single score under [`Link::Softmax`] is certain.
    #[inline]
    pub fn mean_of(self, score: f64) -> f64 {
        match self {
            Self::Identity => score,
            Self::Log => score.exp(),
            Self::Logit => math::sigmoid(score),
            Self::Softmax => 1.0,
            Self::Probit => special::normal_cdf(score),
            Self::Cloglog => -(-score.exp()).exp_m1(),
            Self::Cauchit => 1.0_f64.atan2(-score) / std::f64::consts::PI,
            Self::Power(power) => score.powf(1.0 / power),
        }
    }

    /// The score of a mean.
    pub fn score_of(self, mean: f64) -> f64 {
        match self {
            Self::Identity | Self::Softmax => mean,
            Self::Log => mean.ln(),
            Self::Logit => mean.ln() - (-mean).ln_1p(),
            Self::Probit => special::normal_quantile(mean),
            Self::Cloglog => (-(-mean).ln_1p()).ln(),
            Self::Cauchit => (std::f64::consts::PI * (mean - 0.5)).tan(),
            Self::Power(power) => mean.powf(power),
        }
    }

    /// d mean / d score.
    pub fn derivative_of(self, score: f64) -> f64 {
        match self {
            Self::Identity => 1.0,
            Self::Log => score.exp(),
            Self::Logit => {
                let odds = (-score.abs()).exp();
                odds / ((1.0 + odds) * (1.0 + odds))
            }
            Self::Softmax => 0.0,
            Self::Probit => special::normal_density(score),
            Self::Cloglog => (score - score.exp()).exp(),
            Self::Cauchit => 1.0 / (std::f64::consts::PI * (1.0 + score * score)),
            Self::Power(power) => score.powf(1.0 / power - 1.0) / power,
        }
    }

    /// The mean seen as a probability; NaN where it is none.
    pub fn chance(self, score: f64) -> Chance {
        match self {
            Self::Logit => Chance {
                ln_mean: -math::softplus(-score),
                ln_rest: -math::softplus(score),
                rise: math::sigmoid(-score),
                fall: math::sigmoid(score),
            },
            Self::Probit => Chance {
                ln_mean: special::ln_normal_cdf(score),
                ln_rest: special::ln_normal_cdf(-score),
                rise: special::normal_hazard(score),
                fall: special::normal_hazard(-score),
            },
            Self::Cloglog => cloglog(score),
            Self::Cauchit => {
                let (mean, rest) = (self.mean_of(score), self.mean_of(-score));
                let derivative = self.derivative_of(score);
                Chance {
                    ln_mean: mean.ln(),
                    ln_rest: rest.ln(),
                    rise: derivative / mean,
                    fall: derivative / rest,
                }
            }
            _ => {
                let (mean, derivative) = (self.mean_of(score), self.derivative_of(score));
                Chance {
                    ln_mean: mean.ln(),
                    ln_rest: (-mean).ln_1p(),
                    rise: derivative / mean,
                    fall: derivative / (1.0 - mean),
                }
            }
        }
    }

    /// The name in settings.
    pub fn name(self) -> String {
        match self {
            Self::Identity => "identity".into(),
            Self::Log => "log".into(),
            Self::Logit => "logit".into(),
            Self::Softmax => "softmax".into(),
            Self::Probit => "probit".into(),
            Self::Cloglog => "cloglog".into(),
            Self::Cauchit => "cauchit".into(),
            Self::Power(-1.0) => "inverse".into(),
            Self::Power(power) => format!("power {power}"),
        }
    }
}

fn softmax(scores: &mut [f64]) {
    let max = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut sum = 0.0;
    for s in scores.iter_mut() {
        *s = math::exp(*s - max);
        sum += *s;
    }
    scores.iter_mut().for_each(|s| *s /= sum);
}

/// With t = exp(score): ln(1 - mean) = -t, and mean = 1 - exp(-t) is t for small t.
fn cloglog(score: f64) -> Chance {
    let t = score.exp();
    let mean = -(-t).exp_m1();
    Chance {
        ln_mean: if t < 1e-300 { score } else { mean.ln() },
        ln_rest: -t,
        rise: if t < 1e-300 { 1.0 } else { t * (-t).exp() / mean },
        fall: t,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINKS: [Link; 8] = [
        Link::Identity,
        Link::Log,
        Link::Logit,
        Link::Probit,
        Link::Cloglog,
        Link::Cauchit,
        Link::Power(-1.0),
        Link::Power(0.5),
    ];

    #[test]
    fn score_and_mean_are_inverse_and_derivatives_are_derivatives() {
        for link in LINKS {
            for score in [0.2, 0.7, 1.4] {
                assert!(
                    (link.score_of(link.mean_of(score)) - score).abs() < 1e-12,
                    "{link:?} {score}"
                );
                let derivative = (link.mean_of(score + 1e-6) - link.mean_of(score - 1e-6)) / 2e-6;
                assert!(
                    (derivative - link.derivative_of(score)).abs() < 1e-7,
                    "{link:?} {score}"
                );
            }
        }
    }

    #[test]
    fn chances_keep_their_digits_in_the_tails() {
        for link in [Link::Logit, Link::Probit, Link::Cloglog, Link::Cauchit] {
            for score in [-30.0, -3.0, 0.1, 2.0] {
                let at = |d: f64| link.chance(score + d);
                let h = 1e-5;
                let rise = (at(h).ln_mean - at(-h).ln_mean) / (2.0 * h);
                let fall = -(at(h).ln_rest - at(-h).ln_rest) / (2.0 * h);
                let c = at(0.0);
                assert!(
                    (rise - c.rise).abs() < 1e-6 * c.rise.max(1e-3),
                    "{link:?} {score}"
                );
                assert!(
                    (fall - c.fall).abs() < 1e-6 * c.fall.max(1e-3),
                    "{link:?} {score}"
                );
            }
        }
        let far = Link::Probit.chance(-100.0);
        assert!(far.ln_mean.is_finite() && (far.rise - 100.0).abs() < 0.02);
    }
}
