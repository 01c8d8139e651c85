//! Where centres begin.

use induce_core::multiversion;
use induce_core::random::Stream;

use super::Init;
use crate::cluster::nearest::{Codebook, Singles, lower, square};
use crate::points::Points;

/// Candidates whose distances are computed together.
const LANES: usize = 8;
/// Rounds of `k-means||`.
const ROUNDS: usize = 5;
/// Coordinate products of `k-means++` from which `auto` is `k-means||`.
const MUCH: f64 = 2e11;

/// What seeds are drawn of.
pub struct Seeding<'a> {
    /// The points.
    pub points: &'a Points,
    /// The same in single precision.
    pub singles: &'a Singles,
    /// Threads to use.
    pub threads: usize,
}

/// `k` points to begin from; fewer, if there are fewer different ones. // (k, width)
pub fn seeds(on: &Seeding, init: Init, k: usize, stream: Stream) -> Vec<f64> {
    let points = on.points;
    let work = points.rows() as f64 * points.width as f64 * k as f64 * candidates(k) as f64;
    match init {
        Init::Random => random(points, k, stream),
        Init::Parallel => parallel(on, k, stream),
        Init::Auto if work > MUCH => parallel(on, k, stream),
        Init::Auto | Init::PlusPlus => plus_plus(points, k, on.threads, stream),
    }
}

/// Draws per centre: 2 + ln k.
fn candidates(k: usize) -> usize {
    2 + (k as f64).ln() as usize
}

fn random(points: &Points, k: usize, stream: Stream) -> Vec<f64> {
    let order = stream.permutation(points.rows());
    let counting = order.into_iter().filter(|&row| points.weight(row) > 0.0);
    counting.take(k).flat_map(|row| points.filled(row)).collect()
}

/// The squared distance of every point to its nearest centre, and a row drawn by it.
struct Potential<'a> {
    points: &'a Points,
    threads: usize,
    nearest: Vec<f64>,
}

impl<'a> Potential<'a> {
    fn new(points: &'a Points, threads: usize) -> Self {
        let nearest = vec![f64::INFINITY; points.rows()];
        Self {
            points,
            threads,
            nearest,
        }
    }

    /// Take a centre into account.
    fn add(&mut self, centre: &[f64]) {
        let (points, size) = (self.points, self.points.chunk());
        induce_core::parallel::for_each_chunk(self.threads, &mut self.nearest, size, |i, chunk| {
            lower(&points.values[i * size * points.width..], centre, chunk);
        });
    }

    /// Weighted sums of ranges of rows.
    fn sums(&self) -> Vec<f64> {
        self.points.by_chunks(self.threads, |rows| {
            rows.map(|row| self.points.weight(row) * self.nearest[row]).sum()
        })
    }

    /// A row, with a probability proportional to its weight and squared distance; `None` if all are 0.
    fn draw(&self, sums: &[f64], u: f64) -> Option<usize> {
        let total: f64 = sums.iter().sum();
        if !(total > 0.0) {
            return None;
        }
        let mut left = u * total;
        let last = sums.iter().rposition(|sum| *sum > 0.0)?;
        let chunk = (0..last).find(|&i| {
            let here = left < sums[i];
            left -= if here { 0.0 } else { sums[i] };
            here
        });
        let start = chunk.unwrap_or(last) * self.points.chunk();
        let rows = start..(start + self.points.chunk()).min(self.points.rows());
        let mut found = None;
        for row in rows {
            let own = self.points.weight(row) * self.nearest[row];
            if own > 0.0 {
                found = Some(row);
                if left < own {
                    break;
                }
                left -= own;
            }
        }
        found
    }

    /// What the sum would be with each of these centres. // (centres)
    fn with_each(&self, centres: &[Vec<f64>]) -> Vec<f64> {
        let groups = centres.chunks(LANES);
        groups.flat_map(|group| self.with_lanes(group)).collect()
    }

    fn with_lanes(&self, centres: &[Vec<f64>]) -> Vec<f64> {
        let width = self.points.width;
        let lane = |j: usize, l: usize| centres.get(l).map_or(f64::INFINITY, |centre| centre[j]);
        let panel: Vec<[f64; LANES]> = (0..width).map(|j| std::array::from_fn(|l| lane(j, l))).collect();
        let parts = self.points.by_chunks(self.threads, |rows| {
            let values = &self.points.values[rows.start * width..rows.end * width];
            let weight = self.points.weight.as_ref().map(|all| &all[rows.clone()]);
            potential(values, &panel, weight, &self.nearest[rows])
        });
        let sum = |l: usize| parts.iter().map(|part| part[l]).sum();
        (0..centres.len()).map(sum).collect()
    }
}

