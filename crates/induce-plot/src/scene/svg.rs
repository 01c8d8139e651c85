//! An SVG canvas that is a string being written.

use std::fmt::Write;

use super::{Scale, theme};
use crate::text::{self, escape};

/// A position on the canvas, in its own units.
pub(crate) type Point = (f64, f64);

/// A rectangle on the canvas.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Area {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

impl Area {
    pub fn right(&self) -> f64 {
        self.x + self.width
    }

    pub fn bottom(&self) -> f64 {
        self.y + self.height
    }
}

/// Which end of a text stands at its position.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

impl Anchor {
    fn class(self) -> &'static str {
        match self {
            Self::Start => "ts",
            Self::Middle => "tm",
            Self::End => "te",
        }
    }
}

/// Whether a path ends where it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stroke {
    Open,
    Closed,
}

/// The margin of a stand-alone file.
const MARGIN: f64 = 16.0;

/// The height of its title.
const HEADING: f64 = 26.0;

/// A finished chart.
///
/// Its colours are CSS classes. [`inline`](Self::inline) leaves them to the page around it,
/// [`standalone`](Self::standalone) brings the style along.
#[derive(Clone, Debug, PartialEq)]
pub struct Svg {
    width: f64,
    height: f64,
    title: String,
    description: String,
    body: String,
}

impl Svg {
    pub(crate) fn new(width: f64, height: f64, title: &str, description: &str) -> Self {
        Self {
            width,
            height,
            title: title.to_owned(),
            description: description.to_owned(),
            body: String::new(),
        }
    }

    /// The width of the drawing in its own units, which are pixels at its natural size.
    pub fn width(&self) -> f64 {
        self.width
    }

    /// The height of the drawing in its own units.
    pub fn height(&self) -> f64 {
        self.height
    }

    /// The chart for an HTML page that carries [`chart::css`](crate::chart::css).
    pub fn inline(&self) -> String {
        self.element("", "", (0.0, 0.0), (self.width, self.height))
    }

