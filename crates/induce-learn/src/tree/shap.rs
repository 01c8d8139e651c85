//! Exact Shapley values of trees: how much each feature moved a prediction.
//!
//! For one leaf of value v, let the path to it ask about features j = 1..d, let
//! o_j be 1 if the row gives the answers that lead there and 0 otherwise, and z_j
//! the fraction of training rows that do (path-dependent TreeSHAP: Lundberg et al.
//! 2020, *From local explanations to global understanding*). The leaf's game is
//! a product, so its Shapley values are integrals of its multilinear extension
//! (Owen 1972),
//!
//! phi_j = v (o_j - z_j) int_0^1 prod_{i != j} ((1 - t) z_i + t o_i) dt,
//!
//! whose integrand is a polynomial of degree d - 1: Gauss-Legendre quadrature
//! with ceil(d / 2) nodes is exact. All rows of a block run through the same
//! arithmetic, so it vectorises, and no path is ever "unwound".

use induce_core::model::Shap;
use induce_core::parallel::for_each_chunk;
use induce_core::{Error, Result, Table};

use super::bins::{BLOCK, Codes};
use super::ensemble::{Compiled, Ensemble};
use super::mask;
use super::node::Tree;

/// One number per row of a block.
type Lane = [f64; BLOCK];

impl Ensemble {
    /// Shapley values of every feature, for every row and output; with the mean they sum to the score.
    ///
    /// # Errors
    /// If the table lacks a column of the model, or a column is of another type.
    pub fn shap(&self, table: &Table, threads: usize) -> Result<Shap> {
        let (features, outputs) = (self.schema.features.len(), self.outputs());
        let width = features + 1;
        let values = self.explain(table, threads, width, |paths, answers, out| {
            paths.add_values(answers, out);
        })?;
        Ok(Shap {
            values,
            features,
            outputs,
        })
    }

    /// Interaction values, row-major (rows, outputs, features + 1, features + 1): symmetric,
    /// each row sums to the feature's Shapley value, the last corner is the mean score.
    ///
    /// # Errors
    /// As [`shap`](Self::shap).
    pub fn shap_interactions(&self, table: &Table, threads: usize) -> Result<Vec<f64>> {
        let width = self.schema.features.len() + 1;
        let mut values = self.explain(table, threads, width * width, move |paths, answers, out| {
            paths.add_interactions(answers, width, out);
        })?;
        let shap = self.shap(table, threads)?;
        for (matrix, phi) in values
            .chunks_exact_mut(width * width)
            .zip(shap.values.chunks_exact(width))
        {
            for f in 0..width {
                let off_diagonal: f64 =
                    matrix[f * width..(f + 1) * width].iter().sum::<f64>() - matrix[f * width + f];
                matrix[f * width + f] = phi[f] - off_diagonal;
            }
        }
        Ok(values)
    }

    /// Run `add` on every tree and block; `out` is (width, BLOCK), the last slot of `width` gets the mean.
    fn explain(
        &self,
        table: &Table,
        threads: usize,
        width: usize,
        add: impl Fn(&Paths, &[u64], &mut [Lane]) + Sync,
    ) -> Result<Vec<f64>> {
        let sources = self.schema.align(table)?;
        let compiled = Compiled::new(self, threads).ok_or_else(|| {
            Error::data(
                "the model has more than 65,000 thresholds in one feature",
                "explain a smaller model",
            )
        })?;
        let paths: Vec<Paths> = self.trees.iter().map(Paths::new).collect();
        let outputs = self.outputs();
        let factor = if self.average {
            1.0 / self.rounds().max(1) as f64
        } else {
            1.0
        };
        let mut values = vec![0.0; table.rows() * outputs * width];
        for_each_chunk(threads, &mut values, BLOCK * outputs * width, |b, out| {
            let rows = out.len() / (outputs * width);
            let codes = compiled.codes(self, &sources, b * BLOCK, rows);
            let mut block = Block {
                lanes: vec![[0.0; BLOCK]; width],
                answers: Vec::new(),
            };
            for k in 0..outputs {
                block.lanes.iter_mut().for_each(|lane| lane.fill(0.0));
                for t in (k..paths.len()).step_by(outputs) {
                    block.add(&paths[t], &compiled, t, &codes, &add);
                }
                let mean = paths.iter().skip(k).step_by(outputs).map(|p| p.mean).sum::<f64>();
                block.lanes[width - 1].fill(mean);
                for (row, out) in out.chunks_exact_mut(outputs * width).enumerate() {
                    let out = &mut out[k * width..(k + 1) * width];
                    out.iter_mut()
                        .zip(&block.lanes)
                        .for_each(|(o, lane)| *o = lane[row] * factor);
                    out[width - 1] += self.start[k];
                }
            }
        });
        Ok(values)
    }
}

