//! The normal distribution.

use std::f64::consts::PI;

use induce_core::{Error, Result};

use super::{Closed, positive};

/// N(mean, deviation^2).
///
/// H = ln(2 pi e s^2) / 2; KL = ln(s_q / s_p) + (s_p^2 + (m_p - m_q)^2) / (2 s_q^2) - 1/2.
///
/// ```
/// use induce_prob::information::{Closed, Gaussian};
/// let (p, q) = (Gaussian::new(0.0, 1.0)?, Gaussian::new(1.0, 1.0)?);
/// assert_eq!(p.divergence(&q), 0.5);
/// # Ok::<(), induce_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gaussian {
    mean: f64,
    deviation: f64,
}

impl Gaussian {
    /// The normal distribution of this mean and standard deviation.
    ///
    /// # Errors
    /// If the deviation is not positive, or one of them not finite.
    pub fn new(mean: f64, deviation: f64) -> Result<Self> {
        if !mean.is_finite() {
            return Err(Error::setting("mean", mean, "it must be finite"));
        }
        let deviation = positive("deviation", deviation)?;
        Ok(Self { mean, deviation })
    }
}

impl Closed for Gaussian {
    fn entropy(&self) -> f64 {
        0.5 * (2.0 * PI).ln() + 0.5 + self.deviation.ln()
    }

    fn divergence(&self, other: &Self) -> f64 {
        let ratio = self.deviation / other.deviation;
        let shift = (self.mean - other.mean) / other.deviation;
        // (r^2 - 1) / 2 - ln r without cancellation near r = 1.
        let excess = ratio - 1.0;
        0.5 * shift * shift + (0.5 * excess * excess + excess - excess.ln_1p()).max(0.0)
    }
}
