//! Growing the leaf that gains most.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use super::{Grower, Open, Split};
use crate::tree::forest::tally::Tally;

/// A leaf that could be split.
struct Waiting {
    node: Open,
    split: Split,
    /// Its place in the order in which leaves came up.
    number: usize,
}

impl Waiting {
    fn rank(&self) -> (f64, Reverse<usize>) {
        (self.split.gain, Reverse(self.number))
    }
}

impl Ord for Waiting {
    fn cmp(&self, other: &Self) -> Ordering {
        let ((a, first), (b, second)) = (self.rank(), other.rank());
        a.total_cmp(&b).then(first.cmp(&second))
    }
}

impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Waiting {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Waiting {}

impl<T: Tally, const BOUNDED: bool> Grower<'_, T, BOUNDED> {
    /// Split the leaf whose split gains most, until there are `max_leaves`.
    pub(super) fn grow_best_first(&mut self, root: Open) {
        let (mut waiting, mut seen) = (BinaryHeap::new(), 0);
        let mut leaves = 1;
        self.consider(root, &mut seen, &mut waiting);
        while leaves < self.plan.max_leaves {
            let Some(Waiting { node, split, .. }) = waiting.pop() else {
                break;
            };
            self.add_up(node.start..node.end);
            for child in self.divide(&node, &split) {
                self.consider(child, &mut seen, &mut waiting);
            }
            leaves += 1;
        }
        // In the order in which they came up, so that leaves do not stand in the order of a heap.
        let mut rest = waiting.into_vec();
        rest.sort_by_key(|leaf| leaf.number);
        for Waiting { node, .. } in rest {
            self.add_up(node.start..node.end);
            self.end(&node);
        }
    }

    fn consider(&mut self, node: Open, seen: &mut usize, waiting: &mut BinaryHeap<Waiting>) {
        self.add_up(node.start..node.end);
        match self.best_split(&node) {
            Some(split) => waiting.push(Waiting {
                node,
                split,
                number: *seen,
            }),
            None => self.end(&node),
        }
        *seen += 1;
    }
}
