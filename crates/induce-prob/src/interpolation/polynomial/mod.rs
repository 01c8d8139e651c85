//! Lagrange's polynomial in its barycentric forms.

use induce_core::{Error, Result};

use super::nodes::{Nodes, Spacing};
use super::quadrature::gauss_legendre;
use super::rational::Barycentric;
use super::scaled::Scaled;

/// The polynomial of degree n - 1 through n points. // nodes: (n), values: (n, outputs)
///
/// ```
/// use induce_prob::interpolation::{Polynomial, Spacing};
/// let p = Polynomial::of(Spacing::Chebyshev2, 20, 0.0, 3.0, f64::exp)?;
/// assert!((p.evaluate(1.7)[0] - 1.7_f64.exp()).abs() < 1e-13);
/// assert!((p.derivative(1.7, 2)[0] - 1.7_f64.exp()).abs() < 1e-10);
/// assert!((p.integral(0.0, 3.0)[0] - (3.0_f64.exp() - 1.0)).abs() < 1e-12);
/// # Ok::<(), induce_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Polynomial {
    form: Barycentric,
}

impl Polynomial {
    /// Through `values` at any nodes.
    ///
    /// # Errors
    /// If there is no node, one is repeated, or something is not finite.
    pub fn new(nodes: Vec<f64>, values: Vec<f64>) -> Result<Self> {
        let nodes = Nodes::any(nodes)?;
        Self::at(nodes, values)
    }

    /// Through `values` at nodes whose weights are known.
    ///
    /// # Errors
    /// If the values do not fit, or one is not finite.
    pub fn at(nodes: Nodes, values: Vec<f64>) -> Result<Self> {
        Ok(Self {
            form: Barycentric::new(nodes.x, nodes.weights, values)?,
        })
    }

    /// Through a function at `n` nodes of [from, to].
    ///
    /// # Errors
    /// If the interval is empty, or the function not finite.
    pub fn of(spacing: Spacing, n: usize, from: f64, to: f64, f: impl Fn(f64) -> f64) -> Result<Self> {
        let nodes = Nodes::spaced(spacing, n, from, to)?;
        let values = nodes.x.iter().map(|x| f(*x)).collect();
        Self::at(nodes, values)
    }

    /// Nodes, weights and values.
    pub fn form(&self) -> &Barycentric {
        &self.form
    }

    /// p(x) by the second form, which is scale free. // (outputs)
    pub fn evaluate(&self, x: f64) -> Vec<f64> {
        self.form.evaluate(x)
    }

    /// p(x) by the first form, l(x) sum w_j f_j / (x - x_j), l(x) = prod (x - x_j), which is backward stable for any nodes
    /// (Higham 2004), and to be preferred outside of them. // (outputs)
    pub fn evaluate_first(&self, x: f64) -> Vec<f64> {
        let own = &self.form;
        if own.nodes.contains(&x) {
            return own.evaluate(x);
        }
        let front = self.front(x);
        let sum = |output: usize| -> f64 {
            let term = |j: usize| own.weights[j] * own.value(j, output) / (x - own.nodes[j]);
            (0..own.nodes.len()).map(term).sum()
        };
        (0..own.outputs())
            .map(|output| front.times(sum(output)).value())
            .collect()
    }

    /// l(x) over the factor by which weights are too large.
    pub(super) fn front(&self, x: f64) -> Scaled {
        self.form
            .nodes
            .iter()
            .fold(Scaled::ONE, |product, node| product.times(x - node))
            .over(self.factor())
    }

    /// A weight times all its differences, which for Lagrange's own would be 1; known best where the weight is largest.
    fn factor(&self) -> Scaled {
        let (nodes, weights) = (&self.form.nodes, &self.form.weights);
        let top = (0..nodes.len()).fold(0, |top, j| {
            if weights[j].abs() > weights[top].abs() {
                j
            } else {
                top
            }
        });
        let others = (0..nodes.len()).filter(|&k| k != top);
        others.fold(Scaled::new(weights[top]), |product, k| {
            product.times(nodes[top] - nodes[k])
        })
    }

    /// The derivative of this order at x: the polynomial through the derivatives at the nodes. // (outputs)
    pub fn derivative(&self, x: f64, order: usize) -> Vec<f64> {
        self.differentiated(order).evaluate(x)
    }

    /// The polynomial's derivative of this order, a polynomial through the same nodes.
    #[must_use]
    pub fn differentiated(&self, order: usize) -> Self {
        let mut own = self.clone();
        for _ in 0..order {
            let at = |node: &f64| own.form.derivative(*node);
            own.form.values = own.form.nodes.iter().flat_map(at).collect();
        }
        own
    }

    /// D with (D f)_i = p'(x_i): D_ij = (w_j / w_i) / (x_i - x_j), its rows having the sum 0 (Berrut & Trefethen 2004, eq.
    /// 9.4). // (n, n)
    pub fn differentiation_matrix(&self) -> Vec<f64> {
        let (x, w) = (&self.form.nodes, &self.form.weights);
        let n = x.len();
        let mut matrix = vec![0.0; n * n];
        for i in 0..n {
            for j in (0..n).filter(|&j| j != i) {
                matrix[i * n + j] = w[j] / w[i] / (x[i] - x[j]);
            }
            matrix[i * n + i] = 0.0 - matrix[i * n..(i + 1) * n].iter().sum::<f64>();
        }
        matrix
    }

