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

use std::ops::Range;

use super::super::histogram::{Sum, curvature};
use super::super::mask::CodeTest;
use super::super::node::set_of;
use super::node::{Node, Split};

/// A set of codes that go left: a stretch of an order of them.
struct Found {
    gain: f64,
    stretch: Range<usize>,
    left: Sum,
}

pub(super) fn best(node: &Node, feature: usize, bins: &[Sum], floor: f64) -> Option<Split> {
    // Most features fit the stack; this runs for every category of every node.
    let mut few = [0; 256];
    let mut many = Vec::new();
    let buffer = if bins.len() <= few.len() {
        &mut few[..]
    } else {
        many.resize(bins.len(), 0);
        &mut many
    };
    let order = present(bins, buffer);
    if order.len() < 2 {
        return None;
    }
    let found = if order.len() <= node.rules.category.one_hot {
        one_hot(node, bins, order, floor)
    } else {
        sort(node, bins, order);
        prefix(node, bins, order, floor)
    }?;
    Some(listed(node, feature, bins, &found, order))
}

/// The codes that have rows here, ascending, in the front of `buffer`.
fn present<'a>(bins: &[Sum], buffer: &'a mut [u64]) -> &'a mut [u64] {
    let mut count = 0;
    for (code, &bin) in bins.iter().enumerate() {
        // Every code is written, those that count stay: no branch to mispredict.
        buffer[count] = code as u64;
        count += usize::from(bin != 0);
    }
    &mut buffer[..count]
}

fn one_hot(node: &Node, bins: &[Sum], order: &[u64], floor: f64) -> Option<Found> {
    let mut best: Option<Found> = None;
    for (place, &code) in order.iter().enumerate() {
        let left = bins[code as usize];
        let gain = node.gain(left, node.rules.lambda);
        // What only reaches the floor counts: a tie between features is decided by their number, not by who is first.
        let better = best.as_ref().map_or(gain >= floor, |b| gain > b.gain);
        if better && node.admits(left, 0) {
            best = Some(Found {
                gain,
                stretch: place..place + 1,
                left,
            });
        }
    }
    best
}

/// Order codes by G / (H + smooth), then by number.
///
/// Key and code are one integer, so that sorting moves and compares plain numbers: the
/// upper half is the single-precision ratio with its bits in ascending order.
fn sort(node: &Node, bins: &[Sum], order: &mut [u64]) {
    let smooth = node.rules.category.smooth;
    for item in &mut *order {
        let bin = bins[*item as usize];
        let ratio = node.scale.gradient_of(bin) / (node.scale.curvature_of(bin) + smooth);
        *item |= u64::from(ascending(ratio as f32)) << 32;
    }
    order.sort_unstable();
    order.iter_mut().for_each(|item| *item &= u64::from(u32::MAX));
}

/// Bits that are ordered as [`f32::total_cmp`] orders the numbers.
fn ascending(x: f32) -> u32 {
    let bits = x.to_bits();
    bits ^ if bits >> 31 == 1 { u32::MAX } else { 1 << 31 }
}

fn prefix(node: &Node, bins: &[Sum], order: &[u64], floor: f64) -> Option<Found> {
    let rules = &node.rules.category;
    let mut best: Option<Found> = None;
    let longest = rules.max_set.min(order.len() - 1);
    for from_top in [false, true] {
        let mut left: Sum = 0;
        let mut since = 0.0;
        for taken in 1..=longest {
            let stretch = if from_top {
                order.len() - taken..order.len()
            } else {
                0..taken
            };
            let newest = if from_top { stretch.start } else { taken - 1 };
            let bin = bins[order[newest] as usize];
            left = left.wrapping_add(bin);
            since += node.scale.curvature_of(bin);
            let right = node.total.wrapping_sub(left);
            if since < rules.min_group || node.scale.curvature_of(right) < rules.min_group {
                continue;
            }
            since = 0.0;
            let gain = node.gain(left, node.rules.lambda + rules.lambda);
            let better = best.as_ref().map_or(gain >= floor, |b| gain > b.gain);
            if better && node.admits(left, 0) {
                best = Some(Found { gain, stretch, left });
            }
        }
    }
    best
}

/// The split with the set that lacks code 0 on the left.
fn listed(node: &Node, feature: usize, bins: &[Sum], found: &Found, order: &[u64]) -> Split {
    let left = found.left;
    let chosen = set_of(order[found.stretch.clone()].iter().map(|&c| c as usize));
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
        gain: found.gain,
        feature,
        test: CodeTest::Member(set),
        missing_left: false,
        left,
    }
}
