//! Curves over the threshold of a score: receiver operating characteristic, precision over recall, calibration.
//!
//! Rows without a finite score are left out, and rows with equal scores pass a threshold together.

use super::ranked::tied;

/// The confusion of calling every row of at least `threshold` positive.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ThresholdStep {
    /// A score that some row has.
    pub threshold: f64,
    /// Positive rows of at least this score.
    pub true_positives: f64,
    /// Negative rows of at least this score.
    pub false_positives: f64,
}

/// The steps of every distinct score, from high to low; the last one holds the totals.
///
/// ```
/// use induce_core::metrics::threshold_steps;
/// let steps = threshold_steps(&[true, false, true], &[0.9, 0.4, 0.4]);
/// assert_eq!((steps.len(), steps[1].true_positives, steps[1].false_positives), (2, 2.0, 1.0));
/// ```
pub fn threshold_steps(positive: &[bool], scores: &[f64]) -> Vec<ThresholdStep> {
    let (scores, positive): (Vec<f64>, Vec<bool>) = scores
        .iter()
        .zip(positive)
        .filter(|(score, _)| score.is_finite())
        .map(|(score, positive)| (*score, *positive))
        .unzip();
    let (mut true_positives, mut false_positives) = (0.0, 0.0);
    let step = |tie: Vec<usize>| {
        let hits = tie.iter().filter(|&&row| positive[row]).count();
        true_positives += hits as f64;
        false_positives += (tie.len() - hits) as f64;
        ThresholdStep {
            threshold: scores[tie[0]],
            true_positives,
            false_positives,
        }
    };
    tied(&scores).into_iter().map(step).collect()
}

/// Points (false positive rate, true positive rate) from (0, 0) to (1, 1), every distinct score a point; empty unless
/// both classes occur.
///
/// ```
/// use induce_core::metrics::{roc_curve, trapezoids};
/// // Of the four pairs of a positive and a negative, three are in order.
/// let points = roc_curve(&[true, false, true, false], &[0.9, 0.5, 0.4, 0.1]);
/// assert_eq!(trapezoids(&points), 0.75);
/// ```
pub fn roc_curve(positive: &[bool], scores: &[f64]) -> Vec<(f64, f64)> {
    let steps = threshold_steps(positive, scores);
    let Some(all) = steps
        .last()
        .filter(|all| all.true_positives > 0.0 && all.false_positives > 0.0)
    else {
        return Vec::new();
    };
    let point = |step: &ThresholdStep| {
        (
            step.false_positives / all.false_positives,
            step.true_positives / all.true_positives,
        )
    };
    std::iter::once((0.0, 0.0))
        .chain(steps.iter().map(point))
        .collect()
}

/// The area under straight lines between points: `sum_i (x_i - x_(i-1)) (y_i + y_(i-1)) / 2`.
pub fn trapezoids(points: &[(f64, f64)]) -> f64 {
    points
        .windows(2)
        .map(|pair| (pair[1].0 - pair[0].0) * (pair[1].1 + pair[0].1) / 2.0)
        .sum()
}

/// Points (recall, precision), recall rising, every distinct score a point; empty without positives.
///
/// ```
/// use induce_core::metrics::{average_precision_of, precision_recall_curve};
/// // Found at ranks 1 and 3: 1/2 x 1 + 1/2 x 2/3.
/// let points = precision_recall_curve(&[true, false, true, false], &[0.9, 0.5, 0.4, 0.1]);
/// assert!((average_precision_of(&points) - 5.0 / 6.0).abs() < 1e-12);
/// ```
pub fn precision_recall_curve(positive: &[bool], scores: &[f64]) -> Vec<(f64, f64)> {
    let steps = threshold_steps(positive, scores);
    let Some(all) = steps.last().filter(|all| all.true_positives > 0.0) else {
        return Vec::new();
    };
    let point = |step: &ThresholdStep| {
        (
            step.true_positives / all.true_positives,
            step.true_positives / (step.true_positives + step.false_positives),
        )
    };
    steps.iter().map(point).collect()
}

/// `sum_n (R_n - R_(n-1)) P_n` of points (recall, precision), as in scikit-learn.
pub fn average_precision_of(points: &[(f64, f64)]) -> f64 {
    let before = std::iter::once(0.0).chain(points.iter().map(|point| point.0));
    points
        .iter()
        .zip(before)
        .map(|(point, before)| (point.0 - before) * point.1)
        .sum()
}

/// A bin of the calibration curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CalibrationPoint {
    /// Mean predicted probability.
    pub predicted: f64,
    /// Fraction of the rows that are positive.
    pub observed: f64,
    /// Rows in the bin.
    pub count: u64,
}

/// Observed against predicted frequency in `bins` bins of equal width (1 to 100), empty ones left out; rows whose
/// probability is not within 0 and 1 are not counted.
///
/// ```
/// use induce_core::metrics::calibration_curve;
/// let points = calibration_curve(&[true, false, true], &[0.05, 0.95, 1.0], 10);
/// assert_eq!((points.len(), points[1].observed, points[1].count), (2, 0.5, 2));
/// ```
pub fn calibration_curve(positive: &[bool], probabilities: &[f64], bins: usize) -> Vec<CalibrationPoint> {
    let bins = bins.clamp(1, 100);
    let mut sums = vec![(0.0, 0_u64, 0_u64); bins];
    for (&probability, &hit) in probabilities.iter().zip(positive) {
        if (0.0..=1.0).contains(&probability) {
            let sum = &mut sums[((probability * bins as f64) as usize).min(bins - 1)];
            *sum = (sum.0 + probability, sum.1 + u64::from(hit), sum.2 + 1);
        }
    }
    let point = |&(predicted, hits, count): &(f64, u64, u64)| CalibrationPoint {
        predicted: predicted / count as f64,
        observed: hits as f64 / count as f64,
        count,
    };
    sums.iter().filter(|sum| sum.2 > 0).map(point).collect()
}
