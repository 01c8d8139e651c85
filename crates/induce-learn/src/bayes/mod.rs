//! Bayesian regressions by mean field: coefficients, their precision and the noise have posteriors.
//!
//! | model | likelihood | prior | posterior |
//! |---|---|---|---|
//! | [`BAYES_LINEAR`] | y ~ N(b + x'w, 1 / alpha) | w ~ N(0, I / lambda), alpha and lambda from gammas | q(w) q(alpha) q(lambda): Bishop 2006, 10.3 |
//! | [`BAYES_LOGISTIC`] | P(y = 1) = sigma(b + x'w) | the same without alpha | q(b, w) q(lambda) under the bound of Jaakkola & Jordan 2000: Bishop 2006, 10.6 |
//!
//! Columns are divided by their deviations, so that one lambda is for all of them, unless `standardize` is false; a category is a
//! column of 0 and 1 for each of its values.
//!
//! With `standardize=false` the fixed point of [`BAYES_LINEAR`] is that of MacKay's (1992) iteration, which scikit-learn's `BayesianRidge`
//! ends at: lambda (|m|^2 + tr S + 2 lambda_2) = p + 2 lambda_1 is the same equation as lambda (|m|^2 + 2 lambda_2) = p - lambda tr S + 2
//! lambda_1; only an intercept is one degree of freedom here and none there.
//!
//! ```
//! use induce_core::model::{Predict, Rows, RowsOptions};
//! use induce_core::{Column, Run, Table};
//! use induce_learn::bayes::{Spec, fit_linear};
//!
//! let x: Vec<f64> = (0..50).map(f64::from).collect();
//! let y = x.iter().map(|x| 3.0 + 2.0 * x + x.sin()).collect();
//! let table = Table::new(vec![Column::from_f64("x", x), Column::from_f64("y", y)])?;
//! let rows = Rows::new(&table, &RowsOptions::default())?;
//! let model = fit_linear(&Spec::default(), &rows, &mut Run::new(0))?.model;
//! let ends = model.quantiles((&rows.features).into(), &[0.05, 0.95], 1)?;
//! assert!(ends[0] < 3.0 && 3.0 < ends[1]);
//! # Ok::<(), induce_core::Error>(())
//! ```

mod contract;
mod design;
mod entry;
mod fit;
mod gamma;
mod linear;
mod logistic;
mod model;
mod report;
mod spec;
mod store;
mod units;

pub use entry::{BAYES_LINEAR, BAYES_LOGISTIC};
pub use fit::{fit_linear, fit_logistic};
pub use gamma::Gamma;
pub use linear::{Linear, Problem, linear};
pub use logistic::{Logistic, logistic};
pub use model::{Model, Noise};
pub use spec::{LogisticSpec, Spec};

#[cfg(test)]
mod tests;