multiversion! {
    /// sum_i w_i min(nearest_i, |x_i - c_l|^2) of every lane. // rows (rows, width), panel (width)
    fn potential(rows: &[f64], panel: &[[f64; LANES]], weight: Option<&[f64]>, nearest: &[f64]) -> [f64; LANES] {
        let mut sums = [0.0; LANES];
        for (i, (x, nearest)) in rows.chunks_exact(panel.len()).zip(nearest).enumerate() {
            let mut squared = [0.0; LANES];
            for (x, c) in x.iter().zip(panel) {
                for l in 0..LANES {
                    let own = (x - c[l]) * (x - c[l]);
                    squared[l] += if own.is_nan() { 0.0 } else { own };
                }
            }
            let w = weight.map_or(1.0, |all| all[i]);
            for l in 0..LANES {
                sums[l] += w * if squared[l] < *nearest { squared[l] } else { *nearest };
            }
        }
        sums
    }
}

/// Greedy k-means++.
fn plus_plus(points: &Points, k: usize, threads: usize, stream: Stream) -> Vec<f64> {
    let mut potential = Potential::new(points, threads);
    let Some(first) = first(points, stream) else {
        return Vec::new();
    };
    let mut centres: Vec<f64> = points.filled(first).collect();
    potential.add(&centres);
    let tries = candidates(k) as u64;
    for c in 1..k {
        let (sums, own) = (potential.sums(), stream.child(c as u64));
        let drawn = (0..tries).filter_map(|t| potential.draw(&sums, own.uniform(t)));
        let drawn: Vec<Vec<f64>> = drawn.map(|row| points.filled(row).collect()).collect();
        let values = potential.with_each(&drawn);
        let best = (0..drawn.len()).min_by(|&a, &b| values[a].total_cmp(&values[b]));
        // All points lie on centres: there are no more different ones.
        let Some(best) = best else { break };
        potential.add(&drawn[best]);
        centres.extend(&drawn[best]);
    }
    centres
}

/// A row drawn by its weight.
fn first(points: &Points, stream: Stream) -> Option<usize> {
    let mut left = stream.uniform(0) * points.mass();
    let mut found = None;
    for row in (0..points.rows()).filter(|&row| points.weight(row) > 0.0) {
        found = Some(row);
        if left < points.weight(row) {
            break;
        }
        left -= points.weight(row);
    }
    found
}

/// k-means||: rounds that draw 2 k rows each, then greedy k-means++ among them, each weighted by the rows nearest to it.
fn parallel(on: &Seeding, k: usize, stream: Stream) -> Vec<f64> {
    let points = on.points;
    let Some(first) = first(points, stream) else {
        return Vec::new();
    };
    let mut potential = Potential::new(points, on.threads);
    let mut chosen: Vec<f64> = points.filled(first).collect();
    potential.add(&chosen);
    for round in 0..ROUNDS as u64 {
        let total: f64 = potential.sums().iter().sum();
        let own = stream.child(1 + round);
        let p = |row: usize| 2.0 * k as f64 * points.weight(row) * potential.nearest[row] / total;
        let drawn = (0..points.rows()).filter(|&row| own.uniform(row as u64) < p(row));
        let new: Vec<f64> = drawn.flat_map(|row| points.filled(row)).collect();
        if new.is_empty() {
            continue;
        }
        for (row, found) in nearest(on, &new).into_iter().enumerate() {
            let squared = square(
                points.row(row),
                &new[found as usize * points.width..][..points.width],
            );
            potential.nearest[row] = potential.nearest[row].min(squared);
        }
        chosen.extend(new);
    }
    let mut weight = vec![0.0; chosen.len() / points.width];
    for (row, found) in nearest(on, &chosen).into_iter().enumerate() {
        weight[found as usize] += points.weight(row);
    }
    let few = Points::new(chosen, points.width).with_weight(Some(weight));
    plus_plus(&few, k, on.threads, stream.child(0))
}

/// The nearest of `centres` to every point.
fn nearest(on: &Seeding, centres: &[f64]) -> Vec<u32> {
    Codebook::new(centres, on.points.width).labels(on.points, on.singles, on.threads)
}
