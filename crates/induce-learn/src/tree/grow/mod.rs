//! Growing one tree.
//!
//! A team shares the rows: member t owns fixed blocks of them and keeps, for
//! every leaf, the list of its own rows there. A split is three jobs with
//! nothing serial between but a comparison: divide the lists, add up the
//! histogram of the smaller child (the larger is the parent's less that), and
//! scan both children, each member for its own columns. Sums are integers, so
//! the number of members cannot change a bit.

mod columns;
mod partition;
mod prune;
mod worker;

use std::sync::{Mutex, RwLock};

use induce_core::parallel::Team;

use super::bins::{CodeColumn, Codes, Packed};
use super::histogram::{Scale, Sum, curvature};
use super::mask::{CodeBranch, CodeTree};
use super::split::{Bounds, Node, Rules, Split};
pub use columns::ColumnSample;
pub(super) use partition::{SLACK, divide};
pub use prune::{Pruned, prune};
use worker::{Partial, Worker};

/// What a tree is grown on.
pub struct Data {
    /// Column-major codes.
    pub codes: Codes,
    /// Row-major packed codes.
    pub packed: Packed,
    /// Which features are categories.
    pub category: Vec<bool>,
}

/// When to stop, what to obey.
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
    depth: usize,
    parent: Option<(usize, bool)>,
    path: Vec<usize>,
    best: Option<Split>,
}

/// A branch of a grown tree.
#[derive(Debug, Clone)]
pub struct GrownBranch {
    /// The split.
    pub split: Split,
    /// Sum of the node's derivatives.
    pub sum: Sum,
    /// Children as in [`super::Branch`].
    pub left: i32,
    /// Children as in [`super::Branch`].
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

/// Grows trees on one table, reusing its buffers.
pub struct Grower<'a> {
    data: &'a Data,
    workers: Vec<Mutex<Worker>>,
    partials: Vec<RwLock<Partial>>,
}

/// One tree's circumstances.
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

impl<'a> Grower<'a> {
    /// A grower for a team of `members`.
    pub fn new(data: &'a Data, members: usize) -> Self {
        let workers = (0..members)
            .map(|t| Mutex::new(Worker::new(data, t, members)))
            .collect();
        let partials = (0..members)
            .map(|_| RwLock::new(Partial::new(&data.packed)))
            .collect();
        Self {
            data,
            workers,
            partials,
        }
    }

    /// Grow one tree; `team` has as many members as this grower.
    pub fn grow(&mut self, team: &mut Team, task: &Task) -> Grown {
        let mut tree = Grown {
            branches: Vec::new(),
            leaves: vec![self.root(team, task)],
        };
        self.find_splits(team, task, &mut tree, None, 0);
        while let Some(slot) = next(&tree, task.growth) {
            let Some(split) = tree.leaves[slot].best.take() else {
                break;
            };
            self.divide(team, task, &mut tree, slot, split);
        }
        tree
    }

    fn root(&self, team: &mut Team, task: &Task) -> Leaf {
        team.run(&|t| self.worker(t).restart(task));
        let sum = (0..self.workers.len()).fold(0, |sum: Sum, t| sum.wrapping_add(self.worker(t).sum));
        Leaf {
            sum,
            bounds: Bounds::NONE,
            depth: 0,
            parent: None,
            path: Vec::new(),
            best: None,
        }
    }

    /// Turn leaf `slot` into a branch whose left child keeps the slot.
    fn divide(&self, team: &mut Team, task: &Task, tree: &mut Grown, slot: usize, split: Split) {
        let fresh = tree.leaves.len();
        team.run(&|t| self.worker(t).partition(&self.data.codes, slot, &split));
        let counts = (0..self.workers.len()).map(|t| self.worker(t).counts(slot, fresh));
        let (left, right) = counts.fold((0, 0), |sum, c| (sum.0 + c.0, sum.1 + c.1));
        add_branch(tree, task, slot, split);
        let (small, large) = if left <= right {
            (slot, fresh)
        } else {
            (fresh, slot)
        };
        // The parent's histogram lies under `slot`; it becomes the larger child's.
        team.run(&|t| self.worker(t).rename_histogram(slot, large));
        self.find_splits(team, task, tree, Some(large), small);
    }

