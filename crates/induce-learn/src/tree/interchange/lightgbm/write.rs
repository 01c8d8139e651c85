//! A whole model in LightGBM's terms.

use std::collections::HashSet;
use std::fmt::Write;

use induce_core::Result;

use super::super::super::boost::Model;
use super::super::super::node::Tree;
use super::super::features::Kind;
use super::super::inexpressible;
use super::names::OWN_NAMES;
use super::objective;
use super::write_tree::Block;
use induce_core::model::{Feature, FeatureType};

/// The model as LightGBM's text.
///
/// Scores are the same to the last bits: thresholds and leaves are doubles in
/// both, and rounding to single precision (in models of XGBoost) is worked into
/// the thresholds. LightGBM has no start score, so it is folded into leaves. Its
/// branches on categories send a missing value right, so where ours sends it left
/// the set is complemented; a category that was never seen then follows the
/// missing ones, as LightGBM's data frames have it anyway. An error if several
/// outputs have the log link.
///
/// # Errors
/// If LightGBM cannot express the model.
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
         {objective}{}feature_names={}\n{}feature_infos={}\n",
        features.len() - 1,
        if ensemble.average { "average_output\n" } else { "" },
        names.join(" "),
        own_names(features, &names),
        infos.join(" ")
    ))
}

/// A line with the names as they are, where LightGBM's are not: it passes over what it does not know, our reader does not.
fn own_names(features: &[Feature], plain: &[String]) -> String {
    let own: Vec<&str> = features.iter().map(|feature| feature.name.as_str()).collect();
    match own == *plain {
        true => String::new(),
        false => format!("{OWN_NAMES}={}\n", serde_json::Value::from(own)),
    }
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
    match &feature.feature_type {
        FeatureType::Number => "[-1e308:1e308]".into(),
        FeatureType::Category(names) if names.is_empty() => "none".into(),
        FeatureType::Category(names) => (0..names.len())
            .map(|c| c.to_string())
            .collect::<Vec<_>>()
            .join(":"),
    }
}

/// The blocks, with the start score folded in.
fn trees(model: &Model) -> Vec<String> {
    let ensemble = &model.ensemble;
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
    if blocks.is_empty() {
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
