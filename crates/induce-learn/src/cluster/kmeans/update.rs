//! The second step: every centre goes to the mean of its rows.
//!
//! Rows are put in the order of their clusters, and a cluster is summed in pieces of fixed size, in order: the sums do not depend
//! on threads, and a cluster that no row has left or joined keeps its centre without being looked at.

use induce_core::parallel;

use super::assign::Held;
use crate::points::Points;

/// Rows that are summed in one piece.
const PIECE: usize = 4096;

/// Sums of clusters.
pub struct Sums {
    /// sum w x over the coordinates that are there. // (clusters, width)
    sum: Vec<f64>,
    /// sum w of the same; one for all coordinates where none is missing. // (clusters, width or 1)
    mass: Vec<f64>,
    /// sum w |x - c|^2 about the old centre. // (clusters)
    pub cost: Vec<f64>,
    /// sum w. // (clusters)
    pub size: Vec<f64>,
    missing: bool,
    width: usize,
}

/// The rows of every cluster.
pub struct Members {
    rows: Vec<u32>,
    /// Where the rows of a cluster begin, and after the last where they end. // (clusters + 1)
    starts: Vec<usize>,
}

impl Members {
    /// Of `k` clusters.
    pub fn new(held: &[Held], k: usize) -> Self {
        let mut starts = vec![0; k + 1];
        held.iter().for_each(|own| starts[own.label as usize + 1] += 1);
        (0..k).for_each(|c| starts[c + 1] += starts[c]);
        let (mut next, mut rows) = (starts.clone(), vec![0; held.len()]);
        for (row, own) in held.iter().enumerate() {
            rows[next[own.label as usize]] = row as u32;
            next[own.label as usize] += 1;
        }
        Self { rows, starts }
    }

    /// The rows of a cluster.
    pub fn of(&self, cluster: usize) -> &[u32] {
        &self.rows[self.starts[cluster]..self.starts[cluster + 1]]
    }
}

impl Sums {
    /// Of no rows.
    pub fn new(k: usize, width: usize, missing: bool) -> Self {
        Self {
            sum: vec![0.0; k * width],
            mass: vec![0.0; if missing { k * width } else { k }],
            cost: vec![0.0; k],
            size: vec![0.0; k],
            missing,
            width,
        }
    }

    /// Sum these clusters anew.
    pub fn refresh(
        &mut self,
        points: &Points,
        members: &Members,
        centres: &[f64],
        which: &[usize],
        threads: usize,
    ) {
        let (width, missing) = (self.width, self.missing);
        let pieces: Vec<(usize, &[u32])> = which
            .iter()
            .flat_map(|&c| members.of(c).chunks(PIECE).map(move |rows| (c, rows)))
            .collect();
        let parts = parallel::map(threads, pieces.len(), |i| {
            let (c, rows) = pieces[i];
            let mut part = Self::new(1, width, missing);
            part.add(points, rows, &centres[c * width..][..width]);
            part
        });
        for &c in which {
            self.put(c, &Self::new(1, width, missing), true);
        }
        for ((c, _), part) in pieces.iter().zip(&parts) {
            self.put(*c, part, false);
        }
    }

    fn add(&mut self, points: &Points, rows: &[u32], centre: &[f64]) {
        for &row in rows {
            let (x, w) = (points.row(row as usize), points.weight(row as usize));
            self.size[0] += w;
            self.cost[0] += w * crate::cluster::nearest::square(x, centre);
            if !self.missing {
                self.mass[0] += w;
                self.sum.iter_mut().zip(x).for_each(|(sum, x)| *sum += w * x);
                continue;
            }
            for ((sum, mass), x) in self.sum.iter_mut().zip(&mut self.mass).zip(x) {
                if !x.is_nan() {
                    *sum += w * x;
                    *mass += w;
                }
            }
        }
    }

    /// Put or add the sums of one cluster in place `c`.
    fn put(&mut self, c: usize, part: &Self, anew: bool) {
        let of = if self.missing { self.width } else { 1 };
        let places = [
            (&mut self.sum[c * self.width..][..self.width], &part.sum[..]),
            (&mut self.mass[c * of..][..of], &part.mass[..]),
            (&mut self.cost[c..=c], &part.cost[..]),
            (&mut self.size[c..=c], &part.size[..]),
        ];
        for (place, values) in places {
            let pairs = place.iter_mut().zip(values);
            pairs.for_each(|(own, value)| *own = if anew { *value } else { *own + value });
        }
    }

    /// The mean of a cluster; a coordinate that no row has stays where it was.
    pub fn centre(&self, cluster: usize, old: &[f64]) -> Vec<f64> {
        let sum = &self.sum[cluster * self.width..][..self.width];
        let mass = |j: usize| {
            self.mass[if self.missing {
                cluster * self.width + j
            } else {
                cluster
            }]
        };
        let mean = |(j, sum): (usize, &f64)| match mass(j) > 0.0 {
            true => sum / mass(j),
            false => old[j],
        };
        sum.iter().enumerate().map(mean).collect()
    }
}
