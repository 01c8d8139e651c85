//! Growing one tree, depth first, on one thread.
//!
//! A node looks at a few features drawn at random; for each it adds up its rows by code and finds the best
//! test. Nodes of a forest are many and small, so nothing is kept for them but their rows.

mod frontier;
mod ranked;
mod scan;

use induce_core::random::Stream;

use super::bounds::Bounds;
use super::ranks::Ranks;
use super::split::{Bar, Split};
use super::tally::{Item, Tally};
use crate::tree::bins::{Binner, Codes};
use crate::tree::grow::{SLACK, divide};
use crate::tree::mask::{CodeBranch, value_test};
use crate::tree::node::{Branch, Tree};

/// What all trees share.
pub(super) struct Plan<'a, T> {
    pub codes: &'a Codes,
    pub binners: &'a [Binner],
    pub tally: &'a T,
    pub features_per_node: usize,
    pub max_depth: usize,
    pub max_leaves: usize,
    pub min_leaf: f64,
    pub min_split: f64,
    pub min_gain: f64,
    /// The direction of every feature; empty if there is none.
    pub monotone: &'a [i8],
    pub random_split: bool,
}

/// A tree in terms of codes and of values.
pub(super) struct Grown {
    pub on_codes: Vec<CodeBranch>,
    pub tree: Tree,
    /// The value of every leaf and of every branch: one value, or a probability per class.
    pub leaf_values: Vec<f64>,
    pub branch_values: Vec<f64>,
}

/// A node whose rows wait to be divided.
#[derive(Clone, Copy)]
struct Open {
    start: usize,
    end: usize,
    depth: usize,
    /// Its parent, and whether it is the left child.
    parent: Option<(usize, bool)>,
    /// Its random numbers depend on the way from the root, so that the order in which nodes are visited decides nothing.
    stream: Stream,
    bounds: Bounds,
}

/// Buffers of one thread; `BOUNDED` if some features may move the prediction one way only.
pub(super) struct Grower<'a, T, const BOUNDED: bool> {
    plan: &'a Plan<'a, T>,
    /// The random numbers of the node in hand, and how many are used.
    stream: Stream,
    draws: u64,
    /// What every row of the table adds.
    items: Vec<Item>,
    /// What the rows of the node in hand add, in their order, and their codes of the feature in hand.
    here: Vec<Item>,
    codes_here: Vec<u16>,
    rows: Vec<u32>,
    scratch: Vec<u32>,
    features: Vec<usize>,
    /// With what the features of the node in hand have changed places.
    swaps: Vec<usize>,
    /// Sums by code and the codes seen, zero between uses.
    sums: Vec<f64>,
    seen: Vec<u64>,
    /// The codes of the feature in hand, and their sums.
    bins: (Vec<u16>, Vec<f64>),
    total: Vec<f64>,
    left: Vec<f64>,
    right: Vec<f64>,
    /// The rows of the node in hand by target, where a tally asks for it.
    ranks: Ranks,
    grown: Grown,
}

impl<'a, T: Tally, const BOUNDED: bool> Grower<'a, T, BOUNDED> {
    /// A tree on `rows`, which ascend; `weight` is by row of the table.
    pub fn grow(plan: &'a Plan<'a, T>, rows: Vec<u32>, weight: &[f64], stream: Stream) -> Grown {
        let (width, codes) = (
            plan.tally.width(),
            plan.binners.iter().map(Binner::codes).max().unwrap_or(1),
        );
        let mut grower = Self {
            plan,
            stream,
            draws: 0,
            items: weight
                .iter()
                .enumerate()
                .map(|(row, &w)| plan.tally.item(row, w))
                .collect(),
            here: Vec::with_capacity(rows.len()),
            codes_here: Vec::new(),
            scratch: vec![0; rows.len() + SLACK],
            rows,
            features: (0..plan.binners.len()).collect(),
            swaps: Vec::new(),
            sums: vec![0.0; codes * width],
            seen: vec![0; codes.div_ceil(64)],
            bins: (Vec::new(), Vec::new()),
            total: vec![0.0; width],
            left: vec![0.0; width],
            right: vec![0.0; width],
            ranks: Ranks::default(),
            grown: Grown {
                on_codes: Vec::new(),
                tree: Tree::default(),
                leaf_values: Vec::new(),
                branch_values: Vec::new(),
            },
        };
        let root = Open {
            start: 0,
            end: grower.rows.len(),
            depth: 0,
            parent: None,
            stream,
            bounds: Bounds::NONE,
        };
        if plan.max_leaves > 0 {
            grower.grow_best_first(root);
            return grower.grown;
        }
        let mut open = vec![root];
        while let Some(node) = open.pop() {
            grower.settle(&node, &mut open);
        }
        grower.grown
    }

