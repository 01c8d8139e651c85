//! The SHAP summary: one row of points per feature.

use serde::{Deserialize, Serialize};

use super::{nothing, usable};
use crate::scene::{Anchor, Area, Axis, Domain, Frame, Point, Svg, theme};
use crate::stats::{sorted, thin};
use crate::text;

/// The most points of one row; more could not be told apart.
const MOST_POINTS: usize = 400;

const ROW: f64 = 34.0;

/// The contributions of one feature, row by row.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ShapFeature {
    /// The feature.
    pub feature: String,
    /// Its contribution to the prediction of each row, in the model's raw unit.
    pub values: Vec<f64>,
    /// Its value in each row; `None` where it is missing or a category. May be empty, which makes every point grey.
    pub feature_values: Vec<Option<f64>>,
}

/// The most important features, most important first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ShapSummary {
    /// What a contribution is measured in: `log-odds of bad`, `price`.
    pub unit: String,
    /// The features.
    pub features: Vec<ShapFeature>,
}

/// One row of points per feature, placed by contribution and coloured from low to high by the feature's value.
///
/// Points that would cover each other are stacked, so that a thick place is a common one.
///
/// ```
/// use induce_plot::{ShapFeature, ShapSummary, chart};
///
/// let feature = ShapFeature { feature: "Income".into(), values: vec![-0.5, 0.1, 0.4], feature_values: vec![] };
/// let data = ShapSummary { unit: "log-odds of bad".into(), features: vec![feature] };
/// assert!(chart::shap_summary(&data, 400.0).inline().contains("Income"));
/// ```
pub fn shap_summary(data: &ShapSummary, width: f64) -> Svg {
    let width = usable(width);
    let rows: Vec<&ShapFeature> = data
        .features
        .iter()
        .filter(|feature| feature.values.iter().any(|value| value.is_finite()))
        .collect();
    if rows.is_empty() {
        return nothing("Contributions", width);
    }
    let names = rows
        .iter()
        .map(|row| text::width(&row.feature, 12.0))
        .fold(0.0, f64::max)
        .min(width * 0.32);
    let height = 30.0 + ROW * rows.len() as f64 + 48.0;
    let description = format!(
        "Contributions of {}; the first is {}.",
        text::counted(rows.len() as u64, "feature"),
        rows[0].feature
    );
    let mut svg = Svg::new(width, height, "Contributions", &description);
    draw_key(&mut svg, width);
    let values = rows.iter().flat_map(|row| row.values.iter().copied());
    let x = Axis::new(&data.unit, Domain::around(values.chain([0.0])).padded(0.03));
    let area = Area {
        x: names,
        y: 22.0,
        width: width - names,
        height: height - 22.0,
    };
    let frame = Frame::draw(&mut svg, area, &x, &Axis::rows());
    let zero = frame.x.at(0.0);
    svg.line("axis", (zero, frame.area.y), (zero, frame.area.bottom()));
    for (index, row) in rows.iter().enumerate() {
        let middle = frame.area.y + frame.area.height * (index as f64 + 0.5) / rows.len() as f64;
        let name = text::fit(&row.feature, 12.0, names);
        svg.text("", Anchor::End, (frame.area.x - 8.0, middle + 4.0), &name);
        draw_row(&mut svg, &frame, row, middle);
    }
    svg
}

/// The ramp from low to high at the upper right.
fn draw_key(svg: &mut Svg, width: f64) {
    let step = 12.0;
    let left = width - 40.0 - step * theme::RAMP as f64;
    svg.text(
        "small soft",
        Anchor::End,
        (left - 6.0, 12.0),
        "feature value: low",
    );
    for index in 0..theme::RAMP {
        let area = Area {
            x: left + index as f64 * step,
            y: 4.0,
            width: step,
            height: 9.0,
        };
        svg.rect(&format!("key r{index}"), area);
    }
    svg.text("small soft", Anchor::Start, (width - 34.0, 12.0), "high");
}

fn draw_row(svg: &mut Svg, frame: &Frame, row: &ShapFeature, middle: f64) {
    let dots = coloured(row);
    let places = swarm(
        &dots.iter().map(|dot| frame.x.at(dot.0)).collect::<Vec<_>>(),
        middle,
    );
    for colour in std::iter::once(None).chain((0..theme::RAMP).map(Some)) {
        let own: Vec<Point> = dots
            .iter()
            .zip(&places)
            .filter(|(dot, _)| dot.1 == colour)
            .map(|(_, place)| *place)
            .collect();
        let class = colour.map_or("dots none".to_owned(), |colour| format!("dots r{colour}"));
        svg.dots(&class, &own);
    }
}

/// Contributions with the step of the ramp that the rank of the feature's value earns them.
fn coloured(row: &ShapFeature) -> Vec<(f64, Option<usize>)> {
    let known = sorted(row.feature_values.iter().flatten().copied());
    let pairs = row
        .values
        .iter()
        .enumerate()
        .filter(|(_, value)| value.is_finite());
    let dots: Vec<_> = pairs
        .map(|(index, &value)| {
            let own = row.feature_values.get(index).copied().flatten();
            (value, own.and_then(|own| shade(&known, own)))
        })
        .collect();
    thin(&dots, MOST_POINTS)
}

/// Where `value` stands among the known ones: by rank, so that one far value does not leave all others one colour.
fn shade(known: &[f64], value: f64) -> Option<usize> {
    if !value.is_finite() || known.is_empty() {
        return None;
    }
    let below = known.partition_point(|&other| other < value);
    let equal = known.partition_point(|&other| other <= value) - below;
    let rank = (below as f64 + equal as f64 / 2.0) / known.len() as f64;
    Some(((rank * theme::RAMP as f64) as usize).min(theme::RAMP - 1))
}

/// Stacks points that share a column of the canvas outwards from the middle, and presses a stack that is too high.
fn swarm(x: &[f64], middle: f64) -> Vec<Point> {
    let column = |x: f64| (x / 3.0).round() as i64;
    let mut heights = std::collections::BTreeMap::<i64, usize>::new();
    let ranks: Vec<usize> = x
        .iter()
        .map(|&x| {
            let height = heights.entry(column(x)).or_default();
            *height += 1;
            *height - 1
        })
        .collect();
    let place = |(&x, &rank): (&f64, &usize)| {
        let total = heights.get(&column(x)).copied().unwrap_or(1) as f64;
        let step = (ROW * 0.8 / total).min(3.2);
        // 0, +1, -1, +2, -2, ...
        let offset = rank.div_ceil(2) as f64 * if rank.is_multiple_of(2) { -1.0 } else { 1.0 };
        (x, middle + offset * step)
    };
    x.iter().zip(&ranks).map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_swarm_stays_in_its_row() {
        let places = swarm(&vec![50.0; 400], 100.0);
        assert!(places.iter().all(|place| (place.1 - 100.0).abs() <= ROW / 2.0));
        assert_eq!(swarm(&[50.0], 100.0), [(50.0, 100.0)]);
    }

    #[test]
    fn shades_follow_ranks() {
        let known = [0.0, 1.0, 1e9];
        assert_eq!(shade(&known, 0.0), Some(1));
        assert_eq!(shade(&known, 1e9), Some(7));
        assert_eq!(shade(&known, f64::NAN), None);
    }
}
