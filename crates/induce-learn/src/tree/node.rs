//! A decision tree in terms of feature values.

use induce_core::model::{FeatureType, Schema, TreeNode};
use induce_core::words::number;
use induce_core::{Error, Result};

/// What a node asks of its feature.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// value <= threshold goes left.
    AtMost(f64),
    /// A category whose bit is set goes left; any other, also an unseen one, goes right.
    Member(Vec<u64>),
}

/// An inner node. A child >= 0 is a branch, a child < 0 is leaf `!child`.
#[derive(Debug, Clone, PartialEq)]
pub struct Branch {
    /// Index of the feature.
    pub feature: u32,
    /// The test.
    pub test: Test,
    /// Where a missing value goes.
    pub missing_left: bool,
    /// Whether zero counts as missing too (LightGBM's `zero_as_missing`).
    pub zero_is_missing: bool,
    /// Child when the answer is yes.
    pub left: i32,
    /// Child when the answer is no.
    pub right: i32,
    /// Reduction of the objective by this split.
    pub gain: f64,
    /// Sum of curvatures of the rows that came here.
    pub cover: f64,
    /// The value this node would have as a leaf.
    pub value: f64,
}

/// A tree: branch 0 is the root, parents come before their children.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tree {
    /// Inner nodes; empty for a tree of one leaf.
    pub branches: Vec<Branch>,
    /// Leaf values, shrinkage included.
    pub leaves: Vec<f64>,
    /// Sum of curvatures of each leaf's rows.
    pub covers: Vec<f64>,
}

/// Values this near to zero are zero where zero counts as missing (LightGBM's kZeroThreshold, as f32).
pub const ZERO: f64 = 1e-35_f32 as f64;

/// The value of a feature for one row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    /// A quantity; NaN is missing.
    Number(f64),
    /// A category code; [`induce_core::model::MISSING`] and [`induce_core::model::UNSEEN`] are special.
    Category(u32),
}

impl Branch {
    /// Whether a row with `value` goes left.
    pub fn goes_left(&self, value: Value) -> bool {
        match (&self.test, value) {
            (Test::AtMost(threshold), Value::Number(x)) => {
                let missing = x.is_nan() || (self.zero_is_missing && x.abs() <= ZERO);
                if missing {
                    self.missing_left
                } else {
                    x <= *threshold
                }
            }
            (Test::Member(_), Value::Category(induce_core::model::MISSING)) => self.missing_left,
            (Test::Member(set), Value::Category(code)) => contains(set, code as usize),
            _ => self.missing_left,
        }
    }
}

/// Whether bit `index` of the set is on.
pub fn contains(set: &[u64], index: usize) -> bool {
    set.get(index / 64)
        .is_some_and(|word| word >> (index % 64) & 1 == 1)
}

/// The set of the given indices.
pub fn set_of(indices: impl Iterator<Item = usize>) -> Vec<u64> {
    let mut set = Vec::new();
    for index in indices {
        if set.len() <= index / 64 {
            set.resize(index / 64 + 1, 0);
        }
        set[index / 64] |= 1 << (index % 64);
    }
    set
}

/// The indices in a set, ascending.
pub fn members(set: &[u64]) -> impl Iterator<Item = usize> + '_ {
    (0..set.len() * 64).filter(|&i| contains(set, i))
}

impl Tree {
    /// A tree of one leaf.
    pub fn constant(value: f64, cover: f64) -> Self {
        Self {
            branches: Vec::new(),
            leaves: vec![value],
            covers: vec![cover],
        }
    }

    /// The leaf of a row, one test at a time: the reference for the fast kernels.
    pub fn leaf(&self, value: impl Fn(usize) -> Value) -> usize {
        if self.branches.is_empty() {
            return 0;
        }
        let mut node = 0;
        loop {
            let branch = &self.branches[node];
            let child = if branch.goes_left(value(branch.feature as usize)) {
                branch.left
            } else {
                branch.right
            };
            if child < 0 {
                return !child as usize;
            }
            node = child as usize;
        }
    }

    /// The depth: tests on the longest path from the root to a leaf.
    pub fn depth(&self) -> usize {
        let mut depth = vec![0; self.branches.len()];
        let mut deepest = 0;
        for (i, branch) in self.branches.iter().enumerate() {
            let below = depth[i] + 1;
            deepest = deepest.max(below);
            for child in [branch.left, branch.right] {
                if child >= 0 {
                    depth[child as usize] = below;
                }
            }
        }
        deepest
    }

