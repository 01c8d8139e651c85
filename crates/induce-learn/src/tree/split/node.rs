//! A node and what regularises it: the values of leaves and the gains of splits.

use serde::{Deserialize, Serialize};

use super::super::histogram::{Scale, Sum};
use super::super::mask::CodeTest;

/// What regularises splits and leaf values.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    /// L2 penalty on leaf values: a Gaussian prior's precision.
    pub lambda: f64,
    /// L1 penalty on leaf values: a Laplace prior's rate.
    pub alpha: f64,
    /// The least gain a split must have: the price of a leaf.
    pub gamma: f64,
    /// The least sum of curvatures in a child.
    pub min_child_weight: f64,
    /// The least number of rows in a child, estimated by its fraction of the node's curvature.
    pub min_rows: usize,
    /// Largest magnitude of a leaf value before shrinkage; 0 is no limit.
    pub max_delta_step: f64,
    /// How categories are split.
    pub category: CategoryRules,
}

/// How categories are split.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CategoryRules {
    /// One against the rest for up to this many categories.
    pub one_hot: usize,
    /// Added to the curvature where categories are ordered.
    pub smooth: f64,
    /// Added to `lambda` for splits by an order.
    pub lambda: f64,
    /// A listed set has at most this many categories.
    pub max_set: usize,
    /// Rows (as a fraction of curvature) between two candidate ends of the order.
    pub min_group: f64,
}

impl Rules {
    /// The Newton step -T(gradient) / curvature within `max_delta_step`, where `curvature` has the prior's precision in it.
    #[inline(always)]
    pub fn step(&self, gradient: f64, curvature: f64) -> f64 {
        if curvature <= 0.0 {
            return 0.0;
        }
        let free = -soft(gradient, self.alpha) / curvature;
        let limit = self.max_delta_step;
        if limit > 0.0 {
            free.clamp(-limit, limit)
        } else {
            free
        }
    }
}

/// Bounds on the values of a node's leaves, from monotone constraints above it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
}

impl Bounds {
    /// No bounds.
    pub const NONE: Self = Self {
        low: f64::NEG_INFINITY,
        high: f64::INFINITY,
    };
}

/// A possible split of a node.
#[derive(Debug, Clone, PartialEq)]
pub struct Split {
    /// How much the objective falls, `gamma` not yet subtracted.
    pub gain: f64,
    /// Index of the feature.
    pub feature: usize,
    /// The test, in codes.
    pub test: CodeTest,
    /// Where missing values go.
    pub missing_left: bool,
    /// Sum of the derivatives that go left.
    pub left: Sum,
}

impl Split {
    /// Whether this split is to be preferred: larger gain, then smaller feature index.
    pub fn beats(&self, other: &Self) -> bool {
        self.gain > other.gain || (self.gain == other.gain && self.feature < other.feature)
    }
}

/// Everything about a node that scoring its splits needs.
#[derive(Debug, Clone, Copy)]
pub struct Node<'a> {
    /// The rules.
    pub rules: &'a Rules,
    /// Units of the sums.
    pub scale: Scale,
    /// Sum of the node's derivatives.
    pub total: Sum,
    /// Bounds of its values.
    pub bounds: Bounds,
    /// The least sum of curvatures in a child.
    pub least: f64,
    /// The node's own score.
    pub(super) parent: f64,
}

impl<'a> Node<'a> {
    /// A node of these rules with this sum of derivatives.
    pub fn new(rules: &'a Rules, scale: Scale, total: Sum, bounds: Bounds) -> Self {
        let mut node = Self {
            rules,
            scale,
            total,
            bounds,
            least: rules.min_child_weight,
            parent: 0.0,
        };
        node.parent = node.score_with(total, rules.lambda);
        node
    }

    /// The same node, which holds so many rows: a child with the share s of its curvature counts as s `rows` of them
    /// (as in LightGBM, whose histograms count no rows either).
    pub fn of_rows(mut self, rows: usize) -> Self {
        let each = self.scale.curvature_of(self.total) / rows.max(1) as f64;
        self.least = self.least.max(self.rules.min_rows as f64 * each);
        self
    }

    /// The best value of a leaf with these derivatives, within bounds.
    pub fn value(&self, sum: Sum) -> f64 {
        self.value_with(sum, self.rules.lambda)
    }

    pub(super) fn value_with(&self, sum: Sum, lambda: f64) -> f64 {
        let (gradient, curvature) = (self.scale.gradient_of(sum), self.scale.curvature_of(sum));
        let step = self.rules.step(gradient, curvature + lambda);
        step.clamp(self.bounds.low, self.bounds.high)
    }

    /// Minus twice the objective of a leaf with these derivatives.
    pub(super) fn score_with(&self, sum: Sum, lambda: f64) -> f64 {
        let (g, h) = (self.scale.gradient_of(sum), self.scale.curvature_of(sum) + lambda);
        if self.is_plain() {
            return if h > 0.0 { g * g / h } else { 0.0 };
        }
        let w = self.value_with(sum, lambda);
        -(2.0 * g * w + h * w * w + 2.0 * self.rules.alpha * w.abs())
    }

    /// Whether the closed form without thresholds and bounds holds.
    pub(super) fn is_plain(&self) -> bool {
        self.rules.alpha == 0.0 && self.rules.max_delta_step == 0.0 && self.bounds == Bounds::NONE
    }

    /// Gain of the division into `left` and the rest.
    pub(super) fn gain(&self, left: Sum, lambda: f64) -> f64 {
        let right = self.total.wrapping_sub(left);
        self.score_with(left, lambda) + self.score_with(right, lambda) - self.parent
    }

    /// Whether both sides are heavy enough and their values in the order that `monotone` asks.
    pub(super) fn admits(&self, left: Sum, monotone: i8) -> bool {
        let right = self.total.wrapping_sub(left);
        if self.scale.curvature_of(left) < self.least || self.scale.curvature_of(right) < self.least {
            return false;
        }
        monotone == 0 || f64::from(monotone) * (self.value(right) - self.value(left)) >= 0.0
    }

    /// The gain below which a split is not worth it: rounding noise, or `gamma`.
    pub fn least_gain(&self) -> f64 {
        let noise = 1e-10 * self.parent.abs();
        self.rules.gamma.max(noise).max(1e-300)
    }
}

fn soft(g: f64, alpha: f64) -> f64 {
    g.signum() * (g.abs() - alpha).max(0.0)
}
