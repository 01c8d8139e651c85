//! The settings of boosting: plain data.

use std::collections::BTreeMap;

use induce_core::model::{ClassWeight, Space, range};
use induce_core::{Error, Result, choices, settings};
use induce_prob::Objective;
use induce_prob::loss::SoftmaxCurvature;

use super::super::grow::Growth;
use super::super::split::{CategoryRules, Rules};

choices! {
    /// In which order leaves are split.
    pub enum Order {
        /// Level by level.
        Depthwise = "depthwise",
        /// The leaf of largest gain first.
        Leafwise = "leafwise",
        /// Level by level, with one split for all leaves of a level (oblivious trees).
        Symmetric = "symmetric",
        /// Leafwise or symmetric, by the held-out loss that chooses the rounds; else leafwise.
        Auto = "auto",
    }
}

choices! {
    /// How split points are searched.
    pub enum Method {
        /// Between bins of about equal weight.
        Histogram = "histogram",
        /// Between any two different values (up to 65,534 of them per feature).
        Exact = "exact",
    }
}

choices! {
    /// What a tree is fitted to.
    pub enum Step {
        /// Gradient and curvature: splits and leaf values are Newton steps (Chen & Guestrin 2016).
        Newton = "newton",
        /// The gradient, by least squares; leaf values then come from a line search (Friedman 2001, algorithm 1).
        Gradient = "gradient",
    }
}

settings! {
    /// Gradient boosting's settings. `0` switches a limit off.
    ///
    /// ```
    /// use induce_learn::boost::Spec;
    /// let spec = Spec { rounds: 100, learning_rate: 0.1, ..Spec::default() };
    /// assert!(spec.check().is_ok());
    /// assert!(Spec { learning_rate: -1.0, ..Spec::default() }.check().is_err());
    /// ```
    pub struct Spec {
        /// The loss; `auto` is squared for quantities, logistic for two classes, softmax for more, lambdarank with groups
        objective: Objective = Objective::Auto;
        /// Boosting rounds (trees per output), at most; 0 chooses the number on rows held out within the training rows
        rounds: usize = 0;
        /// Shrinkage of every tree
        learning_rate: f64 = 0.05, in range::at_least(0.0), search Space::Log(0.01, 0.3);
        /// Fit trees to gradient and curvature, or to the gradient by least squares with leaf values by line search
        step: Step = Step::Newton;
        /// Split level by level, the leaf of largest gain first, or all leaves of a level alike; `auto` is leafwise, or symmetric where `rounds=0` finds that better on held-out rows
        growth: Order = Order::Auto;
        /// Largest depth of a tree; 0 is no limit
        max_depth: usize = 0;
        /// Largest number of leaves of a tree; 0 is no limit
        max_leaves: usize = 31, in range::zero_or_from(2), search Space::Whole(4, 255);
        /// Bins per numerical feature; up to 255 fit a byte and are fastest
        bins: usize = 255, in range::to(2, EXACT_BINS as u64);
        /// Split between bins, or between any two different values
        split: Method = Method::Histogram;
        /// Smallest sum of curvatures in a leaf (of rows, for squared loss)
        min_child_weight: f64 = 1.0, in range::at_least(0.0), search Space::Log(0.1, 50.0);
        /// Smallest number of rows in a leaf, estimated by its fraction of its parent's curvature
        min_samples_leaf: usize = 0, alias "min_rows";
        /// Smallest number of rows in a node that is split
        min_samples_split: usize = 0, alias "min_split";
        /// Precision of the Gaussian prior on leaf values (L2)
        lambda: f64 = 1.0, in range::at_least(0.0), search Space::Log(0.01, 100.0);
        /// Rate of the Laplace prior on leaf values (L1)
        alpha: f64 = 0.0, in range::at_least(0.0);
        /// Smallest gain of a split
        gamma: f64 = 0.0, in range::at_least(0.0);
        /// Cost of a leaf in minimal cost-complexity pruning once the tree is grown, in units of `gamma`
        pruning: f64 = 0.0, in range::at_least(0.0);
        /// Largest leaf value before shrinkage; 0 is no limit
        max_delta_step: f64 = 0.0, in range::at_least(0.0);
        /// Fraction of the rows drawn for a tree; 0 is 0.8 or 1, by the held-out loss where it chooses the rounds, else 0.8
        subsample: f64 = 0.0, in range::closed(0.0, 1.0), search Space::Uniform(0.5, 1.0);
        /// Fraction of the features drawn for a tree; 0 is 0.7 or 1, by the held-out loss where it chooses the rounds, else 0.7
        colsample: f64 = 0.0, in range::closed(0.0, 1.0), search Space::Uniform(0.3, 1.0);
        /// Fraction of a tree's features drawn for a level
        colsample_level: f64 = 1.0, in range::up_to(0.0, 1.0);
        /// Fraction of a level's features drawn for a node
        colsample_node: f64 = 1.0, in range::up_to(0.0, 1.0);
        /// GOSS: fraction of the rows kept for their large gradients, in place of `subsample`; 0 is no GOSS
        goss_top: f64 = 0.0, in range::closed(0.0, 1.0);
        /// GOSS: fraction of the rows drawn from the rest
        goss_other: f64 = 0.1, in range::closed(0.0, 1.0), unless goss_top ["0"];
        /// DART: fraction of earlier trees dropped per round; 0 is no DART
        dart_rate: f64 = 0.0, in range::closed(0.0, 1.0);
        /// DART: probability that a round drops nothing
        dart_skip: f64 = 0.5, in range::closed(0.0, 1.0), unless dart_rate ["0"];
        /// DART: largest number of trees dropped per round; 0 is no limit
        dart_max: usize = 50, unless dart_rate ["0"];
        /// Rounds without a better validation loss after which the fit stops; 0 is never
        early_stopping: usize = 0;
        /// Rounds between two evaluations of the training loss, the first before any round; 0 is about ten in all, more beside validation rows
        trace: usize = 0;
        /// Record the losses of the rows that each round drew, and of those it left out
        out_of_bag: bool = false;
        /// One category against the rest for features with up to this many categories
        one_hot: usize = 4;
        /// Categories with a code of their own; the rarest beyond share one
        max_categories: usize = 65_000, in range::to(1, 65_000);
        /// Smallest number of rows of a category with a code of its own; rarer ones count as missing
        category_rows: usize = 0;
        /// Added to the curvature where categories are ordered
        category_smooth: f64 = 10.0, in range::at_least(0.0);
        /// Added to `lambda` for splits by ordered categories
        category_lambda: f64 = 10.0, in range::at_least(0.0);
        /// Largest number of categories listed in one branch
        category_set: usize = 32, in range::from(1);
        /// Smallest sum of curvatures between two ends of the order
        category_group: f64 = 5.0, in range::at_least(0.0);
        /// Direction in which a feature may move the score: `monotone.age=1`
        monotone: BTreeMap<String, i8> = BTreeMap::new();
        /// Sets of features that may meet on one path
        interactions: Vec<Vec<String>> = Vec::new();
        /// Weights of the classes
        class_weight: ClassWeight = ClassWeight::default();
        /// Curvature of one of K classes: p (1 - p) times K / (K - 1) (`shared`), times 2, above the full second derivative (`bound`), or itself (`diagonal`)
        softmax_curvature: SoftmaxCurvature = SoftmaxCurvature::Shared, when objective ["auto", "softmax"];
        /// Where Huber's loss turns linear, in units of the target
        huber_delta: f64 = 1.0, in range::above(0.0), when objective ["huber"];
        /// The quantile of the absolute residuals at which it does, round by round; 0 leaves it at `huber_delta`
        huber_quantile: f64 = 0.0, in range::half_open(0.0, 1.0), when objective ["huber"];
        /// The quantile of the pinball loss
        quantile: f64 = 0.5, in range::open(0.0, 1.0), when objective ["quantile"];
        /// Variance power of the Tweedie likelihood
        tweedie_power: f64 = 1.5, in range::open(1.0, 2.0), when objective ["tweedie"];
        /// Positions of a query that count in ranking; 0 is all
        rank_depth: usize = 30;
    }
}

