//! The little statistics that drawing needs.

/// The finite ones of `values`, in order of size.
pub(crate) fn sorted(values: impl IntoIterator<Item = f64>) -> Vec<f64> {
    let mut sorted: Vec<f64> = values.into_iter().filter(|value| value.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// The quantile of values in order of size, between neighbours in proportion; `None` where there is none.
pub(crate) fn quantile(sorted: &[f64], fraction: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = fraction.clamp(0.0, 1.0) * last as f64;
    let below = place.floor() as usize;
    let (low, high) = (sorted[below], sorted[(below + 1).min(last)]);
    Some(low + (high - low) * (place - below as f64))
}

/// Mean and standard deviation of finite values.
pub(crate) fn moments(values: &[f64]) -> (f64, f64) {
    let count = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
    (mean, variance.sqrt())
}

/// The standard normal quantile by the rational form of Abramowitz and Stegun 26.2.23; error below 4.5e-4, which is
/// less than a pixel.
pub(crate) fn normal_quantile(fraction: f64) -> f64 {
    let tail = fraction.min(1.0 - fraction).max(1e-300);
    let t = (-2.0 * tail.ln()).sqrt();
    let ratio = (2.515_517 + t * (0.802_853 + t * 0.010_328))
        / (1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308)));
    if fraction < 0.5 { ratio - t } else { t - ratio }
}

/// Counts of `values` in equal bins from `low` to `high`; what lies outside is counted at the edge.
pub(crate) fn histogram(values: &[f64], low: f64, high: f64, bins: usize) -> Vec<u64> {
    let mut counts = vec![0; bins.max(1)];
    let last = counts.len() - 1;
    for value in values {
        let place = (value - low) / (high - low) * counts.len() as f64;
        counts[(place.max(0.0) as usize).min(last)] += 1;
    }
    counts
}

/// At most `most` of the items, evenly spread, first and last included.
pub(crate) fn thin<T: Copy>(items: &[T], most: usize) -> Vec<T> {
    if items.len() <= most || most < 2 {
        return items.to_vec();
    }
    let step = (items.len() - 1) as f64 / (most - 1) as f64;
    (0..most)
        .map(|index| items[((index as f64 * step).round() as usize).min(items.len() - 1)])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_quantiles() {
        assert!((normal_quantile(0.975) - 1.96).abs() < 1e-3);
        assert!((normal_quantile(0.025) + 1.96).abs() < 1e-3);
        assert!(normal_quantile(0.0).is_finite() && normal_quantile(1.0).is_finite());
    }

    #[test]
    fn quantiles_and_bins() {
        assert_eq!(quantile(&[1.0, 2.0, 3.0], 0.5), Some(2.0));
        assert_eq!(quantile(&[], 0.5), None);
        assert_eq!(histogram(&[0.0, 0.5, 1.0, 9.0], 0.0, 1.0, 2), [1, 3]);
        assert_eq!(thin(&[1, 2, 3, 4, 5], 3), [1, 3, 5]);
    }
}
