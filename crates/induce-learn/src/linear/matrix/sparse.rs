//! Sparse designs: entries by rows for passes, and by columns for coordinate descent.

use std::ops::Range;

/// Compressed sparse rows, and the same entries by columns.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sparse {
    /// Columns.
    pub columns: usize,
    /// Where each row starts in `index` and `value`, and the end.
    pub starts: Vec<usize>,
    /// Columns of the entries, rising within a row.
    pub index: Vec<u32>,
    /// Their values.
    pub value: Vec<f64>,
    column_starts: Vec<usize>,
    row: Vec<u32>,
    column_value: Vec<f64>,
}

impl Sparse {
    /// From rows whose column indices rise.
    pub fn new(columns: usize, starts: Vec<usize>, index: Vec<u32>, value: Vec<f64>) -> Self {
        let mut column_starts = vec![0; columns + 1];
        index.iter().for_each(|&j| column_starts[j as usize + 1] += 1);
        (0..columns).for_each(|j| column_starts[j + 1] += column_starts[j]);
        let (mut row, mut column_value) = (vec![0; index.len()], vec![0.0; index.len()]);
        let mut next = column_starts.clone();
        for i in 0..starts.len().saturating_sub(1) {
            for k in starts[i]..starts[i + 1] {
                let place = &mut next[index[k] as usize];
                (row[*place], column_value[*place]) = (i as u32, value[k]);
                *place += 1;
            }
        }
        Self {
            columns,
            starts,
            index,
            value,
            column_starts,
            row,
            column_value,
        }
    }

    fn column(&self, j: usize) -> (&[u32], &[f64]) {
        let range = self.column_starts[j]..self.column_starts[j + 1];
        (&self.row[range.clone()], &self.column_value[range])
    }

    /// x_j' v
    pub fn dot(&self, j: usize, v: &[f64]) -> f64 {
        let (row, value) = self.column(j);
        row.iter().zip(value).map(|(&i, x)| x * v[i as usize]).sum()
    }

    /// sum_i w_i x_ij^2
    pub fn square(&self, j: usize, w: &[f64]) -> f64 {
        let (row, value) = self.column(j);
        row.iter().zip(value).map(|(&i, x)| w[i as usize] * x * x).sum()
    }

    /// v += a w x_j, elementwise
    pub fn add_column(&self, j: usize, a: f64, w: &[f64], v: &mut [f64]) {
        let (row, value) = self.column(j);
        let entries = row.iter().zip(value);
        entries.for_each(|(&i, x)| v[i as usize] += a * (w[i as usize] * x));
    }

    /// x = row i
    pub fn read_row(&self, i: usize, x: &mut [f64]) {
        x.fill(0.0);
        (self.starts[i]..self.starts[i + 1]).for_each(|k| x[self.index[k] as usize] = self.value[k]);
    }

    /// eta = X beta on `rows`
    pub fn scores(&self, rows: &Range<usize>, beta: &[f64], eta: &mut [f64]) {
        for (eta, i) in eta.iter_mut().zip(rows.clone()) {
            let entries = self.starts[i]..self.starts[i + 1];
            *eta = entries
                .map(|k| self.value[k] * beta[self.index[k] as usize])
                .sum();
        }
    }

    /// gradient += X' slope on `rows`
    pub fn add_gradient(&self, rows: &Range<usize>, slope: &[f64], gradient: &mut [f64]) {
        for (slope, i) in slope.iter().zip(rows.clone()) {
            for k in self.starts[i]..self.starts[i + 1] {
                gradient[self.index[k] as usize] += self.value[k] * slope;
            }
        }
    }

    /// The lower triangle of X' diag(curvature) X on `rows`.
    pub fn add_hessian(&self, rows: &Range<usize>, curvature: &[f64], hessian: &mut [f64]) {
        for (w, i) in curvature.iter().zip(rows.clone()) {
            let entries = self.starts[i]..self.starts[i + 1];
            for a in entries.clone() {
                let (row, scaled) = (self.index[a] as usize * self.columns, w * self.value[a]);
                for b in entries.start..=a {
                    hessian[row + self.index[b] as usize] += scaled * self.value[b];
                }
            }
        }
    }
}
