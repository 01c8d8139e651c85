//! The confusion matrix as a heat map.

use super::confusion_data::Confusion;
use super::{nothing, usable};
use crate::scene::{Anchor, Area, Svg};
use crate::text;

/// The most classes that are drawn; of more, the most confused.
const MOST: usize = 30;

/// Actual classes down, predicted classes across. What was right is shaded in the accent colour, errors in a warm
/// one, each by its fraction of the row; of more than 30 classes the most confused are drawn.
///
/// ```
/// use induce_plot::{Confusion, chart};
///
/// let data = Confusion::from_labels(vec!["bad".into(), "good".into()], &[0, 0, 1, 1], &[0, 1, 1, 1]);
/// assert!(chart::confusion(&data, 400.0).inline().contains("good"));
/// ```
pub fn confusion(data: &Confusion, width: f64) -> Svg {
    let width = usable(width);
    if data.classes.is_empty() {
        return nothing("Confusion matrix", width);
    }
    let grouped = data.classes.len() > MOST;
    let shown = if grouped {
        data.most_confused(MOST - 1)
    } else {
        data.clone()
    };
    let layout = Layout {
        grouped,
        ..Layout::of(&shown, width)
    };
    let mut svg = Svg::new(
        layout.width(),
        layout.height(),
        "Confusion matrix",
        &describe(data),
    );
    layout.draw_names(&mut svg, &shown);
    for actual in 0..shown.classes.len() {
        for predicted in 0..shown.classes.len() {
            layout.draw_cell(&mut svg, &shown, actual, predicted);
        }
    }
    svg
}

fn describe(data: &Confusion) -> String {
    let rows: u64 = (0..data.classes.len())
        .map(|class| data.total(class))
        .fold(0, u64::saturating_add);
    let right = (0..data.classes.len())
        .map(|class| data.count(class, class))
        .fold(0, u64::saturating_add);
    format!(
        "{} of {} are on the diagonal.",
        text::count(right),
        text::counted(rows, "row")
    )
}

struct Layout {
    left: f64,
    top: f64,
    /// Width and height of a cell.
    cell: (f64, f64),
    classes: usize,
    /// Whether the names of the columns are turned.
    turned: bool,
    /// Whether the last class stands for all others.
    grouped: bool,
}

impl Layout {
    fn of(data: &Confusion, width: f64) -> Self {
        let classes = data.classes.len();
        let names = data
            .classes
            .iter()
            .map(|name| text::width(name, 11.0))
            .fold(0.0, f64::max);
        let left = names.min(width * 0.3).max(12.0) + 28.0;
        let across = ((width - left - 4.0) / classes as f64).min(150.0);
        let high = across.min(if classes <= 3 { 110.0 } else { 46.0 });
        let turned = names + 6.0 > across;
        let top = 24.0 + if turned { names.min(110.0) + 8.0 } else { 20.0 };
        Self {
            left,
            top,
            cell: (across, high),
            classes,
            turned,
            grouped: false,
        }
    }

    fn width(&self) -> f64 {
        self.left + self.cell.0 * self.classes as f64 + 4.0
    }

    fn height(&self) -> f64 {
        self.top + self.cell.1 * self.classes as f64 + 4.0
    }

    fn area(&self, actual: usize, predicted: usize) -> Area {
        let gap = if self.cell.0 > 16.0 { 1.0 } else { 0.5 };
        Area {
            x: self.left + predicted as f64 * self.cell.0 + gap,
            y: self.top + actual as f64 * self.cell.1 + gap,
            width: self.cell.0 - 2.0 * gap,
            height: self.cell.1 - 2.0 * gap,
        }
    }

    fn draw_names(&self, svg: &mut Svg, data: &Confusion) {
        let (middle_x, middle_y) = (
            self.left + self.cell.0 * self.classes as f64 / 2.0,
            self.top + self.cell.1 * self.classes as f64 / 2.0,
        );
        svg.text("small soft", Anchor::Middle, (middle_x, 12.0), "predicted");
        svg.text_up("small soft", Anchor::Middle, (11.0, middle_y), "actual");
        // Names wider apart than the cells would run into each other, so that small cells get every second one.
        let every = if self.cell.1 < 11.0 { 2 } else { 1 };
        for (index, name) in data.classes.iter().enumerate().step_by(every) {
            let along = (index as f64 + 0.5) * self.cell.1 + self.top + 4.0;
            let row = text::fit(name, 11.0, self.left - 24.0);
            svg.text("small", Anchor::End, (self.left - 6.0, along), &row);
            self.draw_column_name(svg, index, name);
        }
    }

    fn draw_column_name(&self, svg: &mut Svg, index: usize, name: &str) {
        let x = self.left + (index as f64 + 0.5) * self.cell.0;
        if self.turned {
            svg.text_up(
                "small",
                Anchor::Start,
                (x + 4.0, self.top - 6.0),
                &text::fit(name, 11.0, 110.0),
            );
        } else {
            svg.text("small", Anchor::Middle, (x, self.top - 7.0), name);
        }
    }

    fn draw_cell(&self, svg: &mut Svg, data: &Confusion, actual: usize, predicted: usize) {
        let (count, fraction) = (data.count(actual, predicted), data.fraction(actual, predicted));
        let area = self.area(actual, predicted);
        if count == 0 {
            svg.rect("sunken", area);
            return;
        }
        // Among the others right and wrong are mixed, so that their cell takes no side.
        let mixed = self.grouped && actual == predicted && actual + 1 == self.classes;
        let class = if mixed {
            "mixed"
        } else if actual == predicted {
            "area"
        } else {
            "error"
        };
        // A rare error must be seen too, so that shades follow the root of the share and begin above zero.
        let opacity = 0.1 + 0.9 * fraction.sqrt();
        let tip = format!(
            "{} predicted as {}: {}, {} of the row",
            data.classes[actual],
            data.classes[predicted],
            text::counted(count, "row"),
            text::percent(fraction)
        );
        svg.tip(&tip, |svg| {
            svg.shade(class, area, opacity);
            self.draw_count(
                svg,
                area,
                count,
                fraction,
                if opacity > 0.6 { "inverse " } else { "" },
            );
        });
    }

    fn draw_count(&self, svg: &mut Svg, area: Area, count: u64, fraction: f64, ink: &str) {
        let label = text::count(count);
        let x = area.x + area.width / 2.0;
        let middle = area.y + area.height / 2.0;
        let percent = text::percent(fraction);
        if area.height >= 38.0
            && text::width(&percent, 11.0).max(text::width(&label, 12.0)) + 4.0 < area.width
        {
            svg.text(&format!("{ink}strong"), Anchor::Middle, (x, middle - 2.0), &label);
            svg.text(
                &format!("{ink}small"),
                Anchor::Middle,
                (x, middle + 13.0),
                &percent,
            );
        } else if area.height >= 12.0 && text::width(&label, 9.5) + 1.0 < area.width {
            svg.text(&format!("{ink}tiny"), Anchor::Middle, (x, middle + 3.5), &label);
        }
    }
}
