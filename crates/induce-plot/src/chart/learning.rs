//! The learning curve: a metric over the rounds of training, or over anything else that is counted.

use serde::{Deserialize, Serialize};

use super::curve::{Curve, domains, reduce};
use super::{nothing, usable};
use crate::scene::{Anchor, Area, Axis, Domain, Frame, Stroke, Svg, plot_height, theme};
use crate::stats::{quantile, sorted};
use crate::text;

/// A metric over rounds, epochs or iterations, for one or several splits.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LearningCurve {
    /// The metric, as the vertical axis names it: `log_loss`.
    pub metric: String,
    /// What is counted along the horizontal axis: `round`, `epoch`.
    pub unit: String,
    /// One line per split.
    pub series: Vec<Curve>,
    /// The round that was kept, where training chose one.
    pub best: Option<f64>,
    /// What the chart is called; where empty, a learning curve.
    pub title: String,
    /// Single values behind the first line: what it is a mean of.
    pub raw: Option<Curve>,
}

/// The learning curve: each line carries its name at its end, the kept round is marked.
///
/// ```
/// use induce_plot::{Curve, LearningCurve, chart};
///
/// let train = Curve::over_rounds("train", &[0.7, 0.5, 0.4]);
/// let data = LearningCurve { metric: "log_loss".into(), unit: "round".into(), series: vec![train], ..LearningCurve::default() };
/// assert!(chart::learning_curve(&data, 400.0).inline().contains("train 0.400"));
/// ```
pub fn learning_curve(data: &LearningCurve, width: f64) -> Svg {
    curves(data, width, KEPT)
}

/// What stands before the round that was kept.
const KEPT: &str = "kept ";

/// Whether most of a linear axis would hold nothing but the fall at the beginning: half of the values lie in its lowest
/// tenth, and reach over a decade in all.
fn is_steep(points: &[(f64, f64)]) -> bool {
    let values = sorted(points.iter().map(|point| point.1));
    let (Some(&low), Some(&high), Some(middle)) = (values.first(), values.last(), quantile(&values, 0.5))
    else {
        return false;
    };
    low > 0.0 && high / low >= 10.0 && middle < low + 0.1 * (high - low)
}

/// The curves, with these words before the marked place.
pub(super) fn curves(data: &LearningCurve, width: f64, words: &str) -> Svg {
    let width = usable(width);
    let all: Vec<_> = data
        .series
        .iter()
        .flat_map(|curve| [curve.points(), curve.band()].concat())
        .chain(data.raw.iter().flat_map(Curve::points))
        .collect();
    if all.is_empty() {
        return nothing(title(data), width);
    }
    let ends = ends(data);
    let space = ends
        .iter()
        .map(|end| text::width(&end.label, 12.0))
        .fold(0.0, f64::max)
        .min(width * 0.35);
    let (x, y) = domains(&all);
    // What changes in the seventh digit alone is level.
    let level = y.high - y.low < 1e-6 * y.high.abs().max(y.low.abs());
    let y = if level { Domain::between(y.low, y.low) } else { y };
    let height = plot_height(width);
    let mut svg = Svg::new(width, height, title(data), &describe(data, words));
    let unit = if data.unit.is_empty() { "round" } else { &data.unit };
    let steep = format!("{}, logarithmic", data.metric);
    let area = Area {
        x: 0.0,
        y: 0.0,
        width: width - space,
        height,
    };
    let frame = Frame::draw(
        &mut svg,
        area,
        &if all.iter().all(|point| point.0.fract() == 0.0) {
            Axis::whole(unit, x)
        } else {
            Axis::new(unit, x)
        },
        &if data.title.is_empty() && is_steep(&all) {
            Axis::logarithmic(&steep, y.padded_log(0.06))
        } else {
            Axis::new(&data.metric, y.padded(0.06))
        },
    );
    draw_raw(&mut svg, &frame, data);
    draw_best(&mut svg, &frame, data, words);
    svg.reading((unit, &frame.x), (&data.metric, &frame.y), |svg| {
        for (index, curve) in data.series.iter().enumerate() {
            draw_curve(svg, &frame, curve, index % theme::SERIES);
        }
    });
    draw_best_mark(&mut svg, &frame, data);
    draw_names(&mut svg, &frame, &ends, space);
    svg
}

fn title(data: &LearningCurve) -> &str {
    if data.title.is_empty() {
        "Learning curve"
    } else {
        &data.title
    }
}

fn describe(data: &LearningCurve, words: &str) -> String {
    let names: Vec<&str> = data.series.iter().map(|curve| curve.name.as_str()).collect();
    let best = data.best.map_or(String::new(), |best| {
        if words.is_empty() {
            format!("; a mark at {}", text::round(best))
        } else {
            format!("; the kept round is {}", text::value(best))
        }
    });
    let along = if data.title.is_empty() {
        "training"
    } else {
        &data.unit
    };
    format!("{} over {along} for {}{best}.", data.metric, names.join(", "))
}

/// The single values as dots, evenly chosen where they are more than can be told apart.
fn draw_raw(svg: &mut Svg, frame: &Frame, data: &LearningCurve) {
    const MOST: usize = 600;
    let points = data.raw.as_ref().map_or_else(Vec::new, Curve::points);
    let places = points.iter().step_by(points.len().div_ceil(MOST).max(1));
    let places: Vec<_> = places.map(|&(x, y)| frame.at(x, y)).collect();
    if !places.is_empty() {
        svg.dots("specks", &places);
    }
}