struct Block {
    lanes: Vec<Lane>,
    answers: Vec<u64>,
}

impl Block {
    fn add(
        &mut self,
        paths: &Paths,
        compiled: &Compiled,
        t: usize,
        codes: &Codes,
        add: &impl Fn(&Paths, &[u64], &mut [Lane]),
    ) {
        mask::answers(&compiled.trees[t], codes, 0, &mut self.answers);
        add(paths, &self.answers, &mut self.lanes);
    }
}

/// A tree as the list of its paths.
struct Paths {
    leaves: Vec<Path>,
    /// Mean value over the training rows.
    mean: f64,
}

struct Path {
    value: f64,
    steps: Vec<Step>,
    /// Nodes and weights on [0, 1], exact for degree `steps.len() - 1`.
    quadrature: Vec<(f64, f64)>,
}

/// All tests of a path on one feature.
struct Step {
    feature: usize,
    /// Fraction of the training rows that answer them as this path wants.
    fraction: f64,
    /// (branch, whether left is wanted).
    questions: Vec<(usize, bool)>,
}

impl Paths {
    fn new(tree: &Tree) -> Self {
        let covers = covers(tree);
        let mut leaves = Vec::with_capacity(tree.leaves.len());
        let mut stack = vec![(0_i32, Vec::<(usize, bool)>::new())];
        if tree.branches.is_empty() {
            stack[0].0 = !0;
        }
        while let Some((node, path)) = stack.pop() {
            if node < 0 {
                leaves.push(Path::new(tree, tree.leaves[!node as usize], &path, &covers));
                continue;
            }
            let branch = &tree.branches[node as usize];
            for (child, left) in [(branch.left, true), (branch.right, false)] {
                let mut longer = path.clone();
                longer.push((node as usize, left));
                stack.push((child, longer));
            }
        }
        let mean = leaves
            .iter()
            .map(|l| l.value * l.steps.iter().map(|s| s.fraction).product::<f64>())
            .sum();
        Self { leaves, mean }
    }

    fn add_values(&self, answers: &[u64], out: &mut [Lane]) {
        let mut work = Work::default();
        for path in self.leaves.iter().filter(|p| !p.steps.is_empty()) {
            add_path(path, answers, &mut work, out);
        }
    }

    fn add_interactions(&self, answers: &[u64], width: usize, out: &mut [Lane]) {
        let mut work = Work::default();
        for path in self.leaves.iter().filter(|p| p.steps.len() > 1) {
            add_pairs(path, answers, width, &mut work, out);
        }
    }
}

/// Fraction of a branch's rows that go left; half each if there were none.
fn covers(tree: &Tree) -> Vec<f64> {
    let cover = |child: i32| {
        if child >= 0 {
            tree.branches[child as usize].cover
        } else {
            tree.covers[!child as usize]
        }
    };
    let fraction = |b: &super::node::Branch| {
        let (left, right) = (cover(b.left).max(0.0), cover(b.right).max(0.0));
        if left + right > 0.0 {
            left / (left + right)
        } else {
            0.5
        }
    };
    tree.branches.iter().map(fraction).collect()
}

impl Path {
    fn new(tree: &Tree, value: f64, path: &[(usize, bool)], left_fraction: &[f64]) -> Self {
        let mut steps: Vec<Step> = Vec::new();
        for &(node, left) in path {
            let feature = tree.branches[node].feature as usize;
            let fraction = if left {
                left_fraction[node]
            } else {
                1.0 - left_fraction[node]
            };
            match steps.iter_mut().find(|s| s.feature == feature) {
                Some(step) => {
                    step.fraction *= fraction;
                    step.questions.push((node, left));
                }
                None => steps.push(Step {
                    feature,
                    fraction,
                    questions: vec![(node, left)],
                }),
            }
        }
        let quadrature = gauss_legendre(steps.len().div_ceil(2));
        Self {
            value,
            steps,
            quadrature,
        }
    }
}

/// Buffers of one block.
#[derive(Default)]
struct Work {
    /// o_j of every step.
    follows: Vec<Lane>,
    /// Products of the factors before step j, and the sum over the nodes.
    before: Vec<Lane>,
    factors: Vec<Lane>,
    sums: Vec<Lane>,
}

