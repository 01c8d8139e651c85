//! Dirichlet distributions, beta distributions among them.

use induce_core::{Error, Result};

use super::{Closed, positive};
use crate::polygamma::digamma;
use crate::special::ln_gamma;

/// Density prod x_i^(a_i - 1) / B(a) of probabilities x; two concentrations are a beta distribution. // a: (outcomes)
///
/// H = ln B(a) + (A - K) psi(A) - sum (a_i - 1) psi(a_i), A = sum a_i;
/// KL = ln B(b) - ln B(a) + sum (a_i - b_i) (psi(a_i) - psi(A)).
///
/// ```
/// use induce_prob::information::{Closed, Dirichlet};
/// let uniform = Dirichlet::new(vec![1.0, 1.0])?;
/// assert!(uniform.entropy().abs() < 1e-14);
/// # Ok::<(), induce_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Dirichlet {
    concentration: Vec<f64>,
    sum: f64,
    ln_beta: f64,
}

impl Dirichlet {
    /// The Dirichlet distribution of these concentrations, at least two.
    ///
    /// # Errors
    /// If there are fewer, or one is not positive.
    pub fn new(concentration: Vec<f64>) -> Result<Self> {
        if concentration.len() < 2 {
            let what = format!("{} concentrations make no distribution", concentration.len());
            return Err(Error::data(what, "give one for each outcome, at least two"));
        }
        for &own in &concentration {
            positive("concentration", own)?;
        }
        let sum: f64 = concentration.iter().sum();
        let ln_beta = concentration.iter().map(|a| ln_gamma(*a)).sum::<f64>() - ln_gamma(sum);
        Ok(Self {
            concentration,
            sum,
            ln_beta,
        })
    }
}

impl Closed for Dirichlet {
    fn entropy(&self) -> f64 {
        let outcomes = self.concentration.len() as f64;
        let parts = self.concentration.iter().map(|a| (a - 1.0) * digamma(*a));
        self.ln_beta + (self.sum - outcomes) * digamma(self.sum) - parts.sum::<f64>()
    }

    /// NaN if the other has another number of outcomes.
    fn divergence(&self, other: &Self) -> f64 {
        if self.concentration.len() != other.concentration.len() {
            return f64::NAN;
        }
        let pairs = self.concentration.iter().zip(&other.concentration);
        let parts = pairs.map(|(a, b)| (a - b) * (digamma(*a) - digamma(self.sum)));
        (other.ln_beta - self.ln_beta + parts.sum::<f64>()).max(0.0)
    }
}
