//! The ground floor of induce: what every model needs and no model owns.
//!
//! A [`Run`] carries seed, threads, progress, deadline and cancellation into
//! a fit; [`random`] is the counter-based generator it hands out; [`parallel`]
//! spreads work over threads without ever letting them decide a result; an
//! [`Error`] carries the offending values and ends in a hint.

pub mod error;
pub mod metrics;
pub mod model_file;
pub mod parallel;
pub mod random;
pub mod read;
pub mod resample;
pub mod run;
pub mod simd;
pub mod table;
pub mod write;

pub use error::{Error, Result};
pub use run::{FitReport, Fitted, Monitor, Outcome, Run, Trace};
pub use table::{Column, Kind, Table};
