//! Nodes whose weights have formulas, and the weights of any others.

use std::f64::consts::PI;

use induce_core::{Error, Result};

use super::quadrature::gauss_legendre;
use super::rational::check_nodes;
use super::scaled::Scaled;

/// How nodes are spread over an interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spacing {
    /// Zeros of a Chebyshev polynomial: cos((2 j + 1) pi / (2 n))
    Chebyshev1,
    /// Its extrema, both ends among them: cos(j pi / (n - 1))
    Chebyshev2,
    /// Equal steps: for few nodes only
    Equispaced,
    /// Zeros of a Legendre polynomial
    Legendre,
}

/// Nodes in increasing order and their barycentric weights, the largest about 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Nodes {
    /// The nodes.
    pub x: Vec<f64>,
    /// Lagrange's weights w_j = 1 / prod (x_j - x_k), up to a common factor.
    pub weights: Vec<f64>,
}

impl Nodes {
    /// `n` nodes on [from, to], their weights by formula (Berrut & Trefethen 2004, section 5; Wang & Xiang 2012 for Legendre).
    ///
    /// ```
    /// use induce_prob::interpolation::{Nodes, Spacing};
    /// let nodes = Nodes::spaced(Spacing::Chebyshev2, 3, 0.0, 1.0)?;
    /// assert_eq!((nodes.x, nodes.weights), (vec![0.0, 0.5, 1.0], vec![0.5, -1.0, 0.5]));
    /// # Ok::<(), induce_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there is no node, or the interval is empty.
    pub fn spaced(spacing: Spacing, n: usize, from: f64, to: f64) -> Result<Self> {
        if n == 0 || from >= to || !(to - from).is_finite() {
            let what = format!("{n} nodes on [{from}, {to}]");
            return Err(Error::data(
                what,
                "give at least one node, and an interval from a smaller to a larger number",
            ));
        }
        let (units, weights) = match spacing {
            Spacing::Chebyshev1 => chebyshev1(n),
            Spacing::Chebyshev2 if n == 1 => (vec![0.0], vec![1.0]),
            Spacing::Chebyshev2 => chebyshev2(n),
            Spacing::Equispaced => equispaced(n),
            Spacing::Legendre => legendre(n),
        };
        let (middle, half) = (0.5 * from + 0.5 * to, 0.5 * to - 0.5 * from);
        let place = |t: &f64| match *t {
            -1.0 => from,
            1.0 => to,
            t => middle + half * t,
        };
        Ok(Self {
            x: units.iter().map(place).collect(),
            weights,
        })
    }

    /// Any nodes; O(n^2). Products are kept as a fraction and a power of two, so that thousands of them are no matter.
    ///
    /// # Errors
    /// If there is no node, or one is repeated or not finite.
    pub fn any(x: Vec<f64>) -> Result<Self> {
        check_nodes(&x)?;
        let weight = |j: usize| {
            let others = (0..x.len()).filter(|&k| k != j);
            Scaled::ONE.over(others.fold(Scaled::ONE, |product, k| product.times(x[j] - x[k])))
        };
        let weights: Vec<Scaled> = (0..x.len()).map(weight).collect();
        Ok(Self {
            weights: Scaled::relative(&weights),
            x,
        })
    }
}

fn sign(j: usize) -> f64 {
    if j.is_multiple_of(2) { 1.0 } else { -1.0 }
}

/// sin of an angle counted from the middle keeps the nodes symmetric to the last bit.
fn chebyshev1(n: usize) -> (Vec<f64>, Vec<f64>) {
    let angle = |j: usize| PI * (2.0 * j as f64 + 1.0 - n as f64) / (2.0 * n as f64);
    (0..n).map(|j| (angle(j).sin(), sign(j) * angle(j).cos())).unzip()
}

fn chebyshev2(n: usize) -> (Vec<f64>, Vec<f64>) {
    let last = n - 1;
    let node = |j: usize| (PI * (2.0 * j as f64 - last as f64) / (2.0 * last as f64)).sin();
    let weight = |j: usize| sign(j) * if j == 0 || j == last { 0.5 } else { 1.0 };
    (0..n).map(|j| (node(j), weight(j))).unzip()
}

/// Binomial coefficients of alternating sign, divided by the largest.
fn equispaced(n: usize) -> (Vec<f64>, Vec<f64>) {
    let last = n - 1;
    let mut binomial = Scaled::ONE;
    let mut all = vec![binomial];
    for j in 0..last {
        binomial = binomial
            .times((last - j) as f64)
            .over(Scaled::new((j + 1) as f64));
        all.push(binomial);
    }
    let weights = Scaled::relative(&all)
        .into_iter()
        .zip(0..)
        .map(|(w, j)| sign(j) * w);
    let node = |j: usize| {
        if last == 0 {
            0.0
        } else {
            (2.0 * j as f64 - last as f64) / last as f64
        }
    };
    ((0..n).map(node).collect(), weights.collect())
}

/// w_j = (-1)^j sqrt((1 - x_j^2) lambda_j), lambda the weights of Gauss's quadrature.
fn legendre(n: usize) -> (Vec<f64>, Vec<f64>) {
    let (x, lambda) = gauss_legendre(n);
    let weight = |j: usize| sign(j) * ((1.0 - x[j]) * (1.0 + x[j]) * lambda[j]).sqrt();
    let weights: Vec<f64> = (0..n).map(weight).collect();
    let top = weights.iter().fold(0.0_f64, |top, w| top.max(w.abs()));
    (x, weights.iter().map(|w| w / top).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_the_weights_of_the_definition() {
        for spacing in [
            Spacing::Chebyshev1,
            Spacing::Chebyshev2,
            Spacing::Equispaced,
            Spacing::Legendre,
        ] {
            for n in [1, 2, 3, 10, 41] {
                let own = Nodes::spaced(spacing, n, -2.0, 5.0).unwrap();
                assert!(own.x.is_sorted_by(|a, b| a < b) && own.x[0] >= -2.0 && own.x[n - 1] <= 5.0);
                let any = Nodes::any(own.x.clone()).unwrap();
                let ratio = own.weights[n / 2] / any.weights[n / 2];
                for (a, b) in own.weights.iter().zip(&any.weights) {
                    assert!((a / (b * ratio) - 1.0).abs() < 1e-11, "{spacing:?} {n} {a} {b}");
                }
            }
        }
        assert!(Nodes::spaced(Spacing::Legendre, 0, 0.0, 1.0).is_err());
        assert!(Nodes::spaced(Spacing::Legendre, 3, 1.0, 1.0).is_err());
    }

    #[test]
    fn thousands_of_nodes_have_finite_weights() {
        for spacing in [
            Spacing::Chebyshev1,
            Spacing::Chebyshev2,
            Spacing::Equispaced,
            Spacing::Legendre,
        ] {
            let own = Nodes::spaced(spacing, 4000, 0.0, 1e-3).unwrap();
            assert!(own.weights.iter().all(|w| w.is_finite()));
            assert!(Nodes::any(own.x).unwrap().weights.iter().all(|w| w.is_finite()));
        }
    }
}
