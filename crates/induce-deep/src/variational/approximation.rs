//! q(theta): a Gaussian in real coordinates, and the way from there to where parameters live.

use induce_core::random::Stream;
use induce_core::{Error, Result};

use super::gaussian::{Gaussian, noise};
use super::spec::Family;
use super::support::Supports;

/// q(theta) of theta = T(y), y ~ N(mu, L L').
///
/// ```
/// use induce_deep::variational::{Approximation, Family, Support, Supports};
/// // ln theta ~ N(0, 0.5^2): mu, then ln sigma.
/// let supports = Supports::new(vec![Support::POSITIVE])?;
/// let q = Approximation::new(Family::MeanField, supports, vec![0.0, 0.5_f64.ln()])?;
/// let draws = q.draws(10_000, 0);
/// let mean = draws.iter().sum::<f64>() / 10_000.0;
/// assert!((mean - 0.125_f64.exp()).abs() < 0.02);
/// # Ok::<(), induce_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Approximation {
    pub(super) gaussian: Gaussian,
    supports: Supports,
}

impl Approximation {
    /// Of the numbers that [`numbers`](Self::numbers) gives: mu, then ln sigma, or the rows of L up to their diagonal, of which the logarithm stands.
    ///
    /// # Errors
    /// If there are not as many as the family has, or one is not finite.
    pub fn new(family: Family, supports: Supports, numbers: Vec<f64>) -> Result<Self> {
        let d = supports.coordinates();
        let unit = Gaussian::new(family, &vec![0.0; d], &vec![1.0; d]);
        let wanted = unit.numbers().len();
        if numbers.len() != wanted || numbers.iter().any(|x| !x.is_finite()) {
            let name = family.name();
            return Err(Error::data(
                format!(
                    "{} numbers make no {name} approximation of {d} coordinates",
                    numbers.len()
                ),
                format!("it has {wanted} finite ones"),
            ));
        }
        Ok(Self {
            gaussian: unit.with_numbers(numbers),
            supports,
        })
    }

    pub(super) fn of(gaussian: Gaussian, supports: Supports) -> Self {
        Self { gaussian, supports }
    }

    /// The numbers that it is made of.
    pub fn numbers(&self) -> &[f64] {
        self.gaussian.numbers()
    }

    /// Where theta lives.
    pub fn supports(&self) -> &Supports {
        &self.supports
    }

    /// mu and L L' of the real coordinates. // (coordinates), (coordinates, coordinates)
    pub fn coordinates(&self) -> (Vec<f64>, Vec<f64>) {
        (self.gaussian.mean().to_vec(), self.gaussian.covariance())
    }

    /// y = mu + L eps of draws. // (draws, coordinates)
    pub(super) fn placed(&self, eps: &[f64]) -> Vec<f64> {
        let d = self.gaussian.dimension();
        let mut y = vec![0.0; eps.len()];
        y.chunks_exact_mut(d)
            .zip(eps.chunks_exact(d))
            .for_each(|(y, eps)| self.gaussian.draw(eps, y));
        y
    }

    /// The first draws of those that this seed has, on the scale of the density. // (draws, values)
    pub fn draws(&self, count: usize, seed: u64) -> Vec<f64> {
        let (d, width) = (self.gaussian.dimension(), self.supports.values());
        let y = self.placed(&noise(Stream::new(seed, "variational/draws"), 0, count, d));
        let mut theta = vec![0.0; count * width];
        for (y, theta) in y.chunks_exact(d).zip(theta.chunks_exact_mut(width)) {
            self.supports.constrain(y, theta);
        }
        theta
    }
}
