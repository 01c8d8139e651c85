//! A whole model in XGBoost's terms.

use induce_core::Result;
use induce_prob::Link;

use super::super::super::boost::Model;
use super::super::super::node::Test;
use super::super::features::Kind;
use super::super::value::Value;
use super::super::{inexpressible, json, ubjson};
use super::read::margin;
use super::write_tree::{Change, write_tree};
use super::{cats, objective};
use induce_core::model::Feature;

/// The model as XGBoost's JSON.
///
/// Thresholds become the smallest single-precision number above ours and leaves
/// are rounded to single precision, so scores agree to about 1e-7; a value that
/// single precision rounds across a threshold goes where XGBoost sends it. Which
/// way missing values go is kept for every branch. An error if zeros count as
/// missing somewhere (XGBoost has no such branch).
///
/// # Errors
/// If XGBoost cannot express the model.
pub fn write_json(model: &Model) -> Result<Vec<u8>> {
    Ok(json::write(&document(model)?))
}

/// The model as XGBoost's UBJSON; see [`write_json`].
///
/// # Errors
/// If XGBoost cannot express the model.
pub fn write_ubj(model: &Model) -> Result<Vec<u8>> {
    Ok(ubjson::write(&document(model)?))
}

fn document(model: &Model) -> Result<Value> {
    let features = &model.ensemble.schema.features;
    check_names(features)?;
    check_precision(model)?;
    let (base_score, folded) = base_score(&model.ensemble.start, model.ensemble.link);
    let booster = Value::map([("model", trees(model, folded)?), ("name", Value::text("gbtree"))]);
    let learner = Value::map([
        ("attributes", Value::map([])),
        (
            "feature_names",
            Value::List(if is_nameless(features) {
                Vec::new()
            } else {
                features.iter().map(|f| Value::text(&f.name)).collect()
            }),
        ),
        (
            "feature_types",
            Value::List(features.iter().map(|f| Value::text(&feature_type(f))).collect()),
        ),
        ("gradient_booster", booster),
        ("learner_model_param", parameters(model, &base_score)),
        (
            "objective",
            objective::write(
                &model.objective,
                model.ensemble.link,
                model.ensemble.outputs(),
                &model.spec,
            ),
        ),
    ]);
    Ok(Value::map([
        ("learner", learner),
        ("version", Value::List([3, 2, 0].map(Value::Integer).into())),
    ]))
}

/// Whether the columns are called `x0`, `x1`, ..., as those of a matrix are: a file with such names is refused by XGBoost for
/// the very matrix it was trained on.
fn is_nameless(features: &[Feature]) -> bool {
    let made_up = |(j, f): (usize, &Feature)| f.name.strip_prefix('x') == Some(&j.to_string());
    features.iter().enumerate().all(made_up)
}

/// XGBoost refuses frames whose columns have these characters in their names.
fn check_names(features: &[Feature]) -> Result<()> {
    match features
        .iter()
        .find(|feature| feature.name.contains(['[', ']', '<']))
    {
        None => Ok(()),
        Some(feature) => Err(inexpressible(
            "XGBoost",
            &format!("the column name `{}`", feature.name),
            "it allows no `[`, `]` and `<`: rename the column and train again, or write it as LightGBM",
        )),
    }
}

/// Steps of single precision within which all thresholds of a column must not lie.
const STEPS: f64 = 4096.0;

/// That single precision tells the thresholds of a column apart: of seconds since 1970 it does not within hours.
fn check_precision(model: &Model) -> Result<()> {
    let features = &model.ensemble.schema.features;
    let mut ends = vec![(f64::INFINITY, f64::NEG_INFINITY); features.len()];
    for branch in model.ensemble.trees.iter().flat_map(|tree| &tree.branches) {
        if let Test::AtMost(t) = branch.test {
            let (low, high) = &mut ends[branch.feature as usize];
            (*low, *high) = (low.min(t), high.max(t));
        }
    }
    for (feature, (low, high)) in features.iter().zip(ends) {
        let step = low.abs().max(high.abs()) * f64::from(f32::EPSILON);
        if high > low && high - low < STEPS * step {
            return Err(inexpressible(
                "XGBoost",
                &format!("thresholds of `{}` between {low} and {high}", feature.name),
                "single precision does not tell them apart: write it as LightGBM, or subtract a constant from the column",
            ));
        }
    }
    Ok(())
}

