//! Distribution functions, for quantiles of new observations.

use super::Family;
use crate::special::{beta_share, gamma_tail, ln_gamma, ln_normal_cdf, normal_cdf};

impl Family {
    /// P(Y <= y | mu, phi); the dispersion is ignored by families that have none.
    ///
    /// None for the Bernoulli family, whose targets may be fractions of unknown numbers of trials, and for Tweedie powers
    /// other than 0, (1, 2], 3, which have no distribution function as cheap.
    ///
    /// ```
    /// use induce_prob::Family;
    /// let below = Family::Poisson.cdf(0.0, 2.0, 1.0).unwrap();
    /// assert!((below - (-2.0_f64).exp()).abs() < 1e-15);
    /// assert!(Family::Tweedie(2.5).cdf(1.0, 1.0, 1.0).is_none());
    /// ```
    pub fn cdf(self, y: f64, mu: f64, phi: f64) -> Option<f64> {
        Some(match self {
            Self::Gaussian | Self::Tweedie(0.0) => normal_cdf((y - mu) / phi.sqrt()),
            _ if !self.has_distribution() => return None,
            _ if y < 0.0 => 0.0,
            Self::Poisson => gamma_tail(y.floor() + 1.0, mu),
            Self::NegativeBinomial(alpha) => {
                beta_share(1.0 / (1.0 + alpha * mu), 1.0 / alpha, y.floor() + 1.0)
            }
            Self::Gamma | Self::Tweedie(2.0) => 1.0 - gamma_tail(1.0 / phi, y / (phi * mu)),
            Self::InverseGaussian | Self::Tweedie(3.0) => inverse_gaussian(y, mu, phi),
            Self::Tweedie(p) => compound(p, y, mu, phi),
            Self::Bernoulli => return None,
        })
    }

    /// Whether [`Family::cdf`] knows the family.
    pub fn has_distribution(self) -> bool {
        match self {
            Self::Bernoulli => false,
            Self::Tweedie(p) => p == 0.0 || p == 3.0 || (p > 1.0 && p <= 2.0),
            _ => true,
        }
    }

    /// Whether observations are whole numbers.
    pub fn is_count(self) -> bool {
        matches!(self, Self::Poisson | Self::NegativeBinomial(_))
    }

    /// Whether observations may be negative.
    pub fn takes_any_sign(self) -> bool {
        matches!(self, Self::Gaussian) || matches!(self, Self::Tweedie(p) if p <= 0.0)
    }
}

/// Phi(r (y / mu - 1)) + exp(2 / (phi mu)) Phi(-r (y / mu + 1)), r = (phi y)^-1/2 (Shuster 1968), the product by its
/// logarithm since its first factor may be too large for a number.
fn inverse_gaussian(y: f64, mu: f64, phi: f64) -> f64 {
    if y == 0.0 {
        return 0.0;
    }
    let root = 1.0 / (phi * y).sqrt();
    let second = 2.0 / (phi * mu) + ln_normal_cdf(-root * (y / mu + 1.0));
    (normal_cdf(root * (y / mu - 1.0)) + second.exp()).min(1.0)
}

/// sum_n P(N = n) P(gamma of shape n a <= y), N Poisson (Jorgensen 1987, section 5), outwards from N's mean.
fn compound(p: f64, y: f64, mu: f64, phi: f64) -> f64 {
    let rate = mu.powf(2.0 - p) / (phi * (2.0 - p));
    let (shape, scale) = ((2.0 - p) / (p - 1.0), phi * (p - 1.0) * mu.powf(p - 1.0));
    let term = |n: f64| {
        let chance = (n * rate.ln() - rate - ln_gamma(n + 1.0)).exp();
        let fraction = if n == 0.0 {
            1.0
        } else {
            1.0 - gamma_tail(n * shape, y / scale)
        };
        (chance, chance * fraction)
    };
    let top = rate.floor();
    let mut sum = term(top).1;
    for step in [1.0, -1.0] {
        let mut n = top + step;
        while n >= 0.0 {
            let (chance, own) = term(n);
            sum += own;
            if chance < 1e-17 {
                break;
            }
            n += step;
        }
    }
    sum.min(1.0)
}
