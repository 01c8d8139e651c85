//! The forest plot: estimates with their intervals, one under the other.

use induce_core::model::IntervalRows;

use super::{nothing, usable};
use crate::scene::{Anchor, Area, Axis, Domain, Frame, Svg};
use crate::stats::{quantile, sorted};
use crate::text;

const ROW: f64 = 24.0;

/// The most rows that are drawn.
const MOST_ROWS: usize = 40;

/// From this width on, intervals stand beside the estimates in numbers.
const ROOMY: f64 = 600.0;

/// One row that can be drawn.
struct Row<'a> {
    label: &'a str,
    value: f64,
    interval: Option<(f64, f64)>,
}

/// A point per estimate and a whisker for its interval, over the line that means "no effect". A point whose interval holds
/// that line is hollow; a whisker that leaves the chart ends in an arrow.
///
/// ```
/// use induce_core::model::IntervalRows;
/// use induce_plot::chart;
///
/// let rows = vec![("age".into(), 0.5, Some(0.2), Some(0.8)), ("height".into(), -0.1, None, None)];
/// let data = IntervalRows { axis: "coefficient".into(), zero: 0.0, rows };
/// assert!(chart::intervals(&data, 400.0).inline().contains("age"));
/// ```
pub fn intervals(data: &IntervalRows, width: f64) -> Svg {
    let width = usable(width);
    let all: Vec<Row> = data.rows.iter().filter_map(row).collect();
    if all.is_empty() {
        return nothing(&title(data), width);
    }
    let shown = &all[..all.len().min(MOST_ROWS)];
    let columns = Columns::of(shown, width);
    let more = if all.len() > shown.len() { 22.0 } else { 0.0 };
    let plot = (width - columns.names - columns.values + 12.0).max(40.0);
    // A label that does not fit is said by the title alone.
    let fits = text::width(&data.axis, 12.0) <= plot - 24.0;
    let (label, below) = if fits && !data.axis.is_empty() {
        (data.axis.as_str(), 40.0)
    } else {
        ("", 22.0)
    };
    let height = 8.0 + ROW * shown.len() as f64 + below;
    let mut svg = Svg::new(width, height + more, &title(data), &describe(data, shown));
    let area = Area {
        // A frame without ticks keeps a gap at its left.
        x: columns.names - 12.0,
        y: 0.0,
        width: plot,
        height,
    };
    let zero = Some(data.zero).filter(|zero| zero.is_finite());
    let domain = domain(shown, zero);
    let frame = Frame::draw(&mut svg, area, &Axis::new(label, domain), &Axis::rows());
    if let Some(zero) = zero {
        let x = frame.x.at(zero);
        svg.line("plain", (x, frame.area.y), (x, frame.area.bottom()));
    }
    for (index, row) in shown.iter().enumerate() {
        let middle = frame.area.y + ROW * (index as f64 + 0.5);
        svg.tip(&format!("{}: {}", row.label, numbers(row)), |svg| {
            draw(svg, &frame, row, zero, middle);
            columns.draw(svg, row, middle + 4.0, width);
        });
    }
    if more > 0.0 {
        let words = format!("and {} more", text::count((all.len() - shown.len()) as u64));
        svg.text("small soft", Anchor::Start, (0.0, height + 14.0), &words);
    }
    svg
}

/// What the chart is called.
pub(crate) fn title(data: &IntervalRows) -> String {
    induce_core::words::capital(&data.axis)
}

type Given = (String, f64, Option<f64>, Option<f64>);

fn row((label, value, low, high): &Given) -> Option<Row<'_>> {
    let ends = low
        .zip(*high)
        .filter(|(low, high)| low.is_finite() && high.is_finite());
    value.is_finite().then_some(Row {
        label,
        value: *value,
        interval: ends.map(|(low, high)| (low.min(high), low.max(high))),
    })
}

