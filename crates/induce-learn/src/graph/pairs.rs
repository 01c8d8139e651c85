//! Pairs of points that a similarity graph joins.

use induce_core::parallel::map;
use induce_core::{Error, Result, Run};

use super::neighbours::stopped;
use super::{Neighbours, Points};

/// Two points and the square of their distance; whether each is among the neighbours of the other, where that is asked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pair {
    pub(super) i: u32,
    pub(super) j: u32,
    pub(super) square: f64,
    pub(super) mutual: bool,
}

/// Pairs of which one or both are among the `k` nearest of the other, i before j.
pub(super) fn of_neighbours(near: &Neighbours) -> Vec<Pair> {
    let directed = (0..near.points()).flat_map(|i| {
        near.of_point(i).map(move |(j, square)| Pair {
            i: i.min(j) as u32,
            j: i.max(j) as u32,
            square,
            mutual: false,
        })
    });
    let mut pairs: Vec<Pair> = directed.collect();
    pairs.sort_unstable_by_key(|pair| (pair.i, pair.j));
    pairs.dedup_by(|next, kept| {
        let twice = (next.i, next.j) == (kept.i, kept.j);
        kept.mutual |= twice;
        twice
    });
    pairs
}

/// All pairs, or those no further apart than `radius`, in the unit of the points.
///
/// # Errors
/// If they need more memory than there is, or the run is to stop.
pub(super) fn within(points: &Points, radius: f64, run: &Run) -> Result<Vec<Pair>> {
    let n = points.len();
    // A radius of 0 joins points at the same place.
    let most = if radius.is_finite() {
        radius * radius
    } else {
        f64::INFINITY
    };
    let room = run.room() / EDGE;
    let mut pairs = Vec::new();
    for from in (0..n).step_by(ROWS) {
        let rows = map(run.threads(), ROWS.min(n - from), |r| {
            let i = from + r;
            let pair = |j: usize| Pair {
                i: i as u32,
                j: j as u32,
                square: points.square(i, j),
                mutual: true,
            };
            let near = ((i + 1)..n).map(pair).filter(|pair| pair.square <= most);
            if run.stop().is_due() {
                Vec::new()
            } else {
                near.collect::<Vec<_>>()
            }
        });
        pairs.extend(rows.into_iter().flatten());
        if run.stop().is_due() {
            return Err(stopped(run));
        }
        if pairs.len() as u64 > room {
            let needed = pairs.len() as f64 / (from + ROWS).min(n) as f64 * n as f64 * EDGE as f64;
            return Err(Error::TooLarge {
                what:
                    "a graph of all pairs that are near enough (`graph=neighbors` has a few for each point)"
                        .into(),
                needed: needed as u64,
                limit: run.room(),
            });
        }
    }
    Ok(pairs)
}

/// Bytes of an edge: a pair, and two entries with their places while they are sorted.
const EDGE: u64 = 24 + 2 * 28;

/// Points whose pairs are sought at a time.
const ROWS: usize = 256;
