//! The best split of one feature.

use std::ops::Range;

use super::super::mask::CodeTest;
use super::super::node::set_of;
use super::bounds::Limit;
use super::tally::Tally;

/// A test, what it gains, and how missing values answer it.
#[derive(Debug, Clone)]
pub(super) struct Split {
    pub gain: f64,
    pub feature: usize,
    pub test: CodeTest,
    pub missing_left: bool,
    /// The codes up to which a threshold can reach without a row changing sides.
    gap: Range<u16>,
}

/// The sums of a node's rows by code of one feature: only codes that occur, ascending.
pub(super) struct Bins<'a> {
    pub codes: &'a [u16],
    /// (codes, width), row-major.
    pub sums: &'a [f64],
}

impl Split {
    /// Codes up to the one at `place` go left.
    pub fn after(feature: usize, codes: &[u16], place: usize, missing_left: bool, gain: f64) -> Self {
        let code = codes[place];
        let next = codes.get(place + 1).copied().unwrap_or(code + 1);
        Self {
            gap: code..next,
            ..Self::up_to(feature, code, missing_left, gain)
        }
    }

    /// With the threshold in the middle of the values around it: of the cuts that divide the node's rows alike, the
    /// nearest. Only the split that is kept pays for the search.
    #[must_use]
    pub fn centred(self, cuts: &[f64]) -> Self {
        if self.gap.len() < 2 {
            return self;
        }
        let between = &cuts[usize::from(self.gap.start) - 1..usize::from(self.gap.end) - 1];
        let middle = 0.5 * (between[0] + between[between.len() - 1]);
        let last = self.gap.start + nearest(between, middle) as u16;
        Self {
            test: CodeTest::at_most(last, self.missing_left),
            ..self
        }
    }

    /// Codes up to `last` go left.
    pub fn up_to(feature: usize, last: u16, missing_left: bool, gain: f64) -> Self {
        Self {
            gain: gain.max(0.0),
            feature,
            test: CodeTest::at_most(last, missing_left),
            missing_left,
            gap: 0..0,
        }
    }

    /// Categories of the codes in `left` on one side. The test lists the side without code 0, so that unseen
    /// categories go where missing values go.
    pub fn listed(feature: usize, codes: &[u16], left: &[u16], heavier_left: bool, gain: f64) -> Self {
        let zero_left = if has_missing(codes) {
            left.contains(&0)
        } else {
            heavier_left
        };
        let listed = codes
            .iter()
            .filter(|&&code| code > 0 && left.contains(&code) != zero_left);
        Self {
            gain: gain.max(0.0),
            feature,
            test: CodeTest::Member(set_of(listed.map(|&code| usize::from(code)))),
            missing_left: false,
            gap: 0..0,
        }
    }
}

/// The place of the value nearest to `middle` among ascending ones.
fn nearest(values: &[f64], middle: f64) -> usize {
    let above = values
        .partition_point(|&value| value < middle)
        .min(values.len() - 1);
    if above > 0 && middle - values[above - 1] < values[above] - middle {
        above - 1
    } else {
        above
    }
}

/// Whether the first code is that of missing values.
pub(super) fn has_missing(codes: &[u16]) -> bool {
    codes.first() == Some(&0)
}

/// What a split must gain.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bar {
    /// Only what gains more counts.
    pub floor: f64,
    /// Gains up to this are rounding.
    pub noise: f64,
}

impl Bar {
    /// Raise the bar to a split. Of splits that gain nothing the first is as good as any, and rounding does not choose.
    #[inline(always)]
    pub fn raise(&mut self, gain: f64) {
        self.floor = gain.max(self.noise);
    }
}

/// What a split must respect.
pub(super) struct Search<'a, T, const BOUNDED: bool> {
    pub tally: &'a T,
    pub total: &'a [f64],
    pub parent: f64,
    pub min_leaf: f64,
    pub bar: Bar,
    /// What children must respect, if anything is `BOUNDED`.
    pub limit: Limit,
    pub left: &'a mut [f64],
    pub right: &'a mut [f64],
}

impl<T: Tally, const BOUNDED: bool> Search<'_, T, BOUNDED> {
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
        // Most tests are worse than the best so far, which is seen without a division.
        if !self
            .tally
            .beats(self.left, self.right, self.parent + self.bar.floor)
        {
            return f64::NEG_INFINITY;
        }
        if BOUNDED
            && !self
                .limit
                .allows(self.tally.mean(self.left), self.tally.mean(self.right))
        {
            return f64::NEG_INFINITY;
        }
        self.tally.score_of(self.left, self.right) - self.parent
    }

    fn heavier_left(&self) -> bool {
        2.0 * self.tally.weight(self.left) > self.tally.weight(self.total)
    }

    /// The best threshold of a quantity.
    pub fn number(&mut self, feature: usize, bins: &Bins) -> Option<Split> {
        let missing = has_missing(bins.codes);
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
                if gain > self.bar.floor {
                    self.bar.raise(gain);
                    let left = if missing {
                        missing_left
                    } else {
                        self.heavier_left()
                    };
                    best = Some((place, left, gain));
                }
            }
        }
        let (place, missing_left, gain) = best?;
        Some(Split::after(feature, bins.codes, place, missing_left, gain))
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
            if gain > self.bar.floor {
                self.bar.raise(gain);
                let left = if any { missing_left } else { self.heavier_left() };
                best = Some((left, gain));
            }
        }
        let (missing_left, gain) = best?;
        Some(Split::up_to(feature, last, missing_left, gain))
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
            if gain > self.bar.floor {
                self.bar.raise(gain);
                best = Some((taken, self.heavier_left(), gain));
            }
        }
        let (taken, heavier_left, gain) = best?;
        let left: Vec<u16> = order[..taken].iter().map(|o| bins.codes[o.1]).collect();
        Some(Split::listed(feature, bins.codes, &left, heavier_left, gain))
    }

    /// The categories at these places on the left.
    pub fn set(&mut self, feature: usize, bins: &Bins, places: &[usize]) -> Option<Split> {
        self.left.fill(0.0);
        for &place in places {
            self.add(self.bin(bins, place));
        }
        let gain = self.gain();
        if gain <= self.bar.floor {
            return None;
        }
        let left: Vec<u16> = places.iter().map(|&place| bins.codes[place]).collect();
        let heavier_left = self.heavier_left();
        Some(Split::listed(feature, bins.codes, &left, heavier_left, gain))
    }
}
