//! The products that LSMR is made of.

use induce_core::parallel::Team;

use crate::linear::kernels::dot;
use crate::linear::matrix::{CHUNK, Matrix, in_order};

/// Chunks of rows per task of a product.
const CHUNKS: usize = 8;

/// The operator A, (rows + ridges, columns).
pub(super) struct Operator<'a> {
    pub(super) matrix: &'a Matrix<'a>,
    /// Roots of the weights. // (rows)
    pub(super) root: Vec<f64>,
    /// Weighted means of the columns; empty without an intercept. // (columns)
    pub(super) mean: Vec<f64>,
    /// Roots of the ridges; empty if all are 0. // (columns)
    pub(super) ridge: Vec<f64>,
    /// Columns without the intercept.
    pub(super) columns: usize,
}

impl Operator<'_> {
    /// u = A v - a u
    pub(super) fn forward(&self, team: &mut Team, v: &[f64], a: f64, u: &mut [f64]) {
        let n = self.root.len();
        let shift = if self.mean.is_empty() {
            0.0
        } else {
            dot(&self.mean, v)
        };
        let mut beta = v.to_vec();
        beta.resize(self.matrix.columns(), 0.0);
        let size = CHUNK * CHUNKS;
        let parts = in_order(team, n.div_ceil(size), |s| {
            let mut out = Vec::with_capacity(size);
            for start in (s * size..((s + 1) * size).min(n)).step_by(CHUNK) {
                let range = start..(start + CHUNK).min(n);
                let mut eta = [0.0; CHUNK];
                self.matrix
                    .chunk(range.clone())
                    .scores(&beta, &mut eta[..range.len()]);
                out.extend_from_slice(&eta[..range.len()]);
            }
            out
        });
        let (rows, ridge) = u.split_at_mut(n);
        for ((u, eta), root) in rows.iter_mut().zip(parts.into_iter().flatten()).zip(&self.root) {
            *u = root * (eta - shift) - a * *u;
        }
        for ((u, root), v) in ridge.iter_mut().zip(&self.ridge).zip(v) {
            *u = root * v - a * *u;
        }
    }

    /// v = A' u - b v
    pub(super) fn back(&self, team: &mut Team, u: &[f64], b: f64, v: &mut [f64]) {
        let (rows, ridge) = u.split_at(self.root.len());
        let weighted: Vec<f64> = rows.iter().zip(&self.root).map(|(u, r)| u * r).collect();
        let total: f64 = weighted.iter().sum();
        let products = in_order(team, self.columns, |j| self.matrix.dot(j, &weighted));
        for (j, (v, product)) in v.iter_mut().zip(products).enumerate() {
            let shift = self.mean.get(j).map_or(0.0, |m| m * total);
            let held = ridge.get(j).map_or(0.0, |u| self.ridge[j] * u);
            *v = product - shift + held - b * *v;
        }
    }
}