/// Bins of a feature when every value may be a split point.
pub(crate) const EXACT_BINS: usize = 65_534;

/// Levels of a symmetric tree, at most.
const MOST_LEVELS: usize = 16;

impl Spec {
    /// Hold every setting against its range, and some against each other.
    ///
    /// # Errors
    /// For the first that cannot be.
    pub fn check(&self) -> Result<()> {
        self.check_ranges()?;
        if self.max_depth == 0 && self.max_leaves == 0 {
            let reason = "limit `max_depth` or `max_leaves`, or trees grow without end";
            return Err(Error::setting("max_depth", 0, reason));
        }
        if self.goss_top > 0.0 && self.goss_top + self.goss_other > 1.0 {
            let reason = "`goss_top + goss_other` must be at most 1";
            return Err(Error::setting("goss_top", self.goss_top, reason));
        }
        Ok(())
    }

    /// Bins per quantity after the method is taken into account.
    pub(crate) fn bins(&self) -> usize {
        match self.split {
            Method::Histogram => self.bins,
            Method::Exact => EXACT_BINS,
        }
    }

    /// For a comparison only: steps are at least a tenth.
    pub(super) fn quick(&self) -> Self {
        Self {
            learning_rate: self.learning_rate.max(0.1),
            ..self.clone()
        }
    }

    /// How many levels a symmetric tree has, for its 2^levels leaves are to keep to both limits.
    fn levels(&self) -> usize {
        let leaves = self
            .max_leaves
            .checked_ilog2()
            .map_or(usize::MAX, |levels| levels as usize);
        let depth = if self.max_depth > 0 {
            self.max_depth
        } else {
            usize::MAX
        };
        leaves.min(depth).min(MOST_LEVELS)
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
        let symmetric = self.growth == Order::Symmetric;
        let (max_depth, max_leaves) = match symmetric {
            true => (self.levels(), 0),
            false => (self.max_depth, self.max_leaves),
        };
        Ok(Growth {
            rules: Rules {
                lambda: self.lambda,
                alpha: self.alpha,
                gamma: self.gamma,
                min_child_weight: self.min_child_weight,
                min_rows: self.min_samples_leaf,
                max_delta_step: self.max_delta_step,
                category: CategoryRules {
                    one_hot: self.one_hot,
                    smooth: self.category_smooth,
                    lambda: self.category_lambda,
                    max_set: self.category_set,
                    min_group: self.category_group,
                },
            },
            min_split: self.min_samples_split,
            max_depth,
            max_leaves,
            best_first: matches!(self.growth, Order::Leafwise | Order::Auto),
            symmetric,
            monotone,
            interactions: sets,
        })
    }
}
