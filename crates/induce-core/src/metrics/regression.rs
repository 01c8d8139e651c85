//! Errors of quantities. `e = truth - value` throughout.

use super::interval::{Estimate, bessel, effective, mean, median_ranks};
use super::predictions::Predictions;

fn mean_of(predictions: &Predictions, loss: impl Fn(f64, f64) -> f64) -> Estimate {
    let loss = |row: usize| loss(predictions.truth[row], predictions.values[row]);
    mean(predictions.rows(), |row| predictions.weight(row), loss, 0.0)
}

/// `mean e^2`; interval of the mean.
pub(super) fn mse(predictions: &Predictions) -> Option<Estimate> {
    Some(mean_of(predictions, |y, v| (y - v).powi(2)))
}

/// `sqrt(mean e^2)`; delta method, `Var = Var(mse) / (4 mse)`.
pub(super) fn rmse(predictions: &Predictions) -> Option<Estimate> {
    let mse = mse(predictions)?;
    let root = mse.value.sqrt();
    // Undo the floor at 0 of the interval for the mean: the upper end has none.
    let Some(high) = mse.high else {
        return Some(Estimate::bare(root));
    };
    let radius = (high - mse.value) / (2.0 * root);
    Some(Estimate {
        value: root,
        low: Some((root - radius).max(0.0)),
        high: Some(root + radius),
    })
}

/// `mean |e|`; interval of the mean.
pub(super) fn mae(predictions: &Predictions) -> Option<Estimate> {
    Some(mean_of(predictions, |y, v| (y - v).abs()))
}

/// `mean |e| / max(|truth|, eps)`; interval of the mean.
pub(super) fn mape(predictions: &Predictions) -> Option<Estimate> {
    Some(mean_of(predictions, |y, v| {
        (y - v).abs() / y.abs().max(f64::EPSILON)
    }))
}

/// `max |e|`. No interval: a maximum has none without assumptions on the tail.
pub(super) fn max_error(predictions: &Predictions) -> Option<Estimate> {
    let errors = predictions
        .truth
        .iter()
        .zip(predictions.values)
        .map(|(y, v)| (y - v).abs());
    Some(Estimate::bare(errors.fold(0.0, f64::max)))
}

/// `median |e|`; interval of order statistics (H. A. David, *Order statistics*, section 7.1).
pub(super) fn median_absolute_error(predictions: &Predictions) -> Option<Estimate> {
    let mut errors: Vec<(f64, f64)> = (0..predictions.rows())
        .map(|row| {
            (
                (predictions.truth[row] - predictions.values[row]).abs(),
                predictions.weight(row),
            )
        })
        .filter(|(_, weight)| *weight > 0.0)
        .collect();
    errors.sort_by(|a, b| a.0.total_cmp(&b.0));
    let total: f64 = errors.iter().map(|(_, weight)| weight).sum();
    let (low, high) = median_ranks(effective(errors.len(), |i| errors[i].1));
    let [low, value, high] = [low, 0.5, high].map(|p| quantile(&errors, p * total));
    let spread = low < high;
    Some(Estimate {
        value,
        low: spread.then_some(low),
        high: spread.then_some(high),
    })
}

/// The value at which the running weight passes `mass`; the mean of two values where it only reaches it.
fn quantile(sorted: &[(f64, f64)], mass: f64) -> f64 {
    let mut running = 0.0;
    for (i, (value, weight)) in sorted.iter().enumerate() {
        running += weight;
        if (running - mass).abs() <= 1e-12 * mass.max(1e-300) {
            let next = sorted.get(i + 1).map_or(*value, |next| next.0);
            return 0.5 * (value + next);
        }
        if running > mass {
            return *value;
        }
    }
    sorted.last().map_or(0.0, |last| last.0)
}

/// `1 - sum w e^2 / sum w (truth - mean)^2`; delta method.
pub(super) fn r2(predictions: &Predictions) -> Option<Estimate> {
    explained(predictions, 0.0)
}

/// `1 - Var(e) / Var(truth)`; delta method.
pub(super) fn explained_variance(predictions: &Predictions) -> Option<Estimate> {
    let weight = |row: usize| predictions.weight(row);
    let error = |row: usize| predictions.truth[row] - predictions.values[row];
    explained(
        predictions,
        mean(predictions.rows(), weight, error, f64::NEG_INFINITY).value,
    )
}

