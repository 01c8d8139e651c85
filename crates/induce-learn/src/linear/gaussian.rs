//! Solvers for squared loss alone: the dual for few rows, and the evidence of ridge.

use std::ops::Range;

use induce_core::parallel::Team;

use super::matrix::{Dense, Matrix, Pass, Rows, Wanted};
use super::smooth::ALIASED;
use induce_core::linalg::{Cholesky, Eigen, Semidefinite};

/// Rows that only have curvatures.
pub struct Curvatures<'a>(pub &'a [f64]);

impl Rows for Curvatures<'_> {
    fn derivatives(
        &self,
        rows: Range<usize>,
        _: &mut [f64],
        row_gradient: &mut [f64],
        curvature: &mut [f64],
    ) -> f64 {
        row_gradient.fill(0.0);
        curvature.copy_from_slice(&self.0[rows]);
        0.0
    }
}

/// Ridge for fewer rows than columns: beta = D^-1 A' (A D^-1 A' + I)^-1 y with A the rows times the roots of their
/// weights. Where D is 0 the shortest of all least-squares solutions, with the rank of the rows; `factor` says in whose units:
/// it is the limit of ever weaker priors.
///
/// `target` is centred if there is an intercept, whose column is the last and counts in the rank.
pub fn dual(
    team: &mut Team,
    x: &Dense,
    (ridge, factor): (&[f64], &[f64]),
    weight: &[f64],
    target: &[f64],
    intercept: bool,
) -> (Vec<f64>, Option<usize>) {
    let (n, p) = (x.rows, ridge.len() - usize::from(intercept));
    let root: Vec<f64> = weight.iter().map(|w| w.sqrt()).collect();
    let plain = ridge[..p].contains(&0.0);
    let inverse: Vec<f64> = ridge[..p]
        .iter()
        .zip(factor)
        .map(|(r, b)| if plain { 1.0 / b } else { 1.0 / r })
        .collect();
    let rows = transposed(x, p, &root);
    let wanted = Wanted {
        hessian: true,
        ..Wanted::default()
    };
    let mut kernel = rows
        .pass(team, &vec![0.0; n], &Curvatures(&inverse), wanted)
        .hessian;
    let mut alpha: Vec<f64> = target.iter().zip(&root).map(|(y, r)| r * y).collect();
    let mut rank = None;
    if plain {
        let factor = Semidefinite::new(&kernel, n, ALIASED);
        rank = Some(factor.rank() + usize::from(intercept));
        alpha = factor.solve(&alpha);
    } else {
        (0..n).for_each(|i| kernel[i * n + i] += 1.0);
        match Cholesky::new(&kernel, n) {
            Some(factor) => factor.solve(&mut alpha),
            None => alpha = Eigen::new(&kernel, n).solve(&alpha, 0.0),
        }
    }
    let mut beta = vec![0.0; ridge.len()];
    beta[..p].copy_from_slice(&rows.times(team, &alpha));
    beta[..p].iter_mut().zip(&inverse).for_each(|(b, d)| *b *= d);
    (beta, rank)
}

/// The first p columns of x, row i times `factor[i]`, as a matrix of p rows.
fn transposed(x: &Dense, p: usize, factor: &[f64]) -> Matrix<'static> {
    let mut rows = vec![0.0; x.rows * p];
    for (j, column) in x.columns[..p].iter().enumerate() {
        for (i, value) in column.iter().enumerate() {
            rows[i * p + j] = factor[i] * value;
        }
    }
    let columns = rows.chunks_exact(p.max(1)).map(|row| row.to_vec().into());
    Matrix::Dense(Dense {
        rows: p,
        columns: columns.collect(),
    })
}

/// The lambda of largest evidence p(y | lambda), the noise variance at its best for each (MacKay 1992, section 3):
/// -2 ln p = n ln E(lambda) + sum_k ln(1 + d_k / lambda) + const, E = y'y - sum_k q_k^2 / (d_k + lambda).
///
/// `null` is the pass at 0 with its Hessian, `factor` the penalty's factors, `rows` the sum of the weights.
pub fn evidence(null: &Pass, factor: &[f64], rows: f64, intercept: bool) -> f64 {
    let (values, squares) = spectrum(null, factor, intercept);
    let top = values.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    let cost = |ln_lambda: f64| {
        let lambda = ln_lambda.exp();
        let fit: f64 = values.iter().zip(&squares).map(|(d, q)| q / (d + lambda)).sum();
        let error = (2.0 * null.loss - fit)
            .max(1e-15 * null.loss)
            .max(f64::MIN_POSITIVE);
        let volume: f64 = values.iter().map(|d| (d / lambda).ln_1p()).sum();
        (rows - 1.0) * error.ln() + volume
    };
    let (low, high) = ((top * 1e-12).ln(), (top * 1e4).ln());
    let at = |k: usize| low + (high - low) * k as f64 / 200.0;
    let best = (0..=200)
        .min_by(|&a, &b| cost(at(a)).total_cmp(&cost(at(b))))
        .unwrap_or(0);
    golden(at(best.saturating_sub(1)), at((best + 1).min(200)), cost).exp()
}

/// Eigenvalues of the penalised columns' Gram in the prior's units, and squares of the target along its vectors.
fn spectrum(null: &Pass, factor: &[f64], intercept: bool) -> (Vec<f64>, Vec<f64>) {
    let all = factor.len();
    let p = all - usize::from(intercept);
    let h = |j: usize, k: usize| null.hessian[j * all + k];
    // The intercept is integrated out: the columns less their means.
    let less = |j: usize, k: usize| {
        if intercept {
            h(j, p) * h(k, p) / h(p, p)
        } else {
            0.0
        }
    };
    let root: Vec<f64> = factor[..p].iter().map(|b| 1.0 / b.sqrt()).collect();
    let gram: Vec<f64> = (0..p * p)
        .map(|jk| (jk / p, jk % p))
        .map(|(j, k)| (h(j, k) - less(j, k)) * root[j] * root[k])
        .collect();
    let gradient_of = |j: usize| {
        let shared = if intercept {
            h(j, p) / h(p, p) * null.gradient[p]
        } else {
            0.0
        };
        (null.gradient[j] - shared) * root[j]
    };
    let gradient: Vec<f64> = (0..p).map(gradient_of).collect();
    let (values, along) = Eigen::along(&gram, &gradient);
    let squares = along.iter().map(|q| q * q).collect();
    (values.iter().map(|v| v.max(0.0)).collect(), squares)
}

/// The least of a function between two points around a minimum (golden section).
fn golden(mut a: f64, mut b: f64, f: impl Fn(f64) -> f64) -> f64 {
    let ratio = 0.5 * (5.0_f64.sqrt() - 1.0);
    for _ in 0..60 {
        let (c, d) = (b - ratio * (b - a), a + ratio * (b - a));
        if f(c) < f(d) { b = d } else { a = c }
    }
    0.5 * (a + b)
}
