//! Charts as SVG and the report page, from plain data to one string.
//!
//! A chart is a function from data to an [`Svg`]; the data types are plain and `serde` can carry them. The report is
//! the same thing one floor up: [`Report`] in, one self-contained HTML page out. Nothing here reads a file, knows a
//! model or draws a random number, so the same data always gives the same bytes and snapshot tests can hold them.
//!
//! The scene is our own instead of a plotting crate's for one reason: colours must be CSS classes, so that one chart
//! is right in the light, in the dark and on paper. Crates that paint fixed colours cannot do that.
//!
//! ```
//! use induce_plot::{Roc, RocCurve, chart};
//! let curve = RocCurve::from_scores("bad", &[true, false, true, false], &[0.9, 0.2, 0.4, 0.5]);
//! let svg = chart::roc(&Roc { curves: vec![curve] }, 440.0);
//! assert!(svg.standalone().starts_with("<svg"));
//! ```

pub mod chart;
mod error;
mod report;
mod scene;
mod stats;
mod text;

pub use chart::{
    Bar, Bars, Calibration, CalibrationBin, Confusion, Curve, Dependence, LearningCurve, PrCurve,
    PrecisionRecall, Residuals, Roc, RocCurve, ShapFeature, ShapSummary, Sparkline, Stack, Stacked,
};
pub use error::Error;
pub use report::{
    Entry, Importance, Interval, LanguageReport, Metric, Note, NoteKind, Report, Sample, SchemaRow, Setting,
    Thresholds, TokenRow, html,
};
pub use scene::Svg;
