//! Points in groups, a line through them and the band of those that belong to it.

use induce_core::model::Points;

use super::residuals::{note_outside, robust};
use super::{nothing, usable};
use crate::scene::{Anchor, Area, Axis, Domain, Frame, Stroke, Svg, plot_height, theme};
use crate::text;

/// Above this many points they are drawn finer.
const MANY: usize = 600;

/// The pieces that a line is cut into at its ends, so that what lies outside of the chart can be left out.
const PIECES: usize = 200;

const KEY: f64 = 22.0;

/// Every group in its colour with its name above, the line over them and the band around it.
///
/// ```
/// use induce_core::model::Points;
/// use induce_plot::chart;
///
/// let groups = vec![("inliers".into(), vec![(0.0, 0.1), (1.0, 0.9)]), ("outliers".into(), vec![(0.5, 7.0)])];
/// let line = Some((vec![(0.0, 0.0), (1.0, 1.0)], 0.2));
/// let data = Points { x: "age".into(), y: "height".into(), groups, line, ..Points::default() };
/// assert!(chart::points(&data, 400.0).inline().contains("outliers 1"));
/// ```
pub fn points(data: &Points, width: f64) -> Svg {
    let width = usable(width);
    let groups: Vec<Group> = data.groups.iter().enumerate().map(Group::of).collect();
    let all = || groups.iter().flat_map(|group| &group.points);
    let total = all().count();
    if total == 0 {
        return nothing(&title(data), width);
    }
    let line = data.line.as_ref().map_or(&[][..], |(line, _)| line);
    let domains = (
        robust(all().map(|point| point.0)).padded(0.02),
        robust(all().map(|point| point.1)).padded(0.04),
    );
    let key = key_rows(&groups, width) as f64 * KEY;
    let height = plot_height(width) + key;
    let mut svg = Svg::new(width, height, &title(data), &describe(data, &groups));
    draw_key(&mut svg, &groups, width);
    let area = Area {
        x: 0.0,
        y: key,
        width,
        height: height - key,
    };
    // Places that mean nothing, as those of a graph's nodes, have no ticks.
    let ticks = !is_layout(data);
    let axis = |label, domain| Axis {
        ticks,
        ..Axis::new(label, domain)
    };
    let (x, y) = (axis(&data.x, domains.0), axis(&data.y, domains.1));
    let frame = Frame::draw(&mut svg, area, &x, &y);
    let line = pieces(line, domains.0);
    let reach = data.line.as_ref().map_or(0.0, |line| line.1);
    draw_band(&mut svg, &frame, &line, reach);
    let inside = |point: &(f64, f64)| domains.0.contains(point.0) && domains.1.contains(point.1);
    let mut outside = total;
    let edges = data.edges.iter().filter(|ends| ends.iter().all(inside));
    let edges: Vec<_> = edges.map(|ends| ends.map(|end| frame.at(end.0, end.1))).collect();
    svg.segments("edges", &edges);
    for group in &groups {
        let places: Vec<_> = group.points.iter().filter(|point| inside(point)).collect();
        outside -= places.len();
        let places: Vec<_> = places.iter().map(|point| frame.at(point.0, point.1)).collect();
        let fine = if total > MANY { " fine" } else { "" };
        svg.dots(&format!("dots{fine} s{}", group.colour), &places);
    }
    for (group, stroke) in &data.strokes {
        let colour = group % theme::SERIES;
        for part in stroke.split(|point| !inside(point)).filter(|part| part.len() > 1) {
            let places: Vec<_> = part.iter().map(|point| frame.at(point.0, point.1)).collect();
            svg.path(&format!("curve s{colour}"), &places, Stroke::Open);
        }
    }
    // A line that leaves the chart is drawn in parts.
    for part in line.split(|point| !inside(point)) {
        let places: Vec<_> = part.iter().map(|point| frame.at(point.0, point.1)).collect();
        svg.path("plain", &places, Stroke::Open);
    }
    note_outside(&mut svg, &frame, outside);
    svg
}

/// Whether the axes mean nothing.
fn is_layout(data: &Points) -> bool {
    data.x.is_empty() && data.y.is_empty()
}

