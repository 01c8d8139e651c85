//! One tree as a block of lines.

use std::fmt::Write;

use super::super::super::node::{Branch, Test, Tree, contains, members};
use super::{CATEGORY, DEFAULT_LEFT, MISSING_NAN, MISSING_ZERO};
use induce_core::model::{Feature, FeatureType};

/// A tree to be written.
pub struct Block<'a> {
    /// The tree.
    pub tree: &'a Tree,
    /// Added to every leaf.
    pub shift: f64,
    /// Whether values are rounded to single precision before they are asked.
    pub single: bool,
    /// The features it asks.
    pub features: &'a [Feature],
}

impl Block<'_> {
    /// The block of tree number `t`.
    pub fn write(&self, t: usize) -> String {
        let branches = &self.tree.branches;
        let questions: Vec<Question> = branches.iter().map(|b| self.question(b)).collect();
        let mut out = format!("Tree={t}\nnum_leaves={}\n", self.tree.leaves.len());
        let (mut bounds, mut words) = (vec![0], Vec::<u32>::new());
        for set in questions.iter().filter_map(|q| q.set.as_ref()) {
            words.extend(set);
            bounds.push(words.len());
        }
        line(&mut out, "num_cat", [bounds.len() - 1]);
        let mut set = 0..;
        let threshold = |q: &Question| {
            if q.set.is_some() {
                set.next().unwrap_or(0).to_string()
            } else {
                number(q.threshold)
            }
        };
        if !branches.is_empty() {
            line(&mut out, "split_feature", branches.iter().map(|b| b.feature));
            line(&mut out, "split_gain", branches.iter().map(|b| about(b.gain)));
            line(&mut out, "threshold", questions.iter().map(threshold));
            line(&mut out, "decision_type", questions.iter().map(|q| q.decision));
            let child =
                |(b, q): (&Branch, &Question), left: bool| if left != q.swap { b.left } else { b.right };
            line(
                &mut out,
                "left_child",
                branches.iter().zip(&questions).map(|pair| child(pair, true)),
            );
            line(
                &mut out,
                "right_child",
                branches.iter().zip(&questions).map(|pair| child(pair, false)),
            );
        }
        line(
            &mut out,
            "leaf_value",
            self.tree.leaves.iter().map(|v| number(v + self.shift)),
        );
        line(
            &mut out,
            "leaf_weight",
            self.tree.covers.iter().map(|c| about(*c)),
        );
        line(&mut out, "leaf_count", self.tree.covers.iter().map(|c| count(*c)));
        if !branches.is_empty() {
            line(
                &mut out,
                "internal_value",
                branches.iter().map(|b| about(b.value)),
            );
            line(
                &mut out,
                "internal_weight",
                branches.iter().map(|b| about(b.cover)),
            );
            line(
                &mut out,
                "internal_count",
                branches.iter().map(|b| count(b.cover)),
            );
        }
        if bounds.len() > 1 {
            line(&mut out, "cat_boundaries", bounds);
            line(&mut out, "cat_threshold", words);
        }
        out.push_str("is_linear=0\nshrinkage=1\n\n\n");
        out
    }

    fn question(&self, branch: &Branch) -> Question {
        match &branch.test {
            Test::AtMost(t) => {
                let missing = if branch.zero_is_missing {
                    MISSING_ZERO
                } else {
                    MISSING_NAN
                };
                let decision = missing | if branch.missing_left { DEFAULT_LEFT } else { 0 };
                let threshold = if self.single { rounded_at_most(*t) } else { *t };
                Question {
                    decision,
                    threshold,
                    set: None,
                    swap: false,
                }
            }
            Test::Member(set) => {
                let swap = branch.missing_left;
                let set = if swap {
                    self.complement(branch.feature, set)
                } else {
                    words(members(set))
                };
                Question {
                    decision: CATEGORY,
                    threshold: 0.0,
                    set: Some(set),
                    swap,
                }
            }
        }
    }

    /// The known categories that are not in `set`.
    fn complement(&self, feature: u32, set: &[u64]) -> Vec<u32> {
        let known = match self.features.get(feature as usize).map(|f| &f.feature_type) {
            Some(FeatureType::Category(names)) => names.len(),
            _ => 0,
        };
        words((0..known).filter(|&c| !contains(set, c)))
    }
}

/// A branch as LightGBM asks it.
struct Question {
    decision: u8,
    threshold: f64,
    set: Option<Vec<u32>>,
    swap: bool,
}

/// A set in words of 32, at least one.
fn words(categories: impl Iterator<Item = usize>) -> Vec<u32> {
    let mut words = vec![0];
    for c in categories {
        if words.len() <= c / 32 {
            words.resize(c / 32 + 1, 0);
        }
        words[c / 32] |= 1 << (c % 32);
    }
    words
}

/// The largest double that single precision rounds to at most `t`.
fn rounded_at_most(t: f64) -> f64 {
    let near = t as f32;
    let low = if f64::from(near) > t {
        near.next_down()
    } else {
        near
    };
    let high = low.next_up();
    if !low.is_finite() || !high.is_finite() {
        return t;
    }
    // Numbers beyond the middle round up; the middle itself goes to the even neighbour.
    let middle = f64::midpoint(low.into(), high.into());
    if low.to_bits() & 1 == 0 {
        middle
    } else {
        middle.next_down()
    }
}

fn line<T: ToString>(out: &mut String, key: &str, values: impl IntoIterator<Item = T>) {
    let values: Vec<String> = values.into_iter().map(|v| v.to_string()).collect();
    let _ = writeln!(out, "{key}={}", values.join(" "));
}

/// A double that LightGBM reads back as the same one; it has no infinities.
fn number(x: f64) -> String {
    format!("{:e}", x.clamp(f64::MIN, f64::MAX))
}

/// A number that only informs.
fn about(x: f64) -> String {
    if x.is_nan() { "0".into() } else { number(x) }
}

/// Rows of a node: its curvatures, at least one.
fn count(cover: f64) -> i32 {
    cover.round().clamp(1.0, f64::from(i32::MAX)) as i32
}

#[cfg(test)]
mod tests {
    use super::rounded_at_most;

    #[test]
    fn rounding_is_worked_into_the_threshold() {
        for t in [0.0_f32, 0.1, -0.1, 1.0, 1.5e-45, 3e38, -7.25].map(f64::from) {
            let edge = rounded_at_most(t);
            for x in [edge, edge.next_up(), edge.next_down(), t, t + 1e-9, t - 1e-9] {
                assert_eq!(f64::from(x as f32) <= t, x <= edge, "{t:e} {x:e}");
            }
        }
    }
}
