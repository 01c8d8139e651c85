//! Bounds by groups of centres (Ding, Zhao, Shen, Musuvathi & Mytkowicz 2015, Yinyang k-means).
//!
//! Of every row and every group of centres a distance is kept that none of the group is nearer than; when centres move it falls by the
//! farthest move in the group, not by the farthest of all. A row looks at those groups only whose bound is below the distance of its own
//! centre. Groups are panels of the inner loop, and centres that are near each other share one.

use std::sync::Mutex;

use induce_core::simd::lanes::LANES;
use induce_core::{multiversion, parallel};

use super::assign::{Held, Moves, SLACK};
use crate::cluster::nearest::{Best, Codebook, Singles, square};
use crate::points::{CHUNK, Points};

/// Most groups: more bounds take longer to keep than they save.
const MOST: usize = 32;

/// Bounds of all rows.
pub struct Groups {
    /// Centres by group.
    order: Vec<u32>,
    /// The group of every centre. // (centres)
    home: Vec<u32>,
    /// Panels of a group.
    panels: usize,
    /// How many groups there are.
    count: usize,
    /// Every centre of the group but the own one is at least so far away. // (rows, groups)
    lower: Vec<f32>,
}

impl Groups {
    /// Nothing is known of the rows.
    pub fn new(centres: &[f64], width: usize, rows: usize) -> Self {
        let k = centres.len() / width;
        let panels = k.div_ceil(LANES).div_ceil(MOST);
        let size = panels * LANES;
        let mut order: Vec<u32> = (0..k as u32).collect();
        gather(centres, width, &mut order, size);
        let mut home = vec![0; k];
        for (i, c) in order.iter().enumerate() {
            home[*c as usize] = (i / size) as u32;
        }
        let count = k.div_ceil(size);
        Self {
            order,
            home,
            panels,
            count,
            lower: vec![0.0; rows * count],
        }
    }

    /// Assign every row, which has a cluster; the rows that changed it, in order.
    pub fn assign(
        &mut self,
        points: &Points,
        singles: &Singles,
        centres: &[f64],
        moves: &Moves,
        held: &mut [Held],
        threads: usize,
    ) -> Vec<u32> {
        let mut lower = std::mem::take(&mut self.lower);
        let pass = Pass {
            points,
            singles,
            book: Codebook::ordered(centres, points.width, self.order.clone()),
            centres,
            moves,
            farthest: self.farthest(moves),
            groups: self,
        };
        let bounds = lower.chunks_mut(CHUNK * pass.groups.count);
        let chunks: Vec<_> = held.chunks_mut(CHUNK).zip(bounds).map(Mutex::new).collect();
        let changed = parallel::map(threads, chunks.len(), |i| {
            let mut chunk = chunks[i].lock().expect("each chunk is locked once");
            let (held, lower) = &mut *chunk;
            pass.assign(i * CHUNK, held, lower)
        });
        drop(chunks);
        self.lower = lower;
        changed.concat()
    }

    /// The farthest move of a centre in every group, rounded up. // (groups)
    fn farthest(&self, moves: &Moves) -> Vec<f32> {
        let mut most = vec![0.0_f64; self.count];
        for (each, home) in moves.each.iter().zip(&self.home) {
            most[*home as usize] = each.max(most[*home as usize]);
        }
        most.iter().map(|own| (*own as f32).next_up()).collect()
    }
}

/// One assignment of all rows.
struct Pass<'a> {
    points: &'a Points,
    singles: &'a Singles,
    book: Codebook<'a>,
    centres: &'a [f64],
    moves: &'a Moves,
    farthest: Vec<f32>,
    groups: &'a Groups,
}

/// The best of the groups that a row has looked at.
#[derive(Clone, Copy)]
struct Seen {
    best: Best,
    /// The second score of the best one's group.
    beside: f32,
}

impl Seen {
    const NONE: Self = Self {
        best: Best {
            index: u32::MAX,
            first: f32::NEG_INFINITY,
            second: f32::NEG_INFINITY,
        },
        beside: f32::NEG_INFINITY,
    };

    fn add(&mut self, found: Best) {
        if found.first > self.best.first {
            let second = found.second.max(self.best.first);
            (self.best, self.beside) = (Best { second, ..found }, found.second);
        } else {
            self.best.second = self.best.second.max(found.first);
        }
    }
}

