//! Bayesian mixtures of Gaussians by variational inference.
//!
//! ELBO = E ln p(x, z | pi, theta) + H(z) - KL(q(pi) || p(pi)) - KL(q(theta) || p(theta)) <= ln p(x)
//!
//! Likelihood: the mixture of [`gmm`](super::gmm). Prior: pi from a Dirichlet distribution, or from the sticks of a Dirichlet process cut
//! at `n_components`; mean and precision of a component together, Gauss-Wishart (`full`; `tied` with one Wishart), Gauss-gamma
//! (`diag`, `spherical`). Inference: mean field, q(z) q(pi) q(theta), by coordinate ascent (`cavi`: Bishop 2006, 10.2; Blei & Jordan
//! 2006), by natural gradients on mini-batches (`svi`: Hoffman et al. 2013), or with the statistics of every batch kept
//! (`memoized`: Hughes & Sudderth 2013), where components are born and merged if that raises the ELBO.
//!
//! exp E ln(pi N(x | mu, Lambda^-1)) is a Gaussian with a weight of less than its own, so an E-step is that of [`gmm`](super::gmm) under
//! [`Posterior::surrogate`], missing values included: only the M-step is another one.
//!
//! ```
//! use induce_core::model::{Rows, RowsOptions};
//! use induce_core::{Column, Run, Table};
//! use induce_learn::mixture::bayes::{Spec, fit};
//!
//! let x = (0..40).map(|i| f64::from(i % 2) * 10.0 + f64::from(i) / 40.0).collect();
//! let table = Table::new(vec![Column::from_f64("x", x)])?;
//! let rows = Rows::without_target(&table, &RowsOptions::default())?;
//! let model = fit(&Spec { n_components: 6, ..Spec::default() }, &rows, None, &mut Run::new(0))?.model;
//! assert_eq!(model.used(), 2);
//! # Ok::<(), induce_core::Error>(())
//! ```

mod bound;
mod cavi;
mod contract;
mod entry;
mod fit;
mod memoized;
mod model;
mod moves;
mod posterior;
mod predictive;
mod prior;
mod report;
mod spec;
mod store;
mod sums;
mod svi;
mod weights;

pub use bound::Bound;
pub use cavi::{Ended, Limits, cavi};
pub use entry::BAYES_GMM;
pub use fit::fit;
pub use memoized::memoized;
pub use model::Model;
pub use posterior::Posterior;
pub use prior::Prior;
pub use spec::{Concentration, Inference, Spec};
pub use svi::{Rate, svi};
pub use weights::Weights;

#[cfg(test)]
mod tests;
