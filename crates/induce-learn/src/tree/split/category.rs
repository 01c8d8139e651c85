//! Splits of categories: one against the rest, or a prefix of a sorted order.
//!
//! With squared loss the best division of categories into two sets is a prefix
//! of their order by mean target (Fisher 1958; Breiman et al. 1984, section
//! 9.4); for a twice differentiable loss the order is that of G / H. The order is
//! fitted to the same rows, so it is shrunk (`smooth`) and the values it leads
//! to are penalised more (`lambda`).
//!
//! Missing, rare and unseen categories are code 0. They are one more item of
//! the order, and the set that a branch lists is the one without them, so that
//! a category never seen in training goes where missing values go.

use serde::{Deserialize, Serialize};

use super::super::histogram::{Sum, curvature};
use super::super::mask::CodeTest;
use super::super::node::set_of;
use super::{Node, Split};

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
    /// Rows (as a share of curvature) between two candidate ends of the order.
    pub min_group: f64,
}

pub(super) fn best(node: &Node, feature: usize, bins: &[Sum], floor: f64) -> Option<Split> {
    let present: Vec<usize> = (0..bins.len()).filter(|&c| bins[c] != 0).collect();
    if present.len() < 2 {
        return None;
    }
    let found = if present.len() <= node.rules.category.one_hot {
        one_hot(node, bins, &present, floor)
    } else {
        sorted(node, bins, present, floor)
    };
    let (gain, codes, left) = found?;
    Some(listed(node, feature, bins, gain, &codes, left))
}

type Found = Option<(f64, Vec<usize>, Sum)>;

fn one_hot(node: &Node, bins: &[Sum], present: &[usize], floor: f64) -> Found {
    let mut best: Found = None;
    for &code in present {
        let gain = node.gain(bins[code], node.rules.lambda);
        // What only reaches the floor counts: a tie between features is decided by their number, not by who is first.
        let better = best.as_ref().map_or(gain >= floor, |b| gain > b.0);
        if better && node.admits(bins[code], 0) {
            best = Some((gain, vec![code], bins[code]));
        }
    }
    best
}

fn sorted(node: &Node, bins: &[Sum], mut order: Vec<usize>, floor: f64) -> Found {
    let rules = &node.rules.category;
    let key = |c: usize| node.scale.gradient_of(bins[c]) / (node.scale.curvature_of(bins[c]) + rules.smooth);
    order.sort_by(|&a, &b| key(a).total_cmp(&key(b)).then(a.cmp(&b)));
    let mut best: Option<(f64, usize, bool, Sum)> = None;
    let longest = rules.max_set.min(order.len() - 1);
    for from_top in [false, true] {
        let mut left: Sum = 0;
        let mut since = 0.0;
        for taken in 1..=longest {
            let code = if from_top {
                order[order.len() - taken]
            } else {
                order[taken - 1]
            };
            left = left.wrapping_add(bins[code]);
            since += node.scale.curvature_of(bins[code]);
            let right = node.total.wrapping_sub(left);
            if since < rules.min_group || node.scale.curvature_of(right) < rules.min_group {
                continue;
            }
            since = 0.0;
            let gain = node.gain(left, node.rules.lambda + rules.lambda);
            let better = best.as_ref().map_or(gain >= floor, |b| gain > b.0);
            if better && node.admits(left, 0) {
                best = Some((gain, taken, from_top, left));
            }
        }
    }
    let (gain, taken, from_top, left) = best?;
    let codes = if from_top {
        order.split_off(order.len() - taken)
    } else {
        order[..taken].to_vec()
    };
    Some((gain, codes, left))
}

/// The split with the set that lacks code 0 on the left.
fn listed(node: &Node, feature: usize, bins: &[Sum], gain: f64, codes: &[usize], left: Sum) -> Split {
    let chosen = set_of(codes.iter().copied());
    let has = |c: usize| super::super::node::contains(&chosen, c);
    // Without missing rows, code 0 goes with the heavier side.
    let heavier_left = 2 * u64::from(curvature(left)) > u64::from(curvature(node.total));
    let zero_left = if bins[0] == 0 { heavier_left } else { has(0) };
    let (set, left) = if zero_left {
        let rest = (1..bins.len()).filter(|&c| bins[c] != 0 && !has(c));
        (set_of(rest), node.total.wrapping_sub(left))
    } else {
        (chosen, left)
    };
    Split {
        gain,
        feature,
        test: CodeTest::Member(set),
        missing_left: false,
        left,
    }
}