    /// The numbers of the branches and of the leaves if nodes are counted depth first, left before right, from 0.
    pub fn numbers(&self) -> (Vec<u32>, Vec<u32>) {
        let (mut branches, mut leaves) = (vec![0; self.branches.len()], vec![0; self.leaves.len()]);
        let mut open = vec![if self.branches.is_empty() { !0 } else { 0_i32 }];
        for number in 0.. {
            match open.pop() {
                None => break,
                Some(leaf) if leaf < 0 => leaves[!leaf as usize] = number,
                Some(branch) => {
                    branches[branch as usize] = number;
                    let branch = &self.branches[branch as usize];
                    open.extend([branch.right, branch.left]);
                }
            }
        }
        (branches, leaves)
    }

    /// Checks that this is a tree: every node has one parent that comes before it, every index is in range, every value is
    /// usable.
    ///
    /// # Errors
    /// If it is not.
    pub fn check(&self, features: usize, name: &str) -> Result<()> {
        self.fault(features)
            .map_or(Ok(()), |reason| Err(Error::model(name, reason)))
    }

    fn fault(&self, features: usize) -> Option<String> {
        if self.leaves.len() != self.branches.len() + 1 || self.covers.len() != self.leaves.len() {
            return Some(format!(
                "{} branches with {} leaves",
                self.branches.len(),
                self.leaves.len()
            ));
        }
        if let Some(bad) = self.leaves.iter().find(|v| !v.is_finite()) {
            return Some(format!("a leaf value is {bad}"));
        }
        let mut branch_seen = vec![false; self.branches.len()];
        let mut leaf_seen = vec![false; self.leaves.len()];
        for (i, branch) in self.branches.iter().enumerate() {
            if branch.feature as usize >= features {
                return Some(format!(
                    "branch {i} asks feature {} of {features}",
                    branch.feature
                ));
            }
            if matches!(branch.test, Test::AtMost(t) if t.is_nan()) {
                return Some(format!("branch {i} has the threshold NaN"));
            }
            for child in [branch.left, branch.right] {
                let seen = if child >= 0 {
                    if child as usize <= i {
                        return Some(format!("branch {i} leads back to branch {child}"));
                    }
                    branch_seen.get_mut(child as usize)
                } else {
                    leaf_seen.get_mut(!child as usize)
                };
                match seen {
                    None => return Some(format!("branch {i} has the child {child}, which is out of range")),
                    Some(seen) if *seen => return Some(format!("two branches share the child {child}")),
                    Some(seen) => *seen = true,
                }
            }
        }
        // n branches have 2n distinct children in range, which is all n - 1 other branches and n + 1 leaves.
        None
    }
}

impl Tree {
    /// The tree as questions in words.
    pub fn questions(&self, schema: &Schema) -> TreeNode {
        let root = if self.branches.is_empty() { !0 } else { 0 };
        self.question(root, schema)
    }

    fn question(&self, node: i32, schema: &Schema) -> TreeNode {
        if node < 0 {
            let leaf = !node as usize;
            return TreeNode {
                text: format!("value {}", number(self.leaves[leaf])),
                note: format!("cover {}", number(self.covers[leaf])),
                ..TreeNode::default()
            };
        }
        let branch = &self.branches[node as usize];
        let missing = if branch.missing_left { "yes" } else { "no" };
        TreeNode {
            text: format!("{}?", branch.asks(schema)),
            note: format!("missing: {missing}, gain {}", number(branch.gain)),
            children: vec![
                self.question(branch.left, schema),
                self.question(branch.right, schema),
            ],
            missing_left: branch.missing_left,
        }
    }
}

impl Branch {
    /// The question that is answered with yes on the left.
    fn asks(&self, schema: &Schema) -> String {
        let feature = &schema.features[self.feature as usize];
        match (&self.test, &feature.feature_type) {
            (Test::AtMost(t), _) => format!("{} <= {t}", feature.name),
            (Test::Member(set), FeatureType::Category(names)) => {
                let listed = names.iter().enumerate().filter(|(c, _)| contains(set, *c));
                let listed: Vec<&str> = listed.map(|(_, name)| name.as_str()).collect();
                format!("{} in {{{}}}", feature.name, listed.join(", "))
            }
            _ => feature.name.clone(),
        }
    }
}
