//! The charts. One file holds one kind: its data, how the data come from scores where that is the plot's own
//! business, and the function that draws it at a given width.
//!
//! Every function takes any input, also none, NaN and infinities: what cannot be drawn is left out, and a chart with
//! nothing to draw says so.

mod bars;
mod calibration;
mod confusion;
mod confusion_data;
mod curve;
mod dependence;
mod hexbin;
mod intervals;
mod learning;
mod lines;
mod pictures;
mod points;
mod precision_recall;
mod range;
mod residual_spread;
mod residuals;
mod roc;
mod shap;
mod sparkline;
mod stacked;
mod tree;

pub use bars::{Bar, Bars, bars};
pub use calibration::{Calibration, CalibrationBin, calibration};
pub use confusion::confusion;
pub use confusion_data::Confusion;
pub use curve::Curve;
pub use dependence::{Dependence, dependence};
pub use intervals::intervals;
pub(crate) use intervals::title as intervals_title;
pub use learning::{LearningCurve, learning_curve};
pub use lines::lines;
pub(crate) use lines::title as lines_title;
pub use pictures::pictures;
pub use points::points;
pub(crate) use points::title as points_title;
pub use precision_recall::{PrCurve, PrecisionRecall, precision_recall};
pub(crate) use range::{RangeBar, range_bar};
pub use residual_spread::{residual_histogram, residual_quantiles};
pub use residuals::{Residuals, predicted_actual, residuals};
pub use roc::{Roc, RocCurve, roc};
pub use shap::{ShapFeature, ShapSummary, shap_summary};
pub use sparkline::{Sparkline, sparkline};
pub use stacked::{Stack, Stacked, stacked};
pub(crate) use tree::is_empty;
pub use tree::tree;

use crate::scene::{Anchor, Svg, plot_height, theme};

/// The style sheet that [`Svg::inline`] charts need, once per HTML page: colours as variables on `:root`, light and
/// dark, and the rules that use them.
///
/// ```
/// use induce_plot::chart;
///
/// assert!(chart::css().contains("prefers-color-scheme:dark"));
/// ```
pub fn css() -> String {
    theme::page_css()
}

/// The narrowest chart that is drawn; less would leave no space between the labels.
const NARROWEST: f64 = 160.0;

/// A width one can draw in, whatever was asked for.
fn usable(width: f64) -> f64 {
    if width.is_finite() {
        width.clamp(NARROWEST, 4000.0)
    } else {
        440.0
    }
}

/// The chart that says that there is nothing to draw.
fn nothing(title: &str, width: f64) -> Svg {
    let height = plot_height(width) * 0.5;
    let mut svg = Svg::new(width, height, title, "There is nothing to draw.");
    svg.text(
        "soft",
        Anchor::Middle,
        (width / 2.0, height / 2.0),
        "nothing to draw",
    );
    svg
}