    /// Find the best split of the leaf `small`, and of its sibling `large`, if they may be split.
    fn find_splits(
        &self,
        team: &mut Team,
        task: &Task,
        tree: &mut Grown,
        large: Option<usize>,
        small: usize,
    ) {
        let full = task.growth.max_leaves > 0 && tree.leaves.len() >= task.growth.max_leaves;
        let open = |slot: usize| !full && may_split(&tree.leaves[slot], self.count(slot), task);
        let wanted = [large.filter(|&l| open(l)), Some(small).filter(|&s| open(s))];
        if wanted == [None, None] {
            team.run(&|t| self.worker(t).release(large, small));
            return;
        }
        let jobs =
            wanted.map(|slot| slot.map(|slot| Job::new(tree, task, self.data, slot, self.count(slot))));
        team.run(&|t| {
            let mut partial = self.partials[t].write().expect("no member panics with a partial");
            self.worker(t)
                .add_up(self.data, task.derivatives, small, &mut partial);
        });
        team.run(&|t| {
            self.worker(t)
                .scan(self.data, &self.partials, task, large, small, &jobs);
        });
        for (which, slot) in wanted.into_iter().enumerate() {
            let Some(slot) = slot else { continue };
            let found = (0..self.workers.len()).filter_map(|t| self.worker(t).best[which].take());
            tree.leaves[slot].best = found.reduce(|a, b| if b.beats(&a) { b } else { a });
        }
    }

    /// How many bagged rows a leaf has.
    fn count(&self, leaf: usize) -> usize {
        (0..self.workers.len())
            .map(|t| self.worker(t).rows(leaf).len())
            .sum()
    }

    /// The bagged rows of a leaf.
    pub fn rows(&self, leaf: usize) -> Vec<u32> {
        (0..self.workers.len())
            .flat_map(|t| self.worker(t).rows(leaf).to_vec())
            .collect()
    }

    fn worker(&self, t: usize) -> std::sync::MutexGuard<'_, Worker> {
        self.workers[t].lock().expect("a member's panic ends the fit")
    }
}

/// The node data a scan needs.
struct Job {
    sum: Sum,
    rows: usize,
    bounds: Bounds,
    /// Features that may be used; `None` is all.
    allowed: Option<Vec<bool>>,
}

impl Job {
    fn new(tree: &Grown, task: &Task, data: &Data, slot: usize, rows: usize) -> Self {
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

    fn node<'a>(&self, task: &'a Task) -> Node<'a> {
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

fn may_split(leaf: &Leaf, rows: usize, task: &Task) -> bool {
    let growth = task.growth;
    let deep = growth.max_depth > 0 && leaf.depth >= growth.max_depth;
    !deep
        && rows >= (2 * growth.rules.min_rows).max(growth.min_split)
        && curvature(leaf.sum) > 1
        && task.scale.curvature_of(leaf.sum) >= 2.0 * growth.rules.min_child_weight
}

/// The leaf to split next.
fn next(tree: &Grown, growth: &Growth) -> Option<usize> {
    if growth.max_leaves > 0 && tree.leaves.len() >= growth.max_leaves {
        return None;
    }
    let open = tree
        .leaves
        .iter()
        .enumerate()
        .filter_map(|(slot, leaf)| leaf.best.as_ref().map(|b| (slot, leaf, b)));
    if growth.best_first {
        open.reduce(|a, b| if b.2.gain > a.2.gain { b } else { a })
            .map(|(slot, ..)| slot)
    } else {
        open.min_by_key(|(slot, leaf, _)| (leaf.depth, *slot))
            .map(|(slot, ..)| slot)
    }
}

fn add_branch(tree: &mut Grown, task: &Task, slot: usize, split: Split) {
    let (index, fresh) = (tree.branches.len() as i32, tree.leaves.len());
    let leaf = tree.leaves[slot].clone();
    if let Some((parent, is_left)) = leaf.parent {
        let parent = &mut tree.branches[parent];
        *(if is_left {
            &mut parent.left
        } else {
            &mut parent.right
        }) = index;
    }
    let node = Node::new(&task.growth.rules, task.scale, leaf.sum, leaf.bounds);
    let right = leaf.sum.wrapping_sub(split.left);
    let monotone = task.growth.monotone.get(split.feature).copied().unwrap_or(0);
    let (left_bounds, right_bounds) = child_bounds(&node, split.left, right, monotone);
    let mut path = leaf.path;
    path.push(split.feature);
    let child = |sum, bounds, is_left, path| Leaf {
        sum,
        bounds,
        depth: leaf.depth + 1,
        parent: Some((index as usize, is_left)),
        path,
        best: None,
    };
    tree.leaves[slot] = child(split.left, left_bounds, true, path.clone());
    tree.leaves.push(child(right, right_bounds, false, path));
    tree.branches.push(GrownBranch {
        split,
        sum: leaf.sum,
        left: !(slot as i32),
        right: !(fresh as i32),
    });
}

/// A monotone split parts the range of values at the middle of its children's.
fn child_bounds(node: &Node, left: Sum, right: Sum, monotone: i8) -> (Bounds, Bounds) {
    let bounds = node.bounds;
    if monotone == 0 {
        return (bounds, bounds);
    }
    let middle = 0.5 * (node.value(left) + node.value(right));
    let (below, above) = (
        Bounds {
            high: middle,
            ..bounds
        },
        Bounds {
            low: middle,
            ..bounds
        },
    );
    if monotone > 0 {
        (below, above)
    } else {
        (above, below)
    }
}
