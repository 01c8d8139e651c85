//! Minimal cost-complexity pruning of a grown tree.
//!
//! A branch is worth its gain less the cost of the leaf it adds, and what the branches below it are worth; what is worth
//! nothing becomes a leaf (Breiman et al. 1984, section 3.3, and as `forest` does with class probabilities).

use super::super::split::Bounds;
use super::task::{Grown, GrownBranch, Leaf};

/// A pruned tree, and for each of its leaves the leaves of the tree before that are one now.
pub struct Pruned {
    /// The tree.
    pub tree: Grown,
    /// Slots of the grown leaves by leaf.
    pub members: Vec<Vec<usize>>,
}

/// The smallest subtree with the largest gain less `cost` per leaf.
pub fn prune(grown: &Grown, cost: f64) -> Pruned {
    let worth = worth(&grown.branches, cost);
    let mut out = Pruned {
        tree: Grown::default(),
        members: Vec::new(),
    };
    let root = if grown.branches.is_empty() { !0 } else { 0 };
    out.copy(grown, root, &worth);
    out
}

/// What every branch gains with what is kept below it, less the cost of their leaves.
fn worth(branches: &[GrownBranch], cost: f64) -> Vec<f64> {
    let mut worth = vec![0.0_f64; branches.len()];
    for (i, branch) in branches.iter().enumerate().rev() {
        let below = |child: i32| usize::try_from(child).map_or(0.0, |child| worth[child].max(0.0));
        worth[i] = branch.split.gain - cost + below(branch.left) + below(branch.right);
    }
    worth
}

impl Pruned {
    /// Copy the subtree at `root`, a branch or a leaf `!slot`; parents come before children.
    fn copy(&mut self, grown: &Grown, root: i32, worth: &[f64]) {
        let mut open: Vec<(i32, Option<(usize, bool)>)> = vec![(root, None)];
        while let Some((node, parent)) = open.pop() {
            let branch = usize::try_from(node).ok().filter(|&i| worth[i] > 0.0);
            let copied = match branch {
                None => self.leaf(grown, node),
                Some(branch) => {
                    self.tree.branches.push(grown.branches[branch].clone());
                    self.tree.branches.len() as i32 - 1
                }
            };
            if let Some((parent, is_left)) = parent {
                let parent = &mut self.tree.branches[parent];
                *(if is_left {
                    &mut parent.left
                } else {
                    &mut parent.right
                }) = copied;
            }
            if let Some(branch) = branch {
                let own = &grown.branches[branch];
                open.push((own.right, Some((copied as usize, false))));
                open.push((own.left, Some((copied as usize, true))));
            }
        }
    }

    /// A leaf, or a branch that becomes one of all leaves below it.
    fn leaf(&mut self, grown: &Grown, node: i32) -> i32 {
        let members = leaves_below(grown, node);
        let first = &grown.leaves[members[0]];
        let wider = |a: Bounds, slot: &usize| {
            let b = grown.leaves[*slot].bounds;
            Bounds {
                low: a.low.min(b.low),
                high: a.high.max(b.high),
            }
        };
        self.tree.leaves.push(Leaf {
            sum: usize::try_from(node).map_or(first.sum, |branch| grown.branches[branch].sum),
            // A monotone split parts its node's bounds, so those of the leaves together are the node's.
            bounds: members.iter().fold(first.bounds, wider),
            ..first.clone()
        });
        self.members.push(members);
        !(self.members.len() as i32 - 1)
    }
}

fn leaves_below(grown: &Grown, node: i32) -> Vec<usize> {
    let (mut open, mut found) = (vec![node], Vec::new());
    while let Some(node) = open.pop() {
        match usize::try_from(node) {
            Ok(branch) => open.extend([grown.branches[branch].right, grown.branches[branch].left]),
            Err(_) => found.push(!node as usize),
        }
    }
    found
}
