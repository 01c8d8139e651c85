//! One tree as arrays over nodes.

use std::collections::VecDeque;

use induce_core::Result;

use super::super::super::node::{Branch, Test, Tree, members};
use super::super::inexpressible;
use super::super::value::Value;
use super::NO_PARENT;
use induce_core::model::{Feature, FeatureType};

/// What happens to leaf values on the way: x -> factor x + shift.
#[derive(Clone, Copy)]
pub struct Change {
    /// Multiplied first.
    pub factor: f64,
    /// Added then.
    pub shift: f64,
}

impl Change {
    /// Nothing happens.
    pub const NONE: Self = Self {
        factor: 1.0,
        shift: 0.0,
    };
}

/// Tree number `id`.
///
/// Nodes are numbered level by level, siblings next to each other: XGBoost finds
/// the right child beside the left one.
pub fn write_tree(tree: &Tree, id: usize, features: &[Feature], change: Change) -> Result<Value> {
    let mut nodes = Nodes::default();
    let mut next = 1;
    let root = if tree.branches.is_empty() { !0 } else { 0 };
    let mut todo = VecDeque::from([(root, NO_PARENT)]);
    while let Some((child, parent)) = todo.pop_front() {
        let own = nodes.parents.len() as i32;
        nodes.parents.push(parent);
        if child < 0 {
            let value = leaf(tree.leaves[!child as usize] * change.factor + change.shift)?;
            nodes.leaf(value, tree.covers[!child as usize]);
            continue;
        }
        let branch = &tree.branches[child as usize];
        let swap = nodes.branch(branch, &features[branch.feature as usize], next);
        next += 2;
        let (left, right) = if swap {
            (branch.right, branch.left)
        } else {
            (branch.left, branch.right)
        };
        todo.extend([(left, own), (right, own)]);
    }
    Ok(nodes.value(id, features.len()))
}

#[derive(Default)]
struct Nodes {
    parents: Vec<i32>,
    left: Vec<i32>,
    right: Vec<i32>,
    feature: Vec<i32>,
    condition: Vec<f32>,
    default_left: Vec<u8>,
    kind: Vec<u8>,
    gain: Vec<f32>,
    cover: Vec<f32>,
    value: Vec<f32>,
    categories: Vec<i32>,
    category_nodes: Vec<i32>,
    segments: Vec<i64>,
    sizes: Vec<i64>,
}

impl Nodes {
    fn leaf(&mut self, value: f32, cover: f64) {
        self.left.push(-1);
        self.right.push(-1);
        self.feature.push(0);
        self.condition.push(value);
        self.default_left.push(0);
        self.kind.push(0);
        self.gain.push(0.0);
        self.cover.push(about(cover));
        self.value.push(value);
    }

    /// Add a branch with the children `next` and `next + 1`; whether they are ours swapped.
    fn branch(&mut self, branch: &Branch, feature: &Feature, next: i32) -> bool {
        self.left.push(next);
        self.right.push(next + 1);
        self.feature.push(branch.feature as i32);
        self.gain.push(about(branch.gain));
        self.cover.push(about(branch.cover));
        self.value.push(about(branch.value));
        let (condition, kind, swap) = match &branch.test {
            Test::AtMost(t) => (above(*t), 0, false),
            Test::Member(set) => (0.0, 1, self.list(set, feature)),
        };
        self.condition.push(condition);
        self.kind.push(kind);
        self.default_left.push((branch.missing_left != swap).into());
        swap
    }

    /// List categories for the newest branch; they go right there and left here,
    /// so children are swapped. XGBoost does not load an empty list: in place of
    /// one stand all known categories, not swapped.
    fn list(&mut self, set: &[u64], feature: &Feature) -> bool {
        let start = self.categories.len();
        self.categories.extend(members(set).map(|c| c as i32));
        let swap = self.categories.len() > start;
        if let (false, FeatureType::Category(names)) = (swap, &feature.feature_type) {
            self.categories.extend(0..names.len().max(1) as i32);
        }
        self.category_nodes.push(self.left.len() as i32 - 1);
        self.segments.push(start as i64);
        self.sizes.push((self.categories.len() - start) as i64);
        swap
    }

    fn value(self, id: usize, features: usize) -> Value {
        let parameters = Value::map([
            ("num_deleted", Value::text(&0)),
            ("num_feature", Value::text(&features)),
            ("num_nodes", Value::text(&self.parents.len())),
            ("size_leaf_vector", Value::text(&1)),
        ]);
        Value::map([
            ("base_weights", Value::F32(self.value)),
            ("categories", Value::I32(self.categories)),
            ("categories_nodes", Value::I32(self.category_nodes)),
            ("categories_segments", Value::I64(self.segments)),
            ("categories_sizes", Value::I64(self.sizes)),
            ("default_left", Value::U8(self.default_left)),
            ("id", Value::Integer(id as i64)),
            ("left_children", Value::I32(self.left)),
            ("loss_changes", Value::F32(self.gain)),
            ("parents", Value::I32(self.parents)),
            ("right_children", Value::I32(self.right)),
            ("split_conditions", Value::F32(self.condition)),
            ("split_indices", Value::I32(self.feature)),
            ("split_type", Value::U8(self.kind)),
            ("sum_hessian", Value::F32(self.cover)),
            ("tree_param", parameters),
        ])
    }
}

/// The smallest single-precision number above `t`; the largest finite one where there is none.
fn above(t: f64) -> f32 {
    let near = t as f32;
    let above = if f64::from(near) > t { near } else { near.next_up() };
    above.clamp(f32::MIN, f32::MAX)
}

/// Narrow a number that must stay finite.
fn leaf(x: f64) -> Result<f32> {
    if (x as f32).is_finite() {
        return Ok(x as f32);
    }
    let hint = "targets that large need double precision: write it as LightGBM, or scale the target";
    Err(inexpressible("XGBoost", &format!("the leaf value {x:e}"), hint))
}

/// Narrow numbers that only inform.
fn about(x: f64) -> f32 {
    single(x.clamp(f32::MIN.into(), f32::MAX.into()))
}

/// A number in single precision; NaN is told as zero.
fn single(x: f64) -> f32 {
    if x.is_nan() { 0.0 } else { x as f32 }
}

#[cfg(test)]
mod tests {
    use super::above;

    #[test]
    fn the_number_above_splits_single_precision_as_ours_does() {
        for t in [
            0.0,
            -0.0,
            0.1,
            -0.1,
            1.0,
            1e-46,
            -1e-46,
            3.5e38,
            -3.5e38,
            f64::INFINITY,
            f64::NEG_INFINITY,
        ] {
            let c = above(t);
            assert!(c.is_finite());
            for x in [c, c.next_down(), t as f32, 0.0_f32, -0.0] {
                let beyond = x.abs() == f32::MAX || x.is_infinite();
                assert!(beyond || (f64::from(x) <= t) == (x < c), "{t} {c} {x}");
            }
        }
        assert_eq!(above(f64::from(0.3_f32.next_down())), 0.3_f32);
    }
}
