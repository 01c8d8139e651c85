//! A value and its interval on a short scale, for a card.

use crate::scene::{Area, Domain, Scale, Svg};
use crate::text;

/// A value, its interval and what else belongs on the same scale.
#[derive(Clone, Debug, Default)]
pub(crate) struct RangeBar {
    pub value: f64,
    pub interval: Option<(f64, f64)>,
    /// Values of single folds, as small ticks.
    pub folds: Vec<f64>,
    /// What predicting without any column scores.
    pub baseline: Option<f64>,
    /// The ends of the scale.
    pub ends: (f64, f64),
}

const WIDTH: f64 = 180.0;
const HEIGHT: f64 = 18.0;

/// A track with the interval as a band, the folds as ticks and the value as a mark on it.
pub(crate) fn range_bar(data: &RangeBar) -> Svg {
    let mut svg = Svg::new(WIDTH, HEIGHT, "Interval", &describe(data));
    let (low, high) = data.ends;
    let domain = if low.is_finite() && high.is_finite() {
        Domain::between(low, high)
    } else {
        Domain::UNIT
    };
    let scale = Scale::new(domain, 5.0, WIDTH - 5.0);
    let middle = HEIGHT / 2.0;
    svg.rect(
        "sunken",
        Area {
            x: 0.0,
            y: middle - 4.0,
            width: WIDTH,
            height: 8.0,
        },
    );
    if let Some((low, high)) = data
        .interval
        .filter(|(low, high)| low.is_finite() && high.is_finite())
    {
        let (from, to) = (scale.at(low), scale.at(high));
        let width = (to - from).max(3.0);
        svg.shade(
            "area",
            Area {
                x: from,
                y: middle - 4.0,
                width,
                height: 8.0,
            },
            0.4,
        );
    }
    for &fold in data.folds.iter().filter(|fold| fold.is_finite()) {
        let x = scale.at(fold);
        svg.line("axis", (x, middle + 4.0), (x, middle + 9.0));
    }
    if let Some(baseline) = data.baseline.filter(|value| value.is_finite()) {
        let x = scale.at(baseline);
        svg.tip(&format!("without columns {}", text::value(baseline)), |svg| {
            svg.line("whisker", (x, middle - 7.0), (x, middle + 7.0));
        });
    }
    if data.value.is_finite() {
        let x = scale.at(data.value) - 1.5;
        svg.rect(
            "area",
            Area {
                x,
                y: middle - 7.0,
                width: 3.0,
                height: 14.0,
            },
        );
    }
    svg
}

fn describe(data: &RangeBar) -> String {
    match data.interval {
        Some((low, high)) => {
            format!(
                "{}, 95 % interval {} to {}.",
                text::value(data.value),
                text::value(low),
                text::value(high)
            )
        }
        None => format!("{}.", text::value(data.value)),
    }
}
