//! Partial dependence: what the model predicts on average while one column takes each of its values.

use serde::{Deserialize, Serialize};

use super::{nothing, usable};
use crate::scene::{Anchor, Area, Axis, Domain, Frame, Stroke, Svg, theme};
use crate::stats::{quantile, sorted};
use crate::text;

/// What one feature does to the mean prediction (Friedman 2001, eq. 53).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Dependence {
    /// The feature.
    pub feature: String,
    /// What is predicted: `probability of good`, `price`.
    pub unit: String,
    /// The values that the feature took; for categories 0, 1, 2, ...
    pub x: Vec<f64>,
    /// The names of the categories; empty for numbers.
    pub levels: Vec<String>,
    /// The mean prediction at each value, for every class that is shown, with its name; one nameless curve otherwise.
    pub means: Vec<(String, Vec<f64>)>,
    /// The predictions of single rows at each value; empty for several classes.
    pub rows: Vec<Vec<f64>>,
    /// Where the rows are: deciles of the feature.
    pub deciles: Vec<f64>,
}

impl Dependence {
    /// The stretch of predictions that it needs, so that neighbours can share one: all means, and most of the rows.
    pub(crate) fn reach(&self) -> impl Iterator<Item = f64> + '_ {
        let rows = sorted(self.rows.iter().flatten().copied());
        let ends = [quantile(&rows, 0.1), quantile(&rows, 0.9)];
        let means = self.means.iter().flat_map(|own| own.1.iter().copied());
        means.chain(ends.into_iter().flatten())
    }
}

/// The mean over the rows as a line (as points for categories), single rows in grey behind it, and the deciles of the
/// feature as ticks on its axis. Features that stand side by side share the vertical axis `y`.
///
/// ```
/// use induce_plot::{Dependence, chart};
///
/// let means = vec![(String::new(), vec![1.0, 2.0, 2.5])];
/// let data = Dependence { feature: "age".into(), unit: "price".into(), x: vec![20.0, 40.0, 60.0], means, ..Dependence::default() };
/// assert!(chart::dependence(&data, (0.0, 3.0), 400.0).inline().contains("age"));
/// ```
pub fn dependence(data: &Dependence, y: (f64, f64), width: f64) -> Svg {
    let width = usable(width);
    let drawable = data
        .means
        .iter()
        .any(|own| own.1.iter().any(|value| value.is_finite()));
    if data.x.is_empty() || !drawable {
        return nothing(&title(data), width);
    }
    let key = if data.means.len() > 1 { 24.0 } else { 0.0 };
    let height = (width * 0.62).clamp(200.0, 280.0).round();
    let mut svg = Svg::new(width, height + key, &title(data), &describe(data));
    let named = !data.levels.is_empty();
    let area = Area {
        x: 0.0,
        y: 0.0,
        width,
        height: if named { height - 18.0 } else { height },
    };
    let x = Domain::around(data.x.iter().copied());
    let x = if named {
        Axis {
            ticks: false,
            ..Axis::new(
                &data.feature,
                Domain {
                    low: -0.5,
                    high: data.levels.len() as f64 - 0.5,
                },
            )
        }
    } else {
        Axis::new(&data.feature, x)
    };
    let y = Axis::new(&data.unit, Domain::around([y.0, y.1]).padded(0.05));
    let frame = Frame::draw(&mut svg, area, &x, &y);
    for row in &data.rows {
        draw_row(&mut svg, &frame, &data.x, row);
    }
    if named {
        draw_levels(&mut svg, &frame, data);
    } else {
        draw_curves(&mut svg, &frame, data);
    }
    draw_key(&mut svg, data, height);
    svg
}

fn title(data: &Dependence) -> String {
    format!("{} by {}", induce_core::words::capital(&data.unit), data.feature)
}

fn describe(data: &Dependence) -> String {
    let ends = data.means.iter().filter_map(|(name, values)| {
        let (first, last) = (values.first()?, values.last()?);
        let of = if name.is_empty() {
            String::new()
        } else {
            format!("{name} ")
        };
        Some(format!("{of}{} to {}", text::short(*first), text::short(*last)))
    });
    format!(
        "From the first value to the last: {}.",
        ends.collect::<Vec<_>>().join("; ")
    )
}