    /// The chart as a file of its own, with a margin, its title, a background and light and dark colours inside.
    pub fn standalone(&self) -> String {
        let corner = (-MARGIN, -MARGIN - HEADING);
        let size = (self.width + 2.0 * MARGIN, self.height + 2.0 * MARGIN + HEADING);
        let [x, y, width, height] = [corner.0, corner.1, size.0, size.1].map(number);
        let attributes = format!(r#" xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}""#);
        let title = escape(&text::fit(&self.title, 15.0, self.width));
        let baseline = number(-HEADING + 8.0);
        let sheet = format!(
            r#"<style>{}</style><rect class="sheet" x="{x}" y="{y}" width="{width}" height="{height}"/><text class="heading" x="0" y="{baseline}">{title}</text>"#,
            theme::standalone_css()
        );
        self.element(&attributes, &sheet, corner, size)
    }

    fn element(&self, attributes: &str, first: &str, corner: Point, size: (f64, f64)) -> String {
        let [x, y, width, height] = [corner.0, corner.1, size.0, size.1].map(number);
        format!(
            r#"<svg class="chart" role="img"{attributes} viewBox="{x} {y} {width} {height}"><title>{}</title><desc>{}</desc>{first}{}</svg>"#,
            escape(&self.title),
            escape(&self.description),
            self.body
        )
    }

    /// A picture of this size, its pixels as squares.
    pub(crate) fn image(&mut self, size: (f64, f64), source: &str) {
        let _ = write!(
            self.body,
            r#"<image width="{}" height="{}" href="{source}" style="image-rendering:pixelated"/>"#,
            number(size.0),
            number(size.1)
        );
    }

    pub(crate) fn line(&mut self, class: &str, from: Point, to: Point) {
        let (x1, y1, x2, y2) = (number(from.0), number(from.1), number(to.0), number(to.1));
        let _ = write!(
            self.body,
            r#"<line class="{class}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>"#
        );
    }

    pub(crate) fn rect(&mut self, class: &str, area: Area) {
        self.rect_with(class, area, "");
    }

    /// A rectangle filled at `opacity`, which is how the heat maps get their shades in any theme.
    pub(crate) fn shade(&mut self, class: &str, area: Area, opacity: f64) {
        self.rect_with(
            class,
            area,
            &format!(r#" fill-opacity="{}""#, number(opacity.clamp(0.0, 1.0))),
        );
    }

    fn rect_with(&mut self, class: &str, area: Area, attributes: &str) {
        let (x, y) = (number(area.x), number(area.y));
        let (width, height) = (number(area.width.max(0.0)), number(area.height.max(0.0)));
        let _ = write!(
            self.body,
            r#"<rect class="{class}" x="{x}" y="{y}" width="{width}" height="{height}"{attributes}/>"#
        );
    }

    pub(crate) fn circle(&mut self, class: &str, centre: Point, radius: f64) {
        let (x, y, r) = (number(centre.0), number(centre.1), number(radius));
        let _ = write!(
            self.body,
            r#"<circle class="{class}" cx="{x}" cy="{y}" r="{r}"/>"#
        );
    }

    pub(crate) fn path(&mut self, class: &str, points: &[Point], stroke: Stroke) {
        self.path_with(class, points, stroke, "");
    }

    /// A curve whose points a script reads out under this name, inside of [`reading`](Self::reading).
    pub(crate) fn named_path(&mut self, class: &str, name: &str, points: &[Point]) {
        let name = format!(r#" data-name="{}""#, escape(name));
        self.path_with(class, points, Stroke::Open, &name);
    }

    /// As [`named_path`](Self::named_path), with a further value at each point: the threshold of a rate.
    pub(crate) fn path_along(&mut self, class: &str, name: &str, points: &[Point], along: (&str, &[f64])) {
        let values: Vec<String> = along.1.iter().map(|&value| text::short(value)).collect();
        let attributes = format!(
            r#" data-name="{}" data-along="{}" data-values="{}""#,
            escape(name),
            escape(along.0),
            values.join(" ")
        );
        self.path_with(class, points, Stroke::Open, &attributes);
    }

    fn path_with(&mut self, class: &str, points: &[Point], stroke: Stroke, attributes: &str) {
        let Some(first) = points.first() else { return };
        let _ = write!(
            self.body,
            r#"<path class="{class}"{attributes} d="M{} {}"#,
            number(first.0),
            number(first.1)
        );
        for (index, point) in points.iter().enumerate().skip(1) {
            let command = if index == 1 { "L" } else { " " };
            let _ = write!(self.body, "{command}{} {}", number(point.0), number(point.1));
        }
        self.body.push_str(if stroke == Stroke::Closed {
            r#"Z"/>"#
        } else {
            r#""/>"#
        });
    }

    /// Many dots of one colour as one path of zero-length strokes with round caps: a tenth of the bytes of circles.
    pub(crate) fn dots(&mut self, class: &str, points: &[Point]) {
        if points.is_empty() {
            return;
        }
        let _ = write!(self.body, r#"<path class="{class}" d=""#);
        for point in points {
            let _ = write!(self.body, "M{} {}h0", tenth(point.0), tenth(point.1));
        }
        self.body.push_str(r#""/>"#);
    }

    /// Many lines as one path, so that where they cross they are no darker.
    pub(crate) fn segments(&mut self, class: &str, ends: &[[Point; 2]]) {
        if ends.is_empty() {
            return;
        }
        let _ = write!(self.body, r#"<path class="{class}" d=""#);
        for [from, to] in ends {
            let [x1, y1, x2, y2] = [from.0, from.1, to.0, to.1].map(tenth);
            let _ = write!(self.body, "M{x1} {y1}L{x2} {y2}");
        }
        self.body.push_str(r#""/>"#);
    }

    /// One path of equal shapes: `outline` is drawn, relative, at each of the points.
    pub(crate) fn stamps(&mut self, class: &str, outline: &str, points: &[Point], opacity: f64) {
        if points.is_empty() {
            return;
        }
        let _ = write!(
            self.body,
            r#"<path class="{class}" fill-opacity="{}" d=""#,
            number(opacity)
        );
        for point in points {
            let _ = write!(self.body, "M{} {}{outline}", tenth(point.0), tenth(point.1));
        }
        self.body.push_str(r#""/>"#);
    }

    pub(crate) fn text(&mut self, class: &str, anchor: Anchor, at: Point, text: &str) {
        self.text_with(class, anchor, at, text, "");
    }

    /// Text that reads upwards, turned around its position.
    pub(crate) fn text_up(&mut self, class: &str, anchor: Anchor, at: Point, text: &str) {
        let turn = format!(r#" transform="rotate(-90 {} {})""#, number(at.0), number(at.1));
        self.text_with(class, anchor, at, text, &turn);
    }

    fn text_with(&mut self, class: &str, anchor: Anchor, at: Point, text: &str, attributes: &str) {
        let (x, y, anchor) = (number(at.0), number(at.1), anchor.class());
        let space = if class.is_empty() { "" } else { " " };
        let _ = write!(
            self.body,
            r#"<text class="{class}{space}{anchor}" x="{x}" y="{y}"{attributes}>{}</text>"#,
            escape(text)
        );
    }

    /// Draws curves that a script reads out where the pointer is: what the axes are called, and their scales.
    pub(crate) fn reading(&mut self, x: (&str, &Scale), y: (&str, &Scale), draw: impl FnOnce(&mut Self)) {
        let _ = write!(
            self.body,
            r#"<g class="read" data-x="{}" data-y="{}" data-across="{}" data-up="{}">"#,
            escape(x.0),
            escape(y.0),
            x.1.reading(),
            y.1.reading()
        );
        draw(self);
        self.body.push_str("</g>");
    }

    /// Draws dots along a scale, whose values and colours a script reads out: `colours` are classes and what they mean.
    pub(crate) fn swarm(
        &mut self,
        name: &str,
        x: (&str, &Scale),
        colours: &[(String, String)],
        draw: impl FnOnce(&mut Self),
    ) {
        let name = escape(name);
        let _ = write!(
            self.body,
            r#"<g class="swarm" data-name="{name}" data-x="{}" data-across="{}""#,
            escape(x.0),
            x.1.reading()
        );
        for (class, meaning) in colours {
            let _ = write!(self.body, r#" data-{class}="{}""#, escape(meaning));
        }
        let _ = write!(self.body, "><title>{name}</title>");
        draw(self);
        self.body.push_str("</g>");
    }

    /// Draws with a tool-tip over everything that `draw` adds.
    pub(crate) fn tip(&mut self, tip: &str, draw: impl FnOnce(&mut Self)) {
        let _ = write!(self.body, r#"<g class="tip"><title>{}</title>"#, escape(tip));
        draw(self);
        self.body.push_str("</g>");
    }
}

/// A coordinate with at most two decimals; what is not a number becomes 0, so that the file stays valid.
pub(crate) fn number(value: f64) -> String {
    decimals(value, 100.0)
}

fn tenth(value: f64) -> String {
    decimals(value, 10.0)
}

fn decimals(value: f64, scale: f64) -> String {
    if !value.is_finite() {
        return "0".to_owned();
    }
    let rounded = (value * scale).round() / scale;
    // Adding zero turns -0 into 0.
    (rounded + 0.0).to_string()
}
