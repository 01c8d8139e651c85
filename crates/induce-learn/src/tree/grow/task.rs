//! Inputs and outputs of growing one tree.

use super::super::bins::{CodeColumn, Codes, Packed};
use super::super::histogram::{Scale, Sum};
use super::super::mask::{CodeBranch, CodeTree};
use super::super::split::{Bounds, Node, Rules, Split};
use super::columns::ColumnSample;

/// What a tree is grown on.
pub struct Data {
    /// Column-major codes.
    pub codes: Codes,
    /// Row-major packed codes.
    pub packed: Packed,
    /// Which features are categories.
    pub category: Vec<bool>,
}

/// Stopping rules and constraints.
#[derive(Debug, Clone)]
pub struct Growth {
    /// Regularisation.
    pub rules: Rules,
    /// Least rows of a leaf that is split.
    pub min_split: usize,
    /// Largest depth; 0 is no limit.
    pub max_depth: usize,
    /// Most leaves; 0 is no limit.
    pub max_leaves: usize,
    /// Split the leaf of largest gain first, rather than level by level.
    pub best_first: bool,
    /// Split all leaves of a level alike; `max_depth` is then a limit, and `max_leaves` none.
    pub symmetric: bool,
    /// -1, 0 or 1 per feature: the direction in which the score may move.
    pub monotone: Vec<i8>,
    /// Sets of features that may meet on one path; empty is no constraint.
    pub interactions: Vec<Vec<usize>>,
}

/// A leaf, while the tree is grown and after.
#[derive(Debug, Clone)]
pub struct Leaf {
    /// Sum of its derivatives.
    pub sum: Sum,
    /// Bounds of its value.
    pub bounds: Bounds,
    pub(super) depth: usize,
    pub(super) parent: Option<(usize, bool)>,
    pub(super) path: Vec<usize>,
    pub(super) best: Option<Split>,
}

/// A branch of a grown tree.
#[derive(Debug, Clone)]
pub struct GrownBranch {
    /// The split.
    pub split: Split,
    /// Sum of the node's derivatives.
    pub sum: Sum,
    /// Children as in [`Branch`](super::super::Branch).
    pub left: i32,
    /// Children as in [`Branch`](super::super::Branch).
    pub right: i32,
}

/// A tree in terms of codes and sums.
#[derive(Debug, Clone, Default)]
pub struct Grown {
    /// Branches, parents before children.
    pub branches: Vec<GrownBranch>,
    /// Leaves.
    pub leaves: Vec<Leaf>,
}

impl Grown {
    /// The tree ready to be applied to `codes`.
    pub fn on_codes(&self, codes: &Codes) -> CodeTree {
        let branches = self.branches.iter().map(|b| CodeBranch {
            column: b.split.feature,
            test: b.split.test.clone(),
            left: b.left,
            right: b.right,
        });
        let narrow = |c: usize| matches!(codes.columns[c], CodeColumn::Narrow(_));
        CodeTree::new(branches.collect(), self.leaves.len(), narrow)
    }
}

/// The inputs of one tree.
pub struct Task<'a> {
    /// Fixed-point derivatives of every row.
    pub derivatives: &'a [Sum],
    /// Their units.
    pub scale: Scale,
    /// Rows that take part; all if `None`.
    pub bag: Option<&'a [bool]>,
    /// Rules and limits.
    pub growth: &'a Growth,
    /// Which features may be used where.
    pub columns: ColumnSample,
}

/// A node whose splits are searched.
pub(super) struct Job {
    pub(super) sum: Sum,
    pub(super) rows: usize,
    pub(super) bounds: Bounds,
    /// Features that may be used; `None` is all.
    pub(super) allowed: Option<Vec<bool>>,
}

impl Job {
    pub(super) fn new(tree: &Grown, task: &Task, data: &Data, slot: usize, rows: usize) -> Self {
        let leaf = &tree.leaves[slot];
        let sampled = task.columns.at(
            leaf.depth,
            tree.branches.len() * 2 + usize::from(slot + 1 == tree.leaves.len()),
        );
        let allowed = constrain(
            sampled,
            &task.growth.interactions,
            &leaf.path,
            data.category.len(),
        );
        Self {
            sum: leaf.sum,
            rows,
            bounds: leaf.bounds,
            allowed,
        }
    }

    pub(super) fn node<'a>(&self, task: &'a Task) -> Node<'a> {
        Node::new(&task.growth.rules, task.scale, self.sum, self.bounds).of_rows(self.rows)
    }
}

/// Leave only features that lie in one set with all features of the path; a
/// feature in no set is a set of its own.
fn constrain(
    sampled: Option<Vec<bool>>,
    sets: &[Vec<usize>],
    path: &[usize],
    features: usize,
) -> Option<Vec<bool>> {
    if sets.is_empty() || path.is_empty() {
        return sampled;
    }
    let mut allowed = vec![false; features];
    for set in sets.iter().filter(|set| path.iter().all(|p| set.contains(p))) {
        set.iter().for_each(|&f| allowed[f] = true);
    }
    if path.iter().all(|&p| p == path[0]) {
        allowed[path[0]] = true;
    }
    if let Some(sampled) = sampled {
        allowed.iter_mut().zip(sampled).for_each(|(a, s)| *a &= s);
    }
    Some(allowed)
}