    /// Make a node a branch, and open its children, or a leaf.
    fn settle(&mut self, node: &Open, open: &mut Vec<Open>) {
        self.add_up(node.start..node.end);
        match self.best_split(node) {
            Some(split) => {
                let [left, right] = self.divide(node, &split);
                open.extend([right, left]);
            }
            None => self.end(node),
        }
    }

    /// Make the node in hand a leaf.
    fn end(&mut self, node: &Open) {
        let leaf = self.leaf(node.bounds);
        self.link(node.parent, !(leaf as i32));
    }

    /// Make the node in hand a branch; its children.
    fn divide(&mut self, node: &Open, split: &Split) -> [Open; 2] {
        let rows = &mut self.rows[node.start..node.end];
        let taken = divide(
            self.plan.codes,
            split.feature,
            &split.test,
            rows,
            &mut self.scratch[..rows.len() + SLACK],
        );
        let branch = self.branch(split, node.bounds);
        self.link(node.parent, branch as i32);
        let middle = node.start + taken;
        let [left, right] = self.bounds_of(node, split, middle);
        let sides = [(node.start, middle, true, left), (middle, node.end, false, right)];
        sides.map(|(start, end, is_left, bounds)| Open {
            start,
            end,
            depth: node.depth + 1,
            parent: Some((branch, is_left)),
            // Far from the numbers that the node itself draws.
            stream: node.stream.child(u64::MAX - u64::from(is_left)),
            bounds,
        })
    }

    /// The ranges of the values of both children, whose rows meet at `middle`.
    fn bounds_of(&mut self, node: &Open, split: &Split, middle: usize) -> [Bounds; 2] {
        if !BOUNDED {
            return [Bounds::NONE; 2];
        }
        let [left, right] = [node.start..middle, middle..node.end].map(|rows| {
            self.add_up(rows);
            self.plan.tally.mean(&self.total)
        });
        node.bounds.children(self.way(split.feature), left, right)
    }

    /// Which way a feature may move the prediction.
    fn way(&self, feature: usize) -> i8 {
        self.plan.monotone.get(feature).copied().unwrap_or(0)
    }

    fn add_up(&mut self, rows: std::ops::Range<usize>) {
        self.here.clear();
        self.here
            .extend(self.rows[rows].iter().map(|&row| self.items[row as usize]));
        self.plan.tally.total(&self.here, &mut self.total);
    }

    /// Point the parent to its child.
    fn link(&mut self, parent: Option<(usize, bool)>, child: i32) {
        let Some((parent, is_left)) = parent else { return };
        let (on_codes, branch) = (
            &mut self.grown.on_codes[parent],
            &mut self.grown.tree.branches[parent],
        );
        if is_left {
            (on_codes.left, branch.left) = (child, child);
        } else {
            (on_codes.right, branch.right) = (child, child);
        }
    }

