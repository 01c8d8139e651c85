//! Black-box variational inference: a Gaussian in place of a posterior, of whose density only the logarithm is known.
//!
//! ln p(x) = ELBO + KL(q || p(theta | x)), with ELBO = E ln p(x, T(y)) + E ln |det dT/dy| + H(q) and y ~ q = N(mu, L L')
//!
//! Parameters that are not real are functions theta = T(y) of real coordinates ([`Support`]). Expectations are means over draws y = mu + L eps,
//! through which gradients pass (Kucukelbir et al. 2017, *Automatic differentiation variational inference*, JMLR 18); the entropy is exact. The log
//! density is a closure on a tape ([`on_tape`]), one that brings its own gradient ([`with_gradient`]), or any [`LogDensity`]. [`advi`] finds q and
//! says how it ended; the [`Posterior`] has moments, draws, the ELBO, and k-hat, which says whether q can be trusted.
//!
//! A regression with an unknown deviation, whose posterior is known to be near y = 1.9 x:
//!
//! ```
//! use induce_core::Run;
//! use induce_deep::variational::{Spec, Support, Supports, advi, with_gradient};
//! let (x, y) = ([1.0, 2.0, 3.0, 4.0, 5.0], [2.1, 3.7, 5.8, 7.5, 9.6]);
//! // theta = (slope, sigma); slope ~ N(0, 10), sigma ~ exponential(1).
//! let mut density = with_gradient(2, |theta, gradient| {
//!     let (slope, sigma) = (theta[0], theta[1]);
//!     let (mut value, mut by_slope, mut by_sigma) = (-slope * slope / 200.0 - sigma, -slope / 100.0, -1.0);
//!     for (x, y) in x.iter().zip(y) {
//!         let error = (y - slope * x) / sigma;
//!         value -= 0.5 * error * error + sigma.ln();
//!         by_slope += error * x / sigma;
//!         by_sigma += (error * error - 1.0) / sigma;
//!     }
//!     gradient.copy_from_slice(&[by_slope, by_sigma]);
//!     value
//! });
//! let supports = Supports::new(vec![Support::Real, Support::POSITIVE])?;
//! let fitted = advi(&Spec::default(), &supports, &mut density, &mut Run::new(0))?;
//! let posterior = fitted.model;
//! assert!((posterior.mean[0] - 1.9).abs() < 0.05 && posterior.theta.chunks(2).all(|own| own[1] > 0.0));
//! // Of five rows sigma has a long tail, which no Gaussian in its logarithm has: k-hat says so.
//! assert!(posterior.doubt().is_some() && posterior.elbo < posterior.ln_evidence);
//! # Ok::<(), induce_core::Error>(())
//! ```

mod approximation;
mod average;
mod density;
mod fit;
mod gaussian;
mod posterior;
mod spec;
mod start;
mod support;
mod target;
#[cfg(test)]
mod tests;

pub use approximation::Approximation;
pub use density::{Evaluated, LogDensity, OnTape, WithGradient, gradient_error, on_tape, with_gradient};
pub use fit::advi;
pub use induce_tensor::{Tape, Tensor};
pub use posterior::{Posterior, TRUSTED, places};
pub use spec::{Family, GradientKind, Spec};
pub use support::{Support, Supports};
