//! Gaussian mixtures by expectation-maximisation.
//!
//! ln L = sum_i w_i ln sum_k pi_k N(x_i | mu_k, Sigma_k)
//!
//! Likelihood: the mixture. Prior: none but `reg_covar`, a variance added to every coordinate in units of its own, so that rescaling a
//! column rescales the answer. Inference: expectation-maximisation (Dempster, Laird & Rubin 1977), from several starts; ln L never falls.
//! Of a row with missing values the marginal of what it has counts, and what it lacks is expected given that (Ghahramani & Jordan
//! 1994). With `annealing` below 1 means are parted by deterministic annealing first (Rose 1998).
//!
//! ```
//! use induce_core::model::{Rows, RowsOptions};
//! use induce_core::{Column, Run, Table};
//! use induce_learn::mixture::gmm::{Spec, fit};
//!
//! let x = (0..40).map(|i| f64::from(i % 2) * 10.0 + f64::from(i) / 40.0).collect();
//! let table = Table::new(vec![Column::from_f64("x", x)])?;
//! let rows = Rows::without_target(&table, &RowsOptions::default())?;
//! let spec = Spec { n_components: 2, ..Spec::default() };
//! let mixture = fit(&spec, &rows, None, &mut Run::new(0))?.model.mixture();
//! assert!((mixture.weights[0] - 0.5).abs() < 1e-9);
//! # Ok::<(), induce_core::Error>(())
//! ```

mod annealing;
mod doubts;
mod em;
mod entry;
mod expect;
mod fit;
mod given;
mod missing;
mod model;
mod parameters;
mod query;
mod report;
mod responsibilities;
mod spec;
mod start;

pub use em::{Ended, em};
pub use entry::GMM;
pub use expect::{Limits, expect};
pub use fit::fit;
pub(crate) use fit::in_one_unit;
pub use given::Given;
pub use model::Model;
pub use parameters::Parameters;
pub use query::Mixture;
pub use responsibilities::{responsibilities, singular};
pub use spec::{CovarianceType, Init, Spec};
pub(crate) use start::start;

#[cfg(test)]
mod tests;