    fn leaf(&mut self, bounds: Bounds) -> usize {
        let tally = self.plan.tally;
        tally.value(&self.total, &mut self.grown.leaf_values);
        Self::clip(&mut self.grown.leaf_values, bounds);
        let tree = &mut self.grown.tree;
        tree.leaves
            .push(self.grown.leaf_values.last().copied().unwrap_or(0.0));
        tree.covers.push(tally.weight(&self.total));
        tree.leaves.len() - 1
    }

    /// Keep the last value within its range.
    fn clip(values: &mut [f64], bounds: Bounds) {
        if let Some(value) = values.last_mut().filter(|_| BOUNDED) {
            *value = bounds.clip(*value);
        }
    }

    fn branch(&mut self, split: &Split, bounds: Bounds) -> usize {
        let tally = self.plan.tally;
        tally.value(&self.total, &mut self.grown.branch_values);
        Self::clip(&mut self.grown.branch_values, bounds);
        let tree = &mut self.grown.tree;
        tree.branches.push(Branch {
            feature: split.feature as u32,
            test: value_test(&split.test, &self.plan.binners[split.feature]),
            missing_left: split.missing_left,
            zero_is_missing: false,
            left: 0,
            right: 0,
            gain: split.gain,
            cover: tally.weight(&self.total),
            value: self.grown.branch_values.last().copied().unwrap_or(0.0),
        });
        self.grown.on_codes.push(CodeBranch {
            column: split.feature,
            test: split.test.clone(),
            left: 0,
            right: 0,
        });
        tree.branches.len() - 1
    }

    fn best_split(&mut self, node: &Open) -> Option<Split> {
        let plan = self.plan;
        let weight = plan.tally.weight(&self.total);
        let is_deep = plan.max_depth > 0 && node.depth >= plan.max_depth;
        if is_deep
            || weight < plan.min_split.max(2.0 * plan.min_leaf)
            || plan.tally.is_pure(&self.rows[node.start..node.end])
        {
            return None;
        }
        if let Some(targets) = plan.tally.ranked() {
            self.ranks.fill(targets, &self.here);
        }
        let parent = plan.tally.score(&self.total);
        // Without a least gain, rows that differ are divided even if nothing is gained: the gain may come below, as for
        // an exclusive or.
        let noise = 1e-13 * parent.abs();
        let floor = if plan.min_gain > 0.0 {
            plan.min_gain - noise
        } else {
            f64::NEG_INFINITY
        };
        let mut bar = Bar { floor, noise };
        let mut best: Option<Split> = None;
        let mut searched = 0;
        (self.stream, self.draws) = (node.stream, 0);
        self.swaps.clear();
        for i in 0..self.features.len() {
            if searched == plan.features_per_node {
                break;
            }
            // Fisher and Yates, one step at a time: constant features do not count.
            let other = i + self.draw(self.features.len() - i);
            self.features.swap(i, other);
            self.swaps.push(other);
            let Some(found) = self.split_of(self.features[i], node, parent, bar) else {
                continue;
            };
            searched += 1;
            if let Some(split) = found {
                bar.raise(split.gain);
                best = Some(split);
            }
        }
        for (i, &other) in self.swaps.iter().enumerate().rev() {
            self.features.swap(i, other);
        }
        best.map(|split| match &plan.binners[split.feature] {
            Binner::Number(cuts) => split.centred(cuts),
            Binner::Category(_) => split,
        })
    }

    fn draw(&mut self, bound: usize) -> usize {
        self.draws += 1;
        if bound <= 1 {
            0
        } else {
            self.stream.below(self.draws, bound)
        }
    }
}

/// The leaf of a row of codes.
pub(super) fn leaf_of(branches: &[CodeBranch], codes: &Codes, row: usize) -> usize {
    if branches.is_empty() {
        return 0;
    }
    let mut node = 0;
    loop {
        let branch = &branches[node];
        let code = codes.columns[branch.column].get(row);
        let child = if branch.test.goes_left(code) {
            branch.left
        } else {
            branch.right
        };
        if child < 0 {
            return !child as usize;
        }
        node = child as usize;
    }
}
