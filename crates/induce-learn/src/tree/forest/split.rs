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

/// The sums of a node's rows by code of one feature: only codes that occur, ascending.
pub(super) struct Bins<'a> {
    pub codes: &'a [u16],
    /// (codes, width), row-major.
    pub sums: &'a [f64],
}

impl Bins<'_> {
    /// Whether the first code is that of missing values.
    fn has_missing(&self) -> bool {
        self.codes.first() == Some(&0)
    }
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
    /// The sum at a place of the list.
    #[inline(always)]
    fn bin<'b>(&self, bins: &Bins<'b>, place: usize) -> &'b [f64] {
        let width = self.tally.width();
        &bins.sums[place * width..(place + 1) * width]
    }

    #[inline(always)]
    fn add(&mut self, bin: &[f64]) {
        self.left.iter_mut().zip(bin).for_each(|(l, b)| *l += b);
    }

    /// The gain of what is on the left now; minus infinity if that is not beyond the floor, or a side is too light.
    #[inline(always)]
    fn gain(&mut self) -> f64 {
        for ((r, t), l) in self.right.iter_mut().zip(self.total).zip(&*self.left) {
            *r = t - l;
        }
        let (left, right) = (self.tally.weight(self.left), self.tally.weight(self.right));
        if left < self.min_leaf || right < self.min_leaf {
            return f64::NEG_INFINITY;
        }
        // Most questions are worse than the best so far, which is seen without a division.
        if !self.tally.beats(self.left, self.right, self.parent + self.floor) {
            return f64::NEG_INFINITY;
        }
        self.tally.score_of(self.left, self.right) - self.parent
    }

    fn heavier_left(&self) -> bool {
        2.0 * self.tally.weight(self.left) >= self.tally.weight(self.total)
    }

    /// The best threshold of a quantity.
    pub fn number(&mut self, feature: usize, bins: &Bins) -> Option<Split> {
        let missing = bins.has_missing();
        let first = usize::from(missing);
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
            let cuts = bins.codes.len() - usize::from(!missing || missing_left);
            for place in first..cuts {
                self.add(self.bin(bins, place));
                let gain = self.gain();
                if gain > self.floor {
                    self.floor = gain;
                    best = Some((
                        place,
                        if missing {
                            missing_left
                        } else {
                            self.heavier_left()
                        },
                    ));
                }
            }
        }
        let (place, missing_left) = best?;
        // Midway to the next code that occurs.
        let code = bins.codes[place];
        let next = bins.codes.get(place + 1).copied().unwrap_or(code + 1);
        let last = code + (next - code - 1) / 2;
        Some(Split {
            gain: self.floor,
            feature,
            test: CodeTest::at_most(last, missing_left),
            missing_left,
        })
    }

    /// One given threshold, with missing rows where they fit better. `below` is the sum of what is at most `last`.
    pub fn at(&mut self, feature: usize, last: u16, below: &[f64], missing: &[f64]) -> Option<Split> {
        let any = self.tally.weight(missing) > 0.0;
        let mut best = None;
        for missing_left in [false, true] {
            if missing_left && !any {
                break;
            }
            self.left.copy_from_slice(below);
            if missing_left {
                self.add(missing);
            }
            let gain = self.gain();
            if gain > self.floor {
                self.floor = gain;
                best = Some(if any { missing_left } else { self.heavier_left() });
            }
        }
        let missing_left = best?;
        Some(Split {
            gain: self.floor,
            feature,
            test: CodeTest::at_most(last, missing_left),
            missing_left,
        })
    }

    /// The best prefix of the categories in the order of their means (optimal for one number per row:
    /// Breiman et al. 1984, section 9.4).
    pub fn category(&mut self, feature: usize, bins: &Bins) -> Option<Split> {
        let class = self.tally.main_class(self.total);
        let mut order: Vec<(f64, usize)> = (0..bins.codes.len())
            .map(|place| (self.tally.key(self.bin(bins, place), class), place))
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
        let left: Vec<u16> = order[..taken].iter().map(|o| bins.codes[o.1]).collect();
        Some(self.listed(feature, bins, &left, heavier_left))
    }

    /// The categories at these places on the left.
    pub fn set(&mut self, feature: usize, bins: &Bins, places: &[usize]) -> Option<Split> {
        self.left.fill(0.0);
        for &place in places {
            self.add(self.bin(bins, place));
        }
        let gain = self.gain();
        if gain <= self.floor {
            return None;
        }
        self.floor = gain;
        let heavier_left = self.heavier_left();
        let left: Vec<u16> = places.iter().map(|&place| bins.codes[place]).collect();
        Some(self.listed(feature, bins, &left, heavier_left))
    }

    /// The question lists the side without code 0, so that unseen categories go where missing values go.
    fn listed(&self, feature: usize, bins: &Bins, left: &[u16], heavier_left: bool) -> Split {
        let zero_left = if bins.has_missing() {
            left.contains(&0)
        } else {
            heavier_left
        };
        let listed = bins
            .codes
            .iter()
            .filter(|&&code| code > 0 && left.contains(&code) != zero_left);
        Split {
            gain: self.floor,
            feature,
            test: CodeTest::Member(set_of(listed.map(|&code| usize::from(code)))),
            missing_left: false,
        }
    }
}
