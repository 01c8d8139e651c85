//! The values of a tree's leaves.

use std::ops::Range;

use induce_prob::Loss;
use induce_prob::loss::{Derivatives, Leaf, LeafRows, Step as Found};

use super::super::grow::{Grower, Grown, Leaf as Slot, Task};
use super::super::split::{Bounds, Node};
use super::Step;

/// A loss with curvature 1 everywhere: what a tree that is fitted to its gradient by least squares sees.
pub(super) struct Flat<'a>(pub &'a dyn Loss);

impl Loss for Flat<'_> {
    fn name(&self) -> &str {
        self.0.name()
    }
    fn outputs(&self) -> usize {
        self.0.outputs()
    }
    fn start(&self, target: &[f64], weight: Option<&[f64]>) -> Vec<f64> {
        self.0.start(target, weight)
    }
    fn derivatives(&self, rows: Range<usize>, target: &[f64], scores: &[&[f64]], out: &mut Derivatives) {
        self.0.derivatives(rows, target, scores, out);
        out.curvature.iter_mut().for_each(|h| h.fill(1.0));
    }
    fn values(&self, rows: Range<usize>, target: &[f64], scores: &[&[f64]], out: &mut [f64]) {
        self.0.values(rows, target, scores, out);
    }
}

/// A node of the tree that `task` grows.
pub(super) fn node<'t>(task: &'t Task, total: super::super::histogram::Sum, bounds: Bounds) -> Node<'t> {
    Node::new(&task.growth.rules, task.scale, total, bounds)
}

/// Loss and scores of the rows before a round, from which leaf values are computed.
pub(super) struct LeafValues<'a> {
    pub step: Step,
    pub loss: &'a dyn Loss,
    pub target: &'a [f64],
    pub weight: Option<&'a [f64]>,
    pub scores: &'a [Vec<f64>],
}

impl LeafValues<'_> {
    /// The values of the leaves of a tree of output `k`, times `factor`. `members` are the slots of the grower that a leaf
    /// of a pruned tree is made of.
    pub(super) fn of(
        &self,
        grown: &Grown,
        members: Option<&[Vec<usize>]>,
        grower: &Grower,
        task: &Task,
        k: usize,
        factor: f64,
    ) -> Vec<f64> {
        let by_sums = self.step == Step::Newton && self.loss.leaf() == Leaf::Newton;
        let rows = |l: usize| match members {
            None => grower.rows(l),
            Some(members) => members[l].iter().flat_map(|&slot| grower.rows(slot)).collect(),
        };
        let value = |(l, leaf): (usize, &Slot)| {
            if by_sums {
                return node(task, leaf.sum, leaf.bounds).value(leaf.sum);
            }
            let step = self.line_search(rows(l), task, k);
            step.clamp(leaf.bounds.low, leaf.bounds.high)
        };
        let leaves = grown.leaves.iter().enumerate();
        leaves.map(|pair| factor * value(pair)).collect()
    }

    /// The best step of output `k` from the scores of these rows on.
    fn line_search(&self, mut rows: Vec<u32>, task: &Task, k: usize) -> f64 {
        // Worker threads list their own rows: in the order of the table, sums have the same bits for any number of threads.
        rows.sort_unstable();
        let mut own = LeafRows::default();
        for row in rows.into_iter().map(|row| row as usize) {
            own.target.push(self.target[row]);
            own.weight.push(self.weight.map_or(1.0, |w| w[row]));
            own.scores.extend(self.scores.iter().map(|scores| scores[row]));
        }
        let rules = &task.growth.rules;
        match self.loss.step(k, &own) {
            Found::Newton { gradient, curvature } => rules.step(gradient, curvature + rules.lambda),
            Found::Constant(step) => step,
        }
    }
}
