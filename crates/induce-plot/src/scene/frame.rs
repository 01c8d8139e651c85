//! A frame of axes: margins that fit their labels, a quiet grid, good ticks.

use super::scale::{Ticks, log_ticks, ticks};
use super::{Anchor, Area, Domain, Point, Scale, Svg};
use crate::text;

/// One axis, before it has a place.
pub(crate) struct Axis<'a> {
    pub label: &'a str,
    pub domain: Domain,
    /// The smallest step between two ticks: 1 for rounds and counts, else 0.
    pub step: f64,
    /// Whether it has ticks; rows that are named one by one have none.
    pub ticks: bool,
    /// Whether equal factors are equal lengths; the domain is positive then.
    pub log: bool,
}

impl<'a> Axis<'a> {
    pub fn new(label: &'a str, domain: Domain) -> Self {
        Self {
            label,
            domain,
            step: 0.0,
            ticks: true,
            log: false,
        }
    }

    pub fn whole(label: &'a str, domain: Domain) -> Self {
        Self {
            step: 1.0,
            ..Self::new(label, domain)
        }
    }

    pub fn logarithmic(label: &'a str, domain: Domain) -> Self {
        Self {
            log: true,
            ..Self::new(label, domain)
        }
    }

    /// An axis of rows that are drawn and named by the chart.
    pub fn rows() -> Self {
        Self {
            ticks: false,
            ..Self::new("", Domain::UNIT)
        }
    }

    fn scale(&self, from: f64, to: f64) -> Scale {
        if self.log {
            Scale::logarithmic(self.domain, from, to)
        } else {
            Scale::new(self.domain, from, to)
        }
    }

    fn marks(&self, wanted: usize) -> Ticks {
        if self.log {
            log_ticks(self.domain, wanted)
        } else {
            ticks(self.domain, wanted, self.step)
        }
    }
}

/// The inner area of a chart and the two scales that map into it.
pub(crate) struct Frame {
    pub area: Area,
    pub x: Scale,
    pub y: Scale,
}

/// The height that suits a chart with axes at `width`: near square when small, a wide band when wide.
pub(crate) fn plot_height(width: f64) -> f64 {
    (width * 0.78).clamp(220.0, 340.0).round()
}

impl Frame {
    /// Draws both axes into `area` and returns what is inside of them.
    ///
    /// The label of the vertical axis stands level above it: nobody should have to turn their head.
    pub fn draw(svg: &mut Svg, area: Area, x: &Axis<'_>, y: &Axis<'_>) -> Self {
        let top = if y.label.is_empty() { 8.0 } else { 26.0 };
        let bottom = if x.label.is_empty() { 22.0 } else { 40.0 };
        let height = (area.height - top - bottom).max(20.0);
        let mut y_ticks = y.marks((height / 40.0) as usize);
        if !y.ticks {
            y_ticks.values.clear();
        }
        let left = label_space(&y_ticks).min(area.width * 0.4);
        let inner = Area {
            x: area.x + left,
            y: area.y + top,
            width: (area.width - left - 12.0).max(20.0),
            height,
        };
        let frame = Self {
            area: inner,
            x: x.scale(inner.x, inner.right()),
            y: y.scale(inner.bottom(), inner.y),
        };
        frame.draw_y(svg, y, &y_ticks, area.x);
        frame.draw_x(svg, x, area.bottom(), !y.ticks);
        frame
    }

    fn draw_y(&self, svg: &mut Svg, axis: &Axis<'_>, ticks: &Ticks, left: f64) {
        for &value in &ticks.values {
            let y = self.y.at(value);
            svg.line("grid", (self.area.x, y), (self.area.right(), y));
            svg.text(
                "small soft",
                Anchor::End,
                (self.area.x - 7.0, y + 4.0),
                &ticks.label(value),
            );
        }
        let label = text::fit(axis.label, 12.0, self.area.right() - left);
        svg.text("soft", Anchor::Start, (left, self.area.y - 13.0), &label);
    }

    fn draw_x(&self, svg: &mut Svg, axis: &Axis<'_>, bottom: f64, grid: bool) {
        svg.line(
            "axis",
            (self.area.x, self.area.bottom()),
            (self.area.right(), self.area.bottom()),
        );
        let ticks = self.x_ticks(axis);
        let shown = if axis.ticks { &ticks.values[..] } else { &[] };
        for &value in shown {
            let x = self.x.at(value);
            if grid {
                svg.line("grid", (x, self.area.y), (x, self.area.bottom()));
            }
            svg.line("axis", (x, self.area.bottom()), (x, self.area.bottom() + 4.0));
            svg.text(
                "small soft",
                Anchor::Middle,
                (x, self.area.bottom() + 16.0),
                &ticks.label(value),
            );
        }
        let label = text::fit(axis.label, 12.0, self.area.width);
        svg.text(
            "soft",
            Anchor::Middle,
            (self.area.x + self.area.width / 2.0, bottom - 6.0),
            &label,
        );
    }

    /// As many ticks as fit without touching: their labels decide.
    fn x_ticks(&self, axis: &Axis<'_>) -> Ticks {
        let mut wanted = (self.area.width / 60.0).clamp(3.0, 12.0) as usize;
        loop {
            let ticks = axis.marks(wanted);
            let widest = widest_label(&ticks);
            if wanted <= 1 || ticks.values.len() as f64 * (widest + 12.0) <= self.area.width {
                return ticks;
            }
            wanted -= 1;
        }
    }

    /// The canvas position of a data point.
    pub fn at(&self, x: f64, y: f64) -> Point {
        (self.x.at(x), self.y.at(y))
    }
}

fn label_space(ticks: &Ticks) -> f64 {
    widest_label(ticks) + 12.0
}

fn widest_label(ticks: &Ticks) -> f64 {
    ticks
        .values
        .iter()
        .map(|&value| text::width(&ticks.label(value), 11.0))
        .fold(0.0, f64::max)
}
