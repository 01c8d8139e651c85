//! k-means.
//!
//! J(z, c) = sum_i w_i |x_i - c_{z_i}|^2
//!
//! Likelihood: a Gaussian of covariance sigma^2 I about one of k centres, as sigma goes to 0. Prior: none, centres and proportions
//! are free. Inference: alternating minimisation of J over assignments z and centres c (Lloyd 1982), the zero-temperature limit of
//! expectation-maximisation; J never rises. Of a row with missing values only the coordinates that it has count, in both steps
//! (k-POD: Chi, Chi & Baraniuk 2016).
//!
//! ```
//! use induce_core::model::{Rows, RowsOptions};
//! use induce_core::{Column, Run, Table};
//! use induce_learn::cluster::kmeans::{Clusters, Spec, fit};
//!
//! let table = Table::new(vec![Column::from_f64("x", vec![1.0, 2.0, 10.0, 12.0])])?;
//! let rows = Rows::without_target(&table, &RowsOptions::default())?;
//! let spec = Spec { n_clusters: Clusters::Fixed(2), ..Spec::default() };
//! let model = fit(&spec, &rows, &mut Run::new(0))?.model;
//! let mut centres: Vec<f64> = model.centres().into_iter().map(|centre| centre[0]).collect();
//! centres.sort_by(f64::total_cmp);
//! assert_eq!(centres, [1.5, 11.0]);
//! assert_eq!(model.inertia, 0.5 + 2.0);
//! # Ok::<(), induce_core::Error>(())
//! ```

mod assign;
mod choose;
mod entry;
mod fit;
mod groups;
mod lloyd;
mod seeding;
mod spec;
mod update;

pub use choose::Choice;
pub use entry::KMEANS;
pub(crate) use fit::directions;
pub use fit::fit;
pub use lloyd::{Ended, Limits, lloyd};
pub use seeding::{Seeding, seeds};
pub use spec::{Algorithm, Clusters, Criterion, Empty, Init, Metric, Spec};

#[cfg(test)]
mod tests;
