//! The settings of boosting: plain data.

use std::collections::BTreeMap;

use crate::dataset::ClassWeight;
use induce_core::{Error, Result};
use induce_prob::Objective;
use serde::{Deserialize, Serialize};

use super::super::grow::Growth;
use super::super::split::{CategoryRules, Rules};

/// In which order leaves are split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// Level by level.
    Depthwise,
    /// The leaf of largest gain first.
    Leafwise,
}

/// How split points are searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// Between bins of about equal weight.
    Histogram,
    /// Between any two different values (up to 65,534 of them per feature).
    Exact,
}

/// What a tree is fitted to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// Gradient and curvature: splits and leaf values are Newton steps (Chen & Guestrin 2016).
    Newton,
    /// The gradient, by least squares; leaf values then come from a line search (Friedman 2001, algorithm 1).
    Gradient,
}

/// Gradient boosting's settings. `0` switches a limit off.
///
/// ```
/// use induce_learn::boost::Spec;
/// let spec = Spec { rounds: 100, learning_rate: 0.1, ..Spec::default() };
/// assert!(spec.check().is_ok());
/// assert!(Spec { learning_rate: -1.0, ..Spec::default() }.check().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// The loss.
    pub objective: Objective,
    /// Trees per output, at most; 0 chooses the number on rows held out within the training rows.
    pub rounds: usize,
    /// Shrinkage of every tree.
    pub learning_rate: f64,
    /// What a tree is fitted to.
    pub step: Step,
    /// In which order leaves are split.
    pub growth: Order,
    /// Deepest level of a leaf.
    pub max_depth: usize,
    /// Most leaves of a tree.
    pub max_leaves: usize,
    /// Bins per quantity.
    pub bins: usize,
    /// How split points are searched.
    pub split: Method,
    /// Least sum of curvatures in a leaf.
    pub min_child_weight: f64,
    /// Least rows in a leaf, estimated by its share of the parent's curvature.
    pub min_rows: usize,
    /// Least rows in a node that is split.
    pub min_split: usize,
    /// Precision of the Gaussian prior on leaf values.
    pub lambda: f64,
    /// Rate of the Laplace prior on leaf values.
    pub alpha: f64,
    /// Least gain of a split.
    pub gamma: f64,
    /// Least gain of a branch together with what is kept below it, per leaf, for it to stay once the tree is grown.
    pub pruning: f64,
    /// Largest leaf value before shrinkage.
    pub max_delta_step: f64,
    /// Share of rows per tree.
    pub subsample: f64,
    /// Share of features per tree.
    pub colsample: f64,
    /// Share of a tree's features per level.
    pub colsample_level: f64,
    /// Share of a level's features per node.
    pub colsample_node: f64,
    /// GOSS: share of rows kept for their large gradients; 0 is no GOSS, else it stands in for `subsample`.
    pub goss_top: f64,
    /// GOSS: share of all rows drawn from the rest.
    pub goss_other: f64,
    /// DART: share of earlier trees dropped per round; 0 is no DART.
    pub dart_rate: f64,
    /// DART: chance that a round drops nothing.
    pub dart_skip: f64,
    /// DART: most trees dropped per round; 0 is no limit.
    pub dart_max: usize,
    /// Stop after so many rounds without a better validation loss; 0 never.
    pub early_stopping: usize,
    /// Rounds between two looks at the training loss; 0 is about ten looks in all, else there is one before the first.
    pub trace: usize,
    /// Follow the losses of the rows that each round drew, and of those it left out.
    pub out_of_bag: bool,
    /// One category against the rest for features with up to this many.
    pub one_hot: usize,
    /// Categories that keep a code of their own; the rarest beyond share one.
    pub max_categories: usize,
    /// Least rows of a category with a code of its own; rarer ones count as missing.
    pub category_rows: usize,
    /// Added to the curvature where categories are ordered.
    pub category_smooth: f64,
    /// Added to `lambda` for splits by ordered categories.
    pub category_lambda: f64,
    /// Most categories listed in a branch.
    pub category_set: usize,
    /// Least sum of curvatures between two ends of the order.
    pub category_group: f64,
    /// Per feature name: 1 rising, -1 falling.
    pub monotone: BTreeMap<String, i8>,
    /// Sets of feature names that may meet on one path.
    pub interactions: Vec<Vec<String>>,
    /// Weights of the classes.
    pub class_weight: ClassWeight,
    /// Where Huber's loss turns linear, in units of the target.
    pub huber_delta: f64,
    /// The quantile of the absolute residuals at which it does, round by round; 0 leaves it at `huber_delta`.
    pub huber_quantile: f64,
    /// The quantile of the pinball loss.
    pub quantile: f64,
    /// Variance power of the Tweedie likelihood.
    pub tweedie_power: f64,
    /// Positions of a query that count in ranking; 0 is all.
    pub rank_depth: usize,
}

impl Default for Spec {
    fn default() -> Self {
        Self {
            objective: Objective::Auto,
            rounds: 0,
            learning_rate: 0.05,
            step: Step::Newton,
            growth: Order::Leafwise,
            max_depth: 0,
            max_leaves: 31,
            bins: 255,
            split: Method::Histogram,
            min_child_weight: 1.0,
            min_rows: 0,
            min_split: 0,
            lambda: 1.0,
            alpha: 0.0,
            gamma: 0.0,
            pruning: 0.0,
            max_delta_step: 0.0,
            subsample: 0.8,
            colsample: 0.7,
            colsample_level: 1.0,
            colsample_node: 1.0,
            goss_top: 0.0,
            goss_other: 0.1,
            dart_rate: 0.0,
            dart_skip: 0.5,
            dart_max: 50,
            early_stopping: 0,
            trace: 0,
            out_of_bag: false,
            one_hot: 4,
            max_categories: 65_000,
            category_rows: 0,
            category_smooth: 10.0,
            category_lambda: 10.0,
            category_set: 32,
            category_group: 5.0,
            monotone: BTreeMap::new(),
            interactions: Vec::new(),
            class_weight: ClassWeight::default(),
            huber_delta: 1.0,
            huber_quantile: 0.0,
            quantile: 0.5,
            tweedie_power: 1.5,
            rank_depth: 30,
        }
    }
}

