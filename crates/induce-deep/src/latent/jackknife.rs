//! Bounds of ln p(x) from log weights ln w_i = ln p(x, z_i) - ln q(z_i | x), z_i ~ q.
//!
//! ELBO = mean_i ln w_i <= IWAE_k = ln mean_i w_i <= ln p(x) in expectation (Burda, Grosse & Salakhutdinov 2016). The bias of the second falls
//! as 1 / k; the jackknife takes off its first m terms (Nowozin 2018):
//!
//! JVI_m = sum_{j=0}^{m} c(k, m, j) mean_{|S| = k - j} IWAE(w_S),  c(k, m, j) = (-1)^j (k - j)^m / ((m - j)! j!)

use induce_prob::math::log_sum_exp;

/// mean ln w. A bound from below.
pub fn elbo(ln_w: &[f64]) -> f64 {
    ln_w.iter().sum::<f64>() / ln_w.len() as f64
}

/// ln mean w.
pub fn iwae(ln_w: &[f64]) -> f64 {
    log_sum_exp(ln_w.iter().copied()) - (ln_w.len() as f64).ln()
}

/// (sum w)^2 / sum w^2: how many draws of the posterior itself would say as much (Kong 1992).
pub fn effective_samples(ln_w: &[f64]) -> f64 {
    let squares = log_sum_exp(ln_w.iter().map(|w| 2.0 * w));
    (2.0 * log_sum_exp(ln_w.iter().copied()) - squares).exp()
}

/// c(k, m, j) of Sharot (1976); they sum to 1 over j. `None` unless j <= m < k.
pub fn coefficient(k: usize, m: usize, j: usize) -> Option<f64> {
    if m >= k || j > m {
        return None;
    }
    let factorial = |n: usize| (1..=n).map(|i| i as f64).product::<f64>();
    let sign = if j.is_multiple_of(2) { 1.0 } else { -1.0 };
    Some(sign * ((k - j) as f64).powi(m as i32) / (factorial(m - j) * factorial(j)))
}

/// JVI of an order, whose sums without some weights are prefixes and suffixes: no difference is taken. The time grows as k^order. `None` for fewer
/// samples than the order needs.
pub fn jackknife(ln_w: &[f64], order: usize) -> Option<f64> {
    let (k, after) = (ln_w.len(), suffixes(ln_w));
    let of = |j: usize| {
        let sum = without(ln_w, &after, (f64::NEG_INFINITY, 0), j);
        Some(coefficient(k, order, j)? * (sum / count(k, j) as f64 - ((k - j) as f64).ln()))
    };
    (0..=order).map(of).sum()
}

/// The sum over all choices of `missing` weights from `start` on of ln of the sum of the others; `before` is ln of the sum of those before.
fn without(ln_w: &[f64], after: &[f64], (mut before, start): (f64, usize), missing: usize) -> f64 {
    if missing == 0 {
        return ln_add(before, after[start]);
    }
    let mut sum = 0.0;
    for i in start..=ln_w.len() - missing {
        sum += without(ln_w, after, (before, i + 1), missing - 1);
        before = ln_add(before, ln_w[i]);
    }
    sum
}

/// ln sum of those from i on, for every i and for none. // (k + 1)
fn suffixes(ln_w: &[f64]) -> Vec<f64> {
    let mut after = vec![f64::NEG_INFINITY; ln_w.len() + 1];
    for (i, w) in ln_w.iter().enumerate().rev() {
        after[i] = ln_add(after[i + 1], *w);
    }
    after
}

/// ln(e^a + e^b).
pub fn ln_add(a: f64, b: f64) -> f64 {
    let (most, least) = if a > b { (a, b) } else { (b, a) };
    if least == f64::NEG_INFINITY {
        return most;
    }
    most + (least - most).exp().ln_1p()
}

/// Subsets of `k` that lack `missing`, as rows of 0 (there) and a number below all log weights (missing). // (subsets, k)
pub fn subsets(k: usize, missing: usize) -> Vec<f64> {
    let mut rows = Vec::new();
    let mut left_out: Vec<usize> = (0..missing).collect();
    loop {
        rows.extend((0..k).map(|i| if left_out.contains(&i) { FAR } else { 0.0 }));
        // The next combination in order.
        let Some(at) = (0..missing).rev().find(|&at| left_out[at] < k - missing + at) else {
            return rows;
        };
        left_out[at] += 1;
        for next in at + 1..missing {
            left_out[next] = left_out[next - 1] + 1;
        }
    }
}

/// What is added to a log weight that does not count: e to that is 0 beside any other.
const FAR: f64 = -1e30;

/// k over j, or more than can be counted.
pub fn count(k: usize, j: usize) -> usize {
    (0..j)
        .try_fold(1_usize, |all, i| Some(all.checked_mul(k - i)? / (i + 1)))
        .unwrap_or(usize::MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests {
    use super::*;

    fn weights(k: usize) -> Vec<f64> {
        (0..k).map(|i| -800.0 + 3.0 * (1.7 * i as f64).sin()).collect()
    }

    /// By the definition: over all subsets.
    fn by_subsets(ln_w: &[f64], order: usize) -> f64 {
        let k = ln_w.len();
        let of = |j: usize| {
            let rows = subsets(k, j);
            let each = rows.chunks_exact(k).map(|row| {
                let own: Vec<f64> = ln_w
                    .iter()
                    .zip(row)
                    .filter(|own| *own.1 == 0.0)
                    .map(|own| *own.0)
                    .collect();
                iwae(&own)
            });
            coefficient(k, order, j).unwrap() * each.sum::<f64>() / count(k, j) as f64
        };
        (0..=order).map(of).sum()
    }

    #[test]
    fn leaving_out_is_the_definition_over_subsets() {
        for k in [5, 9, 16] {
            let own = weights(k);
            for order in 0..4 {
                let found = jackknife(&own, order).unwrap();
                assert!((found - by_subsets(&own, order)).abs() < 1e-10, "{k} {order}");
            }
            assert!((jackknife(&own, 0).unwrap() - iwae(&own)).abs() < 1e-12);
        }
        assert_eq!(jackknife(&[-3.0], 0), Some(-3.0));
        assert_eq!(jackknife(&[-3.0], 1), None);
    }

    #[test]
    fn coefficients_sum_to_one() {
        for (k, m) in [(8, 1), (16, 2), (32, 3), (50, 4)] {
            let sum: f64 = (0..=m).map(|j| coefficient(k, m, j).unwrap()).sum();
            assert!(
                (sum - 1.0).abs() < 1e-8 * (k as f64).powi(m as i32),
                "{k} {m} {sum}"
            );
        }
        // Numbers of sets, as in the authors' code.
        let sets = |k, m| (0..=m).map(|j| count(k, j)).sum::<usize>();
        assert_eq!(
            [sets(8, 1), sets(32, 2), sets(50, 2), sets(32, 3)],
            [9, 529, 1276, 5489]
        );
    }

    #[test]
    fn constant_weights_are_known_exactly_and_one_weight_counts_as_one() {
        let own = vec![-123.0; 7];
        for bound in [
            elbo(&own),
            iwae(&own),
            jackknife(&own, 1).unwrap(),
            jackknife(&own, 2).unwrap(),
        ] {
            assert!((bound + 123.0).abs() < 1e-10, "{bound}");
        }
        assert!((effective_samples(&own) - 7.0).abs() < 1e-9);
        assert!((effective_samples(&[0.0, -900.0, -900.0]) - 1.0).abs() < 1e-12);
    }
}
