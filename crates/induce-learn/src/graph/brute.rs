//! Neighbours in many dimensions: all products, in single precision, then exactly for whoever may be near.

use std::ops::Range;

use induce_core::linalg::dot;
use induce_core::multiversion;

use super::Points;
use super::best::{Best, Near};
use super::points::square;

/// Points of a panel, the lanes of a vector.
const PANEL: usize = 16;
/// Points whose neighbours are sought at a time.
const ROWS: usize = 8;
/// Panels that stay in the cache while rows pass them.
const PANELS: usize = 32;

/// All points in single precision, in panels that products run over.
pub(super) struct Panels<'a> {
    points: &'a Points,
    /// Panel by panel, (dimensions, PANEL); the last is filled with points at 0.
    values: Vec<f32>,
    /// `|x|^2` as the products are rounded. // (n)
    squares: Vec<f32>,
    /// The longest point, for the bound of the error.
    longest: f64,
}

impl<'a> Panels<'a> {
    pub(super) fn new(points: &'a Points) -> Self {
        let (n, p) = (points.len(), points.dimensions());
        let mut values = vec![0.0; n.div_ceil(PANEL) * PANEL * p];
        for i in 0..n {
            let panel = &mut values[i / PANEL * PANEL * p..];
            points
                .point(i)
                .iter()
                .enumerate()
                .for_each(|(d, x)| panel[d * PANEL + i % PANEL] = *x as f32);
        }
        let length = |i: usize| dot(points.point(i), points.point(i));
        Self {
            values,
            squares: (0..n).map(|i| length(i) as f32).collect(),
            longest: (0..n).map(length).fold(0.0, f64::max).sqrt(),
            points,
        }
    }

    /// The `k` nearest of every row of `rows` of `queries`, each exactly: `own` says which point a row is, if it is one.
    ///
    /// Some more than `k` are kept by the distance in single precision. If the last of them is further than the k-th
    /// of them by more than rounding can be, nobody that was left out is among the `k` nearest; else all are
    /// measured.
    pub(super) fn nearest(&self, queries: &[f64], own: Option<&Range<usize>>, k: usize) -> Vec<Vec<Near>> {
        let p = self.points.dimensions();
        let m = queries.len() / p;
        let mut best: Vec<Best> = (0..m).map(|_| Best::new(k + k / 2 + 8)).collect();
        let singles: Vec<f32> = queries.iter().map(|x| *x as f32).collect();
        let lengths: Vec<f32> = queries.chunks_exact(p).map(|x| dot(x, x) as f32).collect();
        let panels = self.values.len() / (PANEL * p);
        for begin in (0..panels).step_by(PANELS) {
            for from in (0..m).step_by(ROWS) {
                let rows = from..(from + ROWS).min(m);
                for panel in begin..(begin + PANELS).min(panels) {
                    self.offer(&singles, &lengths, rows.clone(), panel, &mut best);
                }
            }
        }
        let settle = |(row, best): (usize, Best)| {
            let itself = own.map(|own| (own.start + row) as u32);
            self.settle(&queries[row * p..(row + 1) * p], itself, k, best)
        };
        best.into_iter().enumerate().map(settle).collect()
    }

    fn offer(&self, queries: &[f32], lengths: &[f32], rows: Range<usize>, panel: usize, best: &mut [Best]) {
        let p = self.points.dimensions();
        let values = &self.values[panel * PANEL * p..(panel + 1) * PANEL * p];
        let mut products = [[0.0; PANEL]; ROWS];
        multiply(&queries[rows.start * p..rows.end * p], values, p, &mut products);
        let first = panel * PANEL;
        let squares = &self.squares[first..(first + PANEL).min(self.squares.len())];
        for (row, products) in rows.zip(&products) {
            let best = &mut best[row];
            let bound = best.bound() as f32;
            for (lane, (square, product)) in squares.iter().zip(products).enumerate() {
                let about = lengths[row] + square - 2.0 * product;
                if about <= bound {
                    best.offer(f64::from(about.max(0.0)), (first + lane) as u32);
                }
            }
        }
    }

    fn settle(&self, x: &[f64], itself: Option<u32>, k: usize, mut about: Best) -> Vec<Near> {
        let bound = about.bound();
        let mut best = Best::new(k);
        let measure = |best: &mut Best, j: u32| {
            if Some(j) != itself {
                best.offer(square(x, self.points.point(j as usize)), j);
            }
        };
        about.take().iter().for_each(|near| measure(&mut best, near.1));
        if bound - self.error(x) <= best.bound() {
            best.clear();
            (0..self.points.len() as u32).for_each(|j| measure(&mut best, j));
        }
        best.take()
    }

    /// A bound of what rounding adds to the square of a distance: of each coordinate once, of each product and sum, at
    /// half a unit in the last place of sums no larger than `(|x| + |y|)^2` (Higham 2002, section 3.1).
    fn error(&self, x: &[f64]) -> f64 {
        let length = dot(x, x).sqrt() + self.longest;
        (self.points.dimensions() as f64 + 8.0) * f64::from(f32::EPSILON) * length * length
    }
}

multiversion! {
    /// Products of up to ROWS points with a panel. // x: (rows, p), panel: (p, PANEL)
    fn multiply(x: &[f32], panel: &[f32], p: usize, products: &mut [[f32; PANEL]; ROWS]) {
        let (panel, _) = panel.as_chunks::<PANEL>();
        if x.len() < ROWS * p {
            for (x, sum) in x.chunks_exact(p).zip(products) {
                for (x, panel) in x.iter().zip(panel) {
                    (0..PANEL).for_each(|l| sum[l] += x * panel[l]);
                }
            }
            return;
        }
        let rows: [&[f32]; ROWS] = std::array::from_fn(|r| &x[r * p..(r + 1) * p]);
        let mut sums = [[0.0_f32; PANEL]; ROWS];
        for (d, panel) in panel.iter().enumerate().take(p) {
            for r in 0..ROWS {
                let x = rows[r][d];
                for l in 0..PANEL {
                    sums[r][l] += x * panel[l];
                }
            }
        }
        *products = sums;
    }
}
