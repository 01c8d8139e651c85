//! Horizontal bars made of parts: where an error comes from.

use serde::{Deserialize, Serialize};

use super::{nothing, usable};
use crate::scene::{Anchor, Area, Axis, Domain, Frame, Scale, Svg, theme};
use crate::text;

/// One bar and the lengths of its parts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Stack {
    /// The model.
    pub name: String,
    /// The lengths, in the order of the names of the parts; negative ones are drawn as nothing.
    pub parts: Vec<f64>,
    /// What is written beside the bar.
    pub total: f64,
    /// The ends of the 95 % interval of the total, if they are known.
    pub interval: Option<(f64, f64)>,
}

/// Bars of named parts under a title.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Stacked {
    /// What the chart is called.
    pub title: String,
    /// What the lengths mean: `mean squared error`.
    pub unit: String,
    /// The names of the parts.
    pub parts: Vec<String>,
    /// The bars.
    pub bars: Vec<Stack>,
}

const ROW: f64 = 30.0;
const HEADING: f64 = 28.0;
/// The height of the axis under the bars.
const AXIS: f64 = 40.0;

/// Parts side by side from zero, the key above them, and the total beside each bar.
///
/// ```
/// use induce_plot::chart::{Stack, Stacked, stacked};
///
/// let tree = Stack { name: "tree".into(), parts: vec![0.2, 0.5], total: 0.7, interval: Some((0.6, 0.8)) };
/// let parts = vec!["bias".into(), "variance".into()];
/// let data = Stacked { title: "Error".into(), unit: "mean squared error".into(), parts, bars: vec![tree] };
/// assert!(stacked(&data, 400.0).inline().contains("variance"));
/// ```
pub fn stacked(data: &Stacked, width: f64) -> Svg {
    let width = usable(width);
    let length = |bar: &Stack| {
        bar.parts
            .iter()
            .copied()
            .filter(|p| p.is_finite())
            .map(|p| p.max(0.0))
            .sum::<f64>()
    };
    let reach = |bar: &Stack| length(bar).max(interval(bar).map_or(0.0, |own| own.1));
    let longest = data.bars.iter().map(reach).fold(0.0, f64::max);
    if longest <= 0.0 {
        return nothing(&data.title, width);
    }
    let described: Vec<String> = data
        .bars
        .iter()
        .map(|bar| format!("{} {}", bar.name, text::short(bar.total)))
        .collect();
    let description = format!("{}: {}.", data.unit, described.join(", "));
    let mut svg = Svg::new(
        width,
        HEADING + ROW * data.bars.len() as f64 + AXIS,
        &data.title,
        &description,
    );
    key(&mut svg, &data.parts);
    let widest = data
        .bars
        .iter()
        .map(|bar| text::width(&bar.name, 12.0))
        .fold(0.0, f64::max);
    let names = widest.min(width * 0.34) + 10.0;
    let space = text::width(&text::short(longest), 12.0) + 14.0;
    // A frame without ticks keeps a gap at both sides.
    let area = Area {
        x: names - 12.0,
        y: HEADING - 8.0,
        width: (width - space - names + 24.0).max(60.0),
        height: ROW * data.bars.len() as f64 + 8.0 + AXIS,
    };
    let x = Axis::new(&data.unit, Domain::between(0.0, longest));
    let frame = Frame::draw(&mut svg, area, &x, &Axis::rows());
    for (row, bar) in data.bars.iter().enumerate() {
        draw(&mut svg, data, bar, &frame.x, names, HEADING + ROW * row as f64);
    }
    svg.line("axis", (names, HEADING), (names, frame.area.bottom()));
    svg
}

/// The finite interval of a bar's total.
fn interval(bar: &Stack) -> Option<(f64, f64)> {
    bar.interval.filter(|own| own.0.is_finite() && own.1.is_finite())
}

/// A square and a name for each part.
fn key(svg: &mut Svg, parts: &[String]) {
    let mut x = 0.0;
    for (index, name) in parts.iter().enumerate() {
        let square = Area {
            x,
            y: 4.0,
            width: 11.0,
            height: 11.0,
        };
        svg.rect(&class(index), square);
        svg.text("small", Anchor::Start, (x + 16.0, 14.0), name);
        x += 16.0 + text::width(name, 11.0) + 18.0;
    }
}

fn class(index: usize) -> String {
    format!("key s{}", index % theme::SERIES)
}

fn draw(svg: &mut Svg, data: &Stacked, bar: &Stack, scale: &Scale, names: f64, top: f64) {
    let middle = top + ROW / 2.0 + 4.0;
    svg.text(
        "",
        Anchor::End,
        (names - 8.0, middle),
        &text::fit(&bar.name, 12.0, names - 8.0),
    );
    let mut from = 0.0;
    for (index, &part) in bar.parts.iter().enumerate() {
        let part = if part.is_finite() { part.max(0.0) } else { 0.0 };
        let (x, end) = (scale.at(from), scale.at(from + part));
        from += part;
        let area = Area {
            x,
            y: top + 5.0,
            width: (end - x).max(0.0),
            height: ROW - 10.0,
        };
        let name = data.parts.get(index).map_or("", String::as_str);
        svg.tip(&format!("{}, {name}: {}", bar.name, text::short(part)), |svg| {
            svg.rect(&class(index), area);
        });
    }
    let end = interval(bar).map_or(from, |own| own.1.max(from));
    if let Some((low, high)) = interval(bar) {
        let (low, high, level) = (scale.at(low), scale.at(high), top + ROW / 2.0);
        svg.line("whisker", (low, level), (high, level));
        for x in [low, high] {
            svg.line("whisker", (x, level - 3.5), (x, level + 3.5));
        }
    }
    svg.text(
        "small soft",
        Anchor::Start,
        (scale.at(end) + 6.0, middle),
        &text::short(bar.total),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_drawn_and_broken_numbers_are_not() {
        let bar = |parts: &[f64]| Stack {
            name: "tree".into(),
            parts: parts.to_vec(),
            total: parts.iter().sum(),
            interval: Some((1.0, 2.0)),
        };
        let data = Stacked {
            title: "Error".into(),
            unit: "mean squared error".into(),
            parts: vec!["noise".into(), "bias".into(), "variance".into()],
            bars: vec![bar(&[1.0, -0.2, 0.5]), bar(&[f64::NAN, 1.0])],
        };
        let svg = stacked(&data, 400.0).standalone();
        assert!(svg.contains("variance: 0.5") && !svg.contains("NaN\""));
        assert!(
            stacked(&Stacked::default(), 300.0)
                .standalone()
                .contains("nothing to draw")
        );
    }
}
