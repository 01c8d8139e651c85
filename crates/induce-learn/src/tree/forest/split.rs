//! The best question about one feature.

use super::super::mask::CodeTest;
use super::super::node::set_of;
use super::tally::Tally;

/// A question, what it gains, and how missing values answer it.
#[derive(Debug, Clone)]
pub(super) struct Split {
    pub gain: f64,
    pub feature: usize,
    pub test: CodeTest,
    pub missing_left: bool,
}

/// The sums of a node's rows by code of one feature.
pub(super) struct Bins<'a> {
    pub sums: &'a [f64],
    /// Smallest and largest code that occurs, 0 (missing) left aside.
    pub low: usize,
    pub high: usize,
}

/// What a split must respect.
pub(super) struct Search<'a, T> {
    pub tally: &'a T,
    pub total: &'a [f64],
    pub parent: f64,
    pub min_leaf: f64,
    /// Only what gains more counts.
    pub floor: f64,
    pub left: &'a mut [f64],
    pub right: &'a mut [f64],
}

impl<T: Tally> Search<'_, T> {
    fn bin<'b>(&self, bins: &Bins<'b>, code: usize) -> &'b [f64] {
        let width = self.tally.width();
        &bins.sums[code * width..(code + 1) * width]
    }

    fn has(&self, bins: &Bins, code: usize) -> bool {
        self.tally.weight(self.bin(bins, code)) > 0.0
    }

    #[inline(always)]
    fn add(&mut self, bin: &[f64]) {
        self.left.iter_mut().zip(bin).for_each(|(l, b)| *l += b);
    }

    /// The gain of what is on the left now; minus infinity if a side is too light.
    #[inline(always)]
    fn gain(&mut self) -> f64 {
        for ((r, t), l) in self.right.iter_mut().zip(self.total).zip(&*self.left) {
            *r = t - l;
        }
        let (left, right) = (self.tally.weight(self.left), self.tally.weight(self.right));
        if left < self.min_leaf || right < self.min_leaf {
            return f64::NEG_INFINITY;
        }
        self.tally.score(self.left) + self.tally.score(self.right) - self.parent
    }

    fn heavier_left(&self) -> bool {
        2.0 * self.tally.weight(self.left) >= self.tally.weight(self.total)
    }

    /// The best threshold of a quantity.
    pub fn number(&mut self, feature: usize, bins: &Bins) -> Option<Split> {
        let missing = self.has(bins, 0);
        let mut best = None;
        for missing_left in [false, true] {
            if missing_left && !missing {
                break;
            }
            self.left.fill(0.0);
            if missing_left {
                self.add(self.bin(bins, 0));
            }
            // With missing rows on the right, all others may be on the left.
            let last = if missing && !missing_left {
                bins.high
            } else {
                bins.high - 1
            };
            for code in bins.low..=last {
                self.add(self.bin(bins, code));
                let gain = self.gain();
                if gain > self.floor {
                    self.floor = gain;
                    best = Some((
                        code,
                        if missing {
                            missing_left
                        } else {
                            self.heavier_left()
                        },
                    ));
                }
            }
        }
        let (code, missing_left) = best?;
        Some(self.threshold(feature, bins, code, missing_left))
    }

    /// The threshold midway between `code` and the next code that occurs.
    fn threshold(&self, feature: usize, bins: &Bins, code: usize, missing_left: bool) -> Split {
        let next = (code + 1..=bins.high)
            .find(|&c| self.has(bins, c))
            .unwrap_or(code + 1);
        let last = code + (next - code - 1) / 2;
        Split {
            gain: self.floor,
            feature,
            test: CodeTest::at_most(last as u16, missing_left),
            missing_left,
        }
    }

    /// One given threshold, with missing rows where they fit better.
    pub fn at(&mut self, feature: usize, bins: &Bins, last: usize) -> Option<Split> {
        let missing = self.has(bins, 0);
        let mut best = None;
        for missing_left in [false, true] {
            if missing_left && !missing {
                break;
            }
            self.left.fill(0.0);
            if missing_left {
                self.add(self.bin(bins, 0));
            }
            for code in bins.low..=last {
                self.add(self.bin(bins, code));
            }
            let gain = self.gain();
            if gain > self.floor {
                self.floor = gain;
                best = Some(if missing {
                    missing_left
                } else {
                    self.heavier_left()
                });
            }
        }
        let missing_left = best?;
        Some(Split {
            gain: self.floor,
            feature,
            test: CodeTest::at_most(last as u16, missing_left),
            missing_left,
        })
    }

    /// The best prefix of the categories in the order of their means (optimal for one number per row:
    /// Breiman et al. 1984, section 9.4).
    pub fn category(&mut self, feature: usize, bins: &Bins, codes: usize) -> Option<Split> {
        let class = self.tally.main_class(self.total);
        let mut order: Vec<(f64, usize)> = (0..codes)
            .filter(|&code| self.has(bins, code))
            .map(|code| (self.tally.key(self.bin(bins, code), class), code))
            .collect();
        order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        self.left.fill(0.0);
        let mut best = None;
        for taken in 1..order.len() {
            self.add(self.bin(bins, order[taken - 1].1));
            let gain = self.gain();
            if gain > self.floor {
                self.floor = gain;
                best = Some((taken, self.heavier_left()));
            }
        }
        let (taken, heavier_left) = best?;
        let left: Vec<usize> = order[..taken].iter().map(|o| o.1).collect();
        Some(self.listed(feature, bins, &left, heavier_left, codes))
    }

    /// A given set of codes on the left.
    pub fn set(&mut self, feature: usize, bins: &Bins, left: &[usize], codes: usize) -> Option<Split> {
        self.left.fill(0.0);
        for &code in left {
            self.add(self.bin(bins, code));
        }
        let gain = self.gain();
        if gain <= self.floor {
            return None;
        }
        self.floor = gain;
        let heavier_left = self.heavier_left();
        Some(self.listed(feature, bins, left, heavier_left, codes))
    }

    /// The question lists the side without code 0, so that unseen categories go where missing values go.
    fn listed(&self, feature: usize, bins: &Bins, left: &[usize], heavier_left: bool, codes: usize) -> Split {
        let zero_left = if self.has(bins, 0) {
            left.contains(&0)
        } else {
            heavier_left
        };
        let set = if zero_left {
            set_of((1..codes).filter(|code| self.has(bins, *code) && !left.contains(code)))
        } else {
            set_of(left.iter().copied())
        };
        Split {
            gain: self.floor,
            feature,
            test: CodeTest::Member(set),
            missing_left: false,
        }
    }
}
