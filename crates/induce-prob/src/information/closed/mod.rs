//! Entropies and divergences of families in closed form, all in nats.

mod dirichlet;
mod gamma;
mod gaussian;
mod multivariate;
mod outcomes;

pub use dirichlet::Dirichlet;
pub use gamma::Gamma;
pub use gaussian::Gaussian;
pub use multivariate::MultivariateGaussian;
pub use outcomes::{Bernoulli, Poisson};

use induce_core::{Error, Result};

/// A distribution whose entropy and divergence have formulas.
pub trait Closed {
    /// H = -E ln p; of a density it may be negative.
    fn entropy(&self) -> f64;
    /// KL(self || other) = E ln p - E ln q.
    fn divergence(&self, other: &Self) -> f64;
    /// H(self, other) = -E ln q = H + KL.
    fn cross_entropy(&self, other: &Self) -> f64 {
        self.entropy() + self.divergence(other)
    }
}

/// That a parameter is positive and finite.
fn positive(name: &str, value: f64) -> Result<f64> {
    match value > 0.0 && value.is_finite() {
        true => Ok(value),
        false => Err(Error::setting(name, value, "it must be positive and finite")),
    }
}

#[cfg(test)]
mod tests;
