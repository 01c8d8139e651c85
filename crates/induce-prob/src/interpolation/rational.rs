//! The barycentric form: what every interpolant is in the end.

use induce_core::{Error, Result};

/// Distances below this are none.
const SAME: f64 = 1e-300;

/// r(x) = sum w_j f_j / (x - x_j) / sum w_j / (x - x_j), with r(x_j) = f_j exactly. // nodes, weights: (n); values: (n, outputs)
///
/// Only ratios of weights count. Which interpolant it is, the weights say; whatever they are, none of them 0, it goes through
/// all points.
///
/// ```
/// use induce_prob::interpolation::Barycentric;
/// // A line through two points has weights of opposite sign.
/// let line = Barycentric::new(vec![0.0, 2.0], vec![1.0, -1.0], vec![1.0, 5.0])?;
/// assert_eq!(line.at(0.5)?, 2.0);
/// assert_eq!(line.derivative(0.5), [2.0]);
/// # Ok::<(), induce_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Barycentric {
    pub(super) nodes: Vec<f64>,
    pub(super) weights: Vec<f64>,
    pub(super) values: Vec<f64>,
    outputs: usize,
}

impl Barycentric {
    /// Through these values, of one output or several (row-major), with these weights.
    ///
    /// # Errors
    /// If there is no node, one is repeated or not finite, or the numbers of values and weights do not fit.
    pub fn new(nodes: Vec<f64>, weights: Vec<f64>, values: Vec<f64>) -> Result<Self> {
        check_nodes(&nodes)?;
        let n = nodes.len();
        if weights.len() != n || values.is_empty() || !values.len().is_multiple_of(n) {
            let what = format!(
                "{n} nodes stand against {} weights and {} values",
                weights.len(),
                values.len()
            );
            return Err(Error::data(
                what,
                "each node has one weight, and as many values as every other",
            ));
        }
        if let Some(at) = values.iter().position(|own| !own.is_finite()) {
            let what = format!(
                "the value at node {} is {}",
                at * n / values.len() + 1,
                values[at]
            );
            return Err(Error::data(
                what,
                "leave out nodes whose value is missing or infinite",
            ));
        }
        let outputs = values.len() / n;
        Ok(Self {
            nodes,
            weights,
            values,
            outputs,
        })
    }

    /// The nodes.
    pub fn nodes(&self) -> &[f64] {
        &self.nodes
    }

    /// The weights.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// The values at the nodes, row-major.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Values at a node.
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// r(x) of a single output.
    ///
    /// # Errors
    /// If there are several outputs.
    pub fn at(&self, x: f64) -> Result<f64> {
        match self.evaluate(x).as_slice() {
            [value] => Ok(*value),
            several => Err(Error::data(
                format!("there are {} outputs", several.len()),
                "`evaluate` gives all of them",
            )),
        }
    }

    /// r(x). // (outputs)
    pub fn evaluate(&self, x: f64) -> Vec<f64> {
        if let Some(node) = self.hit(x) {
            return self.row(node).to_vec();
        }
        let terms = self.terms(x);
        let below: f64 = terms.iter().sum();
        let above = |output: usize| {
            let values = self.values.iter().skip(output).step_by(self.outputs);
            terms
                .iter()
                .zip(values)
                .map(|(term, value)| term * value)
                .sum::<f64>()
        };
        (0..self.outputs).map(|output| above(output) / below).collect()
    }

    /// r'(x) (Schneider & Werner 1986, proposition 11). // (outputs)
    ///
    /// r'(x) = sum w_j / (x - x_j) r[x, x_j] / sum w_j / (x - x_j), at a node -sum w_j r[x_i, x_j] / w_i over the others.
    pub fn derivative(&self, x: f64) -> Vec<f64> {
        match self.hit(x) {
            Some(node) => (0..self.outputs)
                .map(|output| self.derivative_at_node(node, output))
                .collect(),
            None => (0..self.outputs)
                .map(|output| self.derivative_between(x, output))
                .collect(),
        }
    }

    fn derivative_at_node(&self, node: usize, output: usize) -> f64 {
        let (x, value) = (self.nodes[node], self.value(node, output));
        let others = (0..self.nodes.len()).filter(|&j| j != node);
        let sum = others.map(|j| self.weights[j] * (value - self.value(j, output)) / (x - self.nodes[j]));
        0.0 - sum.sum::<f64>() / self.weights[node]
    }

