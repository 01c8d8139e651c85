//! One worker thread: its rows, its columns.

use std::ops::Range;
use std::sync::RwLock;

use super::super::bins::{Codes, Packed, Part, STRIDE};
use super::super::histogram::{Bins, Sum, add_rows, add_rows_wide};
use super::super::split::{Gains, LevelSplit, Node, Split};
use super::partition::{SLACK, divide};
use super::task::{Data, Job, Task};

/// Histograms of some columns.
pub(super) struct Histogram {
    narrow: Vec<Bins>,
    wide: Vec<Vec<Sum>>,
}

impl Histogram {
    fn of(packed: &Packed, columns: &Range<usize>, wide: &Range<usize>) -> Self {
        let wide = packed.wide[wide.clone()]
            .iter()
            .map(|&(_, codes)| vec![0; codes])
            .collect();
        Self {
            narrow: vec![[0; STRIDE]; columns.len()],
            wide,
        }
    }
}

/// One worker's histogram of all columns over its own rows.
pub(super) struct Partial(Histogram);

impl Partial {
    pub(super) fn new(packed: &Packed) -> Self {
        Self(Histogram::of(
            packed,
            &(0..packed.width()),
            &(0..packed.wide.len()),
        ))
    }

    fn clear(&mut self) {
        self.0.narrow.iter_mut().for_each(|bins| bins.fill(0));
        self.0.wide.iter_mut().for_each(|bins| bins.fill(0));
    }
}

pub(super) struct Worker {
    worker: usize,
    threads: usize,
    /// Its rows, those of each leaf together, ascending within a leaf.
    rows: Vec<u32>,
    segments: Vec<Range<usize>>,
    scratch: Vec<u32>,
    /// The columns whose histograms it keeps and scans.
    columns: Range<usize>,
    wide: Range<usize>,
    histograms: Vec<Option<Histogram>>,
    pool: Vec<Histogram>,
    /// Sum of the derivatives of its rows at the root.
    pub(super) sum: Sum,
    /// Best splits of the larger and the smaller child in its columns.
    pub(super) best: [Option<Split>; 2],
    /// What splits of its features gain in the leaves of a level, by feature.
    gains: Vec<Gains>,
    /// The best of them.
    pub(super) level_best: Option<LevelSplit>,
}

/// Rows dealt to a worker at a time: sorted tables still spread evenly.
const DEAL: usize = 1024;

/// A worker's stretch of columns, as near as possible to an equal part of their cost.
fn fraction(costs: impl Iterator<Item = usize> + Clone, worker: usize, threads: usize) -> Range<usize> {
    let total: usize = costs.clone().sum();
    let ends = costs.scan(0, |sum, cost| {
        *sum += 2 * cost;
        Some(*sum - cost)
    });
    // A column goes where its middle lies.
    let before = |m: usize| {
        ends.clone()
            .filter(|&middle| middle * threads < 2 * total * m)
            .count()
    };
    before(worker)..before(worker + 1)
}

/// How long scanning a feature takes, in bins: categories are sorted first.
fn cost(data: &Data, feature: usize, codes: usize) -> usize {
    codes * if data.category[feature] { 8 } else { 1 }
}

impl Worker {
    pub(super) fn new(data: &Data, worker: usize, threads: usize) -> Self {
        let narrow = data.packed.columns.iter().map(|column| {
            let scans = column
                .parts
                .iter()
                .map(|part| cost(data, part.feature, part.codes));
            STRIDE + scans.sum::<usize>()
        });
        let wide = data
            .packed
            .wide
            .iter()
            .map(|&(feature, codes)| cost(data, feature, codes));
        Self {
            worker,
            threads,
            rows: Vec::new(),
            segments: Vec::new(),
            scratch: Vec::new(),
            columns: fraction(narrow, worker, threads),
            wide: fraction(wide, worker, threads),
            histograms: Vec::new(),
            pool: Vec::new(),
            sum: 0,
            best: [None, None],
            gains: Vec::new(),
            level_best: None,
        }
    }

