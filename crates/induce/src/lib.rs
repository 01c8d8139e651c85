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
//! let problem = Problem::new(&table, &ProblemOptions { target: Some("y".into()), ..Default::default() })?;
//! let settings = Settings::new("boost")?.with("rounds=50")?.with("learning_rate=0.2")?;
//! let fitted = settings.fit(&problem, None, &mut Run::new(0))?;
//! let predicted = fitted.model.predict(&table, 1)?;
//! assert!((predicted.values[50] - 151.0).abs() < 10.0);
//! # Ok::<(), induce::Error>(())
//! ```
//!
//! The crates underneath are re-exported: [`core`], [`prob`], [`learn`], [`deep`], [`plot`].

pub mod bias_variance;
pub mod compare;
pub mod explain;
pub mod language;
pub mod model;
mod models;
pub mod problem;
pub mod registry;
pub mod reports;
pub mod scores;
pub mod settings;
pub mod tune;
pub mod validate;
pub mod words;

pub use induce_core as core;
pub use induce_core::{Error, Result};
pub use induce_deep as deep;
pub use induce_learn as learn;
pub use induce_plot as plot;
pub use induce_prob as prob;

/// What most programs need.
pub mod prelude {
    pub use crate::model::{Model, Prediction};
    pub use crate::problem::{Problem, ProblemOptions};
    pub use crate::settings::Settings;
    pub use induce_core::metrics::Task;
    pub use induce_core::read::{ReadOptions, read};
    pub use induce_core::{Column, ColumnType, Error, Fitted, Result, Run, Table};
}
