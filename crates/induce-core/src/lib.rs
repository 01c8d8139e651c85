//! The ground floor of induce: what every model needs and no model owns.
//!
//! A [`Run`] carries seed, threads, progress, deadline and cancellation into
//! a fit; [`random`] is the counter-based generator it hands out; [`parallel`]
//! spreads work over threads without ever letting them decide a result; [`linalg`] factors
//! matrices, [`graph`] makes those of graphs; an
//! [`Error`] carries the offending values and ends in a hint.
//!
//! A [`Table`] holds data; [`read`] finds out what a file is and makes a table
//! of it, [`write`](mod@write) does the reverse; [`resample`] says which rows train and which
//! evaluate; [`metrics`] says how well, with an interval.

mod early_stopping;
pub mod error;
mod fingerprint;
pub mod graph;
pub mod linalg;
pub mod log;
mod memory;
pub mod metrics;
pub mod model;
pub mod model_file;
pub mod pages;
pub mod panics;
pub mod parallel;
pub mod picture;
pub mod place;
pub mod points;
pub mod random;
pub mod read;
pub mod resample;
pub mod run;
pub mod simd;
pub mod synonyms;
pub mod table;
pub mod words;
pub mod write;

pub use early_stopping::EarlyStopping;
pub use error::{Error, Result};
pub use fingerprint::Fingerprint;
pub use run::{Checkpoints, FitReport, Fitted, Monitor, Outcome, Run, Stop, Trace, checkpoint_fault};
pub use table::{Column, ColumnType, Notation, Table};
