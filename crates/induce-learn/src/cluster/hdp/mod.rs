//! The hard Gaussian hierarchical Dirichlet process: clusters of several data sets that share them.
//!
//! J = sum_ij |x_ij - mu_{v(j, z_ij)}|^2 + lambda_l (local clusters of all data sets) + lambda_g (global clusters)
//!
//! Likelihood: a Gaussian of covariance sigma I about a global mean. Prior: a hierarchical Dirichlet process; every data set draws
//! its local clusters from the global ones. Inference: the Gibbs sampler's limit as sigma goes to 0, alternating minimisation of J
//! (Kulis & Jordan 2012, algorithm 2 and theorem 4.1). The data sets are the values of `--group`.

mod descend;
mod entry;
mod fit;
mod spec;

pub use descend::{Descent, Penalties, descend};
pub use entry::HARD_HDP;
pub use fit::fit;
pub use spec::Spec;

#[cfg(test)]
mod tests;
