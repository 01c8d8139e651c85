//! The area under the steps of precision over recall.

use super::interval::Estimate;
use super::predictions::Predictions;
use super::ranked::{Area, Ranked, over_classes, tied};

/// `sum_n (R_n - R_(n-1)) P_n` over the thresholds; the mean over classes if more than two.
///
/// Wilson's interval of a fraction of as many rows as have the variance of the infinitesimal jackknife,
/// `n = v (1 - v) / Var`, though of no more than there are positives (E. L. Korn and B. I. Graubard, Survey
/// Methodology 24, 1998, for the fractions of complex samples). Over several classes the influences are added row by
/// row, so that what they have in common counts. Two other ways fail: the jackknife alone knows nothing of
/// errors that a nearly perfect sample happens not to show, and an interval symmetric in the logit grows to
/// all of 0..1 as `n v (1 - v)` falls below 1.
///
/// A positive counts in its own precision, so that a sample is too high by about the mean of `P_i` less the precision
/// without i. More classes do not average that out; the lower end is that of the value less this bias.
pub(super) fn average_precision(predictions: &Predictions) -> Option<Estimate> {
    let mean = over_classes(predictions, area)?;
    let shown = mean.value * (1.0 - mean.value) / mean.variance.max(f64::MIN_POSITIVE);
    let n = if shown > 0.0 { shown.min(mean.n) } else { mean.n };
    let corrected = Estimate::wilson((mean.value - mean.bias).max(0.0), n);
    Some(Estimate {
        low: corrected.low,
        ..Estimate::wilson(mean.value, n)
    })
}

/// What is shown at and above a threshold.
struct Step {
    /// Weight of the positives in the tie.
    gained: f64,
    /// Weight of the positives shown, H.
    hits: f64,
    /// Weight of all rows shown, S.
    shown: f64,
}

impl Step {
    /// `H / S`; 0 where nothing with weight is shown.
    fn precision(&self) -> f64 {
        if self.shown > 0.0 {
            self.hits / self.shown
        } else {
            0.0
        }
    }
}

/// The steps of ties of `sides` (weight of the positives, and of the others).
fn steps(sides: impl Iterator<Item = (f64, f64)>) -> Vec<Step> {
    let (mut hits, mut shown) = (0.0, 0.0);
    let step = |(positive, negative): (f64, f64)| {
        hits += positive;
        shown += positive + negative;
        Step {
            gained: positive,
            hits,
            shown,
        }
    };
    sides.map(step).collect()
}

/// `sum_n (H_n - H_(n-1)) P_n / H`; 0 if nothing is positive.
fn area_under(steps: &[Step]) -> f64 {
    let hits = steps.last().map_or(0.0, |last| last.hits);
    if hits <= 0.0 {
        return 0.0;
    }
    steps
        .iter()
        .map(|step| step.gained * step.precision())
        .sum::<f64>()
        / hits
}

/// The area of one class. `None` if the class has no weight.
///
/// A row of score s adds to the precision at every threshold up to s, so with the positives i of scores up to s
/// `dA / dw = (y (P(s) - A) + sum_i w_i (y - P_i) / S_i) / H`.
fn area(ranked: &Ranked) -> Option<Area> {
    if ranked.positive <= 0.0 {
        return None;
    }
    let steps = steps(ranked.ties.iter().map(|tie| ranked.sides(tie)));
    let value = area_under(&steps);
    let mut influence = vec![0.0; ranked.rows()];
    // sum_i w_i / S_i and sum_i w_i P_i / S_i, from the lowest threshold up.
    let (mut as_hit, mut as_shown, mut bias) = (0.0, 0.0, 0.0);
    for (tie, step) in ranked.ties.iter().zip(&steps).rev() {
        if step.gained > 0.0 {
            as_hit += step.gained / step.shown;
            as_shown += step.gained * step.precision() / step.shown;
        }
        for &row in tie {
            let weight = ranked.weight(row);
            let own = if ranked.is_positive(row) {
                if step.shown > weight {
                    // H / S - (H - w) / (S - w)
                    bias += weight * weight * (1.0 - step.precision()) / (step.shown - weight);
                }
                step.precision() - value + as_hit
            } else {
                0.0
            };
            influence[row] = weight * (own - as_shown) / ranked.positive;
        }
    }
    Some(Area {
        value,
        influence,
        bias: bias / ranked.positive,
        n: ranked.effective(true),
    })
}

