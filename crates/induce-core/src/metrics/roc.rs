//! Areas under curves over thresholds.

use super::interval::{Estimate, bessel, effective};
use super::predictions::Predictions;

/// Rows in descending order of the score of a class, equal scores together.
pub(super) fn tied(scores: &[f64]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
    order
        .chunk_by(|&a, &b| scores[a] == scores[b])
        .map(<[usize]>::to_vec)
        .collect()
}

/// The scores of a class against the rest.
pub(super) fn scores(predictions: &Predictions, class: usize) -> Vec<f64> {
    (0..predictions.rows())
        .map(|row| predictions.probability(row, class))
        .collect()
}

/// The classes whose curves are averaged: the positive one of two, else all that occur.
fn curves(predictions: &Predictions) -> Vec<usize> {
    if predictions.classes == 2 {
        vec![1]
    } else {
        (0..predictions.classes).collect()
    }
}

/// Weight of the rows of a class, and of the others.
fn sides(predictions: &Predictions, class: usize) -> (f64, f64) {
    (0..predictions.rows()).fold((0.0, 0.0), |(inside, outside), row| {
        let weight = predictions.weight(row);
        if predictions.class(row) == class {
            (inside + weight, outside)
        } else {
            (inside, outside + weight)
        }
    })
}

/// The probability that a row of the class scores above one of the rest, ties half; the mean over classes if more than two.
///
/// Interval by the placements of DeLong, DeLong and Clarke-Pearson (Biometrics 44, 1988),
/// with weights, and summed over the classes row by row.
pub(super) fn roc_auc(predictions: &Predictions) -> Option<Estimate> {
    if !predictions.has_probabilities() {
        return None;
    }
    let curves = curves(predictions);
    let mut influence = vec![0.0; predictions.rows()];
    let mut sum = 0.0;
    for &class in &curves {
        sum += add_auc(predictions, class, &mut influence)?;
    }
    let count = curves.len() as f64;
    let variance = influence.iter().map(|i| (i / count).powi(2)).sum::<f64>();
    let fewest = curves
        .iter()
        .map(|&class| fewest(predictions, class))
        .fold(f64::INFINITY, f64::min);
    Some(Estimate::bounded(
        sum / count,
        bessel(predictions.rows()) * variance,
        0.0,
        1.0,
        fewest,
    ))
}

/// Effective rows of the class or of the rest, whichever are fewer.
fn fewest(predictions: &Predictions, class: usize) -> f64 {
    let side = |inside: bool| {
        let weight = |row: usize| {
            if (predictions.class(row) == class) == inside {
                predictions.weight(row)
            } else {
                0.0
            }
        };
        effective(predictions.rows(), weight)
    };
    side(true).min(side(false))
}

/// The area of one class; adds each row's influence on it. `None` if the class, or the rest, has no weight.
fn add_auc(predictions: &Predictions, class: usize, influence: &mut [f64]) -> Option<f64> {
    let (positive, negative) = sides(predictions, class);
    if positive <= 0.0 || negative <= 0.0 {
        return None;
    }
    let is_positive = |row: usize| predictions.class(row) == class;
    let ties = tied(&scores(predictions, class));
    let mut placements = vec![0.0; predictions.rows()];
    let (mut positive_above, mut negative_above) = (0.0, 0.0);
    let mut area = 0.0;
    for tie in &ties {
        let (mut p, mut n) = (0.0, 0.0);
        for &row in tie {
            if is_positive(row) {
                p += predictions.weight(row);
            } else {
                n += predictions.weight(row);
            }
        }
        let below = (negative - negative_above - 0.5 * n) / negative;
        let above = (positive_above + 0.5 * p) / positive;
        for &row in tie {
            placements[row] = if is_positive(row) { below } else { above };
        }
        area += p * below;
        positive_above += p;
        negative_above += n;
    }
    let area = area / positive;
    for (row, influence) in influence.iter_mut().enumerate() {
        let side = if is_positive(row) { positive } else { negative };
        *influence += predictions.weight(row) * (placements[row] - area) / side;
    }
    Some(area)
}

/// `sum_n (R_n - R_(n-1)) P_n` over the thresholds; the mean over classes if more than two.
///
/// Interval symmetric in the logit on the number of positives (Boyd, Eng and Page, ECML 2013),
/// the rarest class of several.
pub(super) fn average_precision(predictions: &Predictions) -> Option<Estimate> {
    if !predictions.has_probabilities() {
        return None;
    }
    let curves = curves(predictions);
    let (mut sum, mut fewest) = (0.0, f64::INFINITY);
    for &class in &curves {
        let (positive, _) = sides(predictions, class);
        if positive <= 0.0 {
            return None;
        }
        fewest = fewest.min(effective_positives(predictions, class));
        let truth: Vec<bool> = (0..predictions.rows())
            .map(|row| predictions.class(row) == class)
            .collect();
        sum += precision_area(&truth, &scores(predictions, class), |row| predictions.weight(row));
    }
    Some(Estimate::logit(sum / curves.len() as f64, fewest))
}

fn effective_positives(predictions: &Predictions, class: usize) -> f64 {
    let weight = |row: usize| {
        if predictions.class(row) == class {
            predictions.weight(row)
        } else {
            0.0
        }
    };
    effective(predictions.rows(), weight)
}

/// The area under the steps of precision over recall; 0 if nothing is true.
pub(super) fn precision_area(truth: &[bool], scores: &[f64], weight: impl Fn(usize) -> f64) -> f64 {
    let (mut hits, mut shown, mut area) = (0.0, 0.0, 0.0);
    for tie in tied(scores) {
        let before = hits;
        for &row in &tie {
            shown += weight(row);
            hits += if truth[row] { weight(row) } else { 0.0 };
        }
        area += if shown > 0.0 {
            (hits - before) * hits / shown
        } else {
            0.0
        };
    }
    if hits > 0.0 { area / hits } else { 0.0 }
}
