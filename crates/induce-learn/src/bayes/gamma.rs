//! Gamma distributions of precisions.

use induce_prob::polygamma::digamma;
use induce_prob::special::ln_gamma;
use serde::{Deserialize, Serialize};

/// p(x) = rate^shape x^(shape - 1) exp(-rate x) / Gamma(shape)
///
/// ```
/// use induce_learn::bayes::Gamma;
/// let own = Gamma { shape: 3.0, rate: 2.0 };
/// assert_eq!(own.mean(), 1.5);
/// assert!(own.divergence(&own).abs() < 1e-15);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Gamma {
    /// Its shape.
    pub shape: f64,
    /// Its rate.
    pub rate: f64,
}

impl Gamma {
    /// E x.
    pub fn mean(&self) -> f64 {
        self.shape / self.rate
    }

    /// E ln x.
    pub fn mean_ln(&self) -> f64 {
        digamma(self.shape) - self.rate.ln()
    }

    /// KL(self || prior).
    pub fn divergence(&self, prior: &Self) -> f64 {
        let (a, b) = (self.shape, prior.shape);
        let shapes = (a - b) * digamma(a) - ln_gamma(a) + ln_gamma(b);
        shapes + b * (self.rate / prior.rate).ln() + self.mean() * (prior.rate - self.rate)
    }

    /// Whether it is a distribution.
    pub fn is_sound(&self) -> bool {
        [self.shape, self.rate].iter().all(|x| *x > 0.0 && x.is_finite())
    }
}
