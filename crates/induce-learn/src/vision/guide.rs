//! Guided matching: a second pass near where the homography predicts the partner.
//!
//! A point that looks like several others of the whole picture is no match (its ratio is near 1); among the few points
//! where a homography takes it, it is one.

use super::describe::LENGTH;
use super::matching::Match;
use super::sift::Features;
use crate::robust::plane::{Matrix, transfer};

/// Key points of a picture by place.
struct Grid {
    cell: f64,
    columns: usize,
    rows: usize,
    /// Where each cell's points start in `points`.
    starts: Vec<u32>,
    points: Vec<u32>,
}

impl Grid {
    fn new(features: &Features, cell: f64) -> Self {
        let largest = |f: &dyn Fn(usize) -> f32| (0..features.points.len()).map(f).fold(0.0, f32::max);
        let across = |v: f32| (f64::from(v.max(0.0)) / cell) as usize;
        let columns = across(largest(&|i| features.points[i].x)) + 1;
        let rows = across(largest(&|i| features.points[i].y)) + 1;
        let place = |i: usize| across(features.points[i].y) * columns + across(features.points[i].x);
        let mut starts = vec![0_u32; columns * rows + 1];
        (0..features.points.len()).for_each(|i| starts[place(i) + 1] += 1);
        (0..columns * rows).for_each(|c| starts[c + 1] += starts[c]);
        let (mut next, mut points) = (starts.clone(), vec![0; features.points.len()]);
        for i in 0..features.points.len() {
            let slot = &mut next[place(i)];
            points[*slot as usize] = i as u32;
            *slot += 1;
        }
        Self {
            cell,
            columns,
            rows,
            starts,
            points,
        }
    }

    /// The points of the nine cells around a place.
    fn near(&self, [x, y]: [f64; 2]) -> impl Iterator<Item = usize> {
        let cells = |v: f64, most: usize| {
            let cell = (v / self.cell).floor();
            let (first, end) = ((cell - 1.0).max(0.0), (cell + 2.0).min(most as f64));
            // Nothing is near a place far outside, or one that is no number.
            if !cell.is_nan() && first < end {
                first as usize..end as usize
            } else {
                0..0
            }
        };
        let columns = cells(x, self.columns);
        cells(y, self.rows).flat_map(move |row| {
            let at = |column: usize| self.starts[row * self.columns + column] as usize;
            self.points[at(columns.start)..at(columns.end)]
                .iter()
                .map(|i| *i as usize)
        })
    }
}

/// Pairs within `reach` pixels of where `h` takes them, that look alike: by at most `alike` (squared distance of the
/// descriptors), and `ratio` times less than any other point that near.
pub(super) fn guided(
    a: &Features,
    b: &Features,
    h: &Matrix,
    reach: f64,
    alike: i32,
    ratio: f32,
) -> Vec<Match> {
    let grid = Grid::new(b, reach);
    let found: Vec<(i32, Match)> = (0..a.points.len())
        .filter_map(|i| partner(a, b, &grid, h, i))
        .filter(|(apart, found)| *apart <= alike && found.ratio < ratio)
        .collect();
    // Of several points with one partner, the one most like it.
    let mut best = vec![i32::MAX; b.points.len()];
    found
        .iter()
        .for_each(|(apart, m)| best[m.b] = best[m.b].min(*apart));
    let mut kept = Vec::new();
    for (apart, found) in found {
        if apart == best[found.b] {
            best[found.b] = -1;
            kept.push(found);
        }
    }
    kept
}

/// The point of `b` most like point `i` of `a` where `h` takes it, and how far apart their descriptors are.
fn partner(a: &Features, b: &Features, grid: &Grid, h: &Matrix, i: usize) -> Option<(i32, Match)> {
    let [x, y] = transfer(h, [f64::from(a.points[i].x), f64::from(a.points[i].y)]);
    let (mut best, mut second, mut partner) = (i32::MAX, i32::MAX, None);
    for j in grid.near([x, y]) {
        let other = &b.points[j];
        if (f64::from(other.x) - x).hypot(f64::from(other.y) - y) > grid.cell {
            continue;
        }
        let apart = distance(a.descriptor(i), b.descriptor(j));
        if apart < best {
            (second, best, partner) = (best, apart, Some(j));
        } else {
            second = second.min(apart);
        }
    }
    let ratio = (best as f32 / (second as f32).max(1.0)).sqrt();
    partner.map(|b| (best, Match { a: i, b, ratio }))
}

/// Squared distance of two descriptors.
pub(super) fn distance(a: &[u8], b: &[u8]) -> i32 {
    let (a, b) = (&a[..LENGTH], &b[..LENGTH]);
    a.iter()
        .zip(b)
        .map(|(a, b)| (i32::from(*a) - i32::from(*b)).pow(2))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::super::sift::KeyPoint;
    use super::*;

    fn features(places: &[[f32; 2]], bytes: &[u8]) -> Features {
        let point = |p: &[f32; 2]| KeyPoint {
            x: p[0],
            y: p[1],
            scale: 2.0,
            direction: 0.0,
            contrast: 1.0,
        };
        Features {
            points: places.iter().map(point).collect(),
            descriptors: bytes.iter().flat_map(|b| [*b; LENGTH]).collect(),
        }
    }

    #[test]
    fn partners_are_sought_near_the_place_and_are_shared_by_none() {
        let shift = [1.0, 0.0, 10.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0];
        let a = features(
            &[[0.0, 0.0], [1.0, 0.0], [50.0, 50.0], [90.0, 5.0]],
            &[9, 10, 60, 0],
        );
        let b = features(
            &[[11.0, 1.0], [62.0, 50.0], [200.0, 5.0], [61.0, 50.0]],
            &[10, 60, 0, 90],
        );
        let found = guided(&a, &b, &shift, 4.0, 1000, 0.8);
        let pairs: Vec<(usize, usize)> = found.iter().map(|m| (m.a, m.b)).collect();
        assert_eq!(pairs, [(1, 0), (2, 1)]);
        // The far one would be exactly alike; nothing is near infinity.
        assert!(guided(&a, &b, &[0.0; 9], 4.0, 1000, 0.8).is_empty());
    }
}