/// The area under the steps of precision over recall; 0 if nothing is true.
pub(super) fn precision_area(truth: &[bool], scores: &[f64]) -> f64 {
    let sides = |tie: Vec<usize>| {
        let hits = tie.iter().filter(|&&row| truth[row]).count();
        (hits as f64, (tie.len() - hits) as f64)
    };
    area_under(&steps(tied(scores).into_iter().map(sides)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;

    /// Rows of classes of these frequencies, told apart by `signal`: truth and probabilities.
    fn sample(seed: u64, rows: usize, fractions: &[f64], signal: f64) -> (Vec<f64>, Vec<f64>) {
        let stream = Stream::new(seed, "precision-recall");
        let (mut truth, mut probabilities) = (Vec::new(), Vec::new());
        for row in 0..rows as u64 {
            let mut left = stream.child(0).uniform(row);
            let class = fractions.iter().position(|fraction| {
                left -= fraction;
                left < 0.0
            });
            let class = class.unwrap_or(0);
            // Differences of logarithms of uniforms are logistic: noise enough.
            let score = |c: usize| {
                let u = stream.child(1 + c as u64).uniform(row).clamp(1e-12, 1.0 - 1e-12);
                (if c == class { signal } else { 0.0 } + 0.6 * (u / (1.0 - u)).ln()).exp()
            };
            let scores: Vec<f64> = (0..fractions.len()).map(score).collect();
            let sum: f64 = scores.iter().sum();
            truth.push(class as f64);
            probabilities.extend(scores.iter().map(|score| score / sum));
        }
        (truth, probabilities)
    }

    fn estimate((truth, probabilities): &(Vec<f64>, Vec<f64>), classes: usize) -> Option<Estimate> {
        average_precision(&Predictions::classification(truth, probabilities, classes))
    }

    /// The interval of a mean over classes was that of the rarest class alone, and of a nearly perfect one
    /// all of 0..1: it always held the truth, and said nothing.
    #[test]
    fn intervals_of_several_classes_hold_the_truth_and_say_something() {
        let even = [0.1; 10];
        let uneven = [0.3, 0.25, 0.2, 0.12, 0.08, 0.05];
        for (fractions, signal, rows, widest) in [
            (&uneven[..], 2.0, 200, 0.2),
            (&uneven[..], 4.0, 200, 0.1),
            (&even[..], 2.0, 300, 0.15),
            (&[0.05; 20], 2.0, 400, 0.15),
            (&[0.9, 0.1], 2.0, 200, 0.4),
        ] {
            let classes = fractions.len();
            let target = estimate(&sample(1, 100_000, fractions, signal), classes)
                .unwrap()
                .value;
            let estimates: Vec<Estimate> = (0..400)
                .filter_map(|seed| estimate(&sample(100 + seed, rows, fractions, signal), classes))
                .collect();
            let mean = |of: &dyn Fn(&Estimate) -> f64| {
                estimates.iter().map(of).sum::<f64>() / estimates.len() as f64
            };
            let (low, high) = (|e: &Estimate| e.low.unwrap(), |e: &Estimate| e.high.unwrap());
            let held = mean(&|e| f64::from(u8::from((low(e)..=high(e)).contains(&target))));
            let width = mean(&|e| high(e) - low(e));
            let case = format!("{classes} classes of {rows} rows about {target}: {held} held, width {width}");
            assert!((0.91..=0.995).contains(&held) && width < widest, "{case}");
        }
    }

    /// The influences are derivatives: central differences in the weights say so, with ties and weights.
    #[test]
    fn influences_are_derivatives() {
        let (truth, mut probabilities) = sample(7, 40, &[0.4, 0.35, 0.25], 1.0);
        probabilities
            .iter_mut()
            .for_each(|p| *p = (*p * 8.0).round() / 8.0);
        let weights: Vec<f64> = (0..40).map(|row| 0.5 + f64::from(row % 3)).collect();
        let area_of = |weights: &[f64]| {
            let predictions =
                Predictions::classification(&truth, &probabilities, 3).with_weights(Some(weights));
            area(&Ranked::new(&predictions, 1)).unwrap()
        };
        let own = area_of(&weights).influence;
        assert!(own.iter().sum::<f64>().abs() < 1e-12);
        for row in 0..40 {
            let moved = |by: f64| {
                let mut weights = weights.clone();
                weights[row] += by;
                area_of(&weights).value
            };
            let slope = (moved(1e-5) - moved(-1e-5)) / 2e-5;
            assert!((own[row] - weights[row] * slope).abs() < 1e-9, "row {row}");
        }
    }
}
