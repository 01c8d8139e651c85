//! The SHAP summary: one row of points per feature.

use serde::{Deserialize, Serialize};

use super::{nothing, usable};
use crate::scene::{Anchor, Area, Axis, Domain, Frame, Point, Svg, theme};
use crate::stats::{sorted, thin};
use crate::text;

/// The most points of one row, on a wide and on a narrow chart; more could not be told apart.
const MOST_POINTS: (usize, usize) = (260, 120);

/// From this width on, a chart is wide.
const WIDE: f64 = 500.0;

/// Categories with a colour of their own, the commonest ones; the others are grey.
const LEVELS: usize = 6;

/// Points are painted in so many coats, each of all colours: whichever colour came last would cover the others where
/// points overlap, and a column without effect would look as if only its high values occurred.
const COATS: usize = 6;

const ROW: f64 = 34.0;

/// The contributions of one feature, row by row.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ShapFeature {
    /// The feature.
    pub feature: String,
    /// Its contribution to the prediction of each row, in the model's raw unit.
    pub values: Vec<f64>,
    /// Its value in each row, of a category the place of its name in `levels`; `None` where it is missing. May be empty,
    /// which makes every point grey.
    pub feature_values: Vec<Option<f64>>,
    /// The names of the categories; empty for numbers.
    pub levels: Vec<String>,
}

/// The most important features, most important first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ShapSummary {
    /// What a contribution is measured in: `log-odds of bad`, `price`.
    pub unit: String,
    /// The class whose score is explained, where there are several.
    pub class: String,
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
/// let feature = ShapFeature { feature: "Income".into(), values: vec![-0.5, 0.1, 0.4], ..ShapFeature::default() };
/// let data = ShapSummary { unit: "log-odds of bad".into(), features: vec![feature], ..ShapSummary::default() };
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
        draw_row(&mut svg, &frame, &data.unit, row, middle);
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

fn draw_row(svg: &mut Svg, frame: &Frame, unit: &str, row: &ShapFeature, middle: f64) {
    let (wide, narrow) = MOST_POINTS;
    let most = if svg.width() < WIDE { narrow } else { wide };
    let palette = Palette::of(row);
    let finite = (0..row.values.len()).filter(|&place| row.values[place].is_finite());
    let shown = shuffled(thin(&finite.collect::<Vec<_>>(), most));
    let x: Vec<f64> = shown.iter().map(|&place| frame.x.at(row.values[place])).collect();
    let places = swarm(&x, middle);
    let paints: Vec<Paint> = shown.iter().map(|&place| palette.paint(row, place)).collect();
    let coat = places.len().div_ceil(COATS).max(1);
    svg.swarm(&row.feature, (unit, &frame.x), &palette.names(), |svg| {
        for (places, paints) in places.chunks(coat).zip(paints.chunks(coat)) {
            draw_coat(svg, places, paints);
        }
    });
}

fn draw_coat(svg: &mut Svg, places: &[Point], paints: &[Paint]) {
    let mut by_paint = std::collections::BTreeMap::<Paint, Vec<Point>>::new();
    for (&place, &paint) in places.iter().zip(paints) {
        by_paint.entry(paint).or_default().push(place);
    }
    for (paint, points) in by_paint {
        svg.dots(&format!("dots {}", paint.class()), &points);
    }
}

/// The items in an order that has nothing to do with theirs, the same every time.
fn shuffled(mut items: Vec<usize>) -> Vec<usize> {
    items.sort_by_key(|&item| (item as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).swap_bytes());
    items
}

/// The colour of a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Paint {
    None,
    /// A step from low to high.
    Ramp(usize),
    /// One of the commonest categories.
    Level(usize),
}

impl Paint {
    fn class(self) -> String {
        match self {
            Self::None => "none".to_owned(),
            Self::Ramp(step) => format!("r{step}"),
            Self::Level(level) => format!("s{level}"),
        }
    }
}

/// How the values of a feature become colours.
enum Palette {
    /// The values in order of size: their ranks decide.
    Ranks(Vec<f64>),
    /// Few distinct values, spread over the ramp: with ranks, both values of a rare yes and no would be mauve.
    Distinct(Vec<f64>),
    /// The commonest categories with their names.
    Levels(Vec<(usize, String)>),
}

