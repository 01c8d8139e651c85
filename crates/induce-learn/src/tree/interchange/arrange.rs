//! From nodes in any order to a [`Tree`] whose parents come before their children.

use super::super::node::{Branch, Tree};
use super::value::Read;

/// What a file says about one node.
pub enum Node {
    /// An end.
    Leaf {
        /// Its value.
        value: f64,
        /// Its sum of curvatures.
        cover: f64,
    },
    /// A test, whose children are still to be linked.
    Split {
        /// The test.
        branch: Branch,
        /// The node for yes.
        left: usize,
        /// The node for no.
        right: usize,
    },
}

/// The tree that hangs on node 0 of `count` nodes; nodes that nothing leads to are dropped.
///
/// A node that two others lead to is an error, so a cycle is one too.
pub fn arrange(count: usize, node: impl Fn(usize) -> Read<Node>) -> Read<Tree> {
    let mut tree = Tree::default();
    let mut seen = vec![false; count];
    let mut todo = vec![(0, None)];
    while let Some((at, parent)) = todo.pop() {
        match seen.get_mut(at) {
            None => return Err(format!("a branch leads to node {at} of {count}")),
            Some(true) => return Err(format!("two branches lead to node {at}")),
            Some(seen) => *seen = true,
        }
        let child = match node(at)? {
            Node::Leaf { value, cover } => {
                tree.leaves.push(value);
                tree.covers.push(cover);
                !index(tree.leaves.len() - 1)?
            }
            Node::Split { branch, left, right } => {
                let own = tree.branches.len();
                tree.branches.push(branch);
                todo.extend([(right, Some((own, false))), (left, Some((own, true)))]);
                index(own)?
            }
        };
        if let Some((parent, left)) = parent {
            let parent = &mut tree.branches[parent];
            *(if left { &mut parent.left } else { &mut parent.right }) = child;
        }
    }
    Ok(tree)
}

fn index(i: usize) -> Read<i32> {
    i32::try_from(i).map_err(|_| format!("{i} nodes are more than a tree can have"))
}
