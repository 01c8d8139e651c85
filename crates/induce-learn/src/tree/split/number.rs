//! Splits of ordered codes.

use super::super::histogram::{Sum, curvature, gradient};
use super::super::mask::CodeTest;
use super::{Node, Split};

/// A cut after code `last`, with missing values on one side.
#[derive(Clone, Copy)]
struct Cut {
    last: usize,
    missing_left: bool,
    left: Sum,
}

pub(super) fn best(node: &Node, feature: usize, bins: &[Sum], monotone: i8) -> Option<Split> {
    let cut = if node.is_plain() && monotone == 0 && bins.len() <= LANES {
        fast(node, bins)
    } else {
        careful(node, bins, monotone)
    }?;
    let gain = node.gain(cut.left, node.rules.lambda);
    let test = CodeTest::at_most(cut.last as u16, cut.missing_left);
    (gain > node.least_gain()).then_some(Split { gain, feature, test, missing_left: cut.missing_left, left: cut.left })
}

/// With nothing missing here, later missing values follow the heavier side.
fn missing_side(node: &Node, left: Sum) -> bool {
    2 * u64::from(curvature(left)) >= u64::from(curvature(node.total))
}

/// The last code a cut may follow: cutting after the last one only parts missing from present.
fn last_cut(bins: &[Sum]) -> usize {
    bins.len() - if bins[0] == 0 { 2 } else { 1 }
}

/// Any rules, one cut at a time in double precision.
fn careful(node: &Node, bins: &[Sum], monotone: i8) -> Option<Cut> {
    let mut best: Option<(f64, Cut)> = None;
    let mut below: Sum = 0;
    for last in 1..=last_cut(bins) {
        below = below.wrapping_add(bins[last]);
        let mut consider = |left: Sum, missing_left: bool| {
            if node.admits(left, monotone) {
                let gain = node.gain(left, node.rules.lambda);
                if best.is_none_or(|(g, _)| gain > g) {
                    best = Some((gain, Cut { last, missing_left, left }));
                }
            }
        };
        if bins[0] == 0 {
            consider(below, missing_side(node, below));
        } else {
            consider(below, false);
            consider(below.wrapping_add(bins[0]), true);
        }
    }
    best.map(|(_, cut)| cut)
}

/// Codes the fast path handles.
const LANES: usize = 256;

/// Plain rules: all cuts at once in single precision, in fixed-point units.
/// Which cut wins may differ from [`careful`] only where gains agree to 7 digits.
fn fast(node: &Node, bins: &[Sum]) -> Option<Cut> {
    let cuts = last_cut(bins);
    let mut sums = [0; LANES];
    let mut below: Sum = 0;
    for (sum, bin) in sums.iter_mut().zip(&bins[1..=cuts]) {
        below = below.wrapping_add(*bin);
        *sum = below;
    }
    let units = Units {
        total: node.total,
        lambda: (node.rules.lambda * node.scale.curvature) as f32,
        least: (node.rules.min_child_weight * node.scale.curvature).ceil() as f32,
    };
    if bins[0] == 0 {
        let (_, cut) = units.best(&sums, cuts)?;
        let left = sums[cut];
        return Some(Cut { last: cut + 1, missing_left: missing_side(node, left), left });
    }
    let missing_right = units.best(&sums, cuts);
    sums[..cuts].iter_mut().for_each(|s| *s = s.wrapping_add(bins[0]));
    let missing_left = units.best(&sums, cuts);
    match (missing_right, missing_left) {
        (Some((right, cut)), other) if other.is_none_or(|(left, _)| right >= left) => {
            Some(Cut { last: cut + 1, missing_left: false, left: sums[cut].wrapping_sub(bins[0]) })
        }
        (_, Some((_, cut))) => Some(Cut { last: cut + 1, missing_left: true, left: sums[cut] }),
        _ => None,
    }
}

struct Units {
    total: Sum,
    lambda: f32,
    least: f32,
}

induce_core::multiversion! {
    /// Score every cut (-1 where a side is too light) and return the top.
    fn score_all(units: &Units, sums: &[Sum], scores: &mut [f32; LANES]) -> f32 {
        units.score(sums, scores)
    }
}

impl Units {
    /// The best of the first `cuts` left sums: its score and index.
    fn best(&self, sums: &[Sum; LANES], cuts: usize) -> Option<(f32, usize)> {
        let mut scores = [-1.0_f32; LANES];
        let top = score_all(self, &sums[..cuts], &mut scores);
        (top >= 0.0).then(|| (top, scores[..cuts].iter().position(|&s| s == top).unwrap_or(0)))
    }

    #[inline(always)]
    fn score(&self, sums: &[Sum], scores: &mut [f32; LANES]) -> f32 {
        for (score, &left) in scores.iter_mut().zip(sums) {
            let right = self.total.wrapping_sub(left);
            let (gl, hl) = (gradient(left) as f32, curvature(left) as f32);
            let (gr, hr) = (gradient(right) as f32, curvature(right) as f32);
            let value = gl * gl / (hl + self.lambda) + gr * gr / (hr + self.lambda);
            let heavy = hl >= self.least && hr >= self.least && hl > 0.0 && hr > 0.0;
            *score = if heavy { value } else { -1.0 };
        }
        let mut top = [-1.0_f32; 16];
        for chunk in scores.chunks_exact(16) {
            for (t, &s) in top.iter_mut().zip(chunk) {
                *t = if s > *t { s } else { *t };
            }
        }
        top.iter().copied().fold(-1.0, f32::max)
    }
}
