//! One tree: arrays over nodes.

use std::borrow::Cow;
use std::collections::HashMap;

use super::super::super::node::{Branch, Test, Tree};
use super::super::arrange::{Node, arrange};
use super::super::features::{Budget, CATEGORY};
use super::super::value::{Read, Value, index};
use super::known;

/// A tree whose leaves are multiplied by `weight`.
pub fn read(tree: &Value, features: usize, weight: f64, budget: &Budget) -> Read<Tree> {
    known::check_tree(tree)?;
    let parameters = tree.get("tree_param")?;
    let size = parameters
        .find("size_leaf_vector")
        .map_or(Ok(1), |_| parameters.count_of("size_leaf_vector"))?;
    if size > 1 {
        return Err("its leaves are vectors (`multi_output_tree`), which induce does not read".into());
    }
    let count = parameters.count_of("num_nodes")?;
    let nodes = Nodes::of(tree, count)?;
    arrange(count, |i| nodes.node(i, features, weight, budget))
}

/// The arrays, all of one length.
struct Nodes<'a> {
    left: Cow<'a, [f64]>,
    right: Cow<'a, [f64]>,
    feature: Cow<'a, [f64]>,
    condition: Cow<'a, [f64]>,
    default_left: Cow<'a, [f64]>,
    gain: Cow<'a, [f64]>,
    cover: Cow<'a, [f64]>,
    value: Cow<'a, [f64]>,
    kind: Option<Cow<'a, [f64]>>,
    sets: HashMap<usize, Vec<usize>>,
}

impl<'a> Nodes<'a> {
    fn of(tree: &'a Value, n: usize) -> Read<Self> {
        let array = |key| tree.numbers_of_length(key, n);
        let kind = tree.find("split_type").map(|_| array("split_type")).transpose()?;
        Ok(Self {
            left: array("left_children")?,
            right: array("right_children")?,
            feature: array("split_indices")?,
            condition: array("split_conditions")?,
            default_left: array("default_left")?,
            gain: array("loss_changes")?,
            cover: array("sum_hessian")?,
            value: array("base_weights")?,
            sets: if kind.is_some() {
                sets(tree, n)?
            } else {
                HashMap::new()
            },
            kind,
        })
    }

    fn node(&self, i: usize, features: usize, weight: f64, budget: &Budget) -> Read<Node> {
        let condition = self.condition[i] as f32;
        if self.left[i] == -1.0 {
            return Ok(Node::Leaf {
                value: f64::from(condition) * weight,
                cover: single(self.cover[i]),
            });
        }
        let child = |x: f64| index(x, self.left.len(), "a child");
        let (less, other) = (child(self.left[i])?, child(self.right[i])?);
        let default_left = self.default_left[i] != 0.0;
        let branch = |test, missing_left| Branch {
            feature: self.feature[i] as u32,
            test,
            missing_left,
            zero_is_missing: false,
            left: 0,
            right: 0,
            gain: single(self.gain[i]),
            cover: single(self.cover[i]),
            value: single(self.value[i]),
        };
        index(
            self.feature[i],
            features.min(u32::MAX as usize),
            "the feature of a branch",
        )?;
        if self.kind.as_ref().is_some_and(|kind| kind[i] != 0.0) {
            let unlisted = || format!("node {i} lists no categories");
            let set = self.sets.get(&i).ok_or_else(unlisted)?;
            // Listed categories go right there and left here.
            let branch = branch(Test::Member(budget.set(set)?), !default_left);
            return Ok(Node::Split {
                branch,
                left: other,
                right: less,
            });
        }
        if condition.is_nan() {
            return Err(format!("the threshold of node {i} is NaN"));
        }
        let branch = branch(Test::AtMost(condition.next_down().into()), default_left);
        Ok(Node::Split {
            branch,
            left: less,
            right: other,
        })
    }
}

/// JSON spells single-precision numbers shortly; this is the number that was meant.
pub(super) fn single(x: f64) -> f64 {
    f64::from(x as f32)
}

/// The categories that nodes list.
fn sets(tree: &Value, n: usize) -> Read<HashMap<usize, Vec<usize>>> {
    let nodes = tree.numbers_of("categories_nodes")?;
    let starts = tree.numbers_of_length("categories_segments", nodes.len())?;
    let sizes = tree.numbers_of_length("categories_sizes", nodes.len())?;
    let category = |&x: &f64| index(x, CATEGORY, "a category");
    let categories = tree
        .numbers_of("categories")?
        .iter()
        .map(category)
        .collect::<Read<Vec<_>>>()?;
    let mut left = categories.len();
    let mut sets = HashMap::new();
    for (&node, (&start, &size)) in nodes.iter().zip(starts.iter().zip(sizes.iter())) {
        let start = index(start, categories.len() + 1, "a segment of categories")?;
        let size = index(size, categories.len() + 1, "the size of a segment of categories")?;
        let set = categories
            .get(start..start + size)
            .ok_or("a segment of categories ends outside")?;
        // Segments that overlap would let a small file ask for much work.
        left = left.checked_sub(size).ok_or("segments of categories overlap")?;
        sets.insert(index(node, n, "a node of categories")?, set.to_vec());
    }
    Ok(sets)
}
