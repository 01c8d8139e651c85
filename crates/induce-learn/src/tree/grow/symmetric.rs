//! Symmetric trees: all leaves of a level have one split (oblivious trees: Kohavi 1994; Prokhorenkova et al. 2018).
//!
//! Few shapes fit few rows by accident, and the sums of many such trees are smooth: where the target is a smooth function
//! of its features they beat trees that choose leaf by leaf.

use induce_core::parallel::Team;

use super::super::split::{LevelSplit, Node};
use super::task::{Grown, Task};
use super::{Grower, Leaf};

impl Grower<'_> {
    /// Grow one tree level by level.
    pub(super) fn grow_symmetric(&mut self, team: &mut Team, task: &Task) -> Grown {
        self.restart_level(team);
        let mut tree = Grown {
            branches: Vec::new(),
            leaves: vec![self.root(team, task)],
        };
        self.find_splits(team, task, &mut tree, None, 0);
        let floor = least(&tree.leaves[0], task);
        for depth in 0..task.growth.max_depth {
            let Some(split) = self.level_split(team).filter(|split| split.gain > floor) else {
                break;
            };
            self.restart_level(team);
            for slot in 0..tree.leaves.len() {
                if tree.leaves[slot].depth == depth {
                    self.divide_by(team, task, &mut tree, slot, &split);
                }
            }
        }
        tree
    }

    fn restart_level(&self, team: &mut Team) {
        team.run(&|t| self.worker(t).restart_level(self.data));
    }

    /// The split that gains most in all leaves of the level together.
    fn level_split(&self, team: &mut Team) -> Option<LevelSplit> {
        team.run(&|t| self.worker(t).find_level_split());
        let found = (0..self.workers.len()).filter_map(|t| self.worker(t).level_best.take());
        found.reduce(|a, b| if b.beats(&a) { b } else { a })
    }

    /// Divide a leaf by the split of its level, if that leaves both sides heavy enough.
    fn divide_by(&self, team: &mut Team, task: &Task, tree: &mut Grown, slot: usize, split: &LevelSplit) {
        let leaf = &tree.leaves[slot];
        let node = Node::new(&task.growth.rules, task.scale, leaf.sum, leaf.bounds).of_rows(self.count(slot));
        let found = (0..self.workers.len())
            .find_map(|t| self.worker(t).level_split_of(self.data, task, &node, slot, split));
        if let Some(own) = found.flatten() {
            self.divide(team, task, tree, slot, own);
        }
    }
}

/// The gain below which a level is not worth its leaves, in fixed-point units.
fn least(root: &Leaf, task: &Task) -> f32 {
    let node = Node::new(&task.growth.rules, task.scale, root.sum, root.bounds);
    node.in_units(node.least_gain())
}