fn places(frame: &Frame, x: &[f64], y: &[f64]) -> Vec<(f64, f64)> {
    let finite = x.iter().zip(y).filter(|(x, y)| x.is_finite() && y.is_finite());
    finite.map(|(&x, &y)| frame.at(x, y)).collect()
}

/// A single row: drawn where it is in the chart, and not along its border where it is not.
fn draw_row(svg: &mut Svg, frame: &Frame, x: &[f64], row: &[f64]) {
    let inside = |value: &f64| frame.y.domain().contains(*value);
    let points: Vec<_> = x.iter().copied().zip(row.iter().copied()).collect();
    for part in points.split(|point| !inside(&point.1)) {
        let line: Vec<_> = part.iter().map(|&(x, y)| frame.at(x, y)).collect();
        svg.path("faint", &line, Stroke::Open);
    }
}

fn draw_curves(svg: &mut Svg, frame: &Frame, data: &Dependence) {
    for &decile in &data.deciles {
        let x = frame.x.at(decile);
        svg.line("axis", (x, frame.area.bottom() - 5.0), (x, frame.area.bottom()));
    }
    svg.reading((&data.feature, &frame.x), (&data.unit, &frame.y), |svg| {
        for (index, (name, values)) in data.means.iter().enumerate() {
            let class = format!("curve s{}", index % theme::SERIES);
            svg.named_path(&class, name, &places(frame, &data.x, values));
        }
    });
}

fn draw_levels(svg: &mut Svg, frame: &Frame, data: &Dependence) {
    let space = frame.area.width / data.levels.len() as f64;
    for (level, name) in data.levels.iter().enumerate() {
        let x = frame.x.at(level as f64);
        let baseline = (x, frame.area.bottom() + 15.0);
        svg.text(
            "small soft",
            Anchor::Middle,
            baseline,
            &text::fit(name, 11.0, space - 4.0),
        );
        for (index, (class, values)) in data.means.iter().enumerate() {
            let Some(&value) = values.get(level).filter(|value| value.is_finite()) else {
                continue;
            };
            let of = if class.is_empty() {
                String::new()
            } else {
                format!("{class}, ")
            };
            svg.tip(&format!("{of}{name}: {}", text::value(value)), |svg| {
                svg.circle(
                    &format!("key s{}", index % theme::SERIES),
                    frame.at(level as f64, value),
                    5.0,
                );
            });
        }
    }
}

/// The names of the classes, under the chart.
fn draw_key(svg: &mut Svg, data: &Dependence, top: f64) {
    if data.means.len() < 2 {
        return;
    }
    let space = svg.width() / data.means.len() as f64;
    for (index, (name, _)) in data.means.iter().enumerate() {
        let x = index as f64 * space;
        let mark = Area {
            x,
            y: top + 8.0,
            width: 9.0,
            height: 3.0,
        };
        svg.rect(&format!("key s{}", index % theme::SERIES), mark);
        svg.text(
            "small",
            Anchor::Start,
            (x + 14.0, top + 13.0),
            &text::fit(name, 11.0, space - 18.0),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_lines_and_categories_are_points() {
        let curve = |levels: &[&str]| Dependence {
            feature: "Job".into(),
            unit: "probability".into(),
            x: vec![0.0, 1.0],
            levels: levels.iter().map(|&own| own.to_owned()).collect(),
            means: vec![(String::new(), vec![0.2, f64::NAN])],
            rows: vec![vec![0.1, 0.4]],
            ..Dependence::default()
        };
        assert!(
            dependence(&curve(&[]), (0.0, 1.0), 400.0)
                .inline()
                .contains("data-up")
        );
        let points = dependence(&curve(&["fixed", "<none>"]), (0.0, 1.0), 400.0).inline();
        assert!(
            points.contains("fixed: 0.2000") && points.contains("&lt;none&gt;") && !points.contains("NaN")
        );
        assert!(
            dependence(&Dependence::default(), (0.0, f64::NAN), 300.0)
                .inline()
                .contains("nothing to draw")
        );
    }
}