/// Bins of a feature when every value may be a split point.
pub(crate) const EXACT_BINS: usize = 65_534;

impl Spec {
    /// An error naming the first setting out of its range.
    pub fn check(&self) -> Result<()> {
        let at_least = |name: &str, value: f64, least: f64| {
            let ok = value >= least && value.is_finite();
            if ok {
                Ok(())
            } else {
                Err(Error::setting(
                    name,
                    value,
                    format!("it must be at least {least}"),
                ))
            }
        };
        let share = |name: &str, value: f64| {
            let ok = value > 0.0 && value <= 1.0;
            if ok {
                Ok(())
            } else {
                Err(Error::setting(name, value, "it must be above 0 and at most 1"))
            }
        };
        let part = |name: &str, value: f64| {
            let ok = (0.0..=1.0).contains(&value);
            if ok {
                Ok(())
            } else {
                Err(Error::setting(name, value, "it must lie between 0 and 1"))
            }
        };
        at_least("learning_rate", self.learning_rate, 0.0)?;
        if !(2..=EXACT_BINS).contains(&self.bins) {
            return Err(Error::setting(
                "bins",
                self.bins,
                format!("it must lie between 2 and {EXACT_BINS}"),
            ));
        }
        at_least("min_child_weight", self.min_child_weight, 0.0)?;
        at_least("lambda", self.lambda, 0.0)?;
        at_least("alpha", self.alpha, 0.0)?;
        at_least("gamma", self.gamma, 0.0)?;
        at_least("pruning", self.pruning, 0.0)?;
        at_least("max_delta_step", self.max_delta_step, 0.0)?;
        share("subsample", self.subsample)?;
        share("colsample", self.colsample)?;
        share("colsample_level", self.colsample_level)?;
        share("colsample_node", self.colsample_node)?;
        part("goss_top", self.goss_top)?;
        part("goss_other", self.goss_other)?;
        part("dart_rate", self.dart_rate)?;
        part("dart_skip", self.dart_skip)?;
        at_least("category_smooth", self.category_smooth, 0.0)?;
        at_least("category_lambda", self.category_lambda, 0.0)?;
        at_least("category_set", self.category_set as f64, 1.0)?;
        at_least("category_group", self.category_group, 0.0)?;
        if !(1..=65_000).contains(&self.max_categories) {
            return Err(Error::setting(
                "max_categories",
                self.max_categories,
                "it must lie between 1 and 65000",
            ));
        }
        if let Some((name, way)) = self.monotone.iter().find(|(_, way)| !(-1..=1).contains(*way)) {
            return Err(Error::setting(
                format!("monotone.{name}"),
                way,
                "it must be -1, 0 or 1",
            ));
        }
        if self.max_leaves == 1 {
            return Err(Error::setting(
                "max_leaves",
                1,
                "a tree needs at least 2 leaves to learn (0 is no limit)",
            ));
        }
        if self.max_depth == 0 && self.max_leaves == 0 {
            return Err(Error::setting(
                "max_depth",
                0,
                "limit `max_depth` or `max_leaves`, or trees grow without end",
            ));
        }
        if self.goss_top > 0.0 && self.goss_top + self.goss_other > 1.0 {
            let reason = "`goss_top + goss_other` must be at most 1";
            return Err(Error::setting("goss_top", self.goss_top, reason));
        }
        self.class_weight.check()?;
        Ok(())
    }

    /// Bins per quantity after the method is taken into account.
    pub(crate) fn bins(&self) -> usize {
        match self.split {
            Method::Histogram => self.bins,
            Method::Exact => EXACT_BINS,
        }
    }

    /// The part that growing a tree obeys, feature names resolved.
    pub(crate) fn growth(&self, names: &[String]) -> Result<Growth> {
        let index = |name: &String| {
            let found = names.iter().position(|n| n == name);
            found.ok_or_else(|| Error::UnknownColumn {
                name: name.clone(),
                known: names.to_vec(),
            })
        };
        let mut monotone = vec![0; names.len()];
        for (name, &way) in &self.monotone {
            monotone[index(name)?] = way;
        }
        let sets = self
            .interactions
            .iter()
            .map(|set| set.iter().map(index).collect())
            .collect::<Result<_>>()?;
        Ok(Growth {
            rules: Rules {
                lambda: self.lambda,
                alpha: self.alpha,
                gamma: self.gamma,
                min_child_weight: self.min_child_weight,
                min_rows: self.min_rows,
                max_delta_step: self.max_delta_step,
                category: CategoryRules {
                    one_hot: self.one_hot,
                    smooth: self.category_smooth,
                    lambda: self.category_lambda,
                    max_set: self.category_set,
                    min_group: self.category_group,
                },
            },
            min_split: self.min_split,
            max_depth: self.max_depth,
            max_leaves: self.max_leaves,
            best_first: self.growth == Order::Leafwise,
            monotone,
            interactions: sets,
        })
    }
}