    /// Take up the rows of the bag, all in one leaf.
    pub(super) fn restart(&mut self, task: &Task) {
        for slot in 0..self.histograms.len() {
            self.recycle(slot);
        }
        self.rows.clear();
        self.sum = 0;
        let n = task.derivatives.len();
        for start in (self.worker * DEAL..n).step_by(self.threads * DEAL) {
            let rows = start..(start + DEAL).min(n);
            let taken = self.rows.len();
            match task.bag {
                None => self.rows.extend(rows.start as u32..rows.end as u32),
                Some(bag) => self
                    .rows
                    .extend(rows.clone().filter(|&r| bag[r]).map(|r| r as u32)),
            }
            self.sum = self.sum.wrapping_add(match task.bag {
                None => sum_of(task.derivatives[rows].iter()),
                Some(_) => sum_of(self.rows[taken..].iter().map(|&r| &task.derivatives[r as usize])),
            });
        }
        self.scratch.resize(self.rows.len() + SLACK, 0);
        self.segments.clear();
        self.segments.push(0..self.rows.len());
    }

    /// Its rows in a leaf.
    pub(super) fn rows(&self, leaf: usize) -> &[u32] {
        &self.rows[self.segments[leaf].clone()]
    }

    /// Divide its rows of leaf `slot`; those that go right form the next leaf.
    pub(super) fn partition(&mut self, codes: &Codes, slot: usize, split: &Split) {
        let segment = self.segments[slot].clone();
        let rows = &mut self.rows[segment.clone()];
        let left = divide(
            codes,
            split.feature,
            &split.test,
            rows,
            &mut self.scratch[..segment.len() + SLACK],
        );
        self.segments[slot] = segment.start..segment.start + left;
        self.segments.push(segment.start + left..segment.end);
    }

    pub(super) fn counts(&self, left: usize, right: usize) -> (usize, usize) {
        (self.segments[left].len(), self.segments[right].len())
    }

    /// Histogram of its rows in `slot`, all columns, into `partial`.
    pub(super) fn add_up(&self, data: &Data, derivatives: &[Sum], slot: usize, partial: &mut Partial) {
        partial.clear();
        let rows = &self.rows[self.segments[slot].clone()];
        add_rows(&data.packed, derivatives, rows, &mut partial.0.narrow);
        for (&(feature, _), out) in data.packed.wide.iter().zip(&mut partial.0.wide) {
            add_rows_wide(&data.codes, feature, derivatives, rows, out);
        }
    }

    pub(super) fn rename_histogram(&mut self, from: usize, to: usize) {
        if from != to {
            self.grow_slots(to);
            self.histograms[to] = self.histograms[from].take();
        }
    }

    /// Give back the histograms of leaves that stay leaves.
    pub(super) fn release(&mut self, large: Option<usize>, small: usize) {
        for slot in large.into_iter().chain([small]) {
            self.recycle(slot);
        }
    }

    fn recycle(&mut self, slot: usize) {
        if let Some(histogram) = self.histograms.get_mut(slot).and_then(Option::take) {
            self.pool.push(histogram);
        }
    }

    fn grow_slots(&mut self, slot: usize) {
        if self.histograms.len() <= slot {
            self.histograms.resize_with(slot + 1, || None);
        }
    }

