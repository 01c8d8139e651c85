//! The second step: every centre goes to the mean of its rows.
//!
//! Sums of clusters are kept, and rows that change their cluster are taken off one and added to another, in the order of rows: a late
//! iteration moves few. At the end they are summed once more, so that nothing is left of rounding. Rows are put in the order of
//! their clusters, and a cluster is summed in pieces of fixed size: the sums do not depend on threads.

use induce_core::linalg::sum_lanes;
use induce_core::{multiversion, parallel};

use super::assign::Held;
use crate::cluster::nearest::square;
use crate::points::Points;

/// Rows that are summed in one piece.
const PIECE: usize = 4096;

/// Sums of clusters.
pub struct Sums {
    /// sum w x over the coordinates that are there. // (clusters, width)
    sum: Vec<f64>,
    /// sum w of the same; one for all coordinates where none is missing. // (clusters, width or 1)
    mass: Vec<f64>,
    /// sum w |x|^2. // (clusters)
    squares: Vec<f64>,
    /// sum w. // (clusters)
    pub size: Vec<f64>,
    missing: bool,
    width: usize,
}

/// A row that joins a cluster (1) or leaves it (-1).
type Step = (u32, f64);

/// Rows by cluster.
struct Lists {
    steps: Vec<Step>,
    /// Where those of a cluster begin, and after the last where they end. // (clusters + 1)
    starts: Vec<usize>,
}

impl Lists {
    /// By the cluster of each, in the order in which they come.
    fn new(k: usize, all: impl Iterator<Item = (u32, Step)> + Clone) -> Self {
        let mut starts = vec![0; k + 1];
        all.clone().for_each(|own| starts[own.0 as usize + 1] += 1);
        (0..k).for_each(|c| starts[c + 1] += starts[c]);
        let (mut next, mut steps) = (starts.clone(), vec![(0, 0.0); starts[k]]);
        for (cluster, step) in all {
            steps[next[cluster as usize]] = step;
            next[cluster as usize] += 1;
        }
        Self { steps, starts }
    }

    fn of(&self, cluster: usize) -> &[Step] {
        &self.steps[self.starts[cluster]..self.starts[cluster + 1]]
    }
}

impl Sums {
    /// Of no rows.
    pub fn new(k: usize, width: usize, missing: bool) -> Self {
        Self {
            sum: vec![0.0; k * width],
            mass: vec![0.0; if missing { k * width } else { k }],
            squares: vec![0.0; k],
            size: vec![0.0; k],
            missing,
            width,
        }
    }

    /// Sum all rows anew.
    pub fn refresh(&mut self, points: &Points, held: &[Held], threads: usize) {
        let k = self.size.len();
        *self = Self::new(k, self.width, self.missing);
        let all = held
            .iter()
            .enumerate()
            .map(|(row, own)| (own.label, (row as u32, 1.0)));
        self.add(points, &Lists::new(k, all), threads);
    }

    /// Take rows that changed their cluster off the old one and add them to the new.
    pub fn shift(&mut self, points: &Points, held: &[Held], changed: &[u32], threads: usize) {
        let steps = changed.iter().flat_map(|&row| {
            let own = held[row as usize];
            [(own.before, (row, -1.0)), (own.label, (row, 1.0))]
        });
        self.add(points, &Lists::new(self.size.len(), steps), threads);
    }

    fn add(&mut self, points: &Points, lists: &Lists, threads: usize) {
        let (width, missing) = (self.width, self.missing);
        let pieces: Vec<(usize, &[Step])> = (0..self.size.len())
            .flat_map(|c| lists.of(c).chunks(PIECE).map(move |steps| (c, steps)))
            .collect();
        let parts = parallel::map(threads, pieces.len(), |i| {
            let mut part = Self::new(1, width, missing);
            part.add_rows(points, pieces[i].1);
            part
        });
        let of = if missing { width } else { 1 };
        for ((c, _), part) in pieces.iter().zip(&parts) {
            let places = [
                (&mut self.sum[c * width..][..width], &part.sum),
                (&mut self.mass[c * of..][..of], &part.mass),
                (&mut self.squares[*c..=*c], &part.squares),
                (&mut self.size[*c..=*c], &part.size),
            ];
            for (place, values) in places {
                place
                    .iter_mut()
                    .zip(values)
                    .for_each(|(own, value)| *own += value);
            }
        }
    }

