//! Bernoulli's and Poisson's distributions.

use std::f64::consts::PI;

use induce_core::{Error, Result};

use super::{Closed, positive};
use crate::special::ln_gamma;

/// P(1) = p. Categories are slices of probabilities: see [`entropy`](super::super::entropy).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bernoulli(f64);

impl Bernoulli {
    /// One outcome of probability `p`, another of 1 - p.
    ///
    /// # Errors
    /// If `p` is not in [0, 1].
    pub fn new(p: f64) -> Result<Self> {
        match (0.0..=1.0).contains(&p) {
            true => Ok(Self(p)),
            false => Err(Error::setting("p", p, "a probability is between 0 and 1")),
        }
    }
}

impl Closed for Bernoulli {
    fn entropy(&self) -> f64 {
        let part = |p: f64, ln: f64| if p > 0.0 { p * ln } else { 0.0 };
        0.0 - part(self.0, self.0.ln()) - part(1.0 - self.0, (-self.0).ln_1p())
    }

    fn divergence(&self, other: &Self) -> f64 {
        let part = |p: f64, q: f64| if p > 0.0 { p * (p / q).ln() } else { 0.0 };
        (part(self.0, other.0) + part(1.0 - self.0, 1.0 - other.0)).max(0.0)
    }
}

/// P(k) = rate^k exp(-rate) / k!.
///
/// KL = r_p ln(r_p / r_q) - r_p + r_q. The entropy r (1 - ln r) + E ln k! is a sum, beyond a rate of 1e4 its asymptotic
/// series (Evans & Boersma 1988).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Poisson(f64);

impl Poisson {
    /// Counts of this mean.
    ///
    /// # Errors
    /// If the rate is not positive.
    pub fn new(rate: f64) -> Result<Self> {
        Ok(Self(positive("rate", rate)?))
    }
}

impl Closed for Poisson {
    fn entropy(&self) -> f64 {
        let r = self.0;
        if r > 1e4 {
            let s = 1.0 / r;
            return 0.5 * (2.0 * PI * r).ln() + 0.5 - s * (1.0 / 12.0 + s * (1.0 / 24.0 + s * 19.0 / 360.0));
        }
        let reach = 12.0 * r.sqrt() + 40.0;
        let (first, last) = ((r - reach).max(0.0) as u64, (r + reach) as u64);
        let term = |k: u64| {
            let ln_factorial = ln_gamma(k as f64 + 1.0);
            let ln_p = k as f64 * r.ln() - r - ln_factorial;
            -ln_p.exp() * ln_p
        };
        (first..=last).map(term).sum()
    }

    fn divergence(&self, other: &Self) -> f64 {
        let (p, q) = (self.0, other.0);
        (p * (p / q).ln() - p + q).max(0.0)
    }
}
