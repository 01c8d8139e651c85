//! The settings of trees and forests: plain data.

use std::collections::BTreeMap;

use induce_core::model::{ClassWeight, range};
use induce_core::{Error, Result, choices, settings};

choices! {
    /// How pure a set of rows is.
    #[derive(Default)]
    pub enum Criterion {
        /// Gini for classes, squared error for quantities.
        #[default]
        Auto = "auto",
        /// 1 - sum_k p_k^2: the probability that two rows differ.
        Gini = "gini",
        /// -sum_k p_k ln p_k, in nats.
        Entropy = "entropy",
        /// The variance of the target.
        Squared = "squared",
        /// The mean distance to the median, which leaves predict: outliers do not move it.
        Absolute = "absolute",
        /// Half the Poisson deviance, sum_i y_i ln(y_i / m) with m the mean: counts. No leaf predicts 0.
        Poisson = "poisson",
    }
}

settings! {
    /// The settings of a tree or a forest.
    pub struct Spec {
        /// Number of trees that are averaged
        trees: usize = 100, in range::from(1);
        /// What a split makes purer; `auto` is gini for classes, squared for quantities. With `absolute` leaves are medians, `poisson` is for counts
        criterion: Criterion = Criterion::Auto;
        /// Largest depth of a tree; 0 is no limit
        max_depth: usize = 0;
        /// Largest number of leaves of a tree, of which the one that gains most is split next; 0 is no limit
        max_leaves: usize = 0, in range::zero_or_from(2);
        /// Smallest weight of the rows in a leaf
        min_samples_leaf: f64 = 1.0, in range::above(0.0), alias "min_leaf";
        /// Smallest weight of the rows in a node that is split
        min_samples_split: f64 = 2.0, in range::at_least(0.0), alias "min_split";
        /// Smallest decrease of the impurity by a split, weighted by the node's fraction of all rows
        min_impurity_decrease: f64 = 0.0, in range::at_least(0.0), alias "min_gain";
        /// Fraction of the features a node looks at; 0 lets out-of-bag rows choose: a third or all, for classes also the square root
        colsample_node: f64 = 0.0, in range::closed(0.0, 1.0);
        /// Draw every tree's rows with replacement
        bootstrap: bool = true;
        /// Rows drawn per tree, as a fraction of all; above 1 with `bootstrap` only
        subsample: f64 = 1.0, in range::up_to(0.0, 1e6);
        /// One random threshold per feature instead of the best
        random_split: bool = false;
        /// Cost of a leaf in minimal cost-complexity pruning (Breiman et al. 1984, chapter 3); 0 prunes nothing
        pruning: f64 = 0.0, in range::at_least(0.0);
        /// Bins per numerical feature; up to 255 fit a byte and are fastest
        bins: usize = 255, in range::to(2, 65_534);
        /// Categories with a code of their own; the rarest beyond share one
        max_categories: usize = 255, in range::to(1, 65_000);
        /// Weights of the classes
        class_weight: ClassWeight = ClassWeight::default();
        /// Direction in which a feature may move the prediction: `monotone.age=1`
        monotone: BTreeMap<String, i8> = BTreeMap::new();
        /// Frequencies of the classes, averaged with the trees like so many more, so that no probability is 0; 0 is the trees alone
        smoothing: f64 = 0.0, in range::at_least(0.0);
        /// Keep the training targets by leaf, for `predict --quantiles` (quantile regression forests)
        quantiles: bool = false;
        /// Keep the out-of-bag prediction of every row
        keep_out_of_bag: bool = false;
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

    /// A random forest whose probabilities are those of one more tree that knows the frequencies of the classes only.
    pub fn forest() -> Self {
        Self {
            smoothing: 1.0,
            ..Self::default()
        }
    }

    /// Extremely randomised trees: all rows, random thresholds.
    pub fn extra_trees() -> Self {
        Self {
            bootstrap: false,
            random_split: true,
            ..Self::forest()
        }
    }

    /// Hold every setting against its range, and some against each other.
    ///
    /// # Errors
    /// For the first that cannot be.
    pub fn check(&self) -> Result<()> {
        self.check_ranges()?;
        if self.subsample > 1.0 && !self.bootstrap {
            let reason = "it must be in (0, 1]; with `bootstrap=true` it may be up to a million";
            return Err(Error::setting("subsample", self.subsample, reason));
        }
        Ok(())
    }

    /// How many of `features` a node may look at: as set, or what is to be chosen from. The first is what does without a
    /// choice: all for quantities, as Geurts et al. (2006) and scikit-learn have it, the square root for classes.
    pub(super) fn features_per_node(&self, features: usize, classes: bool) -> Vec<usize> {
        let n = features as f64;
        let wanted = match (self.colsample_node > 0.0, classes) {
            (true, _) => vec![self.colsample_node * n],
            (false, true) => vec![n.sqrt(), n / 3.0, n],
            (false, false) => vec![n, n / 3.0],
        };
        // As scikit-learn does, the fraction is cut off; one feature is the least.
        let whole = |wanted: f64| (wanted as usize).clamp(1, features.max(1));
        let mut all: Vec<usize> = wanted.into_iter().map(whole).collect();
        all.dedup();
        all
    }
}
