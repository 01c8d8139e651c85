//! How trees are grown, where the settings leave that open.

use serde::{Deserialize, Serialize};

use super::{Order, Spec};

/// What the settings may leave open.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// Fraction of the rows that a tree sees.
    pub subsample: f64,
    /// Fraction of the features that a tree sees.
    pub colsample: f64,
    /// How leaves are split.
    pub growth: Order,
    /// Largest number of leaves.
    pub max_leaves: usize,
}

impl std::fmt::Display for Trial {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            subsample,
            colsample,
            growth,
            max_leaves,
        } = self;
        write!(
            f,
            "subsample={subsample} colsample={colsample} growth={growth} max_leaves={max_leaves}"
        )
    }
}

impl Spec {
    /// The ways of growing that the settings leave open, the usual one first.
    pub(super) fn trials(&self) -> Vec<Trial> {
        let is_open = self.growth == Order::Auto;
        let of = |subsample: f64, colsample: f64, growth: Order, max_leaves: usize| Trial {
            subsample: if self.subsample > 0.0 {
                self.subsample
            } else {
                subsample
            },
            colsample: if self.colsample > 0.0 {
                self.colsample
            } else {
                colsample
            },
            growth,
            max_leaves,
        };
        let own = if is_open { Order::Leafwise } else { self.growth };
        let mut all = vec![
            of(0.8, 0.7, own, self.max_leaves),
            of(1.0, 1.0, own, self.max_leaves),
        ];
        if is_open {
            // Limits that were set stay; else a symmetric tree has two leaves in place of each, or few.
            let usual = self.max_depth == 0 && self.max_leaves == Self::default().max_leaves;
            let sizes = if usual {
                vec![64, 16]
            } else {
                vec![self.max_leaves]
            };
            all.extend(
                sizes
                    .into_iter()
                    .map(|leaves| of(0.8, 1.0, Order::Symmetric, leaves)),
            );
        }
        all.dedup();
        all
    }

    /// The way of growing that does without a choice.
    pub(super) fn usual_trial(&self) -> Trial {
        self.trials()[0]
    }

    /// The way in which these settings grow.
    pub(super) fn trial(&self) -> Trial {
        Trial {
            subsample: self.subsample,
            colsample: self.colsample,
            growth: self.growth,
            max_leaves: self.max_leaves,
        }
    }

    /// Grown in this way.
    pub(super) fn grown(&self, trial: Trial) -> Self {
        Self {
            subsample: trial.subsample,
            colsample: trial.colsample,
            growth: trial.growth,
            max_leaves: trial.max_leaves,
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_is_not_tried_otherwise() {
        let of = |spec: Spec| -> Vec<String> { spec.trials().iter().map(Trial::to_string).collect() };
        let all = of(Spec::default());
        assert_eq!(
            all[0],
            "subsample=0.8 colsample=0.7 growth=leafwise max_leaves=31"
        );
        assert_eq!(all.len(), 4);
        let set = Spec {
            subsample: 0.5,
            colsample: 0.3,
            max_leaves: 8,
            ..Spec::default()
        };
        assert_eq!(
            of(set.clone()),
            [
                "subsample=0.5 colsample=0.3 growth=leafwise max_leaves=8",
                "subsample=0.5 colsample=0.3 growth=symmetric max_leaves=8"
            ]
        );
        let growth = Order::Depthwise;
        assert_eq!(of(Spec { growth, ..set }).len(), 1);
    }
}
