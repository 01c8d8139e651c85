//! Sparse designs: entries by rows for passes, and by columns for coordinate descent.

use std::ops::Range;

use induce_core::linalg::Csr;

/// A design matrix by rows, and the same entries by columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Sparse {
    rows: Csr,
    /// The transpose.
    columns: Csr,
}

/// The entries of row (or column) `i`: the places of the values, and the values.
#[inline(always)]
fn entries(of: &Csr, i: usize) -> (&[u32], &[f64]) {
    let range = of.starts()[i]..of.starts()[i + 1];
    (&of.index()[range.clone()], &of.value()[range])
}

impl Sparse {
    /// Both orders of `rows`.
    pub fn new(rows: Csr) -> Self {
        let columns = rows.transposed();
        Self { rows, columns }
    }

    /// How many rows.
    pub fn rows(&self) -> usize {
        self.rows.rows()
    }

    /// How many columns.
    pub fn columns(&self) -> usize {
        self.rows.columns()
    }

    /// x_j' v
    pub fn dot(&self, j: usize, v: &[f64]) -> f64 {
        let (row, value) = entries(&self.columns, j);
        row.iter().zip(value).map(|(&i, x)| x * v[i as usize]).sum()
    }

    /// sum_i w_i x_ij^2
    pub fn square(&self, j: usize, w: &[f64]) -> f64 {
        let (row, value) = entries(&self.columns, j);
        row.iter().zip(value).map(|(&i, x)| w[i as usize] * x * x).sum()
    }

    /// v += a w x_j, elementwise
    pub fn add_column(&self, j: usize, a: f64, w: &[f64], v: &mut [f64]) {
        let (row, value) = entries(&self.columns, j);
        let entries = row.iter().zip(value);
        entries.for_each(|(&i, x)| v[i as usize] += a * (w[i as usize] * x));
    }

    /// x = row i
    pub fn read_row(&self, i: usize, x: &mut [f64]) {
        x.fill(0.0);
        let (index, value) = entries(&self.rows, i);
        index.iter().zip(value).for_each(|(&j, v)| x[j as usize] = *v);
    }

    /// eta = X beta on `rows`
    pub fn scores(&self, rows: &Range<usize>, beta: &[f64], eta: &mut [f64]) {
        for (eta, i) in eta.iter_mut().zip(rows.clone()) {
            let (index, value) = entries(&self.rows, i);
            *eta = index.iter().zip(value).map(|(&j, x)| x * beta[j as usize]).sum();
        }
    }

    /// gradient += X' row_gradient on `rows`
    pub fn add_gradient(&self, rows: &Range<usize>, row_gradient: &[f64], gradient: &mut [f64]) {
        for (row_gradient, i) in row_gradient.iter().zip(rows.clone()) {
            let (index, value) = entries(&self.rows, i);
            for (&j, x) in index.iter().zip(value) {
                gradient[j as usize] += x * row_gradient;
            }
        }
    }

    /// The lower triangle of X' diag(curvature) X on `rows`.
    pub fn add_hessian(&self, rows: &Range<usize>, curvature: &[f64], hessian: &mut [f64]) {
        let columns = self.columns();
        for (w, i) in curvature.iter().zip(rows.clone()) {
            let (index, value) = entries(&self.rows, i);
            for a in 0..index.len() {
                let (row, scaled) = (index[a] as usize * columns, w * value[a]);
                for b in 0..=a {
                    hessian[row + index[b] as usize] += scaled * value[b];
                }
            }
        }
    }
}
