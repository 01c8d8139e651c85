//! Growing one tree.
//!
//! A team of worker threads divides the rows: worker t owns fixed blocks of them and keeps, for
//! every leaf, the list of its own rows there. A split takes three parallel jobs with
//! only a comparison in between: divide the lists, add up the
//! histogram of the smaller child (the larger is the parent's less that), and
//! scan both children, each worker for its own columns. Sums are integers, so
//! the number of workers cannot change a bit.

mod columns;
mod partition;
mod prune;
mod symmetric;
mod task;
mod worker;

use std::sync::{Mutex, RwLock};

use induce_core::parallel::Team;

use super::histogram::{Sum, curvature};
use super::split::{Bounds, Node, Split};
pub use columns::ColumnSample;
pub(super) use partition::{SLACK, divide};
pub use prune::{Pruned, prune};
use task::Job;
pub use task::{Data, Grown, GrownBranch, Growth, Leaf, Task};
use worker::{Partial, Worker};

/// Grows trees on one table, reusing its buffers.
pub struct Grower<'a> {
    data: &'a Data,
    workers: Vec<Mutex<Worker>>,
    partials: Vec<RwLock<Partial>>,
}

impl<'a> Grower<'a> {
    /// A grower for a team of `threads`.
    pub fn new(data: &'a Data, threads: usize) -> Self {
        let workers = (0..threads)
            .map(|t| Mutex::new(Worker::new(data, t, threads)))
            .collect();
        let partials = (0..threads)
            .map(|_| RwLock::new(Partial::new(&data.packed)))
            .collect();
        Self {
            data,
            workers,
            partials,
        }
    }

    /// Grow one tree; `team` has as many workers as this grower.
    pub fn grow(&mut self, team: &mut Team, task: &Task) -> Grown {
        if task.growth.symmetric {
            return self.grow_symmetric(team, task);
        }
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
            let mut partial = self.partials[t].write().expect("no worker panics with a partial");
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
        self.workers[t].lock().expect("a worker's panic ends the fit")
    }
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