fn feature_type(feature: &Feature) -> &'static str {
    if matches!(Kind::of(feature), Kind::Number) {
        "float"
    } else {
        "c"
    }
}

fn parameters(model: &Model, base_score: &[f32]) -> Value {
    let outputs = model.ensemble.outputs();
    let (classes, targets) = if model.ensemble.link == Link::Softmax {
        (outputs, 1)
    } else {
        (0, outputs)
    };
    let scores: Vec<String> = base_score.iter().map(|x| format!("{x:E}")).collect();
    let scores = if let [one] = &scores[..] {
        one.clone()
    } else {
        format!("[{}]", scores.join(","))
    };
    Value::map([
        ("base_score", Value::Text(scores)),
        ("boost_from_average", Value::text(&0)),
        ("num_class", Value::text(&classes)),
        ("num_feature", Value::text(&model.ensemble.schema.features.len())),
        ("num_target", Value::text(&targets)),
    ])
}

/// Start scores as means in single precision where that is exact enough, else
/// neutral means, and the scores are to be folded into leaves.
fn base_score(start: &[f64], link: Link) -> (Vec<f32>, bool) {
    let means: Vec<f32> = start.iter().map(|&s| mean(s, link) as f32).collect();
    let near =
        |(&mean, &s): (&f32, &f64)| (f64::from(margin(mean, link)) - s).abs() <= 1e-7 * s.abs().max(1.0);
    if means.iter().zip(start).all(near) {
        return (means, false);
    }
    (vec![mean(0.0, link) as f32; start.len()], true)
}

/// The scale of `base_score`: the mean, but for softmax the score itself.
fn mean(score: f64, link: Link) -> f64 {
    let mut mean = [score];
    if link != Link::Softmax {
        link.mean(&mut mean);
    }
    mean[0]
}

fn trees(model: &Model, folded: bool) -> Result<Value> {
    let ensemble = &model.ensemble;
    let outputs = ensemble.outputs();
    let factor = if ensemble.average {
        1.0 / ensemble.rounds().max(1) as f64
    } else {
        1.0
    };
    let features = &ensemble.schema.features;
    let mut trees = Vec::with_capacity(ensemble.trees.len());
    for (t, tree) in ensemble.trees.iter().enumerate() {
        if tree.branches.iter().any(|b| b.zero_is_missing) {
            let hint = "write it as LightGBM, which knows such branches, with `--to lightgbm`";
            return Err(inexpressible(
                "XGBoost",
                "a branch where zero counts as missing",
                hint,
            ));
        }
        let shift = if folded && t < outputs {
            ensemble.start[t]
        } else {
            0.0
        };
        trees.push(write_tree(tree, t, features, Change { factor, shift })?);
    }
    if folded && trees.is_empty() {
        for (k, &score) in ensemble.start.iter().enumerate() {
            trees.push(write_tree(
                &crate::tree::Tree::constant(score, 0.0),
                k,
                features,
                Change::NONE,
            )?);
        }
    }
    let integers = |values: &mut dyn Iterator<Item = usize>| {
        Value::List(values.map(|n| Value::Integer(n as i64)).collect())
    };
    let count = trees.len();
    let kinds: Vec<Kind> = ensemble.schema.features.iter().map(Kind::of).collect();
    let mut entries = vec![
        (
            "gbtree_model_param".to_string(),
            Value::map([
                ("num_parallel_tree", Value::text(&1)),
                ("num_trees", Value::text(&count)),
            ]),
        ),
        (
            "iteration_indptr".into(),
            integers(&mut (0..=count / outputs).map(|r| r * outputs)),
        ),
        ("tree_info".into(), integers(&mut (0..count).map(|t| t % outputs))),
        ("trees".into(), Value::List(trees)),
    ];
    if kinds.iter().any(|kind| matches!(kind, Kind::Named(_))) {
        entries.insert(0, ("cats".into(), cats::write(&kinds)));
    }
    Ok(Value::Map(entries))
}