    /// Merge the partials of its columns, subtract them from the sibling's, scan both.
    pub(super) fn scan(
        &mut self,
        data: &Data,
        partials: &[RwLock<Partial>],
        task: &Task,
        large: Option<usize>,
        small: usize,
        jobs: &[Option<Job>; 2],
    ) {
        self.grow_slots(small);
        let mut fresh = self
            .pool
            .pop()
            .unwrap_or_else(|| Histogram::of(&data.packed, &self.columns, &self.wide));
        if let [only] = partials {
            // A team of one keeps all columns: the partial is the histogram.
            std::mem::swap(
                &mut fresh,
                &mut only.write().expect("no worker panics with a partial").0,
            );
        } else {
            self.merge(partials, &mut fresh);
        }
        let mut sibling = large.and_then(|slot| self.histograms[slot].take());
        if let Some(sibling) = &mut sibling {
            subtract(sibling, &fresh);
        }
        for (which, histogram) in [sibling.as_ref(), Some(&fresh)].into_iter().enumerate() {
            let job = histogram.zip(jobs[which].as_ref());
            if task.growth.symmetric {
                if let Some((histogram, job)) = job {
                    self.add_gains(data, task, job, histogram);
                }
                continue;
            }
            self.best[which] = job.and_then(|(histogram, job)| self.scan_leaf(data, task, job, histogram));
        }
        if let (Some(slot), Some(sibling)) = (large, sibling) {
            self.keep_or_recycle(slot, sibling, jobs[0].is_some());
        }
        self.keep_or_recycle(small, fresh, jobs[1].is_some());
    }

    fn keep_or_recycle(&mut self, slot: usize, histogram: Histogram, keep: bool) {
        if keep {
            self.histograms[slot] = Some(histogram);
        } else {
            self.pool.push(histogram);
        }
    }

    fn merge(&self, partials: &[RwLock<Partial>], out: &mut Histogram) {
        for (p, partial) in partials.iter().enumerate() {
            let partial = partial.read().expect("no worker panics with a partial");
            for (out, bins) in out.narrow.iter_mut().zip(&partial.0.narrow[self.columns.clone()]) {
                if p == 0 {
                    *out = *bins;
                } else {
                    add_bins(out, bins);
                }
            }
            for (out, bins) in out.wide.iter_mut().zip(&partial.0.wide[self.wide.clone()]) {
                if p == 0 {
                    out.clone_from(bins);
                } else {
                    add_bins(out, bins);
                }
            }
        }
    }

    fn scan_leaf(&self, data: &Data, task: &Task, job: &Job, histogram: &Histogram) -> Option<Split> {
        let node = job.node(task);
        let mut best: Option<Split> = None;
        let allowed = |feature: usize| job.allowed.as_ref().is_none_or(|a| a[feature]);
        self.each_feature(data, histogram, allowed, &mut |feature, bins| {
            let floor = best.as_ref().map_or(node.least_gain(), |b| b.gain);
            if let Some(split) = best_of(&node, data, task, feature, bins, floor)
                && best.as_ref().is_none_or(|b| split.beats(b))
            {
                best = Some(split);
            }
        });
        best
    }

    /// Go through the histograms of its features.
    fn each_feature(
        &self,
        data: &Data,
        histogram: &Histogram,
        allowed: impl Fn(usize) -> bool,
        consider: &mut impl FnMut(usize, &[Sum]),
    ) {
        let columns = &data.packed.columns[self.columns.clone()];
        let mut digits = [0; 256];
        for (column, bins) in columns.iter().zip(&histogram.narrow) {
            let values = column.values();
            for part in column.parts.iter().filter(|p| allowed(p.feature)) {
                if column.parts.len() == 1 {
                    consider(part.feature, &bins[..part.codes]);
                } else {
                    sum_out(&bins[..values], part, &mut digits);
                    consider(part.feature, &digits[..part.codes]);
                }
            }
        }
        for (&(feature, _), bins) in data.packed.wide[self.wide.clone()].iter().zip(&histogram.wide) {
            if allowed(feature) {
                consider(feature, bins);
            }
        }
    }

    /// Begin a level of a symmetric tree: nothing gains anything yet.
    pub(super) fn restart_level(&mut self, data: &Data) {
        self.gains.resize_with(data.category.len(), Gains::default);
        for column in &data.packed.columns[self.columns.clone()] {
            for part in &column.parts {
                self.gains[part.feature].restart(part.codes);
            }
        }
        for &(feature, codes) in &data.packed.wide[self.wide.clone()] {
            self.gains[feature].restart(codes);
        }
    }

