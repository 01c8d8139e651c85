//! Mixtures of Gaussians.
//!
//! p(x) = sum_k pi_k N(x | mu_k, Sigma_k)
//!
//! What every inference about them shares is in `forms.rs` and `statistics.rs`: the log density of every row under every component, up to a
//! constant each, and sums of rows weighted by responsibilities. Expectation-maximisation ([`gmm`]) and variational inference ([`bayes`]) differ in how
//! they make forms of statistics.

pub mod bayes;
pub mod forms;
pub mod gmm;
pub mod statistics;
