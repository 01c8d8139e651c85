//! How large the errors are, and whether they are normal.

use super::residuals::{Residuals, robust, robust_within};
use super::{nothing, usable};
use crate::scene::{Anchor, Area, Axis, Domain, Frame, Point, Svg, plot_height};
use crate::stats::{histogram, moments, normal_quantile, quantile, sorted};
use crate::text;

/// A histogram of the residuals (actual - predicted), with their median and the middle 90 % marked.
///
/// ```
/// use induce_plot::{Residuals, chart};
///
/// let (actual, predicted) = (vec![1.0, 2.5, 3.0], vec![1.5, 2.0, 3.0]);
/// let data = Residuals { target: "price".into(), actual, predicted };
/// assert!(chart::residual_histogram(&data, 400.0).standalone().starts_with("<svg"));
/// ```
pub fn residual_histogram(data: &Residuals, width: f64) -> Svg {
    let width = usable(width);
    let values = sorted(data.against_predicted().into_iter().map(|point| point.1));
    let (Some(low), Some(middle), Some(high)) = (
        quantile(&values, 0.05),
        quantile(&values, 0.5),
        quantile(&values, 0.95),
    ) else {
        return nothing("Spread of the residuals", width);
    };
    let height = plot_height(width);
    let (low_text, high_text) = (text::short(low), text::short(high));
    let description = format!("Nine in ten residuals lie between {low_text} and {high_text}.");
    let mut svg = Svg::new(width, height, "Spread of the residuals", &description);
    let domain = robust_within(&values, 0.01, 1.2);
    let bins = ((values.len() as f64).sqrt() as usize).clamp(5, 41);
    let inside: Vec<f64> = values
        .iter()
        .copied()
        .filter(|&value| domain.contains(value))
        .collect();
    let counts = histogram(&inside, domain.low, domain.high, bins);
    let most = counts.iter().copied().max().unwrap_or(1) as f64;
    let y = Axis::whole(
        "rows",
        Domain {
            low: 0.0,
            high: most.max(1.0),
        }
        .with(0.0),
    );
    let y = Axis {
        domain: y.domain.headroom(0.12),
        ..y
    };
    let frame = Frame::draw(
        &mut svg,
        Area {
            x: 0.0,
            y: 0.0,
            width,
            height,
        },
        &Axis::new("actual − predicted", domain),
        &y,
    );
    draw_bars(&mut svg, &frame, domain, &counts);
    for (value, class) in [(low, "guide"), (middle, "plain"), (high, "guide")] {
        let x = frame.x.at(value);
        svg.line(class, (x, frame.area.y), (x, frame.area.bottom()));
    }
    let note = format!("90\u{a0}% within {low_text} to {high_text}");
    svg.text(
        "small soft",
        Anchor::End,
        (frame.area.right(), frame.area.y - 13.0),
        &note,
    );
    svg
}

fn draw_bars(svg: &mut Svg, frame: &Frame, domain: Domain, counts: &[u64]) {
    let step = (domain.high - domain.low) / counts.len().max(1) as f64;
    for (index, &count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let from = domain.low + index as f64 * step;
        let (left, right) = (frame.x.at(from), frame.x.at(from + step));
        let top = frame.y.at(count as f64);
        let bar = Area {
            x: left + 0.5,
            y: top,
            width: right - left - 1.0,
            height: frame.area.bottom() - top,
        };
        let tip = format!(
            "{} to {}: {}",
            text::short(from),
            text::short(from + step),
            text::counted(count, "row")
        );
        svg.tip(&tip, |svg| svg.rect("bar", bar));
    }
}

/// Quantiles of the standardised residuals against those of the normal distribution: on the diagonal they are
/// normal, an S shape means that large errors are more common than a normal distribution would have them.
///
/// ```
/// use induce_plot::{Residuals, chart};
///
/// let (actual, predicted) = (vec![1.0, 2.5, 3.0], vec![1.5, 2.0, 3.0]);
/// let data = Residuals { target: "price".into(), actual, predicted };
/// assert!(chart::residual_quantiles(&data, 400.0).standalone().starts_with("<svg"));
/// ```
pub fn residual_quantiles(data: &Residuals, width: f64) -> Svg {
    let width = usable(width);
    let values = sorted(data.against_predicted().into_iter().map(|point| point.1));
    let (mean, deviation) = moments(&values);
    if values.len() < 3 || !deviation.is_finite() || deviation <= 0.0 {
        return nothing("Normal quantiles", width);
    }
    let count = values.len() as f64;
    let points: Vec<(f64, f64)> = values
        .iter()
        .enumerate()
        .map(|(rank, value)| {
            (
                normal_quantile((rank as f64 + 0.5) / count),
                (value - mean) / deviation,
            )
        })
        .collect();
    let x = Domain::around(points.iter().map(|point| point.0)).padded(0.03);
    let y = robust(points.iter().map(|point| point.1)).padded(0.03);
    let height = plot_height(width);
    let mut svg = Svg::new(
        width,
        height,
        "Normal quantiles",
        "Standardised residuals against the normal distribution.",
    );
    let frame = Frame::draw(
        &mut svg,
        Area {
            x: 0.0,
            y: 0.0,
            width,
            height,
        },
        &Axis::new("normal quantile", x),
        &Axis::new("residual, in standard deviations", y),
    );
    let (low, high) = (x.low.max(y.low), x.high.min(y.high));
    svg.line("guide", frame.at(low, low), frame.at(high, high));
    let inside = points.iter().filter(|point| y.contains(point.1));
    svg.dots("dots blue", &apart(inside.map(|&(x, y)| frame.at(x, y))));
    svg
}

/// Those of the points, in their order, that are a little away from the one kept before.
fn apart(points: impl Iterator<Item = Point>) -> Vec<Point> {
    let mut kept: Vec<Point> = Vec::new();
    for point in points {
        let near = kept
            .last()
            .is_some_and(|last| (last.0 - point.0).hypot(last.1 - point.1) < 1.5);
        if !near {
            kept.push(point);
        }
    }
    kept
}
