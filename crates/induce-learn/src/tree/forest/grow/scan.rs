//! The best split of one feature of the rows of a node.

use induce_core::multiversion;

use super::{Grower, Open};
use crate::tree::bins::{Binner, CodeColumn};
use crate::tree::forest::bounds::Limit;
use crate::tree::forest::split::{Bar, Bins, Search, Split};
use crate::tree::forest::tally::{Item, Tally};

impl<T: Tally, const BOUNDED: bool> Grower<'_, T, BOUNDED> {
    /// The best split of a feature, if there is one beyond the bar; `None` for a feature that is constant here.
    pub(super) fn split_of(
        &mut self,
        feature: usize,
        node: &Open,
        parent: f64,
        bar: Bar,
    ) -> Option<Option<Split>> {
        let binner = &self.plan.binners[feature];
        if self.plan.tally.ranked().is_some() {
            return self.best_ranked_split(feature, node, parent, bar);
        }
        match (binner, self.plan.random_split) {
            (Binner::Number(cuts), true) => {
                let (last, below, missing) = self.random_threshold(feature, node, cuts)?;
                Some(
                    self.search(feature, node, parent, bar)
                        .at(feature, last, &below, &missing),
                )
            }
            (Binner::Number(_), false) => {
                self.count(feature, node)?;
                let (codes, sums) = self.take_bins();
                let bins = Bins {
                    codes: &codes,
                    sums: &sums,
                };
                let found = self.search(feature, node, parent, bar).number(feature, &bins);
                self.bins = (codes, sums);
                Some(found)
            }
            (Binner::Category(_), random) => {
                self.count(feature, node)?;
                let (codes, sums) = self.take_bins();
                let bins = Bins {
                    codes: &codes,
                    sums: &sums,
                };
                let places = random.then(|| self.random_places(codes.len()));
                let mut search = self.search(feature, node, parent, bar);
                let found = match places {
                    Some(places) => search.set(feature, &bins, &places),
                    None => search.category(feature, &bins),
                };
                self.bins = (codes, sums);
                Some(found)
            }
        }
    }

    fn take_bins(&mut self) -> (Vec<u16>, Vec<f64>) {
        std::mem::take(&mut self.bins)
    }

    fn search(&mut self, feature: usize, node: &Open, parent: f64, bar: Bar) -> Search<'_, T, BOUNDED> {
        let limit = self.limit(feature, node);
        Search {
            tally: self.plan.tally,
            total: &self.total,
            parent,
            min_leaf: self.plan.min_leaf,
            bar,
            limit,
            left: &mut self.left,
            right: &mut self.right,
        }
    }

    pub(super) fn limit(&self, feature: usize, node: &Open) -> Limit {
        if !BOUNDED {
            return Limit::NONE;
        }
        Limit {
            bounds: node.bounds,
            way: self.way(feature),
        }
    }

    /// List the codes of a node's rows with their sums in `bins`; `None` if there is only one code.
    fn count(&mut self, feature: usize, node: &Open) -> Option<()> {
        let (tally, items, rows) = (self.plan.tally, &self.here, &self.rows[node.start..node.end]);
        let (sums, seen) = (&mut self.sums[..], &mut self.seen[..]);
        match &self.plan.codes.columns[feature] {
            CodeColumn::Narrow(codes) => {
                add_rows(tally, rows, items, sums, seen, |row| usize::from(codes[row]));
            }
            CodeColumn::Wide(codes) => {
                add_rows(tally, rows, items, sums, seen, |row| usize::from(codes[row]));
            }
        }
        let codes = self.plan.binners[feature].codes();
        list(tally, &mut seen[..codes.div_ceil(64)], sums, &mut self.bins);
        (self.bins.0.len() > 1).then_some(())
    }

    /// A threshold drawn uniformly between the smallest and the largest value here, the sum of the rows at most
    /// it, and that of the rows without a value.
    fn random_threshold(
        &mut self,
        feature: usize,
        node: &Open,
        cuts: &[f64],
    ) -> Option<(u16, Vec<f64>, Vec<f64>)> {
        self.read_codes(feature, node);
        let (last, missing) = self.draw_threshold(cuts)?;
        let tally = self.plan.tally;
        let (mut below, mut none) = (vec![0.0; tally.width()], vec![0.0; tally.width()]);
        tally.add_between(&mut below, &self.here, &self.codes_here, 1, last);
        if missing {
            tally.add_between(&mut none, &self.here, &self.codes_here, 0, 0);
        }
        Some((last, below, none))
    }

    /// The codes of a feature of the node's rows.
    pub(super) fn read_codes(&mut self, feature: usize, node: &Open) {
        let rows = &self.rows[node.start..node.end];
        self.codes_here.clear();
        match &self.plan.codes.columns[feature] {
            CodeColumn::Narrow(codes) => {
                self.codes_here
                    .extend(rows.iter().map(|&row| u16::from(codes[row as usize])));
            }
            CodeColumn::Wide(codes) => self
                .codes_here
                .extend(rows.iter().map(|&row| codes[row as usize])),
        }
    }

    /// The last code below a random threshold, and whether there are missing values; `None` if nothing can be divided.
    pub(super) fn draw_threshold(&mut self, cuts: &[f64]) -> Option<(u16, bool)> {
        let (low, high, missing) = range(&self.codes_here);
        if high == 0 || (low == high && !missing) {
            return None;
        }
        let last = if low < high {
            // Uniform between the values, not between the codes, which lie dense where rows do.
            let between = &cuts[usize::from(low) - 1..usize::from(high) - 1];
            let (from, to) = (between[0], between[between.len() - 1]);
            self.draws += 1;
            let value = from + self.stream.uniform(self.draws) * (to - from);
            low + between.partition_point(|&cut| cut < value).min(between.len() - 1) as u16
        } else {
            low
        };
        Some((last, missing))
    }

    /// Every place with chance one half, but neither none nor all.
    pub(super) fn random_places(&mut self, count: usize) -> Vec<usize> {
        let places: Vec<usize> = (0..count).filter(|_| self.draw(2) == 1).collect();
        if places.is_empty() || places.len() == count {
            return vec![self.draw(count)];
        }
        places
    }
}

