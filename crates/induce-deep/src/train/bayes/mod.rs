//! Bayes by Backprop, for the weights of any network (Blundell et al. 2015).
//!
//! E_q[-ln p(data | w)] + KL(q || p), q(w) = N(mu, ln(1 + e^rho)^2) independently, by draws w = mu + sigma eps.
//!
//! [`BayesSpec`] are the settings, `divergence.rs` is what random weights cost, [`RandomWeights`] draws them for networks that know nothing of it.

mod divergence;
mod random;
mod spec;

pub use random::RandomWeights;
pub use spec::{BayesSpec, KlWeights, PriorKind, WeightKind};
