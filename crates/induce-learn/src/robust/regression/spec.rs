//! The settings of robust regression: plain data.

use induce_core::model::{Range, Space, range};
use induce_core::{Error, Result, choices, settings};
use serde_json::{Map, Value};

choices! {
    /// In which order samples are drawn.
    pub enum Sampling {
        /// All rows alike.
        Uniform = "uniform",
        /// The rows that a first fit misses least come first (PROSAC).
        Prosac = "prosac",
    }
}

/// The base that is part of this crate.
pub const LEAST_SQUARES: &str = "least-squares";

settings! {
    /// Robust regression's settings.
    ///
    /// ```
    /// use induce_learn::robust::regression::Spec;
    /// assert!(Spec::default().check().is_ok());
    /// assert!(Spec { confidence: 0.0, ..Spec::default() }.check().is_err());
    /// ```
    pub struct Spec {
        /// The model that is fitted to the rows that agree: `least-squares`, or any of `induce models`
        base: String = LEAST_SQUARES.into(), in Range::Said("least-squares, or a model of `induce models`");
        /// Settings of that model: `base_settings.rounds=50`
        base_settings: Map<String, Value> = Map::new();
        /// Largest residual of an inlier; 0 is the median absolute deviation of the target
        threshold: f64 = 0.0, in range::at_least(0.0), search Space::Log(1e-3, 1e3);
        /// Rows per sample; 0 is the number of coefficients (for other bases a tenth of the rows, at least 20)
        min_samples: usize = 0;
        /// Largest number of samples; 0 is 1000 (fewer, down to 16, for more than 150 coefficients; 20 for other bases)
        trials: usize = 0;
        /// Probability with which one sample without outliers must have been drawn
        confidence: f64 = 0.99, in range::open(0.0, 1.0);
        /// All rows alike, or those with the smallest residuals of a first fit first
        sampling: Sampling = Sampling::Uniform, search Space::OneOf(Sampling::NAMES);
    }
}

impl Spec {
    /// Hold every setting against its range.
    ///
    /// # Errors
    /// For the first that cannot be.
    pub fn check(&self) -> Result<()> {
        self.check_ranges()?;
        if self.base == LEAST_SQUARES && !self.base_settings.is_empty() {
            let reason = "`least-squares` has no settings";
            return Err(Error::setting(
                "base_settings",
                Value::Object(self.base_settings.clone()),
                reason,
            ));
        }
        Ok(())
    }
}

impl Spec {
    /// Samples of `size` rows at most, the default said.
    ///
    /// So many rows are never all inliers where hundreds are drawn, and every sample is a system of as many unknowns:
    /// there the rows that agree with the first fits say more than samples.
    pub(super) fn most_trials(&self, size: usize) -> usize {
        const WORK: f64 = 4e9;
        match (self.trials, self.base == LEAST_SQUARES) {
            (0, true) => ((WORK / (size as f64).powi(3)) as usize).clamp(16, 1000),
            (0, false) => 20,
            (trials, _) => trials,
        }
    }
}

/// The median absolute deviation from the median, `median |y - median y|`, weights counting as repetition.
///
/// Without the factor 1.4826 that makes it the standard deviation of a Gaussian: scikit-learn's threshold has none.
///
/// ```
/// use induce_learn::robust::regression::mad;
/// assert_eq!(mad(&[1.0, 2.0, 3.0, 4.0, 100.0], None), 1.0);
/// assert_eq!(mad(&[1.0, 2.0, 9.0], Some(&[1.0, 1.0, 0.0])), 0.5);
/// ```
pub fn mad(target: &[f64], weight: Option<&[f64]>) -> f64 {
    let middle = median(target.iter().copied(), weight);
    median(target.iter().map(|y| (y - middle).abs()), weight)
}

/// The weighted median: the mean of the two middle values if half of the weight lies below each.
fn median(values: impl Iterator<Item = f64>, weight: Option<&[f64]>) -> f64 {
    let Some(weight) = weight else {
        return middle(values.map(ordered).collect());
    };
    let weighted = values.zip(weight.iter().copied());
    let mut weighted: Vec<(f64, f64)> = weighted.filter(|(_, w)| *w > 0.0).collect();
    weighted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = 0.5 * weighted.iter().map(|(_, w)| w).sum::<f64>();
    let mut below = 0.0;
    for (i, (value, w)) in weighted.iter().enumerate() {
        below += w;
        if below > half {
            return *value;
        }
        if below == half {
            return 0.5 * value + 0.5 * weighted.get(i + 1).map_or(*value, |next| next.0);
        }
    }
    weighted.last().map_or(0.0, |last| last.0)
}

/// A whole number in the order of `value`: comparing is cheaper, and partitioning needs no branches.
fn ordered(value: f64) -> i64 {
    let bits = value.to_bits() as i64;
    bits ^ (bits >> 63 & i64::MAX)
}

/// The median by selection, without sorting.
fn middle(mut keys: Vec<i64>) -> f64 {
    let n = keys.len();
    if n == 0 {
        return 0.0;
    }
    let value = |key: i64| f64::from_bits((key ^ (key >> 63 & i64::MAX)) as u64);
    let (below, upper, _) = keys.select_nth_unstable(n / 2);
    let upper = value(*upper);
    match below.iter().max() {
        Some(lower) if n.is_multiple_of(2) => 0.5 * value(*lower) + 0.5 * upper,
        _ => upper,
    }
}

/// The threshold in use, never 0.
///
/// Where more than half of the targets are equal their median absolute deviation is 0, and scikit-learn keeps only
/// rows that are met exactly. Here the threshold is then the mean absolute deviation, and for a target that is the
/// same in every row the smallest number beside its size: every row is an inlier of the constant.
pub fn threshold(spec: &Spec, target: &[f64], weight: Option<&[f64]>) -> f64 {
    if spec.threshold > 0.0 {
        return spec.threshold;
    }
    let robust = mad(target, weight);
    if robust > 0.0 {
        return robust;
    }
    let middle = median(target.iter().copied(), weight);
    let (mut sum, mut total) = (0.0, 0.0);
    for (i, y) in target.iter().enumerate() {
        let w = weight.map_or(1.0, |w| w[i]);
        sum += w * (y - middle).abs();
        total += w;
    }
    let mean = sum / total;
    if mean > 0.0 && mean.is_finite() {
        mean
    } else {
        middle.abs().max(f64::MIN_POSITIVE / f64::EPSILON) * f64::EPSILON
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_that_cost_more_are_fewer_unless_it_is_said() {
        let spec = Spec::default();
        assert_eq!([2, 150, 800].map(|size| spec.most_trials(size)), [1000, 1000, 16]);
        let said = Spec { trials: 500, ..spec };
        assert_eq!(said.most_trials(800), 500);
    }
}