    fn add_rows(&mut self, points: &Points, steps: &[Step]) {
        if !self.missing {
            let weight = points.weight.as_deref();
            let (size, squares) = add_complete(&points.values, self.width, weight, steps, &mut self.sum);
            (self.size[0], self.mass[0], self.squares[0]) = (size, size, squares);
            return;
        }
        for &(row, sign) in steps {
            let w = sign * points.weight(row as usize);
            self.size[0] += w;
            for ((sum, mass), x) in self
                .sum
                .iter_mut()
                .zip(&mut self.mass)
                .zip(points.row(row as usize))
            {
                if !x.is_nan() {
                    *sum += w * x;
                    *mass += w;
                    self.squares[0] += w * x * x;
                }
            }
        }
    }

    /// The mean of a cluster; a coordinate that no row has stays where it was.
    pub fn centre(&self, cluster: usize, old: &[f64]) -> Vec<f64> {
        let sum = &self.sum[cluster * self.width..][..self.width];
        let mean = |(j, sum): (usize, &f64)| match self.mass_of(cluster, j) > 0.0 {
            true => sum / self.mass_of(cluster, j),
            false => old[j],
        };
        sum.iter().enumerate().map(mean).collect()
    }

    fn mass_of(&self, cluster: usize, j: usize) -> f64 {
        self.mass[if self.missing {
            cluster * self.width + j
        } else {
            cluster
        }]
    }

    /// sum w |x - c|^2 = sum w |x|^2 - 2 c' sum w x + sum_j c_j^2 sum w over all clusters.
    pub fn cost(&self, centres: &[f64]) -> f64 {
        let of = |(cluster, c): (usize, &[f64])| {
            let sum = &self.sum[cluster * self.width..][..self.width];
            let terms = sum.iter().zip(c).enumerate();
            let moved = terms.map(|(j, (sum, c))| c * (c * self.mass_of(cluster, j) - 2.0 * sum));
            (self.squares[cluster] + moved.sum::<f64>()).max(0.0)
        };
        centres.chunks_exact(self.width).enumerate().map(of).sum()
    }
}

/// sum w |x - c|^2 over all rows, term by term.
pub fn exact_cost(points: &Points, held: &[Held], centres: &[f64], threads: usize) -> f64 {
    let width = points.width;
    let parts = points.by_chunks(threads, |rows| {
        let of = |row: usize| {
            let centre = &centres[held[row].label as usize * width..][..width];
            points.weight(row) * square(points.row(row), centre)
        };
        rows.map(of).sum::<f64>()
    });
    parts.iter().sum()
}

multiversion! {
    /// `sum += sign w x`; sum of sign w, and of sign w |x|^2.
    fn add_complete(values: &[f64], width: usize, weight: Option<&[f64]>, steps: &[(u32, f64)], sum: &mut [f64]) -> (f64, f64) {
        let (mut size, mut squares) = (0.0, [0.0; 8]);
        for &(row, sign) in steps {
            let w = sign * weight.map_or(1.0, |all| all[row as usize]);
            size += w;
            let x = &values[row as usize * width..][..width];
            let (whole, last) = x.as_chunks::<8>();
            let (sums, rest) = sum[..width].as_chunks_mut::<8>();
            for (sum, x) in sums.iter_mut().zip(whole) {
                for l in 0..8 {
                    let own = w * x[l];
                    sum[l] += own;
                    squares[l] += own * x[l];
                }
            }
            for ((sum, x), square) in rest.iter_mut().zip(last).zip(&mut squares) {
                *sum += w * x;
                *square += w * x * x;
            }
        }
        (size, sum_lanes(squares))
    }
}
