//! Nemenman, Shafee & Bialek (2002): Bayes with a mixture of Dirichlet priors that is nearly flat in the entropy.
//!
//! A symmetric Dirichlet prior of concentration b over K outcomes fixes the entropy almost completely: its prior mean is
//! xi(b) = psi(K b + 1) - psi(b + 1), with little variance. A prior d xi / d b over b makes xi uniform, and
//! H = integral of E(H | n, b) p(n | b) d xi, normalised.

use crate::math::log_sum_exp;
use crate::polygamma::{digamma, trigamma};
use crate::special::ln_gamma;

/// Points of the trapezoid rule over ln b, which is between e^-LOWEST and e^HIGHEST.
const POINTS: usize = 800;
const LOWEST: f64 = -20.0;
const HIGHEST: f64 = 20.0;

/// The posterior mean and variance of the entropy. `n` is the sum of the counts.
pub(super) fn posterior(counts: &[u64], n: f64) -> (f64, f64) {
    let groups = groups(counts);
    let step = (HIGHEST - LOWEST) / POINTS as f64;
    let at = |i: usize| (LOWEST + step * i as f64).exp();
    let weights: Vec<f64> = (0..=POINTS)
        .map(|i| ln_weight(&groups, counts.len() as f64, n, at(i)))
        .collect();
    let scale = log_sum_exp(weights.iter().copied());
    let (mut mean, mut square) = (0.0, 0.0);
    for (i, weight) in weights.iter().enumerate() {
        let weight = (weight - scale).exp();
        if weight > 1e-18 {
            let (first, second) = moments(&groups, counts.len() as f64, n, at(i));
            mean += weight * first;
            square += weight * second;
        }
    }
    (mean, (square - mean * mean).max(0.0))
}

/// Each count with how many outcomes have it.
fn groups(counts: &[u64]) -> Vec<(f64, f64)> {
    let mut sorted = counts.to_vec();
    sorted.sort_unstable();
    sorted
        .chunk_by(|a, b| a == b)
        .map(|group| (group[0] as f64, group.len() as f64))
        .collect()
}

/// ln of p(n | b) (d xi / d b) b, the last factor because steps are in ln b.
fn ln_weight(groups: &[(f64, f64)], outcomes: f64, n: f64, b: f64) -> f64 {
    let sum = outcomes * b;
    let own = |count: f64| if count > 0.0 { ln_rising(b, count) } else { 0.0 };
    let likelihood: f64 = groups.iter().map(|(count, many)| many * own(*count)).sum();
    let slope = outcomes * trigamma(sum + 1.0) - trigamma(b + 1.0);
    likelihood - ln_rising(sum, n) + slope.max(f64::MIN_POSITIVE).ln() + b.ln()
}

/// ln(Gamma(b + n) / Gamma(b)). For large b the difference of the logarithms would lose all digits.
fn ln_rising(b: f64, n: f64) -> f64 {
    if b > 1e3 * (n + 1.0) * (n + 1.0) {
        // prod (b + i) = b^n (1 + sum i / b + ...).
        return n * b.ln() + 0.5 * n * (n - 1.0) / b;
    }
    ln_gamma(b + n) - ln_gamma(b)
}

/// E H and E H^2 under a Dirichlet of concentrations n_i + b (Wolpert & Wolf 1995).
fn moments(groups: &[(f64, f64)], outcomes: f64, n: f64, b: f64) -> (f64, f64) {
    let sum = n + outcomes * b;
    let over = |f: &dyn Fn(f64) -> f64| {
        groups
            .iter()
            .map(|(count, many)| many * f(count + b))
            .sum::<f64>()
    };
    let first = digamma(sum + 1.0) - over(&|a| a / sum * digamma(a + 1.0));
    let (base, base1) = (digamma(sum + 2.0), trigamma(sum + 2.0));
    let linear = over(&|a| a * (digamma(a + 1.0) - base));
    let own = over(&|a| (a * (digamma(a + 1.0) - base)).powi(2));
    let (all, squares) = (over(&|a| a), over(&|a| a * a));
    let cross = linear * linear - own - base1 * (all * all - squares);
    let same = over(&|a| a * (a + 1.0) * ((digamma(a + 2.0) - base).powi(2) + trigamma(a + 2.0) - base1));
    (first, (cross + same) / (sum * (sum + 1.0)))
}
