//! Rational interpolation without poles, for any nodes (Floater & Hormann 2007).

use induce_core::{Error, Result};

use super::rational::{Barycentric, check_nodes};
use super::scaled::Scaled;

/// The blend of the polynomials through every d + 1 neighbouring points, which converges as h^(d + 1) whatever the nodes.
///
/// w_k = (-1)^k sum over i from k - d to k of prod over j = i, ..., i + d, j != k, of 1 / |x_k - x_j| (eq. 18). Order 0 is Berrut's
/// interpolant, n - 1 the polynomial. // nodes: (n), values: (n, outputs)
///
/// ```
/// use induce_prob::interpolation::floater_hormann;
/// let x: Vec<f64> = (0..41).map(|i| f64::from(i) / 20.0 - 1.0).collect();
/// let runge = |x: f64| 1.0 / (1.0 + 25.0 * x * x);
/// let r = floater_hormann(x.clone(), x.iter().map(|x| runge(*x)).collect(), 3)?;
/// assert!((r.at(0.97)? - runge(0.97)).abs() < 1e-4);
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If the nodes are not increasing or not finite, or the order is not below their number.
pub fn floater_hormann(nodes: Vec<f64>, values: Vec<f64>, order: usize) -> Result<Barycentric> {
    check_nodes(&nodes)?;
    let n = nodes.len();
    if order >= n {
        return Err(Error::setting(
            "order",
            order,
            format!("it must be below {n}, the number of nodes"),
        ));
    }
    if let Some(at) = nodes.windows(2).position(|pair| pair[0] > pair[1]) {
        let what = format!(
            "node {} is {}, and the one before it {}",
            at + 2,
            nodes[at + 1],
            nodes[at]
        );
        return Err(Error::data(what, "sort the points by x"));
    }
    let weights: Vec<Scaled> = (0..n).map(|k| weight(&nodes, order, k)).collect();
    Barycentric::new(nodes, Scaled::relative(&weights), values)
}

/// One weight. Products are divided by that of the first, so that none of them overflows.
fn weight(nodes: &[f64], order: usize, k: usize) -> Scaled {
    let (first, last) = (k.saturating_sub(order), k.min(nodes.len() - 1 - order));
    let product = |i: usize| {
        let others = (i..=i + order).filter(|&j| j != k);
        Scaled::ONE.over(others.fold(Scaled::ONE, |product, j| {
            product.times((nodes[k] - nodes[j]).abs())
        }))
    };
    let base = product(first);
    let sum: f64 = (first..=last).map(|i| product(i).over(base).value()).sum();
    base.times(if k.is_multiple_of(2) { sum } else { -sum })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interpolation::Polynomial;

    fn nodes() -> Vec<f64> {
        vec![-1.0, -0.7, -0.2, 0.1, 0.15, 0.8, 1.4]
    }

    #[test]
    fn the_highest_order_is_the_polynomial_and_every_order_reproduces_its_own() {
        let cubic = |x: f64| 1.0 - x + 2.0 * x.powi(3);
        let values: Vec<f64> = nodes().iter().map(|x| x.exp()).collect();
        let highest = floater_hormann(nodes(), values.clone(), 6).unwrap();
        let p = Polynomial::new(nodes(), values).unwrap();
        let r = floater_hormann(nodes(), nodes().iter().map(|x| cubic(*x)).collect(), 3).unwrap();
        for x in [-0.9, -0.3, 0.12, 0.5, 1.3, 2.0] {
            assert!((highest.at(x).unwrap() - p.evaluate(x)[0]).abs() < 1e-12);
            assert!((r.at(x).unwrap() - cubic(x)).abs() < 1e-12);
            assert!((r.derivative(x)[0] - (6.0 * x * x - 1.0)).abs() < 1e-11);
        }
    }

    #[test]
    fn many_nodes_are_no_danger() {
        let x: Vec<f64> = (0..5000).map(|i| f64::from(i) / 5000.0).collect();
        let r = floater_hormann(x.clone(), x.iter().map(|x| (9.0 * x).sin()).collect(), 5).unwrap();
        for i in 0..300 {
            let x = f64::from(i) / 301.3;
            assert!((r.at(x).unwrap() - (9.0 * x).sin()).abs() < 1e-13);
        }
    }

    #[test]
    fn wrong_orders_are_refused() {
        assert!(floater_hormann(nodes(), vec![0.0; 7], 7).is_err());
        assert!(
            floater_hormann(vec![1.0, 0.0], vec![0.0; 2], 1)
                .unwrap_err()
                .to_string()
                .contains("node 2")
        );
    }
}
