//! Splits scored by the ranks of the targets instead of sums.

use std::ops::Range;

use super::{Grower, Open, Split};
use crate::tree::bins::Binner;
use crate::tree::forest::bounds::Limit;
use crate::tree::forest::ranks::Ranks;
use crate::tree::forest::split::{Bar, has_missing};
use crate::tree::forest::tally::Tally;

/// The rows of a node in groups of one code, ascending; rows are numbered by their ranks.
struct Groups {
    codes: Vec<u16>,
    rows: Vec<u32>,
    ranges: Vec<Range<usize>>,
}

impl Groups {
    /// By the codes of the node's rows.
    fn new(codes_here: &[u16], ranks: &Ranks) -> Self {
        let code = |&place: &u32| u64::from(codes_here[place as usize]) << 32;
        let mut keys: Vec<u64> = ranks
            .places
            .iter()
            .zip(0..)
            .map(|(place, row)| code(place) | row)
            .collect();
        keys.sort_unstable();
        let (mut codes, mut ranges): (Vec<u16>, Vec<Range<usize>>) = (Vec::new(), Vec::new());
        for (i, key) in keys.iter().enumerate() {
            let code = (key >> 32) as u16;
            match ranges.last_mut().filter(|_| codes.last() == Some(&code)) {
                Some(range) => range.end = i + 1,
                None => {
                    codes.push(code);
                    ranges.push(i..i + 1);
                }
            }
        }
        Self {
            codes,
            rows: keys.iter().map(|&key| key as u32).collect(),
            ranges,
        }
    }

    fn rows(&self, place: usize) -> &[u32] {
        &self.rows[self.ranges[place].clone()]
    }
}

/// What a split must beat, and what it must respect.
struct Rule {
    parent: f64,
    bar: Bar,
    limit: Limit,
}

/// The best prefix of an order: its length, what it gains, and whether it is the heavier side.
type Found = Option<(usize, f64, bool)>;

impl<T: Tally, const BOUNDED: bool> Grower<'_, T, BOUNDED> {
    /// As [`Grower::look`], for tallies that are ranked.
    pub(super) fn best_ranked_split(
        &mut self,
        feature: usize,
        node: &Open,
        parent: f64,
        bar: Bar,
    ) -> Option<Option<Split>> {
        self.read_codes(feature, node);
        let groups = Groups::new(&self.codes_here, &self.ranks);
        if groups.codes.len() < 2 {
            return None;
        }
        let mut rule = Rule {
            parent,
            bar,
            limit: self.limit(feature, node),
        };
        Some(match &self.plan.binners[feature] {
            Binner::Number(cuts) if self.plan.random_split => {
                let (last, _) = self.draw_threshold(cuts)?;
                self.threshold(&groups, &mut rule, Some(last))
                    .map(|(_, left, gain)| Split::up_to(feature, last, left, gain))
            }
            Binner::Number(_) => self
                .threshold(&groups, &mut rule, None)
                .map(|(place, left, gain)| Split::after(feature, &groups.codes, place, left, gain)),
            Binner::Category(_) => self.set(feature, &groups, &mut rule),
        })
    }

    /// The best threshold, or the one after the code `only`: the place of the last group of the left side, where missing
    /// values go, and the gain.
    fn threshold(
        &mut self,
        groups: &Groups,
        rule: &mut Rule,
        only: Option<u16>,
    ) -> Option<(usize, bool, f64)> {
        let missing = has_missing(&groups.codes);
        let first = usize::from(missing);
        let places: Vec<usize> = (first..groups.codes.len()).collect();
        let mut best = None;
        for missing_left in [false, true] {
            if missing_left && !missing {
                break;
            }
            let order: Vec<usize> = match (missing, missing_left) {
                (false, _) => places.clone(),
                (true, true) => std::iter::once(0).chain(places.iter().copied()).collect(),
                (true, false) => places.iter().copied().chain([0]).collect(),
            };
            // A prefix must end within the groups that have values.
            let shift = usize::from(missing_left);
            let wanted = |taken: usize| {
                taken > shift
                    && only.is_none_or(|last| {
                        taken == shift + places.partition_point(|&p| groups.codes[p] <= last)
                    })
            };
            if let Some((taken, gain, heavier)) = self.prefix(groups, &order, rule, wanted) {
                let left = if missing { missing_left } else { heavier };
                best = Some((order[taken - 1], left, gain));
            }
        }
        best
    }

    /// The best prefix of the categories in the order of their medians, or a random set.
    fn set(&mut self, feature: usize, groups: &Groups, rule: &mut Rule) -> Option<Split> {
        let count = groups.codes.len();
        let mut order: Vec<usize> = (0..count).collect();
        let mut only = None;
        if self.plan.random_split {
            let left = self.random_places(count);
            order.sort_by_key(|place| !left.contains(place));
            only = Some(left.len());
        } else {
            let middle = |place| self.ranks.middle(groups.rows(place));
            let keys: Vec<f64> = order.iter().map(|&place| middle(place)).collect();
            order.sort_by(|&a, &b| keys[a].total_cmp(&keys[b]).then(a.cmp(&b)));
        }
        let wanted = |taken| only.is_none_or(|only| taken == only);
        let (taken, gain, heavier) = self.prefix(groups, &order, rule, wanted)?;
        let left: Vec<u16> = order[..taken].iter().map(|&place| groups.codes[place]).collect();
        Some(Split::listed(feature, &groups.codes, &left, heavier, gain))
    }

    /// The best of the wanted prefixes of the groups in this order.
    fn prefix(
        &mut self,
        groups: &Groups,
        order: &[usize],
        rule: &mut Rule,
        wanted: impl Fn(usize) -> bool,
    ) -> Found {
        let left = self
            .ranks
            .prefixes(&order.iter().map(|&place| groups.rows(place)));
        let right = self
            .ranks
            .prefixes(&order.iter().rev().map(|&place| groups.rows(place)));
        let centre = self.plan.tally.ranked().map_or(0.0, |targets| targets.centres[0]);
        let mut best = None;
        for taken in (1..order.len()).filter(|&taken| wanted(taken)) {
            let ([lw, left, below], [rw, right, above]) = (left[taken - 1], right[order.len() - taken - 1]);
            let gain = -left - right - rule.parent;
            let is_allowed = !BOUNDED || rule.limit.allows(below + centre, above + centre);
            if lw.min(rw) >= self.plan.min_leaf && gain > rule.bar.floor && is_allowed {
                rule.bar.raise(gain);
                best = Some((taken, gain, lw > rw));
            }
        }
        best
    }
}
