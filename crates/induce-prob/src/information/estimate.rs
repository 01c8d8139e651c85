//! What an estimate from a sample says of itself.

use induce_core::{Error, Result, Run, parallel};
use serde::Serialize;

use crate::special::normal_quantile;

/// An estimate in nats, with how sure it is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Estimate {
    /// The estimate, within its bounds.
    pub value: f64,
    /// The estimate before the bounds were imposed: an estimator corrected for bias scatters around 0 where there is
    /// nothing, so half of its values are negative there.
    pub raw: f64,
    /// An interval of the stated confidence, within the bounds; none where no variance is known.
    pub interval: Option<(f64, f64)>,
    /// The probability of a value at least as extreme if the null hypothesis holds.
    pub p_value: Option<f64>,
    /// The null hypothesis and how its probability was found.
    pub test: &'static str,
    /// What the true value cannot leave.
    pub bounds: (f64, f64),
    /// The estimator.
    pub estimator: &'static str,
    /// Rows it was computed from.
    pub rows: usize,
}

/// How much is done for the interval and the p-value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Inference {
    /// Permutations of a permutation test; 0 is no test.
    pub permutations: usize,
    /// Most rows of a permutation test: of more, so many are drawn. The test stays exact, and only loses power.
    pub test_rows: usize,
    /// Coverage of the interval.
    pub confidence: f64,
}

impl Default for Inference {
    fn default() -> Self {
        Self {
            permutations: 199,
            test_rows: 2000,
            confidence: 0.95,
        }
    }
}

impl Inference {
    /// Only the value and its interval.
    pub fn none() -> Self {
        Self {
            permutations: 0,
            ..Self::default()
        }
    }

    /// That the numbers make sense.
    ///
    /// # Errors
    /// If the confidence is not inside (0, 1), or a test has too few rows.
    pub fn check(&self) -> Result<()> {
        if !(self.confidence > 0.0 && self.confidence < 1.0) {
            return Err(Error::setting(
                "confidence",
                self.confidence,
                "it is between 0 and 1",
            ));
        }
        if self.test_rows < 20 {
            return Err(Error::setting(
                "test_rows",
                self.test_rows,
                "a test needs at least 20",
            ));
        }
        Ok(())
    }

    /// value +- z sqrt(variance), within the bounds; none where the terms do not differ, as those of a variable and itself: their variance
    /// says nothing then of how far off the estimate is.
    pub(super) fn normal(&self, raw: f64, variance: f64, bounds: (f64, f64)) -> Option<(f64, f64)> {
        let half = normal_quantile(0.5 + 0.5 * self.confidence) * variance.max(0.0).sqrt();
        let within = |x: f64| x.clamp(bounds.0, bounds.1);
        let varies = half > 1e-9 * (1.0 + raw.abs());
        (raw.is_finite() && half.is_finite() && varies).then(|| (within(raw - half), within(raw + half)))
    }

    /// (1 + #{permuted >= own}) / (1 + permutations), the exact p-value of a permutation test (Phipson & Smyth 2010).
    ///
    /// `permuted(b)` is the statistic after permutation b, `None` where it could not be computed.
    pub(super) fn permutation_p(
        &self,
        own: f64,
        run: &Run,
        permuted: impl Fn(u64) -> Option<f64> + Sync,
    ) -> Option<f64> {
        if self.permutations == 0 {
            return None;
        }
        let stop = run.stop();
        let one = |b: usize| if stop.is_due() { None } else { permuted(b as u64) };
        let all = parallel::map(run.threads(), self.permutations, one);
        let done: Vec<f64> = all.into_iter().flatten().collect();
        // Equal up to rounding is equal: the sum of the same terms in another order must not decide.
        let slack = 1e-12 * own.abs().max(1e-3);
        let reached = done.iter().filter(|&&value| value >= own - slack).count();
        (!done.is_empty()).then(|| (1.0 + reached as f64) / (1.0 + done.len() as f64))
    }

    /// The rows of a permutation test: all, or so many that are drawn without replacement, in their order.
    pub(super) fn rows(&self, n: usize, run: &Run, path: &str) -> Option<Vec<usize>> {
        (n > self.test_rows).then(|| {
            let mut rows = run.stream(path).permutation(n);
            rows.truncate(self.test_rows);
            rows.sort_unstable();
            rows
        })
    }
}

/// Mean and variance of the mean of pointwise terms, summed in their order.
pub(super) fn mean_and_variance(terms: &[f64]) -> (f64, f64) {
    let n = terms.len() as f64;
    let mean = terms.iter().sum::<f64>() / n;
    let squares: f64 = terms.iter().map(|t| (t - mean) * (t - mean)).sum();
    (mean, squares / (n * (n - 1.0).max(1.0)))
}

/// As [`mean_and_variance`] of terms by neighbours, with twice the variance: terms of rows near each other are correlated, since
/// they share neighbours. Of normal pairs (correlation 0, 0.6 and 0.95; 3, 5 and 10 neighbours; 400 and 4000 rows) the variance
/// of the estimate is 1.1 to 2.2 times that of the mean of independent terms.
pub(super) fn mean_of_neighbours(terms: &[f64]) -> (f64, f64) {
    let (mean, variance) = mean_and_variance(terms);
    (mean, 2.0 * variance)
}
