//! Likelihood x prior x inference: a machine-learning engine.
//!
//! From a table to a trained model that states its uncertainty:
//!
//! ```
//! use induce::prelude::*;
//!
//! let x: Vec<f64> = (0..100).map(f64::from).collect();
//! let y: Vec<f64> = x.iter().map(|x| 3.0 * x + 1.0).collect();
//! let table = Table::new(vec![Column::from_f64("x", x), Column::from_f64("y", y)])?;
//!
//! let rows = Rows::new(&table, &RowsOptions { target: Some("y".into()), ..Default::default() })?;
//! let settings = induce::settings("boost")?.with("rounds=50")?.with("learning_rate=0.2")?;
//! let fitted = settings.fit(&Data::Rows(rows), &mut Run::new(0))?;
//! let predicted = fitted.model.predict(&table, 1)?;
//! assert!((predicted.values[50] - 151.0).abs() < 10.0);
//! # Ok::<(), induce::Error>(())
//! ```
//!
//! From a text to a language model:
//!
//! ```
//! use induce::prelude::*;
//!
//! let text = Data::Text(Text::new("to be, or not to be, ".repeat(20)));
//! let settings = induce::settings("lstm")?.with_all(["width=16", "context=8", "batch=2", "steps=20"])?;
//! let (train, valid) = text.hold_out(0.1, &Run::new(0))?;
//! let mut run = Run::new(0);
//! let mut fit = Fit { valid: valid.as_ref(), ..Fit::new(&mut run, induce::REGISTRY) };
//! let fitted = settings.fit_in(&train, &mut fit)?;
//! let held_out = &fitted.report.scores[1];
//! assert_eq!((held_out.split.as_str(), held_out.scores[0].name.as_str()), ("valid", "loss"));
//! assert!(held_out.scores[0].value < 3.0);
//! # Ok::<(), induce::Error>(())
//! ```
//!
//! From the logarithm of a density to a posterior: [`variational`].
//!
//! What models promise stands in [`core::model`]; the crates underneath are re-exported: [`core`], [`prob`], [`learn`],
//! [`deep`], [`plot`].

pub mod bias_variance;
pub mod compare;
pub mod dependence;
pub mod explain;
pub mod formats;
pub mod information;
pub mod interpolate;
mod open;
pub mod page;
pub mod registry;
pub mod scores;
pub mod tune;
pub mod validate;

pub use open::{card, file_of, open, open_among, open_bytes, save};
pub use registry::{REGISTRY, settings};

pub use induce_core as core;
pub use induce_core::{Error, Result};
pub use induce_deep as deep;
pub use induce_deep::variational;
pub use induce_learn as learn;
pub use induce_plot as plot;
pub use induce_prob as prob;

/// What most programs need.
pub mod prelude {
    pub use induce_core::metrics::Task;
    pub use induce_core::model::{Data, Fit, Model, Predict, Prediction, Rows, RowsOptions, Settings, Text};
    pub use induce_core::read::{ReadOptions, read};
    pub use induce_core::{Column, ColumnType, Error, Fitted, Result, Run, Table};
}