impl Work {
    fn resize(&mut self, steps: usize) {
        for lanes in [
            &mut self.follows,
            &mut self.before,
            &mut self.factors,
            &mut self.sums,
        ] {
            if lanes.len() < steps {
                lanes.resize(steps, [0.0; BLOCK]);
            }
        }
    }

    /// o_j as numbers.
    #[inline(always)]
    fn set_follows(&mut self, path: &Path, answers: &[u64]) {
        for (step, lane) in path.steps.iter().zip(&mut self.follows) {
            let want = |&(node, left): &(usize, bool)| if left { answers[node] } else { !answers[node] };
            let mask = step.questions.iter().map(want).fold(u64::MAX, |all, m| all & m);
            for (i, o) in lane.iter_mut().enumerate() {
                *o = (mask >> i & 1) as f64;
            }
        }
    }
}

induce_core::multiversion! {
    /// The Shapley values of one path, added to `out[feature]`.
    fn add_path(path: &Path, answers: &[u64], work: &mut Work, out: &mut [Lane]) {
        let d = path.steps.len();
        work.resize(d);
        work.set_follows(path, answers);
        work.sums[..d].iter_mut().for_each(|lane| lane.fill(0.0));
        for &(t, weight) in &path.quadrature {
            let mut product = [weight; BLOCK];
            for (j, step) in path.steps.iter().enumerate() {
                let base = (1.0 - t) * step.fraction;
                work.before[j] = product;
                for i in 0..BLOCK {
                    let factor = base + t * work.follows[j][i];
                    work.factors[j][i] = factor;
                    product[i] *= factor;
                }
            }
            let mut after = [1.0; BLOCK];
            for j in (0..d).rev() {
                for i in 0..BLOCK {
                    work.sums[j][i] += work.before[j][i] * after[i];
                    after[i] *= work.factors[j][i];
                }
            }
        }
        for (j, step) in path.steps.iter().enumerate() {
            let out = &mut out[step.feature];
            for i in 0..BLOCK {
                out[i] += path.value * (work.follows[j][i] - step.fraction) * work.sums[j][i];
            }
        }
    }
}

induce_core::multiversion! {
    /// The interaction values of one path's pairs of features, added to `out[a * width + b]`.
    fn add_pairs(path: &Path, answers: &[u64], width: usize, work: &mut Work, out: &mut [Lane]) {
        let d = path.steps.len();
        work.resize(d);
        work.set_follows(path, answers);
        for a in 0..d {
            for b in a + 1..d {
                let mut sum = [0.0; BLOCK];
                for &(t, weight) in &path.quadrature {
                    let mut product = [0.5 * weight * path.value; BLOCK];
                    for (j, step) in path.steps.iter().enumerate().filter(|(j, _)| *j != a && *j != b) {
                        let base = (1.0 - t) * step.fraction;
                        for i in 0..BLOCK {
                            product[i] *= base + t * work.follows[j][i];
                        }
                    }
                    sum.iter_mut().zip(product).for_each(|(s, p)| *s += p);
                }
                let (one, two) = (&path.steps[a], &path.steps[b]);
                for i in 0..BLOCK {
                    let value = (work.follows[a][i] - one.fraction) * (work.follows[b][i] - two.fraction) * sum[i];
                    out[one.feature * width + two.feature][i] += value;
                    out[two.feature * width + one.feature][i] += value;
                }
            }
        }
    }
}

/// Nodes and weights of n-point Gauss-Legendre quadrature on [0, 1], exact to degree 2n - 1.
///
/// Newton's method on the Legendre polynomial from Chebyshev-like starts.
fn gauss_legendre(n: usize) -> Vec<(f64, f64)> {
    (0..n)
        .map(|i| {
            let mut x = (std::f64::consts::PI * (i as f64 + 0.75) / (n as f64 + 0.5)).cos();
            let mut slope = 1.0;
            for _ in 0..100 {
                let (value, derivative) = legendre(n, x);
                slope = derivative;
                let step = value / derivative;
                x -= step;
                if step.abs() < 1e-16 {
                    break;
                }
            }
            ((1.0 + x) / 2.0, 1.0 / ((1.0 - x * x) * slope * slope))
        })
        .collect()
}

/// P_n(x) and its derivative by the three-term recurrence.
fn legendre(n: usize, x: f64) -> (f64, f64) {
    let (mut previous, mut current) = (1.0, x);
    for k in 2..=n {
        let k = k as f64;
        (previous, current) = (
            current,
            ((2.0 * k - 1.0) * x * current - (k - 1.0) * previous) / k,
        );
    }
    let n = n as f64;
    (current, n * (x * current - previous) / (x * x - 1.0))
}

#[cfg(test)]
mod tests;