    /// The integral of p from a to b, by Gauss's rule, which is exact. // (outputs)
    pub fn integral(&self, a: f64, b: f64) -> Vec<f64> {
        let (x, w) = gauss_legendre(self.form.nodes.len().div_ceil(2));
        let (middle, half) = (0.5 * a + 0.5 * b, 0.5 * b - 0.5 * a);
        let mut sum = vec![0.0; self.form.outputs()];
        for (x, w) in x.iter().zip(&w) {
            let value = self.evaluate(middle + half * x);
            sum.iter_mut()
                .zip(value)
                .for_each(|(sum, value)| *sum += half * w * value);
        }
        sum
    }

    /// The polynomial through one more point, in O(n). // value: (outputs)
    ///
    /// # Errors
    /// If the node is there already, or something is not finite.
    pub fn with(&self, node: f64, value: &[f64]) -> Result<Self> {
        let own = &self.form;
        let mut nodes = own.nodes.clone();
        nodes.push(node);
        let mut weights: Vec<Scaled> = (0..own.nodes.len())
            .map(|j| Scaled::new(own.weights[j]).over(Scaled::new(own.nodes[j] - node)))
            .collect();
        weights.push(Scaled::ONE.over(self.front(node)));
        let values = own.values.iter().chain(value).copied().collect();
        Ok(Self {
            form: Barycentric::new(nodes, Scaled::relative(&weights), values)?,
        })
    }

    /// The polynomial without one of its points, in O(n).
    ///
    /// # Errors
    /// If it is not a node, or the only one.
    pub fn without(&self, node: f64) -> Result<Self> {
        let own = &self.form;
        let Some(at) = own
            .nodes
            .iter()
            .position(|x| *x == node)
            .filter(|_| own.nodes.len() > 1)
        else {
            return Err(Error::data(
                format!("{node} cannot be taken out"),
                "name one of several nodes",
            ));
        };
        let kept = (0..own.nodes.len()).filter(|&j| j != at);
        let weights: Vec<Scaled> = kept
            .clone()
            .map(|j| Scaled::new(own.weights[j]).times(own.nodes[j] - node))
            .collect();
        let values = kept
            .clone()
            .flat_map(|j| (0..own.outputs()).map(move |o| own.value(j, o)))
            .collect();
        let nodes = kept.map(|j| own.nodes[j]).collect();
        Ok(Self {
            form: Barycentric::new(nodes, Scaled::relative(&weights), values)?,
        })
    }

    /// Lambda(x) = sum |l_j(x)|: by how much errors of the values may grow at x. By the first form, which cancels nothing.
    pub fn lebesgue(&self, x: f64) -> f64 {
        self.lebesgue_with(x, self.factor())
    }

    fn lebesgue_with(&self, x: f64, factor: Scaled) -> f64 {
        let own = &self.form;
        let (mut product, mut sum) = (Scaled::ONE, 0.0);
        for (node, w) in own.nodes.iter().zip(&own.weights) {
            if x == *node {
                return 1.0;
            }
            product = product.times(x - node);
            sum += (w / (x - node)).abs();
        }
        product.over(factor).times(sum).value().abs()
    }

    /// The largest Lambda(x) between the first and the last node: the interpolant is at most 1 + Lambda times farther from the
    /// function than the best polynomial of its degree, and rounding errors of the values grow by up to Lambda.
    ///
    /// ```
    /// use induce_prob::interpolation::{Polynomial, Spacing};
    /// let of = |spacing| Polynomial::of(spacing, 50, -1.0, 1.0, |x| x).unwrap().lebesgue_constant();
    /// assert!(of(Spacing::Chebyshev2) < 4.0);
    /// assert!(of(Spacing::Equispaced) > 1e11);
    /// ```
    pub fn lebesgue_constant(&self) -> f64 {
        let mut nodes = self.form.nodes.clone();
        nodes.sort_unstable_by(f64::total_cmp);
        let factor = self.factor();
        // One hill between two nodes: its top by thirds where nodes are few, its middle where they are many.
        let halvings = if nodes.len() > 300 { 1 } else { 12 };
        let between = |pair: &[f64]| {
            let (mut low, mut high) = (pair[0], pair[1]);
            let mut top = self.lebesgue_with(0.5 * low + 0.5 * high, factor);
            for _ in 1..halvings {
                let (a, b) = (low + (high - low) / 3.0, high - (high - low) / 3.0);
                let (left, right) = (self.lebesgue_with(a, factor), self.lebesgue_with(b, factor));
                top = top.max(left).max(right);
                if left > right {
                    high = b;
                } else {
                    low = a;
                }
            }
            top
        };
        nodes.windows(2).map(between).fold(1.0, f64::max)
    }
}

#[cfg(test)]
mod tests;
