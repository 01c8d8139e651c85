//! What the rows of a node add up to, and how pure that is.
//!
//! A sum is a short slice of numbers. Its score is the number that a split makes larger: minus the weighted
//! impurity, up to a constant that the children share with their parent. So the gain of a split is
//! score(left) + score(right) - score(node), for every criterion.

use induce_core::multiversion;

use super::Criterion;

/// What a row adds: its weight, and its weighted target or its class.
pub(super) type Item = [f64; 2];

/// The targets of a table in the form that nodes add up.
pub(super) trait Tally: Sync {
    /// Numbers per sum.
    fn width(&self) -> usize;
    /// What a row of weight `weight` adds, in the two numbers that [`Tally::add`] takes: rows are visited in no order, so
    /// all of a row stands together.
    fn item(&self, row: usize, weight: f64) -> Item;
    /// Add a row.
    fn add(&self, sum: &mut [f64], item: Item);
    /// What the rows of a node add up to.
    fn total(&self, items: &[Item], sum: &mut [f64]) {
        sum.fill(0.0);
        items.iter().for_each(|&item| self.add(sum, item));
    }
    /// The targets themselves, where no sum tells how pure rows are.
    fn ranked(&self) -> Option<&Absolute<'_>> {
        None
    }
    /// The weight of a sum's rows.
    fn weight(&self, sum: &[f64]) -> f64;
    /// What splits make larger.
    fn score(&self, sum: &[f64]) -> f64;
    /// The scores of two sides, added.
    #[inline(always)]
    fn score_of(&self, left: &[f64], right: &[f64]) -> f64 {
        self.score(left) + self.score(right)
    }
    /// Whether the scores of two sides add up to more than `score`.
    #[inline(always)]
    fn beats(&self, left: &[f64], right: &[f64], score: f64) -> bool {
        self.score_of(left, right) > score
    }
    /// Add the items whose codes are in `from..=to`.
    fn add_between(&self, sum: &mut [f64], items: &[Item], codes: &[u16], from: u16, to: u16) {
        for (&item, code) in items.iter().zip(codes) {
            if code.wrapping_sub(from) <= to - from {
                self.add(sum, item);
            }
        }
    }
    /// By what categories are ordered before they are split: the mean, or the probability of `class`.
    fn key(&self, sum: &[f64], class: usize) -> f64;
    /// The class that [`Tally::key`] should look at in a node.
    fn main_class(&self, sum: &[f64]) -> usize;
    /// Whether nothing is left to divide.
    fn is_pure(&self, rows: &[u32]) -> bool;
    /// The prediction of a leaf of one target, which a feature may be told to move one way only.
    fn mean(&self, sum: &[f64]) -> f64;
    /// The prediction of a leaf: its mean, or the probability of every class.
    fn value(&self, sum: &[f64], out: &mut Vec<f64>);
}

/// Targets whose absolute errors splits make smaller.
///
/// A sum is the weight, minus the mean loss of the targets, and their medians.
pub(super) struct Absolute<'a> {
    /// Row-major (rows, targets).
    pub values: &'a [f64],
    /// Targets per row.
    pub outputs: usize,
    /// Taken off every target while losses are added up, one per target.
    pub centres: &'a [f64],
}

impl Absolute<'_> {
    /// A target of the row with this number.
    pub fn target(&self, row: f64, output: usize) -> f64 {
        self.values[row as usize * self.outputs + output] - self.centres[output]
    }
}

/// Sums of w and w y: a quantity, or two classes as 0 and 1.
pub(super) struct Moments<'a> {
    pub target: &'a [f64],
    /// Taken off every target, so that squares do not swallow small differences.
    pub centre: f64,
    pub criterion: Criterion,
}

