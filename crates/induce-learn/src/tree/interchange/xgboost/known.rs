//! Every key of a model of XGBoost 0.9 to 3: what is not used is known to be harmless, and anything else is refused.

use super::super::value::{Read, Value, index, unknown};

const DOCUMENT: &[&str] = &["learner", "version"];
/// `attributes` are notes: the best iteration of early stopping, which `Booster.predict` does not look at either, and the
/// parameters of scikit-learn's classes.
const LEARNER: &[&str] = &[
    "attributes",
    "feature_names",
    "feature_types",
    "gradient_booster",
    "learner_model_param",
    "objective",
];
const LEARNER_PARAM: &[&str] = &[
    "base_score",
    "boost_from_average",
    "num_class",
    "num_feature",
    "num_target",
];
const BOOSTER: &[&str] = &["gbtree", "model", "name", "weight_drop"];
const MODEL: &[&str] = &[
    "cats",
    "gbtree_model_param",
    "iteration_indptr",
    "tree_info",
    "trees",
];
const MODEL_PARAM: &[&str] = &["num_parallel_tree", "num_trees", "size_leaf_vector"];
const TREE: &[&str] = &[
    "base_weights",
    "categories",
    "categories_nodes",
    "categories_segments",
    "categories_sizes",
    "default_left",
    "id",
    "leaf_child_cnt",
    "left_children",
    "loss_changes",
    "parents",
    "right_children",
    "split_conditions",
    "split_indices",
    "split_type",
    "sum_hessian",
    "tree_param",
];
const TREE_PARAM: &[&str] = &[
    "num_deleted",
    "num_feature",
    "num_nodes",
    "num_roots",
    "size_leaf_vector",
];

/// Whether the document and its learner have known keys only.
pub fn check_learner(document: &Value, learner: &Value) -> Read<()> {
    document.only("it", DOCUMENT)?;
    learner.only("its learner", LEARNER)?;
    learner
        .get("learner_model_param")?
        .only("`learner_model_param`", LEARNER_PARAM)?;
    // Which parameter an objective has is its own affair; none of them changes predictions.
    match learner.get("objective")? {
        Value::Map(entries) => {
            let stranger = entries
                .iter()
                .find(|(key, _)| key != "name" && !key.ends_with("_param"));
            stranger.map_or(Ok(()), |(key, _)| Err(unknown(key, "its objective")))
        }
        _ => Ok(()),
    }
}

/// Whether a booster and its model of `trees` trees have known keys only, and rounds that end where the trees do.
pub fn check_booster(booster: &Value, model: &Value, trees: usize) -> Read<()> {
    booster.only("its booster", BOOSTER)?;
    booster
        .find("gbtree")
        .map_or(Ok(()), |inner| inner.only("its booster", BOOSTER))?;
    model.only("its model", MODEL)?;
    model
        .get("gbtree_model_param")?
        .only("`gbtree_model_param`", MODEL_PARAM)?;
    if model.find("iteration_indptr").is_none() {
        return Ok(());
    }
    let ends = model.numbers_of("iteration_indptr")?;
    for end in ends.iter() {
        index(*end, trees + 1, "an end of a round in `iteration_indptr`")?;
    }
    let ascend = ends.windows(2).all(|pair| pair[0] <= pair[1]);
    let whole = ends.is_empty() || (ends.first() == Some(&0.0) && ends.last() == Some(&(trees as f64)));
    if ascend && whole {
        Ok(())
    } else {
        Err(format!(
            "`iteration_indptr` does not divide its {trees} trees into rounds"
        ))
    }
}

/// Whether a tree has known keys only.
pub fn check_tree(tree: &Value) -> Read<()> {
    tree.only("it", TREE)?;
    tree.get("tree_param")?.only("its `tree_param`", TREE_PARAM)
}