impl Palette {
    fn of(row: &ShapFeature) -> Self {
        let known = sorted(row.feature_values.iter().flatten().copied());
        if !row.levels.is_empty() {
            return Self::Levels(commonest(&known, &row.levels));
        }
        let mut distinct = known.clone();
        distinct.dedup();
        if distinct.len() <= theme::RAMP {
            Self::Distinct(distinct)
        } else {
            Self::Ranks(known)
        }
    }

    fn paint(&self, row: &ShapFeature, place: usize) -> Paint {
        let value = row.feature_values.get(place).copied().flatten();
        value
            .and_then(|value| self.of_value(value))
            .unwrap_or(Paint::None)
    }

    fn of_value(&self, value: f64) -> Option<Paint> {
        let last = theme::RAMP - 1;
        match self {
            Self::Ranks(known) => shade(known, value).map(Paint::Ramp),
            Self::Distinct(values) => {
                let place = values.iter().position(|&own| own == value)?;
                Some(Paint::Ramp(
                    (place * last).checked_div(values.len() - 1).unwrap_or(last / 2),
                ))
            }
            Self::Levels(levels) => {
                let place = levels.iter().position(|own| own.0 as f64 == value)?;
                Some(Paint::Level(place))
            }
        }
    }

    /// What each colour stands for: a class of the style sheet and the values.
    fn names(&self) -> Vec<(String, String)> {
        let values = match self {
            Self::Levels(levels) => {
                let name =
                    |(place, own): (usize, &(usize, String))| (Paint::Level(place).class(), own.1.clone());
                return levels.iter().enumerate().map(name).collect();
            }
            Self::Ranks(values) | Self::Distinct(values) => values,
        };
        let mut ranges = std::collections::BTreeMap::<Paint, (f64, f64)>::new();
        for &value in values {
            if let Some(paint) = self.of_value(value) {
                ranges.entry(paint).or_insert((value, value)).1 = value;
            }
        }
        let words = |(low, high): (f64, f64)| match low == high {
            true => text::value(low),
            false => format!("{} to {}", text::value(low), text::value(high)),
        };
        ranges
            .into_iter()
            .map(|(paint, range)| (paint.class(), words(range)))
            .collect()
    }
}

/// The categories that occur most often; `known` are places in `levels`, in order.
fn commonest(known: &[f64], levels: &[String]) -> Vec<(usize, String)> {
    let mut counts: Vec<(usize, usize)> = levels.iter().enumerate().map(|(level, _)| (0, level)).collect();
    for &value in known {
        if let Some(own) = counts.get_mut(value as usize) {
            own.0 += 1;
        }
    }
    counts.retain(|own| own.0 > 0);
    counts.sort_by_key(|&(count, level)| (std::cmp::Reverse(count), level));
    let first = counts.into_iter().take(LEVELS);
    first.map(|(_, level)| (level, levels[level].clone())).collect()
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

    /// Colours were painted from low to high, so that a column without effect looked solid red; a yes or no was coloured
    /// by rank, and never red; categories were grey, all of them.
    #[test]
    fn no_colour_covers_the_others_and_two_values_are_far_apart() {
        let row = |feature_values: Vec<Option<f64>>, levels: &[&str]| ShapFeature {
            feature: "x".into(),
            values: vec![0.0; feature_values.len()],
            feature_values,
            levels: levels.iter().map(|&own| own.to_owned()).collect(),
        };
        let drawn = |row: ShapFeature| {
            let data = ShapSummary {
                features: vec![row],
                ..ShapSummary::default()
            };
            shap_summary(&data, 800.0).inline()
        };
        let numbers = drawn(row((0..300).map(|i| Some(f64::from(i))).collect(), &[]));
        let last_blue = numbers.rfind("dots r0").unwrap();
        assert!(
            last_blue > numbers.find("dots r8").unwrap(),
            "blue is painted again after red"
        );
        let flags = drawn(row(
            (0..100).map(|i| Some(f64::from(u8::from(i < 7)))).collect(),
            &[],
        ));
        assert!(flags.contains("dots r0") && flags.contains("dots r8") && !flags.contains("dots r4"));
        let names = drawn(row(
            (0..90).map(|i| Some(f64::from(i % 3))).collect(),
            &["a", "b", "<c>"],
        ));
        assert!(names.contains("dots s2") && names.contains("data-s2=\"&lt;c&gt;\""));
    }

    #[test]
    fn shades_follow_ranks() {
        let known = [0.0, 1.0, 1e9];
        assert_eq!(shade(&known, 0.0), Some(1));
        assert_eq!(shade(&known, 1e9), Some(7));
        assert_eq!(shade(&known, f64::NAN), None);
    }
}
