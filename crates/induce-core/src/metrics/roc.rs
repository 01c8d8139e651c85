//! The area under the ROC curve.

use super::interval::Estimate;
use super::predictions::Predictions;
use super::ranked::{Area, Ranked, over_classes};

/// The probability that a row of the class scores above one of the rest, ties half; the mean over classes if more than two.
///
/// Interval by the placements of DeLong, DeLong and Clarke-Pearson (Biometrics 44, 1988),
/// with weights, and summed over the classes row by row.
pub(super) fn roc_auc(predictions: &Predictions) -> Option<Estimate> {
    let mean = over_classes(predictions, area)?;
    Some(Estimate::bounded(mean.value, mean.variance, 0.0, 1.0, mean.n))
}

/// The area of one class. `None` if the class, or the rest, has no weight.
fn area(ranked: &Ranked) -> Option<Area> {
    let (positive, negative) = (ranked.positive, ranked.negative);
    if positive <= 0.0 || negative <= 0.0 {
        return None;
    }
    let mut placements = vec![0.0; ranked.rows()];
    let (mut positive_above, mut negative_above, mut sum) = (0.0, 0.0, 0.0);
    for tie in &ranked.ties {
        let (p, n) = ranked.sides(tie);
        let below = (negative - negative_above - 0.5 * n) / negative;
        let above = (positive_above + 0.5 * p) / positive;
        for &row in tie {
            placements[row] = if ranked.is_positive(row) { below } else { above };
        }
        sum += p * below;
        positive_above += p;
        negative_above += n;
    }
    let value = sum / positive;
    let influence = |row: usize| {
        let side = if ranked.is_positive(row) {
            positive
        } else {
            negative
        };
        ranked.weight(row) * (placements[row] - value) / side
    };
    Some(Area {
        value,
        influence: (0..ranked.rows()).map(influence).collect(),
        bias: 0.0,
        n: ranked.effective(true).min(ranked.effective(false)),
    })
}
