//! Values with 95 % intervals.

/// The 97.5 % quantile of the standard normal distribution.
pub const NORMAL_975: f64 = 1.959_963_984_540_054;

/// A value and, where one is known, its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The value.
    pub value: f64,
    /// The lower end of the interval.
    pub low: Option<f64>,
    /// The upper end of the interval.
    pub high: Option<f64>,
}

impl Estimate {
    /// A value without an interval.
    pub(super) fn bare(value: f64) -> Self {
        Self {
            value,
            low: None,
            high: None,
        }
    }

    /// `value -+ z sqrt(variance)`, kept within `least` and `most`.
    ///
    /// Rows that show no spread at all (there is one, or all have the same loss) tell nothing of the next one: an interval of
    /// no width would claim that the value is known.
    pub(super) fn normal(value: f64, variance: f64, least: f64, most: f64) -> Self {
        // What rounding leaves of a variance of 0.
        if variance <= (1e-12 * value).powi(2) {
            return Self::bare(value);
        }
        let radius = NORMAL_975 * variance.max(0.0).sqrt();
        Self {
            value,
            low: Some((value - radius).max(least)),
            high: Some((value + radius).min(most)),
        }
    }

    /// The Wilson interval of a fraction of `n` effective rows.
    ///
    /// Source: E. B. Wilson, JASA 22 (1927); it stays within 0 and 1 and has a
    /// width even for a fraction of 0 or 1.
    pub(super) fn wilson(fraction: f64, n: f64) -> Self {
        let z2 = NORMAL_975 * NORMAL_975;
        let centre = (fraction + z2 / (2.0 * n)) / (1.0 + z2 / n);
        let radius = NORMAL_975 / (1.0 + z2 / n)
            * (fraction * (1.0 - fraction) / n + z2 / (4.0 * n * n))
                .max(0.0)
                .sqrt();
        Self {
            value: fraction,
            low: Some((centre - radius).max(0.0).min(fraction)),
            high: Some((centre + radius).min(1.0).max(fraction)),
        }
    }

    /// As [`normal`](Self::normal); where a perfect or hopeless sample shows no variance at all, the
    /// Wilson interval of a fraction of `n` effective rows, stretched to `least..most`, takes its place.
    pub(super) fn bounded(value: f64, variance: f64, least: f64, most: f64, n: f64) -> Self {
        // Numeric derivatives leave a rounding error of about 1e-21; one row of 10^8 makes 1e-16.
        if variance > 1e-18 || n <= 0.0 {
            return Self::normal(value, variance, least, most);
        }
        let width = most - least;
        let fraction = Self::wilson(((value - least) / width).clamp(0.0, 1.0), n);
        Self {
            value,
            ..fraction.map(|fraction| least + width * fraction)
        }
    }

    /// `f` of the value and of both ends; `f` must not decrease.
    pub(super) fn map(self, f: impl Fn(f64) -> f64) -> Self {
        Self {
            value: f(self.value),
            low: self.low.map(&f),
            high: self.high.map(&f),
        }
    }
}

/// The Wilson 95 % interval of a proportion, `hits` of `count`; (0, 1) of nothing.
///
/// `(p + z^2/2n -+ z sqrt(p (1 - p) / n + z^2/4n^2)) / (1 + z^2/n)`; E. B. Wilson, JASA 22 (1927).
///
/// ```
/// let (low, high) = induce_core::metrics::wilson(8.0, 10.0);
/// assert!((low - 0.4902).abs() < 1e-4 && (high - 0.9433).abs() < 1e-4);
/// ```
pub fn wilson(hits: f64, count: f64) -> (f64, f64) {
    if count.is_nan() || count <= 0.0 {
        return (0.0, 1.0);
    }
    let estimate = Estimate::wilson((hits / count).clamp(0.0, 1.0), count);
    (estimate.low.unwrap_or(0.0), estimate.high.unwrap_or(1.0))
}

/// The weighted mean of `loss(row)` with the interval of the central limit theorem,
/// `Var = sum w^2 (l - mean)^2 / (sum w)^2`, not below `least`.
pub(super) fn mean(
    rows: usize,
    weight: impl Fn(usize) -> f64,
    loss: impl Fn(usize) -> f64,
    least: f64,
) -> Estimate {
    let (mut sum, mut total) = (0.0, 0.0);
    for row in 0..rows {
        sum += weight(row) * loss(row);
        total += weight(row);
    }
    let mean = sum / total;
    let square = |row: usize| (weight(row) * (loss(row) - mean)).powi(2);
    let variance = (0..rows).map(square).sum::<f64>() / (total * total);
    Estimate::normal(mean, bessel(rows) * variance, least, f64::INFINITY)
}

/// `n / (n - 1)`: what a variance about an estimated mean is short of.
pub(super) fn bessel(rows: usize) -> f64 {
    if rows > 1 {
        rows as f64 / (rows - 1) as f64
    } else {
        1.0
    }
}

/// `(sum w)^2 / sum w^2`: how many equal weights tell as much (Kish).
pub(super) fn effective(rows: usize, weight: impl Fn(usize) -> f64) -> f64 {
    let (mut sum, mut squares) = (0.0, 0.0);
    for row in 0..rows {
        sum += weight(row);
        squares += weight(row).powi(2);
    }
    sum * sum / squares
}

/// The order statistics that bracket the median: ranks `n/2 -+ z sqrt(n)/2` as fractions.
pub(super) fn median_ranks(n: f64) -> (f64, f64) {
    let radius = NORMAL_975 / (2.0 * n.sqrt());
    ((0.5 - radius).max(0.0), (0.5 + radius).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::{Estimate, mean};

    /// One row held out had an RMSE with an interval of no width, as if it were known.
    #[test]
    fn rows_without_spread_have_no_interval() {
        let of = |losses: &[f64]| mean(losses.len(), |_| 1.0, |row| losses[row], 0.0);
        assert_eq!(of(&[3.0]), Estimate::bare(3.0));
        assert_eq!(of(&[0.1, 0.1, 0.1]).low, None);
        assert_eq!(of(&[0.0, 0.0]), Estimate::bare(0.0));
        let wide = of(&[0.0, 0.0, 1.0]);
        assert!(wide.low == Some(0.0) && wide.high > Some(0.5), "{wide:?}");
    }
}