impl Tally for Moments<'_> {
    #[inline(always)]
    fn width(&self) -> usize {
        2
    }

    #[inline(always)]
    fn item(&self, row: usize, weight: f64) -> Item {
        [weight, weight * (self.target[row] - self.centre)]
    }

    #[inline(always)]
    fn add(&self, sum: &mut [f64], item: Item) {
        sum[0] += item[0];
        sum[1] += item[1];
    }

    #[inline(always)]
    fn weight(&self, sum: &[f64]) -> f64 {
        sum[0]
    }

    #[inline(always)]
    fn score(&self, sum: &[f64]) -> f64 {
        let (w, wy) = (sum[0], sum[1]);
        match self.criterion {
            Criterion::Entropy => xlogx(wy) + xlogx(w - wy) - xlogx(w),
            // For y in {0, 1} the Gini impurity 2 p (1 - p) is twice the variance.
            Criterion::Gini => 2.0 * wy * wy / w,
            _ => wy * wy / w,
        }
    }

    /// Over one common denominator: divisions are what a scan waits for.
    #[inline(always)]
    fn score_of(&self, left: &[f64], right: &[f64]) -> f64 {
        let (lw, ly, rw, ry) = (left[0], left[1], right[0], right[1]);
        let score = (ly * ly * rw + ry * ry * lw) / (lw * rw);
        match self.criterion {
            Criterion::Entropy => self.score(left) + self.score(right),
            Criterion::Gini => 2.0 * score,
            _ => score,
        }
    }

    /// Both sides times that denominator, so that nothing is divided at all.
    #[inline(always)]
    fn beats(&self, left: &[f64], right: &[f64], score: f64) -> bool {
        let (lw, ly, rw, ry) = (left[0], left[1], right[0], right[1]);
        let sides = ly * ly * rw + ry * ry * lw;
        match self.criterion {
            Criterion::Entropy => self.score_of(left, right) > score,
            Criterion::Gini => 2.0 * sides > score * (lw * rw),
            _ => sides > score * (lw * rw),
        }
    }

    fn add_between(&self, sum: &mut [f64], items: &[Item], codes: &[u16], from: u16, to: u16) {
        let [weight, target] = moments_between(items, codes, from, to);
        sum[0] += weight;
        sum[1] += target;
    }

    fn key(&self, sum: &[f64], _class: usize) -> f64 {
        sum[1] / sum[0]
    }

    fn main_class(&self, _sum: &[f64]) -> usize {
        0
    }

    fn is_pure(&self, rows: &[u32]) -> bool {
        all_equal(self.target, rows)
    }

    #[inline(always)]
    fn mean(&self, sum: &[f64]) -> f64 {
        sum[1] / sum[0] + self.centre
    }

    fn value(&self, sum: &[f64], out: &mut Vec<f64>) {
        out.push(self.mean(sum));
    }
}

multiversion! {
    /// The sum of the items whose codes are in `from..=to`, four at a time. All are added, others as zeros: which is which
    /// is a coin's toss, and mispredicted branches would cost more than additions.
    fn moments_between(items: &[Item], codes: &[u16], from: u16, to: u16) -> Item {
        let n = items.len().min(codes.len());
        let mut sums = [[0.0_f64; 2]; 4];
        for (items, codes) in items[..n].chunks(4).zip(codes[..n].chunks(4)) {
            for (sum, (item, code)) in sums.iter_mut().zip(items.iter().zip(codes)) {
                let keep = u64::from(code.wrapping_sub(from) <= to - from).wrapping_neg();
                sum[0] += f64::from_bits(item[0].to_bits() & keep);
                sum[1] += f64::from_bits(item[1].to_bits() & keep);
            }
        }
        [0, 1].map(|k| (sums[0][k] + sums[2][k]) + (sums[1][k] + sums[3][k]))
    }
}

/// The weight of every class: more than two classes.
pub(super) struct Classes<'a> {
    pub target: &'a [f64],
    pub classes: usize,
    pub criterion: Criterion,
}

impl Tally for Classes<'_> {
    #[inline(always)]
    fn width(&self) -> usize {
        self.classes
    }

    #[inline(always)]
    fn item(&self, row: usize, weight: f64) -> Item {
        [weight, self.target[row]]
    }

    #[inline(always)]
    fn add(&self, sum: &mut [f64], item: Item) {
        sum[item[1] as usize] += item[0];
    }

    #[inline(always)]
    fn weight(&self, sum: &[f64]) -> f64 {
        sum.iter().sum()
    }

    #[inline(always)]
    fn score(&self, sum: &[f64]) -> f64 {
        let w = self.weight(sum);
        match self.criterion {
            Criterion::Entropy => sum.iter().map(|&c| xlogx(c)).sum::<f64>() - xlogx(w),
            _ => sum.iter().map(|c| c * c).sum::<f64>() / w,
        }
    }

    fn key(&self, sum: &[f64], class: usize) -> f64 {
        sum[class] / self.weight(sum)
    }

    fn main_class(&self, sum: &[f64]) -> usize {
        (1..sum.len()).fold(0, |best, k| if sum[k] > sum[best] { k } else { best })
    }

    fn is_pure(&self, rows: &[u32]) -> bool {
        all_equal(self.target, rows)
    }

    /// Of many classes the first stands for all; no direction can be asked for.
    fn mean(&self, sum: &[f64]) -> f64 {
        self.key(sum, 0)
    }

    fn value(&self, sum: &[f64], out: &mut Vec<f64>) {
        let w = self.weight(sum);
        out.extend(sum.iter().map(|c| c / w));
    }
}

fn all_equal(target: &[f64], rows: &[u32]) -> bool {
    rows.iter()
        .all(|&row| target[row as usize] == target[rows[0] as usize])
}

/// x ln x, 0 at 0; rounding may leave a sum a little below zero.
#[inline(always)]
pub(super) fn xlogx(x: f64) -> f64 {
    if x > 0.0 { x * x.ln() } else { 0.0 }
}