/// What the chart is called.
pub(crate) fn title(data: &Points) -> String {
    match is_layout(data) {
        true => "Nodes and edges".into(),
        false => format!("{} by {}", data.y, data.x),
    }
}

/// A name and points.
type Named = (String, Vec<(f64, f64)>);

/// The finite points of a group.
struct Group<'a> {
    name: &'a str,
    points: Vec<(f64, f64)>,
    colour: usize,
}

impl<'a> Group<'a> {
    fn of((index, (name, points)): (usize, &'a Named)) -> Self {
        let finite = points
            .iter()
            .copied()
            .filter(|(x, y)| x.is_finite() && y.is_finite());
        Self {
            name,
            points: finite.collect(),
            colour: index % theme::SERIES,
        }
    }

    fn label(&self) -> String {
        format!("{} {}", self.name, text::count(self.points.len() as u64))
    }
}

/// The part of the line over the domain, in short pieces.
fn pieces(line: &[(f64, f64)], x: Domain) -> Vec<(f64, f64)> {
    let mut line: Vec<_> = line
        .iter()
        .copied()
        .filter(|(x, y)| x.is_finite() && y.is_finite())
        .collect();
    line.sort_by(|a, b| a.0.total_cmp(&b.0));
    let step = (x.high - x.low) / PIECES as f64;
    let places = (0..=PIECES).map(|piece| x.low + step * piece as f64);
    places
        .filter_map(|place| Some((place, at(&line, place)?)))
        .collect()
}

/// The height of the line at `x`, between its ends.
fn at(line: &[(f64, f64)], x: f64) -> Option<f64> {
    let next = line.partition_point(|point| point.0 < x);
    let (b, a) = (line.get(next)?, line[next.saturating_sub(1)]);
    if next == 0 {
        return (b.0 == x).then_some(b.1);
    }
    let fraction = (x - a.0) / (b.0 - a.0);
    let y = a.1 + fraction * (b.1 - a.1);
    y.is_finite().then_some(y)
}

fn draw_band(svg: &mut Svg, frame: &Frame, line: &[(f64, f64)], reach: f64) {
    if !(reach.is_finite() && reach > 0.0) {
        return;
    }
    let y = frame.y.domain();
    let near: Vec<_> = line
        .iter()
        .filter(|point| point.1 + reach >= y.low && point.1 - reach <= y.high)
        .collect();
    let upper = near.iter().map(|point| frame.at(point.0, point.1 + reach));
    let lower = near.iter().rev().map(|point| frame.at(point.0, point.1 - reach));
    svg.path("band s0", &upper.chain(lower).collect::<Vec<_>>(), Stroke::Closed);
}

/// The width that the longest name takes in the key.
fn key_width(groups: &[Group<'_>], width: f64) -> f64 {
    let widths = groups.iter().map(|group| text::width(&group.label(), 11.0));
    (widths.fold(0.0, f64::max) + 30.0).min(width)
}

fn key_columns(groups: &[Group<'_>], width: f64) -> usize {
    ((width / key_width(groups, width)) as usize).max(1)
}

fn key_rows(groups: &[Group<'_>], width: f64) -> usize {
    groups
        .len()
        .min(theme::SERIES)
        .div_ceil(key_columns(groups, width))
}

fn draw_key(svg: &mut Svg, groups: &[Group<'_>], width: f64) {
    let (space, columns) = (key_width(groups, width), key_columns(groups, width));
    for (index, group) in groups.iter().take(theme::SERIES).enumerate() {
        let (x, y) = (
            (index % columns) as f64 * space,
            (index / columns) as f64 * KEY + 12.0,
        );
        let area = Area {
            x,
            y: y - 8.5,
            width: 9.0,
            height: 9.0,
        };
        svg.rect(&format!("key s{}", group.colour), area);
        let label = text::fit(&group.label(), 11.0, space - 20.0);
        svg.text("small", Anchor::Start, (x + 14.0, y), &label);
    }
}

fn describe(data: &Points, groups: &[Group<'_>]) -> String {
    let labels: Vec<String> = groups.iter().take(10).map(Group::label).collect();
    match is_layout(data) {
        true => format!("{}: {}.", title(data), labels.join(", ")),
        false => format!("{} against {}: {}.", data.y, data.x, labels.join(", ")),
    }
}
