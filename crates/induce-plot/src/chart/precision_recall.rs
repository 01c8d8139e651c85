//! The precision-recall curve: how pure the found rows are against how many of the positives they hold.

use induce_core::metrics::{average_precision_of, precision_recall_curve, threshold_steps};
use serde::{Deserialize, Serialize};

use super::curve::{corners, finite};
use super::roc::{Line, TOLERANCE, describe, draw_lines, key_height, square_height};
use super::{nothing, usable};
use crate::scene::{Anchor, Area, Axis, Domain, Frame, Svg};
use crate::text;

/// One precision-recall curve.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PrCurve {
    /// The class that counts as positive.
    pub name: String,
    /// Recalls, ascending.
    pub recall: Vec<f64>,
    /// Precisions, one per recall.
    pub precision: Vec<f64>,
    /// From which score on rows are flagged, one per recall, or empty.
    pub thresholds: Vec<f64>,
    /// The average precision.
    pub average_precision: Option<f64>,
    /// The fraction of positives, which is the precision of chance.
    pub prevalence: Option<f64>,
}

/// One precision-recall curve per class; a single one for two classes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PrecisionRecall {
    /// The curves.
    pub curves: Vec<PrCurve>,
}

impl PrCurve {
    /// The curve of a score: rows with equal scores share one step, rows without a finite score are left out.
    ///
    /// The average precision is the sum of `(recall step) x precision`, as in scikit-learn.
    pub fn from_scores(name: impl Into<String>, positive: &[bool], scores: &[f64]) -> Self {
        let points = precision_recall_curve(positive, scores);
        let name = name.into();
        let Some(&(_, prevalence)) = points.last() else {
            return Self {
                name,
                ..Self::default()
            };
        };
        let average = average_precision_of(&points);
        // The curve begins at no recall, level with its first point.
        let kept = corners(&points, TOLERANCE);
        let mut curve = vec![(0.0, points[0].1)];
        curve.extend(kept.iter().map(|&point| points[point]));
        let steps = threshold_steps(positive, scores);
        let places = std::iter::once(0).chain(kept);
        let thresholds = places.map(|point| steps[point].threshold).collect();
        let (recall, precision) = curve.into_iter().unzip();
        Self {
            name,
            recall,
            precision,
            thresholds,
            average_precision: Some(average),
            // With all rows called positive, precision is the fraction of positives.
            prevalence: Some(prevalence),
        }
    }
}

/// The precision-recall curves; a single one over the precision of chance.
///
/// ```
/// use induce_plot::{PrCurve, PrecisionRecall, chart};
///
/// let curve = PrCurve::from_scores("bad", &[true, false, true, false], &[0.9, 0.2, 0.4, 0.5]);
/// let svg = chart::precision_recall(&PrecisionRecall { curves: vec![curve] }, 400.0);
/// assert!(svg.inline().contains("precision"));
/// ```
pub fn precision_recall(data: &PrecisionRecall, width: f64) -> Svg {
    let width = usable(width);
    let lines = data.curves.iter().map(|curve| Line {
        name: &curve.name,
        points: finite(&curve.recall, &curve.precision),
        thresholds: &curve.thresholds,
        score: curve.average_precision,
    });
    let lines: Vec<_> = lines.filter(|line| !line.points.is_empty()).collect();
    if lines.is_empty() {
        return nothing("Precision and recall", width);
    }
    let plot = square_height(width);
    let height = plot + key_height(&lines, width);
    let mut svg = Svg::new(
        width,
        height,
        "Precision and recall",
        &describe("average precision", &lines),
    );
    let (x, y) = (
        Axis::new("recall", Domain::UNIT),
        Axis::new("precision", Domain::UNIT),
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
    if let [curve] = data.curves.as_slice() {
        draw_chance(&mut svg, &frame, curve.prevalence);
    }
    draw_lines(
        &mut svg,
        &frame,
        lines,
        ("recall", "precision", "average precision"),
    );
    svg
}

fn draw_chance(svg: &mut Svg, frame: &Frame, prevalence: Option<f64>) {
    let Some(fraction) = prevalence.filter(|fraction| fraction.is_finite()) else {
        return;
    };
    svg.line("guide", frame.at(0.0, fraction), frame.at(1.0, fraction));
    let (x, y) = frame.at(0.0, fraction);
    let label = format!("chance {}", text::percent(fraction));
    svg.text("small soft halo", Anchor::Start, (x + 6.0, y - 6.0), &label);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn average_precision_of_a_known_case() {
        // Found at ranks 1 and 3: 1/2 x 1 + 1/2 x 2/3.
        let curve = PrCurve::from_scores("a", &[true, false, true, false], &[0.9, 0.5, 0.4, 0.1]);
        assert!((curve.average_precision.unwrap() - 5.0 / 6.0).abs() < 1e-12);
        assert_eq!(curve.prevalence, Some(0.5));
        assert_eq!(curve.thresholds.len(), curve.recall.len());
    }

    /// A rare class with a perfect score was drawn as a diagonal from (0, 1) down to chance.
    #[test]
    fn a_rare_class_that_is_found_is_level_until_all_are() {
        let positive: Vec<bool> = (0..20_000).map(|row| row < 600).collect();
        let scores: Vec<f64> = (0..20_000).map(|row| 1.0 - f64::from(row) / 20_000.0).collect();
        let curve = PrCurve::from_scores("rare", &positive, &scores);
        let places = curve.recall.iter().zip(&curve.precision);
        let lowest = places
            .filter(|(recall, _)| **recall < 1.0)
            .map(|(_, precision)| *precision);
        assert_eq!(lowest.fold(1.0, f64::min), 1.0);
        assert!(curve.recall.len() < 900, "{}", curve.recall.len());
    }
}
