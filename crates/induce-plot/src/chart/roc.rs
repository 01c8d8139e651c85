//! The ROC curve: the fraction of positives found against the fraction of negatives flagged.

use induce_core::metrics::{roc_curve, threshold_steps, trapezoids};
use serde::{Deserialize, Serialize};

use super::curve::{corners, finite};
use super::{nothing, usable};
use crate::scene::{Anchor, Area, Axis, Domain, Frame, Point, Stroke, Svg, theme};
use crate::text;

/// What of the unit square cannot be seen: a point this near to the last one is left out.
pub(super) const TOLERANCE: f64 = 0.004;

/// The most curves that are drawn in colour and named.
pub(super) const NAMED: usize = 10;

/// One ROC curve.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RocCurve {
    /// The class that counts as positive.
    pub name: String,
    /// False positive rates, ascending from 0 to 1.
    pub fpr: Vec<f64>,
    /// True positive rates, one per false positive rate.
    pub tpr: Vec<f64>,
    /// From which score on rows are flagged, one per rate, or empty.
    pub thresholds: Vec<f64>,
    /// The area under the curve.
    pub auc: Option<f64>,
}

/// One ROC curve per class; a single one for two classes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Roc {
    /// The curves.
    pub curves: Vec<RocCurve>,
}

impl RocCurve {
    /// The curve of a score: rows with equal scores share one step, rows without a finite score are left out.
    ///
    /// The area is computed on all points, of which those are kept that can be told apart.
    pub fn from_scores(name: impl Into<String>, positive: &[bool], scores: &[f64]) -> Self {
        let points = roc_curve(positive, scores);
        let name = name.into();
        if points.is_empty() {
            return Self {
                name,
                ..Self::default()
            };
        }
        let auc = trapezoids(&points);
        let steps = threshold_steps(positive, scores);
        // The first point flags nothing: its threshold is any above the highest score.
        let threshold = |point: usize| steps[point.saturating_sub(1)].threshold;
        let kept = corners(&points, TOLERANCE);
        let (fpr, tpr) = kept.iter().map(|&point| points[point]).unzip();
        Self {
            name,
            fpr,
            tpr,
            thresholds: kept.iter().map(|&point| threshold(point)).collect(),
            auc: Some(auc),
        }
    }
}

/// The ROC curves over the line of chance, with their areas; of more than ten, those ten with the smallest areas are
/// named and the others stand behind them in grey.
///
/// ```
/// use induce_plot::{Roc, RocCurve, chart};
///
/// let curve = RocCurve::from_scores("bad", &[true, false, true, false], &[0.9, 0.2, 0.4, 0.5]);
/// assert!(chart::roc(&Roc { curves: vec![curve] }, 400.0).inline().contains("AUC 0.750"));
/// ```
pub fn roc(data: &Roc, width: f64) -> Svg {
    let width = usable(width);
    let lines = data.curves.iter().map(|curve| Line {
        name: &curve.name,
        points: finite(&curve.fpr, &curve.tpr),
        thresholds: &curve.thresholds,
        score: curve.auc,
    });
    let lines: Vec<_> = lines.filter(|line| !line.points.is_empty()).collect();
    if lines.is_empty() {
        return nothing("ROC curve", width);
    }
    let plot = square_height(width);
    let height = plot + key_height(&lines, width);
    let mut svg = Svg::new(width, height, "ROC curve", &describe("AUC", &lines));
    let (x, y) = (
        Axis::new("false positive rate", Domain::UNIT),
        Axis::new("true positive rate", Domain::UNIT),
    );
    let frame = Frame::draw(
        &mut svg,
        Area {
            x: 0.0,
            y: 0.0,
            width,
            height: plot,
        },
        &x,
        &y,
    );
    svg.line("guide", frame.at(0.0, 0.0), frame.at(1.0, 1.0));
    draw_lines(
        &mut svg,
        &frame,
        lines,
        ("false positive rate", "true positive rate", "AUC"),
    );
    svg
}

/// The height of a chart whose two axes both run from 0 to 1.
pub(super) fn square_height(width: f64) -> f64 {
    (width * 0.86).min(440.0).round()
}

/// One curve of a chart in the unit square.
pub(super) struct Line<'a> {
    pub name: &'a str,
    pub points: Vec<(f64, f64)>,
    /// The threshold at each point, or empty.
    pub thresholds: &'a [f64],
    pub score: Option<f64>,
}

impl Line<'_> {
    fn value(&self) -> String {
        self.score.map_or("–".to_owned(), |value| text::fixed(value, 3))
    }

    fn label(&self, score: &str) -> String {
        format!("{score} {}", self.value())
    }
}

