//! What a split would gain in all leaves of a level together: the one split that a symmetric tree has there.

use super::super::histogram::{Sum, curvature, gradient};
use super::super::mask::CodeTest;
use super::super::node::set_of;
use super::node::{Node, Split};
use super::number::{LANES, Units, last_cut, missing_side, running_sums};

/// A split of a whole level, in fixed-point units of gain.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LevelSplit {
    /// The sum of its gains.
    pub gain: f32,
    /// The feature.
    pub feature: usize,
    /// The last code on the left; of categories the only one.
    pub code: usize,
    /// Whether missing values go left.
    pub missing_left: bool,
}

impl LevelSplit {
    /// Whether this is to be preferred: larger gain, then smaller feature.
    pub fn beats(&self, other: &Self) -> bool {
        self.gain > other.gain || (self.gain == other.gain && self.feature < other.feature)
    }
}

/// The gains of all splits of a feature, by code, with missing values on the right and on the left.
#[derive(Debug, Clone, Default)]
pub struct Gains([Vec<f32>; 2]);

impl Gains {
    /// No gains yet, of so many codes.
    pub fn restart(&mut self, codes: usize) {
        for side in &mut self.0 {
            side.clear();
            side.resize(codes.next_multiple_of(CHUNK), 0.0);
        }
    }

    /// The best split of the feature.
    pub fn best(&self, feature: usize) -> Option<LevelSplit> {
        let mut best: Option<LevelSplit> = None;
        for (side, gains) in self.0.iter().enumerate() {
            for (code, &gain) in gains.iter().enumerate() {
                if gain > best.map_or(0.0, |best| best.gain) {
                    best = Some(LevelSplit {
                        gain,
                        feature,
                        code,
                        missing_left: side == 1,
                    });
                }
            }
        }
        best
    }

    /// Add what every cut would gain in this node; a cut that leaves a side too light does not divide it.
    pub fn add_number(&mut self, node: &Node, bins: &[Sum], monotone: i8) {
        let [right, left] = &mut self.0;
        let cuts = last_cut(bins);
        if !node.is_plain() || monotone != 0 || bins.len() > LANES {
            careful(node, bins, monotone, [right, left]);
            return;
        }
        let units = Units::new(node, node.parent / Units::one(node));
        // Codes begin at 1: what is missing has code 0.
        add_cuts(&units, &bins[1..=cuts], 0, &mut right[1..]);
        add_cuts(&units, &bins[1..=cuts], bins[0], &mut left[1..]);
    }

    /// Add what every category against the rest would gain in this node.
    pub fn add_category(&mut self, node: &Node, bins: &[Sum]) {
        for (code, &bin) in bins.iter().enumerate() {
            if bin != 0 && node.admits(bin, 0) {
                self.0[0][code] += node.in_units(node.gain(bin, node.rules.lambda));
            }
        }
    }
}

/// Any rules, one cut at a time in double precision.
fn careful(node: &Node, bins: &[Sum], monotone: i8, [right, left]: [&mut Vec<f32>; 2]) {
    let mut below: Sum = 0;
    for last in 1..=last_cut(bins) {
        below = below.wrapping_add(bins[last]);
        for (gains, sum) in [(&mut *right, below), (&mut *left, below.wrapping_add(bins[0]))] {
            if node.admits(sum, monotone) {
                gains[last] += node.in_units(node.gain(sum, node.rules.lambda));
            }
        }
    }
}

/// Cuts scored at a time.
const CHUNK: usize = 16;

induce_core::multiversion! {
    /// Add the gains of the cuts after each of `bins`, with `extra` on the left.
    fn add_cuts(units: &Units, bins: &[Sum], extra: Sum, out: &mut [f32]) {
        let n = bins.len().min(LANES);
        let mut sums = [0; LANES];
        running_sums(&bins[..n], extra, &mut sums);
        for (out, sum) in out.iter_mut().zip(&sums[..n]) {
            let score = units.score(gradient(*sum), curvature(*sum));
            *out += if score >= 0.0 { score - units.floor } else { 0.0 };
        }
    }
}

impl Node<'_> {
    /// A gain in fixed-point units.
    pub fn in_units(&self, gain: f64) -> f32 {
        (gain * self.scale.gradient * self.scale.gradient / self.scale.curvature) as f32
    }

    /// The split of a level in this node, if both sides are heavy enough.
    pub fn level_split(
        &self,
        split: &LevelSplit,
        bins: &[Sum],
        category: bool,
        monotone: i8,
    ) -> Option<Split> {
        let sum = |codes: &[Sum]| codes.iter().fold(0, |sum: Sum, bin| sum.wrapping_add(*bin));
        let (test, missing_left, left) = if category {
            one(self, split.code, bins)
        } else {
            let below = sum(&bins[1..=split.code]);
            let missing_left = match bins[0] {
                0 => missing_side(self, below),
                _ => split.missing_left,
            };
            let left = if missing_left {
                below.wrapping_add(bins[0])
            } else {
                below
            };
            let test = CodeTest::at_most(split.code as u16, missing_left);
            (test, missing_left, left)
        };
        self.admits(left, monotone).then(|| Split {
            gain: self.gain(left, self.rules.lambda),
            feature: split.feature,
            test,
            missing_left,
            left,
        })
    }
}

/// One category against the rest; the set that is listed lacks code 0, which is all that training had not.
fn one(node: &Node, code: usize, bins: &[Sum]) -> (CodeTest, bool, Sum) {
    if code > 0 {
        return (CodeTest::Member(set_of(std::iter::once(code))), false, bins[code]);
    }
    (
        CodeTest::Member(set_of(1..bins.len())),
        false,
        node.total.wrapping_sub(bins[0]),
    )
}
