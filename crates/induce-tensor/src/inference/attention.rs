//! Attention of new positions to all before them: softmax(q K' / sqrt(width)) V, head by head, over a cache of K and V.
//!
//! Both products are those with [panels](super::lines): of K a panel is sixteen positions, of V sixteen values of a head.
//! A position only adds a row to the one and a column to the other.

use induce_core::multiversion;
use induce_core::parallel::Team;

use super::floats::product;
use super::lines::{F32Panel, Line, ROWS};
use crate::math;
use crate::threads::{Shared, by_worker, tasks_by};

/// Multiplications below which one thread does all.
const ALONE: usize = 131_072;

/// The shape of attention.
#[derive(Debug, Clone, Copy)]
pub struct Heads {
    /// Query heads.
    pub queries: usize,
    /// Key/value heads: each serves `queries / kv_heads` query heads (Ainslie et al. 2023).
    pub kv_heads: usize,
    /// The width of a head.
    pub width: usize,
    /// Positions that there is room for.
    pub capacity: usize,
}

/// Keys and values of positions that were read.
#[derive(Debug, Clone)]
pub struct Cache {
    heads: Heads,
    /// (key/value head, sixteen positions, number, position)
    keys: Vec<Line<F32Panel>>,
    /// (key/value head, sixteen values, position, number)
    values: Vec<Line<F32Panel>>,
}

/// Room for scores, kept by the caller so that warm attention allocates nothing.
#[derive(Debug, Clone, Default)]
pub struct Scores(Vec<f32>);

impl Cache {
    /// Without any position.
    pub fn new(heads: Heads) -> Self {
        let Heads {
            kv_heads,
            width,
            capacity,
            ..
        } = heads;
        Self {
            heads,
            keys: vec![Line([0.0; ROWS]); kv_heads * capacity.div_ceil(ROWS) * width],
            values: vec![Line([0.0; ROWS]); kv_heads * width.div_ceil(ROWS) * capacity],
        }
    }

    /// Keep rows of all heads from position `past` on.
    ///
    /// # Panics
    /// If there is no room: a mistake of the caller.
    pub fn keep(&mut self, past: usize, keys: &[f32], values: &[f32]) {
        let Heads {
            kv_heads,
            width,
            capacity,
            ..
        } = self.heads;
        let each = (kv_heads * width).max(1);
        assert!(
            keys.len() == values.len() && past <= capacity && keys.len() / each <= capacity - past,
            "no room after {past}"
        );
        let rows = keys.chunks_exact(each).zip(values.chunks_exact(each));
        for (position, (keys, values)) in (past..).zip(rows) {
            for h in 0..kv_heads {
                let own = h * width..(h + 1) * width;
                let (block, lane) = (h * capacity.div_ceil(ROWS) + position / ROWS, position % ROWS);
                let lines = &mut self.keys[block * width..][..width];
                lines
                    .iter_mut()
                    .zip(&keys[own.clone()])
                    .for_each(|(line, k)| line.0[lane] = *k);
                for (part, v) in values[own].chunks(ROWS).enumerate() {
                    let line = (h * width.div_ceil(ROWS) + part) * capacity + position;
                    self.values[line].0[..v.len()].copy_from_slice(v);
                }
            }
        }
    }

    /// out = what the queries at positions `past, past + 1, ...` see of the cache up to their own position.
    ///
    /// `q` and `out` have rows of queries x width.
    ///
    /// # Panics
    /// If the lengths do not fit: a mistake of the caller.
    pub fn attend(&self, team: &Team, past: usize, q: &[f32], scores: &mut Scores, out: &mut [f32]) {
        let heads = self.heads;
        let count = q.len() / (heads.queries * heads.width).max(1);
        assert!(
            past <= heads.capacity && count <= heads.capacity - past && out.len() == q.len(),
            "no room for {count} positions after {past}"
        );
        let group = heads.queries / heads.kv_heads;
        // A key/value head is read once for all that share it, unless there are not enough of them for all workers.
        let together = if count * heads.kv_heads >= 4 * team.size() {
            group
        } else {
            1
        };
        let (padded, tasks) = (
            heads.capacity.next_multiple_of(ROWS),
            count * heads.queries / together,
        );
        scores.0.resize(team.size() * padded * group, 0.0);
        let (scores, out) = (Shared::new(&mut scores.0), Shared::new(out));
        let work = |worker: usize, task: usize| {
            let first = task * together;
            let (position, head) = (first / heads.queries, first % heads.queries / group);
            let own = first * heads.width..(first + together) * heads.width;
            let room = worker * padded * group..(worker * group + together) * padded;
            #[expect(unsafe_code, reason = "queries of tasks do not overlap")]
            // SAFETY: a worker does one task at a time in its room, and every task has queries of its own.
            let (room, out) = unsafe { (scores.own(room), out.own(own.clone())) };
            self.one(past + position + 1, head, &q[own.clone()], room, out);
        };
        if 2 * (past + count) * q.len() < ALONE {
            (0..tasks).for_each(|task| work(0, task));
        } else if together == 1 {
            // Neighbours share a key/value head, which one worker reads from its cache then.
            by_worker(team, tasks, |worker, range| {
                range.for_each(|task| work(worker, task));
            });
        } else {
            tasks_by(team, tasks, work);
        }
    }