    fn derivative_between(&self, x: f64, output: usize) -> f64 {
        let terms = self.terms(x);
        let below: f64 = terms.iter().sum();
        let nearest = (0..terms.len()).fold(0, |best, j| {
            if (x - self.nodes[j]).abs() < (x - self.nodes[best]).abs() {
                j
            } else {
                best
            }
        });
        // r(x) - f at the nearest node, as a sum of differences: the difference of both would have no digits left.
        let base = self.value(nearest, output);
        let excess = terms
            .iter()
            .enumerate()
            .map(|(j, t)| t * (self.value(j, output) - base))
            .sum::<f64>()
            / below;
        let slope =
            |(j, term): (usize, &f64)| term * ((base - self.value(j, output)) + excess) / (x - self.nodes[j]);
        terms.iter().enumerate().map(slope).sum::<f64>() / below
    }

    /// w_j / (x - x_j), for an x that is no node.
    fn terms(&self, x: f64) -> Vec<f64> {
        self.nodes
            .iter()
            .zip(&self.weights)
            .map(|(node, w)| w / (x - node))
            .collect()
    }

    /// The node that x is; nearer than [`SAME`] the quotients above would be infinite.
    fn hit(&self, x: f64) -> Option<usize> {
        self.nodes
            .iter()
            .position(|&node| node == x || (x - node).abs() < SAME)
    }

    fn row(&self, node: usize) -> &[f64] {
        &self.values[node * self.outputs..(node + 1) * self.outputs]
    }

    pub(super) fn value(&self, node: usize, output: usize) -> f64 {
        self.values[node * self.outputs + output]
    }
}

/// That there are nodes, finite and different.
pub(super) fn check_nodes(nodes: &[f64]) -> Result<()> {
    if nodes.is_empty() {
        return Err(Error::data("there is no node", "give at least one point"));
    }
    if let Some(at) = nodes.iter().position(|node| !node.is_finite()) {
        let what = format!("node {} is {}", at + 1, nodes[at]);
        return Err(Error::data(what, "leave out what is missing or infinite"));
    }
    let mut sorted = nodes.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    match sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        None => Ok(()),
        Some(pair) => Err(Error::data(
            format!("the node {} is there twice", pair[0]),
            "a function has one value: take the mean of both, or leave one out",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_are_hit_exactly_and_neighbours_of_nodes_smoothly() {
        let nodes = vec![0.0, 1.0, 2.5, 4.0];
        let r = Barycentric::new(
            nodes.clone(),
            vec![1.0, -2.0, 2.0, -1.0],
            vec![3.0, 1.0, 4.0, 1.5],
        )
        .unwrap();
        for (node, value) in nodes.iter().zip([3.0, 1.0, 4.0, 1.5]) {
            assert_eq!(r.at(*node).unwrap(), value);
            for near in [node.next_up(), node.next_down()] {
                assert!((r.at(near).unwrap() - value).abs() < 1e-13, "{near}");
                assert!(
                    (r.derivative(near)[0] - r.derivative(*node)[0]).abs()
                        < 1e-12 * r.derivative(*node)[0].abs().max(1.0)
                );
            }
        }
        for x in [-0.3, 0.4, 1.7, 3.0] {
            let slope = (r.at(x + 1e-6).unwrap() - r.at(x - 1e-6).unwrap()) / 2e-6;
            assert!((slope - r.derivative(x)[0]).abs() < 1e-7);
        }
    }

    #[test]
    fn what_is_no_function_is_refused() {
        let of = |nodes: &[f64], values: &[f64]| {
            Barycentric::new(nodes.to_vec(), vec![1.0; nodes.len()], values.to_vec())
        };
        assert!(
            of(&[1.0, 2.0, 1.0], &[0.0; 3])
                .unwrap_err()
                .to_string()
                .contains("the node 1 is there twice")
        );
        assert!(of(&[0.0, -0.0], &[0.0; 2]).is_err());
        assert!(of(&[], &[]).is_err());
        assert!(of(&[1.0, f64::NAN], &[0.0; 2]).is_err());
        assert!(
            of(&[1.0, 2.0], &[0.0, f64::INFINITY])
                .unwrap_err()
                .to_string()
                .contains("node 2")
        );
        assert!(of(&[1.0, 2.0], &[0.0; 3]).is_err());
        assert!(of(&[1.0, 2.0], &[0.0; 4]).unwrap().at(1.5).is_err());
    }
}
