//! Predictions against truth, for regression.

use serde::{Deserialize, Serialize};

use super::curve::finite;
use super::hexbin::hexbin;
use super::{nothing, usable};
use crate::scene::{Anchor, Area, Axis, Domain, Frame, Stroke, Svg, plot_height};
use crate::stats::{quantile, sorted};
use crate::text;

/// Above this many rows, points would hide each other and density is drawn instead.
const MOST_POINTS: usize = 600;

/// What was true and what was predicted, row by row.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Residuals {
    /// The target column.
    pub target: String,
    /// The true values.
    pub actual: Vec<f64>,
    /// The predictions, one per true value.
    pub predicted: Vec<f64>,
}

impl Residuals {
    /// Pairs `(predicted, actual - predicted)`, finite ones.
    pub(super) fn against_predicted(&self) -> Vec<(f64, f64)> {
        let pairs = finite(&self.predicted, &self.actual);
        pairs
            .into_iter()
            .map(|(predicted, actual)| (predicted, actual - predicted))
            .collect()
    }
}

/// Residuals (actual - predicted) against the predictions: a good model leaves a level, shapeless band around zero.
/// The line follows the mean residual.
///
/// ```
/// use induce_plot::{Residuals, chart};
///
/// let (actual, predicted) = (vec![1.0, 2.5, 3.0], vec![1.5, 2.0, 3.0]);
/// let data = Residuals { target: "price".into(), actual, predicted };
/// assert!(chart::residuals(&data, 400.0).inline().contains("predicted price"));
/// ```
pub fn residuals(data: &Residuals, width: f64) -> Svg {
    let width = usable(width);
    let points = data.against_predicted();
    if points.is_empty() {
        return nothing("Residuals", width);
    }
    let x = robust(points.iter().map(|point| point.0));
    let y = robust(points.iter().map(|point| point.1)).with(0.0).padded(0.04);
    let labels = [
        format!("predicted {}", data.target),
        "actual − predicted".to_owned(),
    ];
    let (mut svg, frame) = scatter("Residuals", &labels, width, &points, (x, y));
    svg.line("guide", frame.at(x.low, 0.0), frame.at(x.high, 0.0));
    let means: Vec<_> = means(&points).into_iter().map(|(x, y)| frame.at(x, y)).collect();
    svg.path("warm-line", &means, Stroke::Open);
    svg
}

/// Predictions against truth: a perfect model puts every row on the diagonal.
///
/// ```
/// use induce_plot::{Residuals, chart};
///
/// let (actual, predicted) = (vec![1.0, 2.5, 3.0], vec![1.5, 2.0, 3.0]);
/// let data = Residuals { target: "price".into(), actual, predicted };
/// assert!(chart::predicted_actual(&data, 400.0).inline().contains("actual price"));
/// ```
pub fn predicted_actual(data: &Residuals, width: f64) -> Svg {
    let width = usable(width);
    let points = finite(&data.predicted, &data.actual);
    if points.is_empty() {
        return nothing("Predicted and actual", width);
    }
    let domain = robust(points.iter().flat_map(|point| [point.0, point.1])).padded(0.02);
    let labels = [
        format!("predicted {}", data.target),
        format!("actual {}", data.target),
    ];
    let (mut svg, frame) = scatter("Predicted and actual", &labels, width, &points, (domain, domain));
    svg.line(
        "guide",
        frame.at(domain.low, domain.low),
        frame.at(domain.high, domain.high),
    );
    svg
}

type Domains = (Domain, Domain);

fn scatter(
    title: &str,
    labels: &[String; 2],
    width: f64,
    points: &[(f64, f64)],
    domains: Domains,
) -> (Svg, Frame) {
    let height = plot_height(width);
    let description = format!(
        "{} against {} for {}.",
        labels[1],
        labels[0],
        text::counted(points.len() as u64, "row")
    );
    let mut svg = Svg::new(width, height, title, &description);
    let (x, y) = (Axis::new(&labels[0], domains.0), Axis::new(&labels[1], domains.1));
    let frame = Frame::draw(
        &mut svg,
        Area {
            x: 0.0,
            y: 0.0,
            width,
            height,
        },
        &x,
        &y,
    );
    let inside: Vec<_> = points
        .iter()
        .copied()
        .filter(|&(x, y)| domains.0.contains(x) && domains.1.contains(y))
        .collect();
    let places: Vec<_> = inside.iter().map(|&(x, y)| frame.at(x, y)).collect();
    if places.len() > MOST_POINTS {
        hexbin(&mut svg, frame.area, &places);
    } else {
        svg.dots("dots blue", &places);
    }
    note_outside(&mut svg, &frame, points.len() - inside.len());
    (svg, frame)
}

pub(super) fn note_outside(svg: &mut Svg, frame: &Frame, outside: usize) {
    if outside > 0 {
        let rows = if outside == 1 { "row" } else { "rows" };
        let note = format!("{} {rows} outside", text::count(outside as u64));
        svg.text(
            "small soft",
            Anchor::End,
            (frame.area.right(), frame.area.y - 13.0),
            &note,
        );
    }
}

/// The domain of nearly all values: where a few far ones would squeeze the rest into a corner, they are left outside.
pub(super) fn robust(values: impl Iterator<Item = f64>) -> Domain {
    robust_within(&sorted(values), 0.002, 2.0)
}

/// The same with the `tail` share that may be left outside at each end, and how many times wider all values must lie
/// for that to happen.
pub(super) fn robust_within(sorted: &[f64], tail: f64, times: f64) -> Domain {
    let all = Domain::around(sorted.iter().copied());
    let (Some(low), Some(high)) = (quantile(sorted, tail), quantile(sorted, 1.0 - tail)) else {
        return all;
    };
    let most = Domain::between(low, high).padded(0.15);
    let squeezed = (all.high - all.low) > times * (most.high - most.low);
    if squeezed && sorted.len() > 100 && high > low {
        most
    } else {
        all
    }
}

/// The mean residual in groups of equal size along the predictions.
fn means(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut points = points.to_vec();
    points.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let groups = (points.len() / 30).clamp(1, 15);
    if points.len() < 60 {
        return Vec::new();
    }
    let mean = |group: &[(f64, f64)], get: fn(&(f64, f64)) -> f64| {
        group.iter().map(get).sum::<f64>() / group.len().max(1) as f64
    };
    let size = points.len().div_ceil(groups);
    points
        .chunks(size)
        .map(|group| (mean(group, |point| point.0), mean(group, |point| point.1)))
        .collect()
}
