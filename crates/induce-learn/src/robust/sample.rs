//! Sampling of minimal subsets.

use induce_core::random::Stream;

/// Draws minimal subsets: uniformly, or the rows of highest quality first.
///
/// With an order this is PROSAC (Chum and Matas, *Matching with PROSAC*, CVPR 2005): trial `k` draws from the best
/// `n(k)` rows, the `n`-th always among them, where `n` grows so that after `T_N` trials the draws are as uniform
/// ones. A weight stands for that many copies of its row: positions run over the copies.
///
/// ```
/// use induce_core::random::Stream;
/// use induce_learn::robust::Sampler;
/// let sampler = Sampler::new(10, 2, None, None, Stream::new(1, "rows"));
/// let mut growth = sampler.growth();
/// let rows = sampler.draw(0, &mut growth, |a, b| a == b).expect("ten rows have two different ones");
/// assert!(rows.len() == 2 && rows[0] != rows[1] && rows.iter().all(|r| *r < 10));
/// ```
pub struct Sampler<'a> {
    rows: usize,
    size: usize,
    order: Option<&'a [u32]>,
    /// Where the copies of the rows end, in their order; none if every row is there once.
    ends: Option<Vec<f64>>,
    total: f64,
    uniform_after: f64,
    mixed: bool,
    stream: Stream,
}

/// How far PROSAC's pool has grown: plain state of the loop over trials.
#[derive(Debug, Clone, Copy)]
pub struct Growth {
    pool: f64,
    /// T_n and T'_n of the paper.
    average: f64,
    until: f64,
}

/// Draws of one row before it is taken that there is no other.
const REDRAWS: u64 = 50;

impl<'a> Sampler<'a> {
    /// Subsets of `size` of `rows` rows; `order` lists the rows, best first.
    pub fn new(
        rows: usize,
        size: usize,
        order: Option<&'a [u32]>,
        weight: Option<&[f64]>,
        stream: Stream,
    ) -> Self {
        let at = |i: usize| order.map_or(i, |order| order[i] as usize);
        let ends: Option<Vec<f64>> = weight.map(|weight| {
            let positive = weight.iter().filter(|w| **w > 0.0).count() as f64;
            let sum: f64 = (0..rows).map(|i| weight[at(i)]).sum();
            // Less than one copy per row: the weights are relative, not counts.
            let scale = if sum < positive { positive / sum } else { 1.0 };
            let running = (0..rows).scan(0.0, |end, i| {
                *end += weight[at(i)] * scale;
                Some(*end)
            });
            running.collect()
        });
        let total = ends
            .as_ref()
            .and_then(|e| e.last().copied())
            .unwrap_or(rows as f64);
        Self {
            rows,
            size,
            order,
            ends,
            total,
            uniform_after: 200_000.0,
            mixed: false,
            stream,
        }
    }

    /// With `trials` after which PROSAC is uniform sampling (T_N of the paper; 200,000 there).
    #[must_use]
    pub fn uniform_after(mut self, trials: usize) -> Self {
        self.uniform_after = trials.clamp(1, 200_000) as f64;
        self
    }

    /// With every other sample uniform, whatever the order says.
    #[must_use]
    pub fn mixed(mut self, mixed: bool) -> Self {
        self.mixed = mixed;
        self
    }

    /// The state before the first trial.
    pub fn growth(&self) -> Growth {
        let m = self.size as f64;
        let pool = if self.order.is_some() {
            m.min(self.total)
        } else {
            self.total
        };
        let fraction = (0..self.size).map(|i| (m - i as f64) / (self.total - i as f64).max(1.0));
        Growth {
            pool,
            average: self.uniform_after * fraction.product::<f64>(),
            until: 1.0,
        }
    }

    /// The rows of trial number `trial`; `same` says which rows are copies of each other and never stand together.
    pub fn draw(
        &self,
        trial: u64,
        growth: &mut Growth,
        same: impl Fn(usize, usize) -> bool,
    ) -> Option<Vec<usize>> {
        self.grow(trial, growth);
        let stream = self.stream.child(trial);
        let mut rows = Vec::with_capacity(self.size);
        let mut index = 0;
        let newest = growth.pool < self.total && !(self.mixed && trial % 2 == 1);
        if newest {
            rows.push(self.row(growth.pool - 1.0 + stream.uniform(0)));
            index = 1;
        }
        let pool = if newest { growth.pool - 1.0 } else { self.total };
        while rows.len() < self.size {
            let drawn = (0..REDRAWS).find_map(|_| {
                let row = self.row(stream.uniform(index) * pool);
                index += 1;
                (!rows.iter().any(|other| same(*other, row))).then_some(row)
            });
            rows.push(drawn?);
        }
        Some(rows)
    }

    fn grow(&self, trial: u64, growth: &mut Growth) {
        let m = self.size as f64;
        while trial as f64 >= growth.until && growth.pool < self.total {
            let next = growth.average * (growth.pool + 1.0) / (growth.pool + 1.0 - m);
            growth.until += (next - growth.average).ceil().max(1.0);
            growth.average = next;
            growth.pool += 1.0;
        }
    }

    /// The row whose copies include `position`.
    fn row(&self, position: f64) -> usize {
        let place = match &self.ends {
            None => position as usize,
            Some(ends) => ends.partition_point(|end| *end <= position),
        };
        let place = place.min(self.rows - 1);
        self.order.map_or(place, |order| order[place] as usize)
    }
}
