//! Families: exponential dispersion models, the likelihoods of linear models.
//!
//! p(y | mu, phi) = exp((y theta - b(theta)) / phi + c(y, phi)) with mu = b'(theta) and variance phi V(mu).
//! The canonical link is the one with g(mu) = theta. For the Bernoulli family theta = ln(mu / (1 - mu)), the
//! log-odds, whose inverse is the sigmoid (McCullagh & Nelder 1989, section 2.2).

mod distribution;
mod likelihood;

use induce_core::{Error, Result};
use serde::{Deserialize, Serialize};

use crate::Link;

/// The likelihood of a target with mean mu.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// V = 1
    Gaussian,
    /// V = mu (1 - mu); targets in [0, 1], so fractions of trials too
    Bernoulli,
    /// V = mu
    Poisson,
    /// V = mu^2
    Gamma,
    /// V = mu^3
    InverseGaussian,
    /// V = mu + alpha mu^2
    NegativeBinomial(f64),
    /// V = mu^p, p outside (0, 1); compound Poisson-gamma for p in (1, 2)
    Tweedie(f64),
}

impl Family {
    /// The variance function V(mu): the variance is the dispersion times this.
    #[inline]
    pub fn variance(self, mu: f64) -> f64 {
        match self {
            Self::Gaussian => 1.0,
            Self::Bernoulli => mu * (1.0 - mu),
            Self::Poisson => mu,
            Self::Gamma => mu * mu,
            Self::InverseGaussian => mu * mu * mu,
            Self::NegativeBinomial(alpha) => mu * (1.0 + alpha * mu),
            Self::Tweedie(p) => mu.powf(p),
        }
    }

    /// d(y, mu) = 2 * integral of (y - t) / V(t) from mu to y: twice the loss in log-likelihood at dispersion 1.
    ///
    /// 0 at mu = y, positive elsewhere, infinite or NaN where mu is outside the range of means.
    pub fn unit_deviance(self, y: f64, mu: f64) -> f64 {
        let d = match self {
            Self::Gaussian => (y - mu) * (y - mu),
            Self::Bernoulli => 2.0 * (y_ln(y, y / mu) + y_ln(1.0 - y, (1.0 - y) / (1.0 - mu))),
            Self::Poisson => 2.0 * (y_ln(y, y / mu) - (y - mu)),
            Self::Gamma => 2.0 * ((mu / y).ln() + (y - mu) / mu),
            Self::InverseGaussian => (y - mu) * (y - mu) / (mu * mu * y),
            Self::NegativeBinomial(alpha) => {
                let ratio = (1.0 + alpha * y) / (1.0 + alpha * mu);
                2.0 * (y_ln(y, y / mu) - (y + 1.0 / alpha) * ratio.ln())
            }
            Self::Tweedie(p) => tweedie_deviance(p, y, mu),
        };
        if self.has_mean(mu) { d } else { f64::INFINITY }
    }

    /// Whether mu is inside the range of means.
    pub fn has_mean(self, mu: f64) -> bool {
        match self {
            Self::Gaussian => mu.is_finite(),
            Self::Bernoulli => mu > 0.0 && mu < 1.0,
            Self::Tweedie(p) if p <= 0.0 => mu.is_finite(),
            _ => mu > 0.0 && mu.is_finite(),
        }
    }

    /// The link that makes the score the natural parameter.
    pub fn canonical_link(self) -> Link {
        match self {
            Self::Gaussian => Link::Identity,
            Self::Bernoulli => Link::Logit,
            // The negative binomial's own, ln(alpha mu / (1 + alpha mu)), is never used: scores would have to stay negative.
            Self::Poisson | Self::NegativeBinomial(_) => Link::Log,
            Self::Gamma => Link::Power(-1.0),
            Self::InverseGaussian => Link::Power(-2.0),
            Self::Tweedie(1.0) => Link::Log,
            Self::Tweedie(p) => Link::Power(1.0 - p),
        }
    }

    /// The link used where none is named: canonical for Gaussian, Bernoulli and Poisson, else the logarithm, under
    /// which every score has a mean.
    pub fn usual_link(self) -> Link {
        match self {
            Self::Gaussian | Self::Bernoulli | Self::Poisson => self.canonical_link(),
            Self::Tweedie(p) if p <= 0.0 => Link::Identity,
            _ => Link::Log,
        }
    }

    /// Whether the variance has a free factor phi that must be estimated.
    pub fn has_dispersion(self) -> bool {
        !matches!(self, Self::Bernoulli | Self::Poisson | Self::NegativeBinomial(_))
    }

    /// The name in settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gaussian => "gaussian",
            Self::Bernoulli => "bernoulli",
            Self::Poisson => "poisson",
            Self::Gamma => "gamma",
            Self::InverseGaussian => "inverse-gaussian",
            Self::NegativeBinomial(_) => "negative-binomial",
            Self::Tweedie(_) => "tweedie",
        }
    }

    /// Checks the parameter and the targets.
    ///
    /// # Errors
    /// If a parameter or a target is outside the family's range.
    pub fn check(self, target: &[f64]) -> Result<()> {
        self.check_parameter()?;
        let (ok, need): (fn(f64) -> bool, _) = match self {
            Self::Gaussian => (f64::is_finite, "finite targets"),
            Self::Bernoulli => (|y| (0.0..=1.0).contains(&y), "targets between 0 and 1"),
            Self::Tweedie(p) if p <= 0.0 => (f64::is_finite, "finite targets"),
            Self::Gamma | Self::InverseGaussian => (|y| y > 0.0, "positive targets"),
            Self::Tweedie(p) if p >= 2.0 => (|y| y > 0.0, "positive targets"),
            _ => (|y| y >= 0.0, "targets that are not negative"),
        };
        match target.iter().position(|&y| !ok(y)) {
            None => Ok(()),
            Some(row) => Err(Error::data(
                format!(
                    "the family `{}` needs {need}, row {} has {}",
                    self.name(),
                    row + 1,
                    target[row]
                ),
                "choose another `family`, or drop or correct these rows",
            )),
        }
    }

    fn check_parameter(self) -> Result<()> {
        match self {
            Self::NegativeBinomial(alpha) if !(alpha > 0.0 && alpha.is_finite()) => {
                Err(Error::setting("alpha", alpha, "it must be above 0"))
            }
            Self::Tweedie(p) if !p.is_finite() || (p > 0.0 && p < 1.0) => Err(Error::setting(
                "power",
                p,
                "no Tweedie family has a variance power between 0 and 1",
            )),
            _ => Ok(()),
        }
    }
}

/// y ln(ratio), 0 for y = 0.
#[inline]
fn y_ln(y: f64, ratio: f64) -> f64 {
    if y == 0.0 { 0.0 } else { y * ratio.ln() }
}

/// Jorgensen 1997, section 2.2.2.
fn tweedie_deviance(p: f64, y: f64, mu: f64) -> f64 {
    if p == 1.0 {
        return Family::Poisson.unit_deviance(y, mu);
    }
    if p == 2.0 {
        return Family::Gamma.unit_deviance(y, mu);
    }
    let first = if y > 0.0 || p < 0.0 {
        y.max(0.0).powf(2.0 - p) / ((1.0 - p) * (2.0 - p))
    } else {
        0.0
    };
    2.0 * (first - y * mu.powf(1.0 - p) / (1.0 - p) + mu.powf(2.0 - p) / (2.0 - p))
}

#[cfg(test)]
mod tests;