    /// Some queries of one position, which share a key/value head and see `seen` positions.
    fn one(&self, seen: usize, head: usize, q: &[f32], scores: &mut [f32], out: &mut [f32]) {
        let Heads { width, capacity, .. } = self.heads;
        let (count, scale) = (q.len() / width, 1.0 / (width as f32).sqrt());
        let (blocks, padded) = (seen.div_ceil(ROWS), scores.len() / count);
        let keys = &self.keys[head * capacity.div_ceil(ROWS) * width..];
        multiply((keys, width, blocks), (q, width), |i, block, sums| {
            scores[i * padded + block * ROWS..][..sums.len()].copy_from_slice(sums);
        });
        // The weights of all queries one after the other, as rows of a product.
        for i in 0..count {
            let own = &mut scores[i * padded..][..blocks * ROWS];
            own[seen..].fill(f32::NEG_INFINITY);
            softmax(own, scale);
            scores.copy_within(i * padded..i * padded + seen, i * seen);
        }
        let parts = width.div_ceil(ROWS);
        let values = &self.values[head * parts * capacity..];
        let weights = &scores[..count * seen];
        multiply((values, capacity, parts), (weights, seen), |i, part, sums| {
            let own = &mut out[i * width..(i + 1) * width][part * ROWS..];
            let length = own.len().min(sums.len());
            own[..length].copy_from_slice(&sums[..length]);
        });
    }
}

/// `put(row, panel, sums)` for the product of rows of `columns` in X with panels, (lines, from panel to panel, number), two
/// panels at a time.
fn multiply(
    (lines, apart, panels): (&[Line<F32Panel>], usize, usize),
    (x, columns): (&[f32], usize),
    mut put: impl FnMut(usize, usize, &[f32]),
) {
    for panel in (0..panels).step_by(2) {
        let lines = &lines[panel * apart..];
        let put = |row: usize, sums: &[f32]| put(row, panel, sums);
        if panel + 1 < panels {
            multiply_some::<2>(lines, apart, (x, columns), put);
        } else {
            multiply_some::<1>(lines, apart, (x, columns), put);
        }
    }
}

/// `put(row, sums)` for `R` panels.
fn multiply_some<const R: usize>(
    lines: &[Line<F32Panel>],
    apart: usize,
    (x, columns): (&[f32], usize),
    mut put: impl FnMut(usize, &[f32]),
) {
    for (part, x) in x.chunks(TOGETHER * columns).enumerate() {
        let mut sums = [[[0.0; ROWS]; R]; TOGETHER];
        let sums = &mut sums[..x.len() / columns];
        product(lines, apart, x, columns, sums);
        for (i, sums) in sums.iter().enumerate() {
            put(part * TOGETHER + i, sums.as_flattened());
        }
    }
}

/// Queries that share one reading.
const TOGETHER: usize = 3;

multiversion! {
    /// scores = softmax(scale scores), whole vectors of them
    fn softmax(scores: &mut [f32], scale: f32) {
        let (lanes, _) = scores.as_chunks_mut::<ROWS>();
        let mut most = [f32::NEG_INFINITY; ROWS];
        for own in lanes.iter() {
            for l in 0..ROWS {
                most[l] = if own[l] > most[l] { own[l] } else { most[l] };
            }
        }
        let most = most.iter().fold(f32::NEG_INFINITY, |most, s| if *s > most { *s } else { most });
        let mut sums = [0.0; ROWS];
        for own in lanes.iter_mut() {
            for l in 0..ROWS {
                own[l] = math::exp((own[l] - most) * scale);
                sums[l] += own[l];
            }
        }
        let inverse = 1.0 / sums.iter().sum::<f32>();
        lanes.iter_mut().flatten().for_each(|score| *score *= inverse);
    }
}