fn draw_curve(svg: &mut Svg, frame: &Frame, curve: &Curve, colour: usize) {
    let place = |points: &[(f64, f64)]| points.iter().map(|&(x, y)| frame.at(x, y)).collect::<Vec<_>>();
    svg.path(&format!("band s{colour}"), &place(&curve.band()), Stroke::Closed);
    let points = place(&reduce(&curve.points(), BUCKETS));
    svg.named_path(&format!("curve s{colour}"), &curve.name, &points);
    // A line of one point is none: a single evaluation is a dot.
    if let [only] = points[..] {
        svg.circle(&format!("key s{colour}"), only, 4.0);
    }
}

/// Stretches of a line, each with its lowest and its highest point: two for about every pixel.
const BUCKETS: usize = 400;

fn draw_best(svg: &mut Svg, frame: &Frame, data: &LearningCurve, words: &str) {
    let Some(best) = kept(frame, data) else { return };
    let x = frame.x.at(best);
    svg.line("guide", (x, frame.area.y), (x, frame.area.bottom()));
    let left = x > frame.area.x + frame.area.width / 2.0;
    let (anchor, x) = if left {
        (Anchor::End, x - 6.0)
    } else {
        (Anchor::Start, x + 6.0)
    };
    let label = format!("{words}{}", text::round(best));
    svg.text("small soft halo", anchor, (x, frame.area.y + 10.0), &label);
}

/// A ring on the last line at the kept round: by habit the last line is the one that decided.
fn draw_best_mark(svg: &mut Svg, frame: &Frame, data: &LearningCurve) {
    let (Some(best), Some(curve)) = (kept(frame, data), data.series.last()) else {
        return;
    };
    let nearest = curve
        .points()
        .into_iter()
        .min_by(|a, b| (a.0 - best).abs().total_cmp(&(b.0 - best).abs()));
    if let Some(point) = nearest {
        svg.circle("mark", frame.at(point.0, point.1), 4.0);
    }
}

fn kept(frame: &Frame, data: &LearningCurve) -> Option<f64> {
    data.best.filter(|&best| frame.x.domain().contains(best))
}

/// The name of a line and the value that it ends on.
struct End {
    label: String,
    point: (f64, f64),
    colour: usize,
}

fn ends(data: &LearningCurve) -> Vec<End> {
    let ends = data.series.iter().enumerate().filter_map(|(index, curve)| {
        let point = curve.points().last().copied()?;
        let label = format!("{} {}", curve.name, text::short(point.1));
        Some(End {
            label,
            point,
            colour: index % theme::SERIES,
        })
    });
    ends.collect()
}

/// The names at the right, pushed apart where two lines end close to each other.
fn draw_names(svg: &mut Svg, frame: &Frame, ends: &[End], space: f64) {
    let mut order: Vec<(f64, &End)> = ends.iter().map(|end| (frame.y.at(end.point.1), end)).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut floor = frame.area.y;
    for (y, _) in &mut order {
        *y = y.max(floor);
        floor = *y + 16.0;
    }
    let mut ceiling = frame.area.bottom();
    for (y, _) in order.iter_mut().rev() {
        *y = y.min(ceiling);
        ceiling = *y - 16.0;
    }
    for (y, end) in order {
        let x = frame.area.right() + 6.0;
        svg.rect(
            &format!("key s{}", end.colour),
            Area {
                x,
                y: y - 1.5,
                width: 8.0,
                height: 3.0,
            },
        );
        svg.text(
            "small",
            Anchor::Start,
            (x + 12.0, y + 4.0),
            &text::fit(&end.label, 11.0, space),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Over 2,811 rounds that began at 30,000, nineteen twentieths of the chart were a level line.
    #[test]
    fn a_steep_fall_has_a_logarithmic_axis_and_a_gentle_one_has_not() {
        let drawn = |values: &[f64], title: &str| {
            let data = LearningCurve {
                metric: "MSE".into(),
                series: vec![Curve::over_rounds("train", values)],
                title: title.into(),
                ..LearningCurve::default()
            };
            learning_curve(&data, 800.0).inline()
        };
        let steep: Vec<f64> = (0..500)
            .map(|round| 100.0 + 30_000.0 * 0.95f64.powi(round))
            .collect();
        assert!(drawn(&steep, "").contains("MSE, logarithmic"));
        assert!(!drawn(&steep, "Learning rate").contains("logarithmic"));
        assert!(!drawn(&[0.7, 0.5, 0.4, 0.39], "").contains("logarithmic"));
        assert!(!drawn(&[100.0, 0.0, 0.0], "").contains("logarithmic"));
    }

    /// A model that was evaluated once had a name at the edge and no mark in the chart.
    #[test]
    fn a_single_evaluation_is_a_dot() {
        let data = LearningCurve {
            series: vec![
                Curve::over_rounds("train", &[3.0, 2.0]),
                Curve::over_rounds("held out", &[2.5]),
            ],
            ..LearningCurve::default()
        };
        assert_eq!(
            learning_curve(&data, 400.0).inline().matches("<circle").count(),
            1
        );
    }
}
