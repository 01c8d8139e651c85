//! Proper scores of probabilities.

use super::interval::{Estimate, mean};
use super::predictions::Predictions;

/// `-mean ln p(true class)`, probabilities kept `f64::EPSILON` away from 0 and 1 as in scikit-learn; interval of the mean.
pub(super) fn log_loss(predictions: &Predictions) -> Option<Estimate> {
    if !predictions.has_probabilities() {
        return None;
    }
    let loss = |row: usize| {
        let p = predictions.probability(row, predictions.class(row));
        -p.clamp(f64::EPSILON, 1.0 - f64::EPSILON).ln()
    };
    Some(mean(predictions.rows(), |row| predictions.weight(row), loss, 0.0))
}

/// `mean sum_c (p_c - [c is true])^2`, halved for two classes (G. W. Brier, 1950); interval of the mean.
pub(super) fn brier(predictions: &Predictions) -> Option<Estimate> {
    if !predictions.has_probabilities() {
        return None;
    }
    let classes = predictions.classes;
    let scale = if classes == 2 { 0.5 } else { 1.0 };
    let loss = |row: usize| {
        let truth = predictions.class(row);
        let miss = |class: usize| predictions.probability(row, class) - f64::from(u8::from(class == truth));
        scale * (0..classes).map(|class| miss(class).powi(2)).sum::<f64>()
    };
    Some(mean(predictions.rows(), |row| predictions.weight(row), loss, 0.0))
}
