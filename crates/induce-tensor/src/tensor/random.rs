//! What tensors of random weights can do: a mean and a rho each, the deviation being ln(1 + e^rho) (Blundell et al. 2015).

use induce_core::random::Stream;

use super::Tensor;
use crate::element::Element;
use crate::ops::{self, ScaleMixture};

impl<T: Element> Tensor<'_, T> {
    /// mean + ln(1 + e^rho) eps, with standard normal eps from the stream: those of [`Tape::normal`](crate::Tape::normal).
    #[must_use]
    pub fn draw(self, rho: Self, stream: Stream) -> Self {
        self.tape
            .record("draw", |work| ops::posterior::draw(work, self.id, rho.id, stream))
    }

    /// sum precision (mean^2 + sigma^2) / 2 - ln sigma: the KL divergence of N(mean, sigma^2) from N(0, 1 / precision), without
    /// (ln precision + 1) / 2 a value; with a precision of 0 minus the entropy, without (1 + ln 2 pi) / 2.
    #[must_use]
    pub fn gaussian_energy(self, rho: Self, precision: f64) -> Self {
        self.tape.record("gaussian_energy", |work| {
            ops::posterior::energy(work, self.id, rho.id, precision)
        })
    }

    /// -sum ln(pi N(x; 0, s1^2) + (1 - pi) N(x; 0, s2^2)) over all values.
    #[must_use]
    pub fn mixture_loss(self, prior: ScaleMixture) -> Self {
        self.tape.record("mixture_loss", |work| {
            ops::posterior::mixture(work, self.id, prior)
        })
    }
}
