//! Splits that never learn from the future.

use super::{Split, both_sides, check_folds, check_fraction};
use crate::error::{Error, Result};

/// The last `fraction` of the rows by `times`; rows of one moment stay together.
///
/// # Errors
/// If `fraction` is not between 0 and 1, or leaves one side without a row.
pub fn time_holdout(times: &[f64], fraction: f64) -> Result<Split> {
    check_fraction(times.len(), fraction)?;
    let order = ordered(times)?;
    let wanted = times.len() - (fraction * times.len() as f64).round() as usize;
    let cut = between_moments(times, &order, wanted);
    both_sides(window(&order, cut, times.len()), fraction)
}

/// `k` splits that each train on all rows before a moment and evaluate on the next `1 / (k + 1)` of the rows.
///
/// Source: scikit-learn's `TimeSeriesSplit`; here rows of one moment stay together.
///
/// # Errors
/// If there are fewer than 2 folds or too few moments for them.
pub fn time_folds(times: &[f64], k: usize) -> Result<Vec<Split>> {
    check_folds("row", times.len(), k.saturating_add(1))?;
    let order = ordered(times)?;
    let size = times.len() / (k + 1);
    let start = times.len() - k * size;
    let cut = |i: usize| between_moments(times, &order, start + i * size);
    (0..k)
        .map(|i| both_sides(window(&order, cut(i), cut(i + 1)), 1.0 / (k + 1) as f64))
        .collect()
}

fn ordered(times: &[f64]) -> Result<Vec<usize>> {
    if times.iter().any(|time| time.is_nan()) {
        return Err(Error::data(
            "a row has no time",
            "leave out the rows whose time is missing",
        ));
    }
    let mut order: Vec<usize> = (0..times.len()).collect();
    order.sort_by(|&a, &b| times[a].total_cmp(&times[b]));
    Ok(order)
}

/// The first place from `place` on at which a new moment begins.
fn between_moments(times: &[f64], order: &[usize], place: usize) -> usize {
    let same =
        |place: usize| place > 0 && place < order.len() && times[order[place]] == times[order[place - 1]];
    (place..order.len())
        .find(|&place| !same(place))
        .unwrap_or(order.len())
}

fn window(order: &[usize], start: usize, end: usize) -> Split {
    let mut split = Split {
        train: order[..start].to_vec(),
        test: order[start..end].to_vec(),
    };
    split.train.sort_unstable();
    split.test.sort_unstable();
    split
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_past_learns_and_the_future_judges() {
        let times = [3.0, 1.0, 2.0, 5.0, 4.0, 0.0];
        let splits = time_folds(&times, 2).unwrap();
        assert_eq!(
            splits[0],
            Split {
                train: vec![1, 5],
                test: vec![0, 2]
            }
        );
        assert_eq!(
            splits[1],
            Split {
                train: vec![0, 1, 2, 5],
                test: vec![3, 4]
            }
        );
        assert_eq!(time_holdout(&times, 0.34).unwrap().test, [3, 4]);
    }

    #[test]
    fn one_moment_is_never_on_both_sides() {
        let times = [0.0, 1.0, 1.0, 1.0, 2.0, 2.0];
        assert_eq!(time_holdout(&times, 0.5).unwrap().test, [4, 5]);
        assert!(time_holdout(&[1.0; 5], 0.5).is_err());
        assert!(time_holdout(&[1.0, f64::NAN], 0.5).is_err());
    }
}