/// `1 - A / B` with `A = mean (e - shift)^2`, `B = mean (truth - mean)^2`; a constant truth gives 1 or 0 as in scikit-learn.
///
/// The influence of a row is `A (b - B) / B^2 - (a - A) / B` where `a`, `b` are its terms of the means.
fn explained(predictions: &Predictions, shift: f64) -> Option<Estimate> {
    let n = predictions.rows();
    if n < 2 {
        return None;
    }
    let weight = |row: usize| predictions.weight(row);
    let centre = mean(n, weight, |row| predictions.truth[row], f64::NEG_INFINITY).value;
    let residual = |row: usize| (predictions.truth[row] - predictions.values[row] - shift).powi(2);
    let spread = |row: usize| (predictions.truth[row] - centre).powi(2);
    let a = mean(n, weight, residual, 0.0).value;
    let b = mean(n, weight, spread, 0.0).value;
    if b == 0.0 {
        return Some(Estimate::bare(if a == 0.0 { 1.0 } else { 0.0 }));
    }
    let total: f64 = (0..n).map(weight).sum();
    let influence =
        |row: usize| weight(row) * (a * (spread(row) - b) / (b * b) - (residual(row) - a) / b) / total;
    let variance: f64 = (0..n).map(|row| influence(row).powi(2)).sum();
    Some(Estimate::normal(
        1.0 - a / b,
        bessel(n) * variance,
        f64::NEG_INFINITY,
        1.0,
    ))
}

/// `mean max(alpha e, (alpha - 1) e)`; interval of the mean.
pub(super) fn pinball(predictions: &Predictions, alpha: f64) -> Option<Estimate> {
    let loss = |y: f64, v: f64| (alpha * (y - v)).max((alpha - 1.0) * (y - v));
    (0.0..=1.0).contains(&alpha).then(|| mean_of(predictions, loss))
}

/// `sum w [y <= v] / sum w`: of the quantile for alpha it should be alpha; Wilson interval on the effective number of rows.
pub(super) fn coverage(predictions: &Predictions) -> Option<Estimate> {
    let rows = predictions.rows();
    let weight = |row: usize| predictions.weight(row);
    let total: f64 = (0..rows).map(weight).sum();
    let below = (0..rows).filter(|&row| predictions.truth[row] <= predictions.values[row]);
    let covered: f64 = below.map(weight).sum();
    Some(Estimate::wilson(covered / total, effective(rows, weight)))
}

/// The mean unit deviance of the Tweedie family of power `p`: 0 normal, 1 Poisson, 2 gamma; interval of the mean.
///
/// `2 (max(y,0)^(2-p) / ((1-p)(2-p)) - y v^(1-p) / (1-p) + v^(2-p) / (2-p))`, with its limits at 0, 1 and 2.
/// Undefined for powers between 0 and 1, and where a truth or value lies outside of the family's range.
pub(super) fn tweedie(predictions: &Predictions, power: f64) -> Option<Estimate> {
    let all = |rows: &[f64], test: fn(f64) -> bool| rows.iter().all(|value| test(*value));
    let positive = |value: f64| value > 0.0;
    let defined = match power {
        p if p.is_nan() || (p > 0.0 && p < 1.0) => false,
        0.0 => true,
        p if p < 0.0 => all(predictions.values, positive),
        p if p < 2.0 => all(predictions.truth, |y| y >= 0.0) && all(predictions.values, positive),
        _ => all(predictions.truth, positive) && all(predictions.values, positive),
    };
    defined.then(|| mean_of(predictions, |y, v| unit_deviance(y, v, power)))
}

fn unit_deviance(y: f64, v: f64, p: f64) -> f64 {
    if p == 0.0 {
        (y - v).powi(2)
    } else if p == 1.0 {
        let log = if y > 0.0 { y * (y / v).ln() } else { 0.0 };
        2.0 * (log - y + v)
    } else if p == 2.0 {
        2.0 * ((v / y).ln() + y / v - 1.0)
    } else {
        let (one, two) = (1.0 - p, 2.0 - p);
        2.0 * (y.max(0.0).powf(two) / (one * two) - y * v.powf(one) / one + v.powf(two) / two)
    }
}
