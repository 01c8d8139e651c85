//! Quantile regression forests (Meinshausen 2006).
//!
//! A forest's prediction is a weighted mean of training targets, sum_i w_i(x) y_i, where w_i(x) is the fraction of row i in
//! the leaf that x falls into, averaged over the trees. The same weights estimate the whole conditional distribution,
//! P(Y <= y | x) = sum_i w_i(x) 1(y_i <= y), whose quantiles are intervals that hold whatever the noise looks like.

/// The targets of the training rows, ascending, and the leaf each row falls into in every tree.
#[derive(Debug, Clone, PartialEq)]
pub struct Distribution {
    /// Targets, ascending.
    pub target: Vec<f64>,
    /// Their weights.
    pub weight: Vec<f64>,
    /// (trees, rows), rows in the order of the targets.
    pub leaf: Vec<u32>,
}

/// The rows of every leaf of a tree, in the order of their targets.
pub(super) struct Members {
    /// Leaf l has rows `ends[l - 1]..ends[l]`.
    ends: Vec<u32>,
    rows: Vec<u32>,
    /// Total weight per leaf.
    weight: Vec<f64>,
}

impl Distribution {
    /// Nothing yet, of rows with these targets; also the order of the rows.
    pub(super) fn new(target: &[f64], weight: Option<&[f64]>) -> (Self, Vec<u32>) {
        let mut order: Vec<u32> = (0..target.len() as u32).collect();
        order.sort_by(|&a, &b| target[a as usize].total_cmp(&target[b as usize]).then(a.cmp(&b)));
        let empty = Self {
            target: order.iter().map(|&r| target[r as usize]).collect(),
            weight: order
                .iter()
                .map(|&r| weight.map_or(1.0, |w| w[r as usize]))
                .collect(),
            leaf: Vec::new(),
        };
        (empty, order)
    }

    /// The same of tree `t` alone.
    pub(super) fn of_tree(&self, t: usize) -> Self {
        let n = self.target.len();
        Self {
            leaf: self.leaf[t * n..(t + 1) * n].to_vec(),
            ..self.clone()
        }
    }

    /// The rows of the leaves of tree `t`, which has `leaves` of them.
    pub(super) fn members(&self, t: usize, leaves: usize) -> Members {
        let n = self.target.len();
        let own = &self.leaf[t * n..(t + 1) * n];
        let mut starts = vec![0_u32; leaves + 1];
        own.iter().for_each(|&leaf| starts[leaf as usize + 1] += 1);
        (0..leaves).for_each(|leaf| starts[leaf + 1] += starts[leaf]);
        let (mut next, mut rows, mut weight) = (starts.clone(), vec![0; n], vec![0.0; leaves]);
        for (row, &leaf) in own.iter().enumerate() {
            let leaf = leaf as usize;
            rows[next[leaf] as usize] = row as u32;
            next[leaf] += 1;
            weight[leaf] += self.weight[row];
        }
        Members {
            ends: starts,
            rows,
            weight,
        }
    }

    /// The quantiles at `probabilities` for a row that falls into `leaves`, one per tree.
    pub(super) fn quantiles(
        &self,
        members: &[Members],
        leaves: &[u32],
        probabilities: &[f64],
        out: &mut [f64],
    ) {
        let mut weights: Vec<(u32, f64)> = Vec::new();
        for (own, &leaf) in members.iter().zip(leaves) {
            let leaf = leaf as usize;
            let rows = &own.rows[own.ends[leaf] as usize..own.ends[leaf + 1] as usize];
            if own.weight[leaf] > 0.0 {
                weights.extend(
                    rows.iter()
                        .map(|&row| (row, self.weight[row as usize] / own.weight[leaf])),
                );
            }
        }
        // Rows are numbered in the order of their targets.
        weights.sort_unstable_by_key(|w| w.0);
        let total: f64 = weights.iter().map(|w| w.1).sum();
        for (out, p) in out.iter_mut().zip(probabilities) {
            let mut below = 0.0;
            let reached = weights.iter().find(|(_, w)| {
                below += w;
                below >= p * total * (1.0 - 1e-12)
            });
            let row = reached.or(weights.last()).map_or(0, |w| w.0);
            *out = self.target[row as usize];
        }
    }
}