pub(super) fn describe(score: &str, lines: &[Line<'_>]) -> String {
    let labels: Vec<String> = lines
        .iter()
        .take(NAMED)
        .map(|line| format!("{}: {}", line.name, line.label(score)))
        .collect();
    format!("{}.", labels.join("; "))
}

/// The height that the key of the lines takes under the chart; one line has its score inside instead.
pub(super) fn key_height(lines: &[Line<'_>], width: f64) -> f64 {
    match lines.len() {
        0 | 1 => 0.0,
        count => 24.0 + 16.0 * count.min(NAMED).div_ceil(key_columns(lines, width)) as f64,
    }
}

/// As many columns as the longest name allows.
fn key_columns(lines: &[Line<'_>], width: f64) -> usize {
    let widest = lines
        .iter()
        .map(|line| text::width(line.name, 11.0))
        .fold(0.0, f64::max);
    ((width / (widest + 70.0)) as usize).clamp(2, 5)
}

/// Draws the lines, the lowest in colour, and names them: one line inside, several in a key under the frame. `words` are
/// what the axes and the score are called.
pub(super) fn draw_lines(svg: &mut Svg, frame: &Frame, mut lines: Vec<Line<'_>>, words: (&str, &str, &str)) {
    let (x, y, score) = words;
    let total = lines.len();
    let columns = key_columns(&lines, svg.width());
    if total > NAMED {
        lines.sort_by(|a, b| a.score.unwrap_or(1.0).total_cmp(&b.score.unwrap_or(1.0)));
        for line in &lines[NAMED..] {
            svg.path("faint", &places(frame, line), Stroke::Open);
        }
        lines.truncate(NAMED);
    }
    svg.reading((x, &frame.x), (y, &frame.y), |svg| {
        for (index, line) in lines.iter().enumerate().rev() {
            draw_line(svg, frame, line, index);
        }
    });
    match lines.as_slice() {
        [line] => {
            let at = (frame.area.right() - 4.0, frame.area.bottom() - 8.0);
            svg.text("halo", Anchor::End, at, &line.label(score));
        }
        lines => draw_key(svg, lines, columns, &heading(score, total)),
    }
}

fn places(frame: &Frame, line: &Line<'_>) -> Vec<Point> {
    line.points.iter().map(|&(x, y)| frame.at(x, y)).collect()
}

fn draw_line(svg: &mut Svg, frame: &Frame, line: &Line<'_>, index: usize) {
    let class = format!("curve s{}", index % theme::SERIES);
    let points = places(frame, line);
    if line.thresholds.len() == points.len() {
        svg.path_along(&class, line.name, &points, ("threshold", line.thresholds));
    } else {
        svg.named_path(&class, line.name, &points);
    }
}

fn heading(score: &str, total: usize) -> String {
    if total > NAMED {
        format!("{score}, the {NAMED} lowest of {total}")
    } else {
        score.to_owned()
    }
}

fn draw_key(svg: &mut Svg, lines: &[Line<'_>], columns: usize, heading: &str) {
    let space = svg.width() / columns as f64;
    let top = svg.height() - 8.0 - 16.0 * lines.len().div_ceil(columns) as f64;
    svg.text("small soft", Anchor::Start, (0.0, top), heading);
    for (index, line) in lines.iter().enumerate() {
        let (x, y) = (
            (index % columns) as f64 * space,
            top + 17.0 + (index / columns) as f64 * 16.0,
        );
        svg.rect(
            &format!("key s{}", index % theme::SERIES),
            Area {
                x,
                y: y - 5.5,
                width: 9.0,
                height: 3.0,
            },
        );
        let name = text::fit(line.name, 11.0, space - 58.0);
        svg.text(
            "small",
            Anchor::Start,
            (x + 14.0, y),
            &format!("{name} {}", line.value()),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_area_of_a_known_case() {
        // Of the four pairs of a positive and a negative, three are in order.
        let curve = RocCurve::from_scores("a", &[true, false, true, false], &[0.9, 0.5, 0.4, 0.1]);
        assert_eq!(curve.auc, Some(0.75));
        let ties = RocCurve::from_scores("a", &[true, false], &[0.5, 0.5]);
        assert_eq!(ties.auc, Some(0.5));
    }

    #[test]
    fn one_class_has_no_curve() {
        assert_eq!(RocCurve::from_scores("a", &[true], &[0.5]).auc, None);
        assert_eq!(RocCurve::from_scores("a", &[], &[]).auc, None);
    }
}