/// All estimates, and of the intervals what does not squeeze the others into a line: the coefficient of a column that
/// separates two classes has an interval of thousands.
fn domain(rows: &[Row<'_>], zero: Option<f64>) -> Domain {
    let estimates = Domain::around(rows.iter().map(|row| row.value).chain(zero));
    let reaches = rows
        .iter()
        .filter_map(|row| row.interval.map(|(low, high)| high / 2.0 - low / 2.0));
    let usual = quantile(&sorted(reaches), 0.5).unwrap_or(0.0);
    let most = 0.5 * (estimates.high - estimates.low) + 3.0 * usual;
    let ends = rows
        .iter()
        .filter_map(|row| row.interval)
        .flat_map(|(low, high)| [low, high]);
    let ends = ends.map(|end| end.clamp(estimates.low - most, estimates.high + most));
    Domain::around(ends.chain([estimates.low, estimates.high])).padded(0.03)
}

fn draw(svg: &mut Svg, frame: &Frame, row: &Row<'_>, zero: Option<f64>, middle: f64) {
    let domain = frame.x.domain();
    if let Some((low, high)) = row.interval {
        let ends = (frame.x.at(low), frame.x.at(high));
        svg.line("whisker", (ends.0, middle), (ends.1, middle));
        for (end, x, inwards) in [(low, ends.0, 5.0), (high, ends.1, -5.0)] {
            if domain.contains(end) {
                svg.line("whisker", (x, middle - 3.5), (x, middle + 3.5));
            } else {
                svg.line("whisker", (x, middle), (x + inwards, middle - 4.0));
                svg.line("whisker", (x, middle), (x + inwards, middle + 4.0));
            }
        }
    }
    let holds = |zero: f64| row.interval.is_none_or(|(low, high)| low <= zero && zero <= high);
    let class = if zero.is_some_and(holds) { "mark" } else { "area" };
    svg.circle(class, (frame.x.at(row.value), middle), 4.0);
}

/// The words at both sides of the plot.
struct Columns {
    names: f64,
    values: f64,
    /// The decimals of every value, so that they can be compared down the column.
    decimals: usize,
    roomy: bool,
}

impl Columns {
    fn of(rows: &[Row<'_>], width: f64) -> Self {
        let widest = |labels: &mut dyn Iterator<Item = String>, size: f64| {
            labels.map(|label| text::width(&label, size)).fold(0.0, f64::max)
        };
        let largest = rows.iter().map(|row| row.value.abs()).fold(0.0, f64::max);
        let mut columns = Self {
            names: widest(&mut rows.iter().map(|row| row.label.to_owned()), 12.0).min(width * 0.34) + 12.0,
            values: 0.0,
            decimals: text::decimals(largest),
            roomy: width >= ROOMY,
        };
        let widest = widest(&mut rows.iter().map(|row| columns.value(row)), 11.0);
        columns.values = widest.min(width * 0.3) + 4.0;
        columns
    }

    fn value(&self, row: &Row<'_>) -> String {
        // Among coefficients of several scales a small one is not nothing.
        let largest = row.interval.map_or(0.0, |(low, high)| low.abs().max(high.abs()));
        let visible = row.value.abs().max(largest) >= 10f64.powi(1 - self.decimals as i32);
        let fixed = |value: f64| {
            if visible || value == 0.0 {
                text::fixed(value, self.decimals)
            } else {
                text::short(value)
            }
        };
        match row.interval.filter(|_| self.roomy) {
            Some((low, high)) => format!("{} ({} to {})", fixed(row.value), fixed(low), fixed(high)),
            None => fixed(row.value),
        }
    }

    fn draw(&self, svg: &mut Svg, row: &Row<'_>, baseline: f64, width: f64) {
        let name = text::fit(row.label, 12.0, self.names - 12.0);
        svg.text("", Anchor::End, (self.names - 12.0, baseline), &name);
        let value = text::fit(&self.value(row), 11.0, self.values);
        svg.text("small soft", Anchor::End, (width, baseline), &value);
    }
}

fn numbers(row: &Row<'_>) -> String {
    match row.interval {
        Some((low, high)) => {
            format!(
                "{} ({} to {})",
                text::value(row.value),
                text::value(low),
                text::value(high)
            )
        }
        None => text::value(row.value),
    }
}

fn describe(data: &IntervalRows, shown: &[Row<'_>]) -> String {
    let rows = shown
        .iter()
        .take(10)
        .map(|row| format!("{} {}", row.label, numbers(row)));
    format!("{}: {}.", data.axis, rows.collect::<Vec<_>>().join(", "))
}
