//! A whole model in LightGBM's terms.

use std::collections::HashSet;
use std::fmt::Write;

use induce_core::Result;

use super::super::super::boost::Model;
use super::super::super::node::{Branch, Test, Tree, contains, members};
use super::super::features::Kind;
use super::super::inexpressible;
use super::{CATEGORY, DEFAULT_LEFT, MISSING_NAN, MISSING_ZERO, objective};
use crate::schema::{Feature, Meaning};

/// The model as LightGBM's text.
///
/// Scores are the same to the last bits: thresholds and leaves are doubles in
/// both, and rounding to single precision (in models of XGBoost) is worked into
/// the thresholds. LightGBM has no start score, so it is folded into leaves. Its
/// branches on categories send a missing value right, so where ours sends it left
/// the set is complemented; a category that was never seen then follows the
/// missing ones, as LightGBM's data frames have it anyway. An error if several
/// outputs have the log link.
pub fn write(model: &Model) -> Result<Vec<u8>> {
    let trees = trees(model);
    let sizes: Vec<String> = trees.iter().map(|tree| tree.len().to_string()).collect();
    let mut out = head(model)?;
    let _ = write!(out, "tree_sizes={}\n\n", sizes.join(" "));
    trees.iter().for_each(|tree| out.push_str(tree));
    out.push_str("end of trees\n\nfeature_importances:\n\nparameters:\n");
    let kinds: Vec<Kind> = model.ensemble.schema.features.iter().map(Kind::of).collect();
    let columns = kinds
        .iter()
        .enumerate()
        .filter(|(_, kind)| **kind != Kind::Number);
    let columns: Vec<String> = columns.map(|(f, _)| f.to_string()).collect();
    let _ = write!(
        out,
        "[categorical_feature: {}]\n\nend of parameters\n\n",
        columns.join(",")
    );
    let named = |kind| {
        if let Kind::Named(names) = kind {
            Some(serde_json::Value::from(names))
        } else {
            None
        }
    };
    let named: Vec<serde_json::Value> = kinds.into_iter().filter_map(named).collect();
    let _ = writeln!(out, "pandas_categorical:{}", serde_json::Value::from(named));
    Ok(out.into_bytes())
}

fn head(model: &Model) -> Result<String> {
    let ensemble = &model.ensemble;
    let (outputs, features) = (ensemble.outputs(), &ensemble.schema.features);
    if features.is_empty() {
        return Err(inexpressible(
            "LightGBM",
            "a model without features",
            "write it as XGBoost",
        ));
    }
    let objective = objective::write(&model.objective, ensemble.link, outputs, &model.spec);
    let objective = objective.ok_or_else(|| {
        inexpressible(
            "LightGBM",
            "a model with several outputs and the log link",
            "write it as XGBoost, or split it",
        )
    })?;
    let names = names(features)?;
    let infos: Vec<String> = features.iter().map(info).collect();
    let objective = if objective.is_empty() {
        objective
    } else {
        format!("objective={objective}\n")
    };
    Ok(format!(
        "tree\nversion=v4\nnum_class={outputs}\nnum_tree_per_iteration={outputs}\nlabel_index=0\nmax_feature_idx={}\n\
         {objective}{}feature_names={}\nfeature_infos={}\n",
        features.len() - 1,
        if ensemble.average { "average_output\n" } else { "" },
        names.join(" "),
        infos.join(" ")
    ))
}

/// Names are separated by spaces, so they cannot have any, and `_` stands for one, as in LightGBM.
fn names(features: &[Feature]) -> Result<Vec<String>> {
    let plain = |name: &String| {
        if name.is_empty() {
            "_".into()
        } else {
            name.replace(char::is_whitespace, "_")
        }
    };
    let names: Vec<String> = features.iter().map(|f| plain(&f.name)).collect();
    let mut known = HashSet::new();
    match names.iter().find(|name| !known.insert(name.as_str())) {
        Some(twice) => {
            let what = format!("two features that would both be called `{twice}`");
            Err(inexpressible(
                "LightGBM",
                &what,
                "rename one of the columns and train again",
            ))
        }
        None => Ok(names),
    }
}

fn info(feature: &Feature) -> String {
    match &feature.meaning {
        Meaning::Number => "[-1e308:1e308]".into(),
        Meaning::Category(names) if names.is_empty() => "none".into(),
        Meaning::Category(names) => (0..names.len())
            .map(|c| c.to_string())
            .collect::<Vec<_>>()
            .join(":"),
    }
}

/// The blocks, with the start score folded in.
fn trees(model: &Model) -> Vec<String> {
    let ensemble = &model.ensemble;
    let started = ensemble.start.iter().any(|&s| s != 0.0);
    let mut blocks = Vec::with_capacity(ensemble.trees.len());
    for (t, tree) in ensemble.trees.iter().enumerate() {
        // Averaged trees all carry the start score, of added ones only the first.
        let carries = ensemble.average || t < ensemble.outputs();
        let shift = if carries {
            ensemble.start[t % ensemble.outputs()]
        } else {
            0.0
        };
        blocks.push(
            Block {
                tree,
                shift,
                single: ensemble.single,
                features: &ensemble.schema.features,
            }
            .write(t),
        );
    }
    if blocks.is_empty() && started {
        for (k, &score) in ensemble.start.iter().enumerate() {
            let tree = Tree::constant(score, 0.0);
            blocks.push(
                Block {
                    tree: &tree,
                    shift: 0.0,
                    single: false,
                    features: &[],
                }
                .write(k),
            );
        }
    }
    blocks
}

struct Block<'a> {
    tree: &'a Tree,
    shift: f64,
    single: bool,
    features: &'a [Feature],
}

impl Block<'_> {
    fn write(&self, t: usize) -> String {
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
        let known = match self.features.get(feature as usize).map(|f| &f.meaning) {
            Some(Meaning::Category(names)) => names.len(),
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
