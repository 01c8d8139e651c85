//! What a user may choose.

use std::collections::BTreeMap;

use induce_core::{Error, Result};
use serde::{Deserialize, Serialize};

use crate::schema::{FeatureType, Schema};
use crate::tree::boost::ClassWeight;

/// How pure a set of rows is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Criterion {
    /// Gini for classes, squared error for quantities.
    #[default]
    Auto,
    /// 1 - sum_k p_k^2: the chance that two rows differ.
    Gini,
    /// -sum_k p_k ln p_k, in nats.
    Entropy,
    /// The variance of the target.
    Squared,
    /// Half the Poisson deviance, sum_i y_i ln(y_i / m) with m the mean: counts. No leaf predicts 0.
    Poisson,
    /// The mean distance to the median, which leaves predict: outliers do not move it.
    Absolute,
}

/// A tree or a forest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// How many trees are averaged.
    pub trees: usize,
    /// What a split makes purer.
    pub criterion: Criterion,
    /// Deepest level of a leaf; 0 is no limit.
    pub max_depth: usize,
    /// Most leaves of a tree; the leaf whose split gains most is split next. 0 is no limit.
    pub max_leaves: usize,
    /// Least weight of the rows in a leaf.
    pub min_leaf: f64,
    /// Least weight of the rows in a node that is split.
    pub min_split: f64,
    /// Least fall of the impurity by a split, as a share of the root's rows (scikit-learn's `min_impurity_decrease`).
    pub min_gain: f64,
    /// Share of the features a node looks at; 0 is the square root of their number for classes, a third for quantities.
    pub colsample_node: f64,
    /// Whether a tree's rows are drawn with replacement.
    pub bootstrap: bool,
    /// Rows drawn per tree, as a share of all.
    pub subsample: f64,
    /// One random threshold per feature instead of the best.
    pub random_split: bool,
    /// Cost of a leaf in minimal cost-complexity pruning (Breiman et al. 1984, chapter 3); 0 prunes nothing.
    pub pruning: f64,
    /// Bins per quantity.
    pub bins: usize,
    /// Categories with a code of their own.
    pub max_categories: usize,
    /// Weights of the classes.
    pub class_weight: ClassWeight,
    /// Which way a column may move the prediction, or the probability of the second class: 1 up, -1 down.
    pub monotone: BTreeMap<String, i8>,
    /// Keep the training targets by leaf, so that quantiles can be predicted.
    pub quantiles: bool,
    /// Keep what the trees that left a row out predict for it, for every row.
    pub keep_out_of_bag: bool,
}

impl Default for Spec {
    fn default() -> Self {
        Self {
            trees: 100,
            criterion: Criterion::Auto,
            max_depth: 0,
            max_leaves: 0,
            min_leaf: 1.0,
            min_split: 2.0,
            min_gain: 0.0,
            colsample_node: 0.0,
            bootstrap: true,
            subsample: 1.0,
            random_split: false,
            pruning: 0.0,
            bins: 255,
            max_categories: 255,
            class_weight: ClassWeight::default(),
            monotone: BTreeMap::new(),
            quantiles: false,
            keep_out_of_bag: false,
        }
    }
}

impl Spec {
    /// A single tree on all rows and features (CART).
    pub fn tree() -> Self {
        Self {
            trees: 1,
            colsample_node: 1.0,
            bootstrap: false,
            ..Self::default()
        }
    }

    /// Extremely randomised trees: all rows, random thresholds.
    pub fn extra_trees() -> Self {
        Self {
            bootstrap: false,
            random_split: true,
            ..Self::default()
        }
    }

    /// An error for a value out of its range.
    pub fn check(&self) -> Result<()> {
        let least = |name: &str, ok: bool, value: String, hint: &str| {
            if ok {
                Ok(())
            } else {
                Err(Error::setting(name, value, hint))
            }
        };
        least(
            "trees",
            self.trees >= 1,
            self.trees.to_string(),
            "it must be at least 1",
        )?;
        least(
            "max_leaves",
            self.max_leaves != 1,
            self.max_leaves.to_string(),
            "it must be 0, for no limit, or at least 2",
        )?;
        least(
            "min_leaf",
            self.min_leaf > 0.0 && self.min_leaf.is_finite(),
            self.min_leaf.to_string(),
            "it must be above 0",
        )?;
        least(
            "min_split",
            self.min_split >= 0.0 && self.min_split.is_finite(),
            self.min_split.to_string(),
            "it must not be negative",
        )?;
        least(
            "min_gain",
            self.min_gain >= 0.0,
            self.min_gain.to_string(),
            "it must not be negative",
        )?;
        least(
            "pruning",
            self.pruning >= 0.0,
            self.pruning.to_string(),
            "it must not be negative",
        )?;
        least(
            "subsample",
            self.subsample > 0.0 && self.subsample <= if self.bootstrap { 1e6 } else { 1.0 },
            self.subsample.to_string(),
            "it must be in (0, 1]; with `bootstrap=true` it may be up to a million",
        )?;
        let share = (0.0..=1.0).contains(&self.colsample_node);
        least(
            "colsample_node",
            share,
            self.colsample_node.to_string(),
            "it must be in [0, 1]",
        )?;
        least(
            "bins",
            (2..=65_534).contains(&self.bins),
            self.bins.to_string(),
            "it must be between 2 and 65534",
        )?;
        let kept = (1..=65_000).contains(&self.max_categories);
        least(
            "max_categories",
            kept,
            self.max_categories.to_string(),
            "it must be between 1 and 65000",
        )
    }

    /// The direction of every feature of the schema; empty if there is none.
    pub(super) fn directions(&self, schema: &Schema, has_many: bool) -> Result<Vec<i8>> {
        if self.monotone.values().all(|&way| way == 0) {
            return Ok(Vec::new());
        }
        let wrong =
            |name: &str, way: i8, hint: &str| Err(Error::setting(format!("monotone.{name}"), way, hint));
        let mut ways = vec![0; schema.features.len()];
        for (name, &way) in &self.monotone {
            let place = schema.features.iter().position(|f| f.name == *name);
            let place = place.ok_or_else(|| Error::UnknownColumn {
                name: name.clone(),
                known: schema.names(),
            })?;
            if !(-1..=1).contains(&way) {
                return wrong(name, way, "it must be -1, 0 or 1");
            }
            if has_many {
                return wrong(
                    name,
                    way,
                    "directions need one quantity or two classes to predict",
                );
            }
            if way != 0 && schema.features[place].feature_type != FeatureType::Number {
                return wrong(name, way, "categories have no order");
            }
            ways[place] = way;
        }
        Ok(ways)
    }

    /// How many of `features` a node looks at.
    pub(super) fn features_per_node(&self, features: usize, classes: bool) -> usize {
        let n = features as f64;
        let wanted = match (self.colsample_node > 0.0, classes) {
            (true, _) => self.colsample_node * n,
            (false, true) => n.sqrt(),
            (false, false) => n / 3.0,
        };
        // As scikit-learn does, the fraction is cut off; one feature is the least.
        (wanted as usize).clamp(1, features.max(1))
    }
}
