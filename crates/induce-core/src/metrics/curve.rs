//! Points of curves, for plots.

use serde::{Deserialize, Serialize};

use super::predictions::Predictions;
use super::ranked::{scores, tied};

/// A point of the ROC curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RocPoint {
    /// Rows with at least this score are called positive; infinite at the origin, so `None`.
    pub threshold: Option<f64>,
    /// Share of the negatives that are called positive.
    pub false_positive_rate: f64,
    /// Share of the positives that are called positive.
    pub true_positive_rate: f64,
}

/// A point of the curve of precision over recall.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PrPoint {
    /// Rows with at least this score are called positive.
    pub threshold: f64,
    /// Share of those called positive that are.
    pub precision: f64,
    /// Share of the positives that are called positive.
    pub recall: f64,
}

/// A bin of the calibration curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CalibrationPoint {
    /// Mean predicted probability.
    pub predicted: f64,
    /// Share that is true.
    pub observed: f64,
    /// Weight of the rows in the bin.
    pub weight: f64,
}

/// Running weights `(threshold, true positives, false positives)` of a class against the rest.
fn steps(predictions: &Predictions, class: usize) -> Vec<(f64, f64, f64)> {
    let scores = scores(predictions, class);
    let (mut hits, mut misses) = (0.0, 0.0);
    let step = |tie: Vec<usize>| {
        for &row in &tie {
            let weight = predictions.weight(row);
            if predictions.class(row) == class {
                hits += weight;
            } else {
                misses += weight;
            }
        }
        (scores[tie[0]], hits, misses)
    };
    tied(&scores).into_iter().map(step).collect()
}

/// The ROC curve of `class` against the rest, from (0, 0) to (1, 1), every threshold a point.
pub fn roc_curve(predictions: &Predictions, class: usize) -> Vec<RocPoint> {
    let steps = steps(predictions, class);
    let (positives, negatives) = steps.last().map_or((1.0, 1.0), |last| (last.1, last.2));
    let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
    let origin = RocPoint {
        threshold: None,
        false_positive_rate: 0.0,
        true_positive_rate: 0.0,
    };
    let point = |&(threshold, hits, misses): &(f64, f64, f64)| RocPoint {
        threshold: Some(threshold),
        false_positive_rate: share(misses, negatives),
        true_positive_rate: share(hits, positives),
    };
    std::iter::once(origin).chain(steps.iter().map(point)).collect()
}

/// Precision over recall of `class` against the rest, by falling threshold.
pub fn pr_curve(predictions: &Predictions, class: usize) -> Vec<PrPoint> {
    let steps = steps(predictions, class);
    let positives = steps.last().map_or(0.0, |last| last.1);
    let point = |&(threshold, hits, misses): &(f64, f64, f64)| PrPoint {
        threshold,
        precision: if hits + misses > 0.0 {
            hits / (hits + misses)
        } else {
            1.0
        },
        recall: if positives > 0.0 { hits / positives } else { 0.0 },
    };
    steps.iter().map(point).collect()
}

/// Observed over predicted share of `class` in `bins` bins of equal width; empty bins are left out.
pub fn calibration_curve(predictions: &Predictions, class: usize, bins: usize) -> Vec<CalibrationPoint> {
    let bins = bins.max(1);
    let mut sums = vec![(0.0, 0.0, 0.0); bins];
    for row in 0..predictions.rows() {
        let (p, weight) = (predictions.probability(row, class), predictions.weight(row));
        let bin = &mut sums[((p * bins as f64) as usize).min(bins - 1)];
        bin.0 += weight * p;
        bin.1 += if predictions.class(row) == class {
            weight
        } else {
            0.0
        };
        bin.2 += weight;
    }
    let point = |&(predicted, observed, weight): &(f64, f64, f64)| CalibrationPoint {
        predicted: predicted / weight,
        observed: observed / weight,
        weight,
    };
    sums.iter().filter(|sum| sum.2 > 0.0).map(point).collect()
}
