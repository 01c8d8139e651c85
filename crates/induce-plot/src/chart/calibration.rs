//! The reliability diagram: of the rows given a probability, how many came true.

use induce_core::metrics::{calibration_curve, wilson};
use serde::{Deserialize, Serialize};

use super::roc::square_height;
use super::{nothing, usable};
use crate::scene::{Anchor, Area, Axis, Domain, Frame, Stroke, Svg};
use crate::text;

/// Rows whose predicted probabilities lie close together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CalibrationBin {
    /// The mean of the predicted probabilities.
    pub predicted: f64,
    /// The fraction of the rows that came true.
    pub observed: f64,
    /// How many rows.
    pub count: u64,
}

/// The reliability of probabilities, in bins from low to high.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Calibration {
    /// The class, or what came true: `bad`, `the predicted class is right`.
    pub name: String,
    /// The bins; empty ones left out.
    pub bins: Vec<CalibrationBin>,
    /// What is counted; where empty, rows.
    pub unit: String,
}

impl Calibration {
    /// Equal-width bins over 0 to 1. Rows whose probability is not in there are left out.
    pub fn from_scores(
        name: impl Into<String>,
        came_true: &[bool],
        probabilities: &[f64],
        bins: usize,
    ) -> Self {
        let bins = calibration_curve(came_true, probabilities, bins)
            .into_iter()
            .map(|point| CalibrationBin {
                predicted: point.predicted,
                observed: point.observed,
                count: point.count,
            });
        Self {
            name: name.into(),
            bins: bins.collect(),
            unit: String::new(),
        }
    }

    /// What is counted: `rows`, `tokens`.
    pub(crate) fn counted(&self) -> &str {
        if self.unit.is_empty() { "rows" } else { &self.unit }
    }

    /// The expected calibration error: the mean gap between predicted and observed, weighted by the rows.
    pub fn expected_error(&self) -> Option<f64> {
        let bins = self.drawable();
        let rows: f64 = bins.iter().map(|bin| bin.count as f64).sum();
        let gaps: f64 = bins
            .iter()
            .map(|bin| (bin.predicted - bin.observed).abs() * bin.count as f64)
            .sum();
        (rows > 0.0).then(|| gaps / rows)
    }

    fn drawable(&self) -> Vec<CalibrationBin> {
        let finite =
            |bin: &&CalibrationBin| bin.predicted.is_finite() && bin.observed.is_finite() && bin.count > 0;
        self.bins.iter().filter(finite).copied().collect()
    }
}

/// Observed against predicted with Wilson's 95 % bars, and the rows of each bin below.
///
/// ```
/// use induce_plot::{Calibration, chart};
///
/// let data = Calibration::from_scores("bad", &[true, false, true, false], &[0.9, 0.2, 0.7, 0.4], 2);
/// assert!(chart::calibration(&data, 400.0).standalone().starts_with("<svg"));
/// ```
pub fn calibration(data: &Calibration, width: f64) -> Svg {
    let width = usable(width);
    let bins = data.drawable();
    if bins.is_empty() {
        return nothing("Calibration", width);
    }
    let height = square_height(width);
    let mut svg = Svg::new(width, height, "Calibration", &describe(data));
    let strip = (height * 0.2).round();
    let area = Area {
        x: 0.0,
        y: 0.0,
        width,
        height: height - strip,
    };
    let (x, y) = (
        Axis::new("", Domain::UNIT),
        Axis::new("observed share", Domain::UNIT),
    );
    let frame = Frame::draw(&mut svg, area, &x, &y);
    svg.line("guide", frame.at(0.0, 0.0), frame.at(1.0, 1.0));
    let line: Vec<_> = bins
        .iter()
        .map(|bin| frame.at(bin.predicted, bin.observed))
        .collect();
    svg.path("curve s0", &line, Stroke::Open);
    for bin in &bins {
        draw_bin(&mut svg, &frame, bin, data.counted());
    }
    if let Some(error) = data.expected_error() {
        let at = (frame.area.right() - 4.0, frame.area.bottom() - 8.0);
        svg.text(
            "small halo",
            Anchor::End,
            at,
            &format!("mean gap {}", text::short(error)),
        );
    }
    let counts = Area {
        y: frame.area.bottom() + 28.0,
        height: strip - 28.0,
        ..frame.area
    };
    draw_counts(&mut svg, &frame, counts, &bins, data.counted());
    let middle = frame.area.x + frame.area.width / 2.0;
    svg.text(
        "soft",
        Anchor::Middle,
        (middle, height - 4.0),
        "predicted probability",
    );
    svg
}

fn describe(data: &Calibration) -> String {
    let error = data.expected_error().map_or("–".to_owned(), text::short);
    format!(
        "Predicted against observed shares of {}; the mean gap is {error}.",
        data.name
    )
}

fn draw_bin(svg: &mut Svg, frame: &Frame, bin: &CalibrationBin, counted: &str) {
    let count = bin.count as f64;
    let (low, high) = wilson(bin.observed * count, count);
    let tip = format!(
        "predicted {}, observed {} ({} to {}), {} {counted}",
        text::percent(bin.predicted),
        text::percent(bin.observed),
        text::percent(low),
        text::percent(high),
        text::count(bin.count)
    );
    svg.tip(&tip, |svg| {
        svg.line(
            "whisker",
            frame.at(bin.predicted, low),
            frame.at(bin.predicted, high),
        );
        svg.circle("mark", frame.at(bin.predicted, bin.observed), 4.0);
    });
}

/// Bars that hang under the diagram: where the rows are.
fn draw_counts(svg: &mut Svg, frame: &Frame, area: Area, bins: &[CalibrationBin], counted: &str) {
    let most = bins.iter().map(|bin| bin.count).max().unwrap_or(1) as f64;
    let width = (area.width / 24.0).clamp(3.0, 14.0);
    for bin in bins {
        let height = (bin.count as f64 / most * area.height).max(1.0);
        let x = frame.x.at(bin.predicted) - width / 2.0;
        let bar = Area {
            x,
            y: area.bottom() - height,
            width,
            height,
        };
        svg.tip(&format!("{} {counted}", text::count(bin.count)), |svg| {
            svg.rect("bar-soft", bar);
        });
    }
    svg.line("axis", (area.x, area.bottom()), (area.right(), area.bottom()));
    let fits = text::width(counted, 10.0) <= area.x;
    let label = if fits { counted } else { "n" };
    svg.text("small soft", Anchor::End, (area.x - 7.0, area.bottom()), label);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_hold_every_row_once() {
        let data = Calibration::from_scores("a", &[true, false, true], &[0.05, 0.95, 1.0], 10);
        assert_eq!(data.bins.iter().map(|bin| bin.count).sum::<u64>(), 3);
        assert_eq!(data.bins[1].observed, 0.5);
        let none = Calibration::from_scores("a", &[true], &[f64::NAN], 0);
        assert_eq!(none.expected_error(), None);
    }
}
