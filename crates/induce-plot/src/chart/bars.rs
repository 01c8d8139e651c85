//! Horizontal bars with names, as importances have them.

use serde::{Deserialize, Serialize};

use super::{nothing, usable};
use crate::scene::{Anchor, Area, Domain, Scale, Svg};
use crate::text;

/// One bar.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Bar {
    /// The feature.
    pub name: String,
    /// The length.
    pub value: f64,
    /// Lower end of the 95 % interval.
    pub low: Option<f64>,
    /// Upper end of the 95 % interval.
    pub high: Option<f64>,
}

/// Bars under a title, in the order in which they are drawn.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Bars {
    /// What the chart is called.
    pub title: String,
    /// What the lengths mean: `increase of log_loss`.
    pub unit: String,
    /// The bars.
    pub bars: Vec<Bar>,
    /// The most bars to draw; 0 means all.
    pub most: usize,
    /// Whether the values are fractions, to be written in per cent.
    pub percent: bool,
}

const ROW: f64 = 24.0;

/// Horizontal bars with whiskers where there is an interval, and the value beside each.
///
/// ```
/// use induce_plot::{Bar, Bars, chart};
///
/// let bar = Bar { name: "Income".into(), value: 0.11, low: Some(0.09), high: Some(0.13) };
/// let data = Bars { unit: "change of log_loss".into(), bars: vec![bar], ..Bars::default() };
/// assert!(chart::bars(&data, 400.0).inline().contains("Income: 0.1100 (0.09000 to 0.1300)"));
/// ```
pub fn bars(data: &Bars, width: f64) -> Svg {
    let width = usable(width);
    let all: Vec<&Bar> = data.bars.iter().filter(|bar| bar.value.is_finite()).collect();
    if all.is_empty() {
        return nothing(&data.title, width);
    }
    let shown = if data.most == 0 {
        &all[..]
    } else {
        &all[..all.len().min(data.most)]
    };
    let hidden = all.len() - shown.len();
    let heading = if data.unit.is_empty() { 0.0 } else { 24.0 };
    let height = heading + ROW * shown.len() as f64 + if hidden > 0 { 24.0 } else { 4.0 };
    let mut svg = Svg::new(width, height, &data.title, &describe(data, shown));
    svg.text(
        "soft",
        Anchor::Start,
        (0.0, 12.0),
        &text::fit(&data.unit, 12.0, width),
    );
    let layout = Layout::of(shown, data.percent, width);
    for (index, bar) in shown.iter().enumerate() {
        layout.draw(&mut svg, bar, heading + ROW * index as f64);
    }
    let zero = layout.scale.at(0.0);
    svg.line(
        "axis",
        (zero, heading),
        (zero, heading + ROW * shown.len() as f64),
    );
    if hidden > 0 {
        svg.text(
            "small soft",
            Anchor::Start,
            (zero, height - 6.0),
            &format!("and {hidden} more"),
        );
    }
    svg
}

fn describe(data: &Bars, shown: &[&Bar]) -> String {
    let rows: Vec<String> = shown
        .iter()
        .take(10)
        .map(|bar| format!("{} {}", bar.name, text::short(bar.value)))
        .collect();
    format!("{}: {}.", data.unit, rows.join(", "))
}

struct Layout {
    names: f64,
    scale: Scale,
    /// The decimals of every value, so that they can be compared down the column; `None` for per cent.
    decimals: Option<usize>,
}

impl Layout {
    fn of(bars: &[&Bar], percent: bool, width: f64) -> Self {
        let largest = bars.iter().map(|bar| bar.value.abs()).fold(0.0, f64::max);
        let decimals = if percent {
            None
        } else {
            Some(text::decimals(largest))
        };
        let widest = |labels: &mut dyn Iterator<Item = String>| {
            labels.map(|label| text::width(&label, 12.0)).fold(0.0, f64::max)
        };
        let names = widest(&mut bars.iter().map(|bar| bar.name.clone())).min(width * 0.34) + 10.0;
        let values = widest(&mut bars.iter().map(|bar| label(bar.value, decimals))) + 10.0;
        let ends = bars
            .iter()
            .flat_map(|bar| [Some(bar.value), bar.low, bar.high])
            .flatten();
        let domain = Domain::around(ends.chain([0.0]));
        let scale = Scale::new(domain, names, (width - values).max(names + 20.0));
        Self {
            names,
            scale,
            decimals,
        }
    }

    fn draw(&self, svg: &mut Svg, bar: &Bar, top: f64) {
        let middle = top + ROW / 2.0;
        let (zero, end) = (self.scale.at(0.0), self.scale.at(bar.value));
        let name = text::fit(&bar.name, 12.0, self.names - 8.0);
        svg.tip(&tip(bar), |svg| {
            svg.text("", Anchor::End, (self.names - 8.0, middle + 4.0), &name);
            let area = Area {
                x: zero.min(end),
                y: top + 4.0,
                width: (end - zero).abs().max(0.5),
                height: ROW - 8.0,
            };
            svg.rect("bar", area);
            // The value stands to the right of everything, also of a bar that points left.
            let x = self.draw_whisker(svg, bar, middle).max(zero) + 6.0;
            svg.text(
                "small soft",
                Anchor::Start,
                (x, middle + 4.0),
                &label(bar.value, self.decimals),
            );
        });
    }

    /// Draws the interval and returns how far bar and interval reach to the right.
    fn draw_whisker(&self, svg: &mut Svg, bar: &Bar, middle: f64) -> f64 {
        let end = self.scale.at(bar.value);
        let (Some(low), Some(high)) = (
            bar.low.filter(|v| v.is_finite()),
            bar.high.filter(|v| v.is_finite()),
        ) else {
            return end;
        };
        let (low, high) = (self.scale.at(low), self.scale.at(high));
        svg.line("whisker", (low, middle), (high, middle));
        for x in [low, high] {
            svg.line("whisker", (x, middle - 3.5), (x, middle + 3.5));
        }
        end.max(high)
    }
}

fn label(value: f64, decimals: Option<usize>) -> String {
    decimals.map_or_else(|| text::percent(value), |decimals| text::fixed(value, decimals))
}

fn tip(bar: &Bar) -> String {
    match (bar.low, bar.high) {
        (Some(low), Some(high)) => {
            format!(
                "{}: {} ({} to {})",
                bar.name,
                text::value(bar.value),
                text::value(low),
                text::value(high)
            )
        }
        _ => format!("{}: {}", bar.name, text::value(bar.value)),
    }
}