    /// Add what every split of its features would gain in a leaf.
    fn add_gains(&mut self, data: &Data, task: &Task, job: &Job, histogram: &Histogram) {
        let node = job.node(task);
        let mut all = std::mem::take(&mut self.gains);
        let allowed = |feature: usize| job.allowed.as_ref().is_none_or(|a| a[feature]);
        self.each_feature(data, histogram, allowed, &mut |feature, bins| {
            if data.category[feature] {
                all[feature].add_category(&node, bins);
            } else {
                all[feature].add_number(&node, bins, direction(task, feature));
            }
        });
        self.gains = all;
    }

    /// The split of its features that gains most in all leaves of the level.
    pub(super) fn find_level_split(&mut self) {
        let all = self.gains.iter().enumerate();
        let best = all.filter_map(|(feature, gains)| gains.best(feature));
        self.level_best = best.reduce(|a, b| if b.beats(&a) { b } else { a });
    }

    /// The split of the level in one leaf; `None` if the feature is another worker's, or the leaf may not be split.
    pub(super) fn level_split_of(
        &self,
        data: &Data,
        task: &Task,
        node: &Node,
        slot: usize,
        split: &LevelSplit,
    ) -> Option<Option<Split>> {
        let histogram = self.histograms.get(slot)?.as_ref()?;
        let mut found = None;
        let is_it = |feature: usize| feature == split.feature;
        self.each_feature(data, histogram, is_it, &mut |feature, bins| {
            found = Some(node.level_split(split, bins, data.category[feature], direction(task, feature)));
        });
        found
    }
}

fn direction(task: &Task, feature: usize) -> i8 {
    task.growth.monotone.get(feature).copied().unwrap_or(0)
}

fn best_of(node: &Node, data: &Data, task: &Task, feature: usize, bins: &[Sum], floor: f64) -> Option<Split> {
    if data.category[feature] {
        node.best_category(feature, bins, floor)
    } else {
        node.best_number(feature, bins, direction(task, feature), floor)
    }
}

induce_core::multiversion! {
    /// The histogram of one feature of a packed column.
    fn sum_out(bins: &[Sum], part: &Part, out: &mut [Sum; 256]) {
        let out = &mut out[..part.codes];
        out.fill(0);
        if part.factor == 1 {
            for values in bins.chunks_exact(part.codes) {
                out.iter_mut().zip(values).for_each(|(o, v)| *o = o.wrapping_add(*v));
            }
            return;
        }
        for (chunk, values) in bins.chunks_exact(part.factor).enumerate() {
            let sum = values.iter().fold(0, |sum: Sum, v| sum.wrapping_add(*v));
            let code = chunk % part.codes;
            out[code] = out[code].wrapping_add(sum);
        }
    }
}

fn sum_of<'a>(derivatives: impl Iterator<Item = &'a Sum>) -> Sum {
    derivatives.fold(0, |sum: Sum, d| sum.wrapping_add(*d))
}

fn subtract(from: &mut Histogram, what: &Histogram) {
    subtract_bins(from.narrow.as_flattened_mut(), what.narrow.as_flattened());
    for (from, what) in from.wide.iter_mut().zip(&what.wide) {
        subtract_bins(from, what);
    }
}

induce_core::multiversion! {
    fn add_bins(to: &mut [Sum], what: &[Sum]) {
        to.iter_mut().zip(what).for_each(|(t, w)| *t = t.wrapping_add(*w));
    }
}

induce_core::multiversion! {
    fn subtract_bins(from: &mut [Sum], what: &[Sum]) {
        from.iter_mut().zip(what).for_each(|(f, w)| *f = f.wrapping_sub(*w));
    }
}
