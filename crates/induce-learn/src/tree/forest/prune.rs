//! Minimal cost-complexity pruning.
//!
//! Of all subtrees, keep the smallest that minimises R(T) + cost |leaves(T)| (Breiman et al. 1984, section 3.3),
//! R being the impurity of the leaves in fractions of the rows. A branch is worth keeping if what it and the branches
//! kept below it gain exceeds the cost of the leaves they add.

use super::super::mask::CodeBranch;
use super::super::node::Tree;
use super::grow::Grown;

/// Prune with `cost` per leaf; gains are sums over rows, whose total weight the root knows.
pub(super) fn prune(grown: Grown, cost: f64) -> Grown {
    let branches = &grown.tree.branches;
    let Some(root) = branches.first() else {
        return grown;
    };
    let rows = root.cover;
    let mut worth = vec![0.0_f64; branches.len()];
    for (i, branch) in branches.iter().enumerate().rev() {
        let below = |child: i32| {
            if child >= 0 {
                worth[child as usize].max(0.0)
            } else {
                0.0
            }
        };
        worth[i] = branch.gain / rows - cost + below(branch.left) + below(branch.right);
    }
    let mut kept = Pruned::new(&grown);
    kept.copy(0, &worth);
    kept.out
}

struct Pruned<'a> {
    from: &'a Grown,
    width: usize,
    out: Grown,
}

impl<'a> Pruned<'a> {
    fn new(from: &'a Grown) -> Self {
        Self {
            from,
            width: from.leaf_values.len() / from.tree.leaves.len().max(1),
            out: Grown {
                on_codes: Vec::new(),
                tree: Tree::default(),
                leaf_values: Vec::new(),
                branch_values: Vec::new(),
            },
        }
    }

    /// Copy the subtree at `root`; parents still come before children.
    fn copy(&mut self, root: i32, worth: &[f64]) {
        let mut open: Vec<(i32, Option<(usize, bool)>)> = vec![(root, None)];
        while let Some((node, parent)) = open.pop() {
            let is_branch = node >= 0 && worth[node as usize] > 0.0;
            let copied = if is_branch {
                self.branch(node as usize)
            } else {
                self.leaf(node)
            };
            if let Some((parent, is_left)) = parent {
                self.link(parent, is_left, copied);
            }
            if is_branch {
                let branch = &self.from.tree.branches[node as usize];
                open.push((branch.right, Some((copied as usize, false))));
                open.push((branch.left, Some((copied as usize, true))));
            }
        }
    }

    fn link(&mut self, parent: usize, is_left: bool, child: i32) {
        let (code, branch): (&mut CodeBranch, _) = (
            &mut self.out.on_codes[parent],
            &mut self.out.tree.branches[parent],
        );
        if is_left {
            (code.left, branch.left) = (child, child);
        } else {
            (code.right, branch.right) = (child, child);
        }
    }

    fn branch(&mut self, i: usize) -> i32 {
        self.out.on_codes.push(self.from.on_codes[i].clone());
        self.out.tree.branches.push(self.from.tree.branches[i].clone());
        let values = &self.from.branch_values[i * self.width..(i + 1) * self.width];
        self.out.branch_values.extend_from_slice(values);
        self.out.tree.branches.len() as i32 - 1
    }

    /// A leaf, or a branch that becomes one.
    fn leaf(&mut self, node: i32) -> i32 {
        let (tree, width) = (&self.from.tree, self.width);
        let (values, i, cover) = if node >= 0 {
            (
                &self.from.branch_values,
                node as usize,
                tree.branches[node as usize].cover,
            )
        } else {
            (
                &self.from.leaf_values,
                !node as usize,
                tree.covers[!node as usize],
            )
        };
        let values = &values[i * width..(i + 1) * width];
        self.out.leaf_values.extend_from_slice(values);
        self.out.tree.leaves.push(values.last().copied().unwrap_or(0.0));
        self.out.tree.covers.push(cover);
        !(self.out.tree.leaves.len() as i32 - 1)
    }
}
