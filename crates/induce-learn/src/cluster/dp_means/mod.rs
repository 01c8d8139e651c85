//! DP-means.
//!
//! J(z, c, k) = sum_i w_i |x_i - c_{z_i}|^2 + lambda k
//!
//! Likelihood: a Gaussian of covariance sigma I about one of any number of centres. Prior: a Dirichlet process of concentration
//! alpha = (1 + rho / sigma)^(d/2) exp(-lambda / (2 sigma)). Inference: the Gibbs sampler as sigma goes to 0, which is alternating
//! minimisation of J over assignments, centres and their number (Kulis & Jordan 2012, algorithm 1 and theorem 3.1). A row
//! farther than sqrt(lambda) from every centre makes a cluster of its own.
//!
//! Where rows are looked at one after the other (`creation=serial`), clusters depend on their order. By default every row is
//! assigned first, and those that are too far make centres after that, the farthest first: the order of rows does not matter, and rows
//! are assigned in parallel (delayed creation: Dinari & Freifeld 2022).
//!
//! ```
//! use induce_core::model::{Rows, RowsOptions};
//! use induce_core::{Column, Run, Table};
//! use induce_learn::cluster::dp_means::{Penalty, Spec, fit};
//!
//! let table = Table::new(vec![Column::from_f64("x", vec![1.0, 2.0, 10.0, 12.0, 30.0])])?;
//! let rows = Rows::without_target(&table, &RowsOptions::default())?;
//! let spec = Spec { lambda: Penalty::Fixed(16.0), ..Spec::default() };
//! assert_eq!(fit(&spec, &rows, &mut Run::new(0))?.model.k(), 3);
//! # Ok::<(), induce_core::Error>(())
//! ```

mod descend;
mod entry;
mod fit;
mod penalty;
mod spec;

pub use descend::{Descent, descend};
pub use entry::DP_MEANS;
pub use fit::fit;
pub use penalty::{farthest_first, of_rule};
pub use spec::{Creation, Penalty, Spec};

#[cfg(test)]
mod tests;
