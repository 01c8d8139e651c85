//! One block: a tree.

use super::super::super::node::{Branch, Test, Tree};
use super::super::arrange::{Node, arrange};
use super::super::features::Budget;
use super::super::value::Read;
use super::text::Section;
use super::{CATEGORY, DEFAULT_LEFT, MISSING_NAN, MISSING_ZERO};

/// What a tree says: used, or known to be harmless.
const KEYS: &[&str] = &[
    "num_leaves",
    "num_cat",
    "split_feature",
    "split_gain",
    "threshold",
    "decision_type",
    "left_child",
    "right_child",
    "leaf_value",
    "leaf_weight",
    "leaf_count",
    "leaf_parent",
    "internal_value",
    "internal_weight",
    "internal_count",
    "cat_boundaries",
    "cat_threshold",
    "is_linear",
    // What the leaves were multiplied by in training, which they contain.
    "shrinkage",
];

/// A tree whose leaves are multiplied by `factor`.
pub fn read(block: &Section, factor: f64, budget: &Budget) -> Read<Tree> {
    if block.find("is_linear").is_some_and(|v| v != "0") {
        return Err("its leaves are linear models (`linear_tree`), which induce does not read".into());
    }
    block.only("it", KEYS)?;
    let leaves: usize = block.number("num_leaves")?;
    let values: Vec<f64> = block.numbers("leaf_value", leaves)?;
    let covers = covers(block, "leaf", leaves)?;
    if leaves == 1 {
        return Ok(Tree::constant(values[0] * factor, covers[0]));
    }
    let branches = leaves.checked_sub(1).ok_or("it has no leaves")?;
    let blank = Branches::of(block, branches)?;
    // Branches first, leaves after them.
    arrange(branches + leaves, |i| match i.checked_sub(branches) {
        Some(leaf) => Ok(Node::Leaf {
            value: values[leaf] * factor,
            cover: covers[leaf],
        }),
        None => blank.node(i, budget),
    })
}

/// Counts, which LightGBM itself weighs explanations by; curvatures where there are none, or ones.
fn covers(block: &Section, of: &str, n: usize) -> Read<Vec<f64>> {
    for key in ["count", "weight"] {
        if let Some(covers) = block.numbers_if_any(&format!("{of}_{key}"), n)? {
            return Ok(covers);
        }
    }
    Ok(vec![1.0; n])
}

/// The arrays, all of one length.
struct Branches {
    feature: Vec<u32>,
    threshold: Vec<f64>,
    left: Vec<i32>,
    right: Vec<i32>,
    decision: Vec<u8>,
    gain: Vec<f64>,
    cover: Vec<f64>,
    value: Vec<f64>,
    sets: Vec<Vec<usize>>,
}

impl Branches {
    fn of(block: &Section, n: usize) -> Read<Self> {
        let about = |key| Ok::<_, String>(block.numbers_if_any(key, n)?.unwrap_or_else(|| vec![0.0; n]));
        Ok(Self {
            feature: block.numbers("split_feature", n)?,
            threshold: block.numbers("threshold", n)?,
            left: block.numbers("left_child", n)?,
            right: block.numbers("right_child", n)?,
            decision: block
                .numbers_if_any("decision_type", n)?
                .unwrap_or_else(|| vec![0; n]),
            gain: about("split_gain")?,
            value: about("internal_value")?,
            cover: covers(block, "internal", n)?,
            sets: sets(block)?,
        })
    }

    fn node(&self, i: usize, budget: &Budget) -> Read<Node> {
        let n = self.feature.len();
        let child = |child: i32| {
            if child >= 0 {
                child as usize
            } else {
                n + !child as usize
            }
        };
        let decision = self.decision[i];
        let threshold = self.threshold[i];
        let (test, missing_left) = if decision & CATEGORY != 0 {
            let set = self
                .sets
                .get(threshold as usize)
                .filter(|_| threshold >= 0.0 && threshold.fract() == 0.0);
            let set = set.ok_or_else(|| {
                format!(
                    "branch {i} asks for category set {threshold} of {}",
                    self.sets.len()
                )
            })?;
            (Test::Member(budget.set(set)?), false)
        } else if threshold.is_nan() {
            return Err(format!("the threshold of branch {i} is NaN"));
        } else {
            let missing = decision & (MISSING_NAN | MISSING_ZERO) != 0;
            (
                Test::AtMost(threshold),
                if missing {
                    decision & DEFAULT_LEFT != 0
                } else {
                    0.0 <= threshold
                },
            )
        };
        let branch = Branch {
            feature: self.feature[i],
            test,
            missing_left,
            zero_is_missing: decision & (MISSING_NAN | MISSING_ZERO | CATEGORY) == MISSING_ZERO,
            left: 0,
            right: 0,
            gain: self.gain[i],
            cover: self.cover[i],
            value: self.value[i],
        };
        Ok(Node::Split {
            branch,
            left: child(self.left[i]),
            right: child(self.right[i]),
        })
    }
}

/// The category sets of a tree, as lists.
fn sets(block: &Section) -> Read<Vec<Vec<usize>>> {
    let count: usize = block.number("num_cat")?;
    if count == 0 {
        return Ok(Vec::new());
    }
    let bounds: Vec<usize> = block.numbers("cat_boundaries", count.saturating_add(1))?;
    if !bounds.is_sorted() || bounds.first() != Some(&0) {
        return Err("`cat_boundaries` do not rise from 0".into());
    }
    let words: Vec<u32> = block.numbers("cat_threshold", bounds.last().copied().unwrap_or_default())?;
    let list = |words: &[u32]| {
        (0..words.len() * 32)
            .filter(|&c| words[c / 32] >> (c % 32) & 1 == 1)
            .collect()
    };
    Ok(bounds.windows(2).map(|w| list(&words[w[0]..w[1]])).collect())
}