multiversion! {
    /// Smallest and largest code above 0, and whether there is a 0.
    fn range(codes: &[u16]) -> (u16, u16, bool) {
        let (mut low, mut high, mut least) = (u16::MAX, 0, u16::MAX);
        for &code in codes {
            // Code 0 wraps to the largest number, so it is never the smallest.
            low = low.min(code.wrapping_sub(1));
            high = high.max(code);
            least = least.min(code);
        }
        (low.wrapping_add(1), high, least == 0)
    }
}

/// Add the rows up by code, `items` being theirs, and mark the codes seen.
#[inline(always)]
fn add_rows<T: Tally>(
    tally: &T,
    rows: &[u32],
    items: &[Item],
    sums: &mut [f64],
    seen: &mut [u64],
    code: impl Fn(usize) -> usize,
) {
    let width = tally.width();
    for (&row, &item) in rows.iter().zip(items) {
        let code = code(row as usize);
        seen[code / 64] |= 1 << (code % 64);
        tally.add(&mut sums[code * width..(code + 1) * width], item);
    }
}

/// Move the sums of the codes seen into a list, and leave `sums` and `seen` zero. Small nodes have few codes, and
/// pay for those alone.
fn list<T: Tally>(tally: &T, seen: &mut [u64], sums: &mut [f64], out: &mut (Vec<u16>, Vec<f64>)) {
    let width = tally.width();
    out.0.clear();
    out.1.clear();
    for (w, word) in seen.iter_mut().enumerate() {
        let mut bits = std::mem::take(word);
        while bits != 0 {
            let code = w * 64 + bits.trailing_zeros() as usize;
            bits &= bits - 1;
            let sum = &mut sums[code * width..(code + 1) * width];
            out.0.push(code as u16);
            out.1.extend_from_slice(sum);
            sum.fill(0.0);
        }
    }
}
