//! Matrix factorization of ratings, with its uncertainty.
//!
//! y_ui ~ N(mu + b_u + b_i + p_u' q_i, s^2), b_u ~ N(0, 1 / a_0), p_uk ~ N(0, 1 / a_k), and b_i, q_ik alike with precisions of their own.
//!
//! Likelihood: Gaussian noise about a mean, biases and a product of factors. Prior: Gaussian, with a precision for each factor on
//! either side. Inference: mean-field variational Bayes (Lim & Teh 2007; Raiko, Ilin & Karhunen 2007), q = prod_u q(b_u, p_u) prod_i q(b_i, q_i) with
//! full covariances; precisions and noise are learnt by maximizing the same bound, so that factors that say nothing go
//! (Nakajima & Sugiyama 2011), and nothing has to be tuned: of alternating least squares the penalty has to be.
//!
//! ```
//! use induce_core::metrics::Task;
//! use induce_core::model::{Predict, Rows, RowsOptions};
//! use induce_core::{Column, Run, Table};
//! use induce_learn::decomposition::mf::{Spec, fit};
//!
//! // Ten users, of whom the first five like what the others do not.
//! let pairs: Vec<(usize, usize)> = (0..10).flat_map(|u| (0..6).map(move |i| (u, i))).collect();
//! let like = |u: usize, i: usize| if (u < 5) == (i < 3) { 5.0 } else { 1.0 };
//! let table = Table::new(vec![
//!     Column::from_whole("user", pairs.iter().map(|own| own.0 as i64).collect()),
//!     Column::from_whole("item", pairs.iter().map(|own| own.1 as i64).collect()),
//!     Column::from_f64("rating", pairs.iter().map(|own| like(own.0, own.1)).collect()),
//! ])?;
//! let options = RowsOptions { task: Some(Task::Regression), ..RowsOptions::default() };
//! let rows = Rows::new(&table, &options)?;
//! // What is left out is filled in: the pair (0, 0).
//! let some = rows.take(&(1..60).collect::<Vec<_>>());
//! let model = fit(&Spec { factors: 2, ..Spec::default() }, &some, &mut Run::new(0))?.model;
//! let said = model.predict((&table).into(), 1)?.values[0];
//! assert!(said > 4.0, "{said}");
//! # Ok::<(), induce_core::Error>(())
//! ```

mod entry;
mod fit;
mod model;
mod posterior;
mod report;
mod spec;
mod store;

pub use entry::MF;
pub use fit::fit;
pub use model::Model;
pub use spec::Spec;

#[cfg(test)]
mod tests;
