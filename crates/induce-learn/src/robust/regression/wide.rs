//! Scaled columns of which most are indicators of categories, kept without what they hold almost everywhere.

use induce_core::linalg::Csr;
use induce_core::parallel::Team;

use crate::linear::matrix::{Matrix, Pass, Rows, Sparse, Wanted};

/// What passes of robust fits sum up.
pub(super) const HESSIAN: Wanted = Wanted {
    hessian: true,
    rows: false,
    stride: 0,
};

/// `X = Z + 1 c'`: of every column the value `c` that it has in most rows, and what differs from that.
///
/// An indicator that was moved to mean 0 and deviation 1 is 0 nowhere, and the products of a thousand such columns took
/// minutes; less its most frequent value it is 0 in almost every row.
pub(super) struct Wide {
    /// Z; its first column is of ones, as that of X. // (rows, columns)
    matrix: Matrix<'static>,
    /// c, 0 for the first column. // (columns)
    common: Vec<f64>,
}

/// A larger fraction of entries is not worth their places.
const FILLED: f64 = 0.15;

/// Columns from which it pays.
const COLUMNS: usize = 64;

impl Wide {
    /// `values` (columns, rows), the first of ones, if that leaves few entries.
    pub(super) fn of(values: &[f64], rows: usize) -> Option<Self> {
        let columns = values.len() / rows.max(1);
        if columns < COLUMNS {
            return None;
        }
        let column = |j: usize| &values[j * rows..(j + 1) * rows];
        let mut common: Vec<f64> = (0..columns).map(|j| of_two(column(j)).unwrap_or(0.0)).collect();
        common[0] = 0.0;
        let differs = |i: usize, j: usize| column(j)[i] != common[j];
        let filled: usize = (0..columns)
            .map(|j| (0..rows).filter(|&i| differs(i, j)).count())
            .sum();
        if filled as f64 > FILLED * values.len() as f64 {
            return None;
        }
        let (mut starts, mut index, mut value) = (vec![0], Vec::new(), Vec::new());
        for i in 0..rows {
            for j in (0..columns).filter(|&j| differs(i, j)) {
                index.push(j as u32);
                value.push(column(j)[i] - common[j]);
            }
            starts.push(index.len());
        }
        let matrix = Matrix::Sparse(Sparse::new(Csr::trusted(columns, starts, index, value)));
        Some(Self { matrix, common })
    }

    /// The pass over X: with `g` and `H` those over Z, `X' r = g + c g_0` and
    /// `X' P X = H + c h_0' + h_0 c' + c c' H_00`.
    pub(super) fn pass(&self, team: &mut Team, beta: &[f64], rows: &dyn Rows) -> Pass {
        let (c, p) = (&self.common, beta.len());
        let mut own = beta.to_vec();
        own[0] += c.iter().zip(beta).map(|(c, b)| c * b).sum::<f64>();
        let mut pass = self.matrix.pass(team, &own, rows, HESSIAN);
        let total = pass.gradient[0];
        pass.gradient.iter_mut().zip(c).for_each(|(g, c)| *g += c * total);
        let (first, all) = (pass.hessian[..p].to_vec(), pass.hessian[0]);
        for (i, row) in pass.hessian.chunks_exact_mut(p).enumerate() {
            for (j, h) in row.iter_mut().enumerate() {
                // Symmetric to the bit.
                *h += (c[i] * first[j] + first[i] * c[j]) + c[i] * c[j] * all;
            }
        }
        pass
    }
}

/// The more frequent value of a column that has no more than two.
fn of_two(column: &[f64]) -> Option<f64> {
    let first = *column.first()?;
    let Some(&other) = column.iter().find(|v| **v != first) else {
        return Some(first);
    };
    let (mut ones, mut others) = (0, 0);
    for &value in column {
        match value {
            v if v == first => ones += 1,
            v if v == other => others += 1,
            _ => return None,
        }
    }
    Some(if others > ones { other } else { first })
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use super::*;
    use crate::linear::matrix::{Column, Dense};

    struct Weighed;
    impl Rows for Weighed {
        fn derivatives(
            &self,
            rows: Range<usize>,
            eta: &mut [f64],
            gradient: &mut [f64],
            curvature: &mut [f64],
        ) -> f64 {
            for (k, i) in rows.enumerate() {
                curvature[k] = 1.0 + (i % 3) as f64;
                gradient[k] = curvature[k] * (eta[k] - (i as f64 * 0.01).cos());
            }
            eta.iter().sum()
        }
    }

    /// 8000 rows with 1500 categories took 7 s of `--time 1s`, and 17,000 with 731 more than a minute.
    #[test]
    fn passes_over_indicators_are_those_over_the_columns_they_stand_for() {
        let (rows, columns) = (700, 90);
        let entry = |j: usize, i: usize| match j {
            0 => 1.0,
            1 => (i as f64 * 0.3).sin(),
            _ => (if i * 7 % columns == j { 1.0 } else { 0.0 } - 0.01) * 9.0,
        };
        let values: Vec<f64> = (0..rows * columns).map(|k| entry(k / rows, k % rows)).collect();
        let wide = Wide::of(&values, rows).expect("most entries are the same");
        let dense = Matrix::Dense(Dense {
            rows,
            columns: values
                .chunks_exact(rows)
                .map(|c| Column::borrowed(c, 0.0, 1.0))
                .collect(),
        });
        let beta: Vec<f64> = (0..columns).map(|j| (j as f64 * 0.7).cos()).collect();
        let own = wide.pass(&mut Team::alone(), &beta, &Weighed);
        let plain = dense.pass(&mut Team::alone(), &beta, &Weighed, HESSIAN);
        let near = |a: &[f64], b: &[f64]| {
            a.iter()
                .zip(b)
                .all(|(a, b)| (a - b).abs() < 1e-9 * (1.0 + b.abs()))
        };
        assert!((own.loss - plain.loss).abs() < 1e-9 * plain.loss.abs());
        assert!(near(&own.gradient, &plain.gradient) && near(&own.hessian, &plain.hessian));
        // Numbers have no value in common, and few columns are no matter.
        assert!(Wide::of(&values[..rows * 20], rows).is_none());
        let noise: Vec<f64> = (0..values.len()).map(|k| (k as f64).sin()).collect();
        assert!(Wide::of(&noise, rows).is_none());
    }
}
