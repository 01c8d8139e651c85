//! Principal components.
//!
//! x = mu + W z + e, z ~ N(0, I), e ~ N(0, sigma^2 I)
//!
//! Likelihood: Gaussian noise about an affine image of a few numbers. Prior: standard Gaussian over them. Inference: the maximum of
//! the marginal likelihood has the leading eigenvectors of the covariance as directions and the mean of the other eigenvalues as
//! sigma^2 (Tipping & Bishop 1999, equations 7 and 8); where values are missing, expectation-maximisation over what is there
//! (their section 3.2). As sigma goes to 0 it is the projection of Pearson and Hotelling, which `transform` gives.
//!
//! ```
//! use induce_core::model::{Rows, RowsOptions, Transform};
//! use induce_core::{Column, Run, Table};
//! use induce_learn::decomposition::pca::{Spec, fit};
//!
//! let t: Vec<f64> = (0..9).map(f64::from).collect();
//! let table = Table::new(vec![
//!     Column::from_f64("x", t.iter().map(|t| 3.0 * t).collect()),
//!     Column::from_f64("y", t.iter().map(|t| 4.0 * t).collect()),
//! ])?;
//! let rows = Rows::without_target(&table, &RowsOptions::default())?;
//! let model = fit(&Spec::default(), &rows, &mut Run::new(0))?.model;
//! assert!((model.ratios()[0] - 1.0).abs() < 1e-12);
//! let scores = model.transform((&rows.features).into(), 1)?.values;
//! assert!((scores[8 * 2].abs() - 20.0).abs() < 1e-9, "the last row is 5 * 4 from the mean");
//! # Ok::<(), induce_core::Error>(())
//! ```

mod covariance;
mod entry;
mod fit;
mod missing;
mod model;
mod randomized;
mod report;
mod scatter;
mod spec;

pub use entry::PCA;
pub use fit::fit;
pub use model::Model;
pub use spec::{Components, Solver, Spec};

#[cfg(test)]
mod tests;
