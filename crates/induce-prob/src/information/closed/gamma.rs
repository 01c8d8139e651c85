//! Gamma distributions, exponential ones among them.

use induce_core::Result;

use super::{Closed, positive};
use crate::polygamma::digamma;
use crate::special::ln_gamma;

/// Density rate^shape x^(shape - 1) exp(-rate x) / Gamma(shape); shape 1 is exponential.
///
/// H = a - ln b + ln Gamma(a) + (1 - a) psi(a);
/// KL = (a_p - a_q) psi(a_p) - ln Gamma(a_p) + ln Gamma(a_q) + a_q ln(b_p / b_q) + a_p (b_q - b_p) / b_p.
///
/// ```
/// use induce_prob::information::{Closed, Gamma};
/// let (p, q) = (Gamma::new(1.0, 2.0)?, Gamma::new(1.0, 1.0)?);
/// assert!((p.divergence(&q) - (2.0_f64.ln() - 0.5)).abs() < 1e-14);
/// # Ok::<(), induce_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gamma {
    shape: f64,
    rate: f64,
}

impl Gamma {
    /// The gamma distribution of mean shape / rate.
    ///
    /// # Errors
    /// If one of them is not positive.
    pub fn new(shape: f64, rate: f64) -> Result<Self> {
        Ok(Self {
            shape: positive("shape", shape)?,
            rate: positive("rate", rate)?,
        })
    }
}

impl Closed for Gamma {
    fn entropy(&self) -> f64 {
        let a = self.shape;
        a - self.rate.ln() + ln_gamma(a) + (1.0 - a) * digamma(a)
    }

    fn divergence(&self, other: &Self) -> f64 {
        let (a, b) = (self.shape, other.shape);
        let shapes = (a - b) * digamma(a) - ln_gamma(a) + ln_gamma(b);
        let rates = b * (self.rate / other.rate).ln() + a * (other.rate - self.rate) / self.rate;
        (shapes + rates).max(0.0)
    }
}
