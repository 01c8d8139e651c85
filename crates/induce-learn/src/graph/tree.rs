//! A k-d tree: exact neighbours in few dimensions.

use super::Points;
use super::best::Best;
use super::points::square;

/// Points of a leaf.
const LEAF: usize = 12;

/// A tree of halves: the points of a node are divided at the median of the coordinate in which they are widest.
///
/// Friedman, Bentley & Finkel 1977, *An algorithm for finding best matches in logarithmic expected time*.
pub(super) struct Tree {
    /// The points in the order of the leaves. // (n, dimensions)
    values: Vec<f64>,
    dimensions: usize,
    /// Which points they are. // (n)
    pub(super) order: Vec<u32>,
    pub(super) nodes: Vec<Node>,
}

/// A node: the points from `from` to `to`, and where its children are, if it has any; the left one is the next node.
pub(super) struct Node {
    pub(super) from: u32,
    pub(super) to: u32,
    /// The right child, 0 for a leaf.
    pub(super) right: u32,
    dimension: u32,
    /// Points of the left child are at most there, those of the right one at least.
    at: f64,
}

impl Tree {
    pub(super) fn new(points: &Points) -> Self {
        let mut tree = Self {
            values: Vec::with_capacity(points.values().len()),
            dimensions: points.dimensions(),
            order: (0..points.len() as u32).collect(),
            nodes: Vec::new(),
        };
        let mut order = std::mem::take(&mut tree.order);
        tree.grow(points, &mut order, 0);
        for &i in &order {
            tree.values.extend_from_slice(points.point(i as usize));
        }
        tree.order = order;
        tree
    }

    fn grow(&mut self, points: &Points, order: &mut [u32], from: u32) {
        let own = self.nodes.len();
        let to = from + order.len() as u32;
        self.nodes.push(Node {
            from,
            to,
            right: 0,
            dimension: 0,
            at: 0.0,
        });
        let (dimension, width) = widest(points, order);
        if order.len() <= LEAF || width == 0.0 {
            return;
        }
        let at = |i: u32| points.point(i as usize)[dimension];
        let middle = order.len() / 2;
        order.select_nth_unstable_by(middle, |&i, &j| at(i).total_cmp(&at(j)).then(i.cmp(&j)));
        let place = at(order[middle]);
        let (left, right) = order.split_at_mut(middle);
        self.grow(points, left, from);
        let next = self.nodes.len() as u32;
        self.grow(points, right, from + middle as u32);
        let node = &mut self.nodes[own];
        (node.right, node.dimension, node.at) = (next, dimension as u32, place);
    }

    /// Offer to `best` whoever may be among the nearest to `x`, but for those that are left out: whole nodes or points.
    pub(super) fn search(&self, x: &[f64], best: &mut Best, out: &impl Leave) {
        let mut offsets = vec![0.0; self.dimensions];
        self.visit(0, x, 0.0, &mut offsets, best, out);
    }

    /// `beyond` is the square of the distance to the node's box, `offsets` its parts.
    fn visit(
        &self,
        k: usize,
        x: &[f64],
        beyond: f64,
        offsets: &mut [f64],
        best: &mut Best,
        out: &impl Leave,
    ) {
        let node = &self.nodes[k];
        if beyond > best.bound() || out.node(k) {
            return;
        }
        if node.right == 0 {
            return self.scan(node, x, best, out);
        }
        let d = node.dimension as usize;
        let off = x[d] - node.at;
        let (near, far) = if off < 0.0 {
            (k + 1, node.right as usize)
        } else {
            (node.right as usize, k + 1)
        };
        self.visit(near, x, beyond, offsets, best, out);
        let old = offsets[d];
        // Rounded down a little, so that a bound is never beyond the distance that is computed in another order.
        let further = (beyond - old * old + off * off) * (1.0 - 1e-12);
        offsets[d] = off;
        self.visit(far, x, further.max(0.0), offsets, best, out);
        offsets[d] = old;
    }

    fn scan(&self, node: &Node, x: &[f64], best: &mut Best, out: &impl Leave) {
        for place in node.from as usize..node.to as usize {
            let j = self.order[place];
            if !out.point(j) {
                let own = &self.values[place * self.dimensions..(place + 1) * self.dimensions];
                best.offer(square(x, own), j);
            }
        }
    }
}

/// Who is left out of a search.
pub(super) trait Leave {
    /// All points of a node.
    fn node(&self, _node: usize) -> bool {
        false
    }

    /// A point.
    fn point(&self, point: u32) -> bool;
}

/// The point itself.
pub(super) struct Itself(pub(super) u32);

impl Leave for Itself {
    fn point(&self, point: u32) -> bool {
        point == self.0
    }
}

/// Nobody.
pub(super) struct Nobody;

impl Leave for Nobody {
    fn point(&self, _: u32) -> bool {
        false
    }
}

/// The dimension in which points are widest, and how wide.
fn widest(points: &Points, order: &[u32]) -> (usize, f64) {
    let mut best = (0, 0.0);
    for d in 0..points.dimensions() {
        let ends = order
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &i| {
                let x = points.point(i as usize)[d];
                (low.min(x), high.max(x))
            });
        if ends.1 - ends.0 > best.1 {
            best = (d, ends.1 - ends.0);
        }
    }
    best
}