impl Pass<'_> {
    /// The rows of a chunk that changed their cluster.
    fn assign(&self, start: usize, held: &mut [Held], lower: &mut [f32]) -> Vec<u32> {
        let count = self.groups.count;
        let mut least = vec![0.0; held.len()];
        fall(lower, &self.farthest, &mut least);
        let (doubtful, wanted) = self.doubtful(start, held, lower, &least);
        let mut seen = vec![Seen::NONE; held.len()];
        for (group, rows) in wanted.iter().enumerate() {
            let panels = group * self.groups.panels;
            let panels = panels..(panels + self.groups.panels).min(self.groups.order.len().div_ceil(LANES));
            self.book.best(panels, self.singles, rows, |row, found| {
                let at = row as usize - start;
                lower[at * count + group] = self.below(row, found.first);
                seen[at].add(found);
            });
        }
        let mut changed = Vec::new();
        for &row in &doubtful {
            let at = row as usize - start;
            self.settle(row, seen[at], &mut held[at], &mut lower[at * count..][..count]);
            if held[at].label != held[at].before {
                changed.push(row);
            }
        }
        changed
    }

    /// The rows that may have another nearest centre now; for every group those that have to look at it.
    fn doubtful(
        &self,
        start: usize,
        held: &mut [Held],
        lower: &[f32],
        least: &[f32],
    ) -> (Vec<u32>, Vec<Vec<u32>>) {
        let count = self.groups.count;
        let (mut rows, mut wanted) = (Vec::new(), vec![Vec::new(); count]);
        for (at, (own, least)) in held.iter_mut().zip(least).enumerate() {
            own.before = own.label;
            let (row, label) = (start + at, own.label as usize);
            own.upper += self.moves.each[label];
            let apart = f64::from(*least).max(self.moves.half[label]);
            if own.upper * SLACK < apart {
                continue;
            }
            // The bound grew with every move; the distance itself may be below.
            let centre = &self.centres[label * self.points.width..][..self.points.width];
            own.upper = square(self.points.row(row), centre).sqrt();
            if own.upper * SLACK < apart {
                continue;
            }
            rows.push(row as u32);
            let (far, home) = (own.upper * SLACK, self.groups.home[label] as usize);
            for (group, lower) in lower[at * count..][..count].iter().enumerate() {
                if f64::from(*lower) <= far || group == home {
                    wanted[group].push(row as u32);
                }
            }
        }
        (rows, wanted)
    }

    /// The cluster and the bounds of a row that has looked at all groups that it had to.
    fn settle(&self, row: u32, seen: Seen, own: &mut Held, lower: &mut [f32]) {
        let home = |label: u32| self.groups.home[label as usize] as usize;
        if let Some(found) = self.book.certain(self.singles.length[row as usize], seen.best) {
            (own.label, own.upper) = (found.index, found.distance);
            lower[home(own.label)] = self.below(row, seen.beside);
            return;
        }
        let found = self.book.exact(self.points, row);
        let second = down(found.second);
        (own.label, own.upper) = (found.index, found.distance);
        lower.iter_mut().for_each(|own| *own = own.max(second));
        lower[home(own.label)] = second;
    }

    /// How far from a row centres are at least, of which none has a larger score.
    fn below(&self, row: u32, score: f32) -> f32 {
        down(self.book.apart(self.singles.length[row as usize], score))
    }
}

/// Rounded down; 0, which says nothing, for NaN.
fn down(x: f64) -> f32 {
    (x.max(0.0) as f32).next_down()
}

multiversion! {
    /// Bounds of rows after centres have moved, and the least of every row. // lower (rows, groups)
    fn fall(lower: &mut [f32], moves: &[f32], least: &mut [f32]) {
        for (own, least) in lower.chunks_exact_mut(moves.len()).zip(least) {
            let mut low = f32::INFINITY;
            for (own, moved) in own.iter_mut().zip(moves) {
                // One rounding of the difference, and that of the product: both are taken off.
                *own = (*own - moved) * (1.0 - 2.0 * f32::EPSILON);
                low = if *own < low { *own } else { low };
            }
            *least = low;
        }
    }
}

/// Put centres that are near each other side by side, `size` in a group: halves by the coordinate that differs most, and halves of those.
fn gather(centres: &[f64], width: usize, order: &mut [u32], size: usize) {
    if order.len() <= size {
        return;
    }
    let of = |c: u32, j: usize| centres[c as usize * width + j];
    let spread = |j: usize| {
        let all = || order.iter().map(|&c| of(c, j));
        all().fold(f64::MIN, f64::max) - all().fold(f64::MAX, f64::min)
    };
    let widest = (0..width)
        .map(|j| (spread(j), j))
        .fold((f64::MIN, 0), |a, b| if b.0 > a.0 { b } else { a });
    order.sort_unstable_by(|&a, &b| of(a, widest.1).total_cmp(&of(b, widest.1)).then(a.cmp(&b)));
    let (near, far) = order.split_at_mut(order.len().div_ceil(size) / 2 * size);
    gather(centres, width, near, size);
    gather(centres, width, far, size);
}
