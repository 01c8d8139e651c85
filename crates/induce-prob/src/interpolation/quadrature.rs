//! Integrals over [-1, 1] as weighted sums of values at nodes.

use std::f64::consts::PI;

/// Nodes and weights of Gauss and Legendre, exact for polynomials of degree 2 n - 1; Newton's method on P_n.
///
/// ```
/// let (x, w) = induce_prob::interpolation::gauss_legendre(5);
/// let integral: f64 = x.iter().zip(&w).map(|(x, w)| w * x.powi(8)).sum();
/// assert!((integral - 2.0 / 9.0).abs() < 1e-15);
/// ```
pub fn gauss_legendre(n: usize) -> (Vec<f64>, Vec<f64>) {
    let (mut x, mut w) = (vec![0.0; n], vec![0.0; n]);
    for i in 0..n.div_ceil(2) {
        // Tricomi's guess, from which a few steps of Newton reach the last bit.
        let theta = PI * (i as f64 + 0.75) / (n as f64 + 0.5);
        let mut root = theta.cos() * (1.0 - (1.0 - 1.0 / n as f64) / (8.0 * (n * n) as f64));
        let mut slope = 1.0;
        for _ in 0..10 {
            let (value, derivative) = legendre(n, root);
            slope = derivative;
            let step = value / derivative;
            root -= step;
            if step.abs() < 1e-16 {
                slope = legendre(n, root).1;
                break;
            }
        }
        if n % 2 == 1 && i == n / 2 {
            (root, slope) = (0.0, legendre(n, 0.0).1);
        }
        let weight = 2.0 / ((1.0 - root) * (1.0 + root) * slope * slope);
        (x[i], x[n - 1 - i]) = (-root, root);
        (w[i], w[n - 1 - i]) = (weight, weight);
    }
    (x, w)
}

/// P_n(x) and its derivative, by the recurrence (DLMF 18.9.1).
fn legendre(n: usize, x: f64) -> (f64, f64) {
    let (mut before, mut own) = (0.0, 1.0);
    for k in 0..n {
        let k = k as f64;
        (before, own) = (own, ((2.0 * k + 1.0) * x * own - k * before) / (k + 1.0));
    }
    (own, n as f64 * (before - x * own) / ((1.0 - x) * (1.0 + x)))
}

/// Weights of Clenshaw & Curtis (1960) at `n` extrema of a Chebyshev polynomial, exact for polynomials of degree n - 1.
pub fn clenshaw_curtis(n: usize) -> Vec<f64> {
    if n < 2 {
        return vec![2.0; n];
    }
    let last = n - 1;
    let weight = |j: usize| {
        let theta = PI * j as f64 / last as f64;
        let term = |k: usize| {
            let half = if 2 * k == last { 1.0 } else { 2.0 };
            half * (2.0 * k as f64 * theta).cos() / (4.0 * (k * k) as f64 - 1.0)
        };
        let own = 1.0 - (1..=last / 2).map(term).sum::<f64>();
        let end = if j == 0 || j == last { 1.0 } else { 2.0 };
        end * own / last as f64
    };
    (0..n).map(weight).collect()
}

/// Fejer's weights (1933) at `n` zeros of a Chebyshev polynomial, exact for polynomials of degree n - 1.
pub fn fejer(n: usize) -> Vec<f64> {
    let weight = |j: usize| {
        let theta = PI * (2.0 * j as f64 + 1.0) / (2.0 * n as f64);
        let term = |k: usize| (2.0 * k as f64 * theta).cos() / (4.0 * (k * k) as f64 - 1.0);
        2.0 / n as f64 * (1.0 - 2.0 * (1..=n / 2).map(term).sum::<f64>())
    };
    (0..n).map(weight).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interpolation::{Nodes, Spacing};

    #[test]
    fn rules_are_exact_to_their_degree() {
        for n in [1, 2, 5, 12, 40, 101] {
            let at = |spacing: Spacing| Nodes::spaced(spacing, n, -1.0, 1.0).unwrap().x;
            let rules = [
                (at(Spacing::Chebyshev2), clenshaw_curtis(n), n),
                (at(Spacing::Chebyshev1), fejer(n), n),
                (gauss_legendre(n).0, gauss_legendre(n).1, 2 * n),
            ];
            for (x, w, degree) in rules {
                for power in 0..degree.min(60) {
                    let own: f64 = x.iter().zip(&w).map(|(x, w)| w * x.powi(power as i32)).sum();
                    let exact = if power % 2 == 0 {
                        2.0 / (power as f64 + 1.0)
                    } else {
                        0.0
                    };
                    assert!((own - exact).abs() < 1e-14, "{n} {power} {own} {exact}");
                }
            }
        }
    }
}
