//! Design matrices, dense and sparse, and the one pass over their rows that fits make.

mod chunk;
mod dense;
mod gram;
mod sparse;

use std::ops::Range;
use std::sync::Mutex;

use induce_core::parallel::Team;

use super::kernels::axpy;
pub use chunk::Chunk;
use dense::Buffers;
pub use dense::{Column, Dense};
pub use gram::CHUNK;
use gram::mirror;
pub use sparse::Sparse;

/// Most partial sums of a reduction. How many there are depends on the shape alone, so that threads decide nothing.
const SHARDS: usize = 32;

/// Elements that partial Hessians may have together.
const PARTIAL: usize = 1 << 24;

/// A design matrix.
#[derive(Debug, Clone, PartialEq)]
pub enum Matrix<'a> {
    /// Every entry is kept.
    Dense(Dense<'a>),
    /// Entries other than 0 are kept.
    Sparse(Sparse),
}

/// The rows' part of an objective: for scores, the loss and its derivatives in them, weights included.
pub trait Rows: Sync {
    /// The sum of the losses of `rows`, whose scores are `eta`; derivatives go to `row_gradient` and `curvature`.
    fn derivatives(
        &self,
        rows: Range<usize>,
        eta: &mut [f64],
        row_gradient: &mut [f64],
        curvature: &mut [f64],
    ) -> f64;
}

/// What a pass over the rows is to sum up.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// The Hessian X' diag(curvature) X.
    pub hessian: bool,
    /// Gradient and curvature in the score of every row.
    pub rows: bool,
    /// Only every so many chunks of rows; 0 and 1 are all.
    pub stride: usize,
}

/// What a pass over the rows has summed up.
#[derive(Debug, Clone, Default)]
pub struct Pass {
    /// The loss.
    pub loss: f64,
    /// X' row_gradient.
    pub gradient: Vec<f64>,
    /// X' diag(curvature) X, full and row-major, if wanted.
    pub hessian: Vec<f64>,
    /// Gradient in the score of each row, if wanted.
    pub row_gradient: Vec<f64>,
    /// Curvature in the score of each row, if wanted.
    pub curvature: Vec<f64>,
}

impl Matrix<'_> {
    /// How many rows.
    pub fn rows(&self) -> usize {
        match self {
            Self::Dense(x) => x.rows,
            Self::Sparse(x) => x.rows(),
        }
    }

    /// How many columns.
    pub fn columns(&self) -> usize {
        match self {
            Self::Dense(x) => x.columns.len(),
            Self::Sparse(x) => x.columns(),
        }
    }

    /// x_j' v
    pub fn dot(&self, j: usize, v: &[f64]) -> f64 {
        match self {
            Self::Dense(x) => x.columns[j].dot(v),
            Self::Sparse(x) => x.dot(j, v),
        }
    }

    /// sum_i w_i x_ij^2
    pub fn square(&self, j: usize, w: &[f64]) -> f64 {
        match self {
            Self::Dense(x) => x.columns[j].square(w),
            Self::Sparse(x) => x.square(j, w),
        }
    }

    /// v += a w x_j, elementwise
    pub fn add_column(&self, j: usize, a: f64, w: &[f64], v: &mut [f64]) {
        match self {
            Self::Dense(x) => x.columns[j].add_to(a, w, v),
            Self::Sparse(x) => x.add_column(j, a, w, v),
        }
    }

    /// x = row i
    pub fn read_row(&self, i: usize, x: &mut [f64]) {
        match self {
            Self::Dense(m) => m.columns.iter().zip(x).for_each(|(c, x)| *x = c.at(i)),
            Self::Sparse(m) => m.read_row(i, x),
        }
    }

    /// X' v
    pub fn transposed_times(&self, team: &mut Team, v: &[f64]) -> Vec<f64> {
        in_order(team, self.columns(), |j| self.dot(j, v))
    }

    /// X beta
    pub fn times(&self, team: &mut Team, beta: &[f64]) -> Vec<f64> {
        const ROWS: usize = 16 * CHUNK;
        let rows = self.rows();
        let parts = in_order(team, rows.div_ceil(ROWS), |k| {
            let mut eta = vec![0.0; ROWS.min(rows - k * ROWS)];
            for (c, eta) in eta.chunks_mut(CHUNK).enumerate() {
                let start = k * ROWS + c * CHUNK;
                self.chunk(start..start + eta.len()).scores(beta, eta);
            }
            eta
        });
        parts.concat()
    }

    /// The rows of `range`.
    pub fn chunk(&self, range: Range<usize>) -> Chunk<'_> {
        match self {
            Self::Dense(x) => Chunk::Dense(x, range),
            Self::Sparse(x) => Chunk::Sparse(x, range),
        }
    }

    /// Loss, gradient and whatever else is wanted at `beta`, in one pass over the rows.
    pub fn pass(&self, team: &mut Team, beta: &[f64], rows: &dyn Rows, wanted: Wanted) -> Pass {
        let chunks = self.rows().div_ceil(CHUNK);
        let p = self.columns();
        let most = if wanted.hessian {
            (PARTIAL / (p * p).max(1)).clamp(1, SHARDS)
        } else {
            SHARDS
        };
        let shards = chunks.div_ceil(4).clamp(1, most);
        let parts = in_order(team, shards, |s| {
            self.shard(s * chunks / shards..(s + 1) * chunks / shards, beta, rows, wanted)
        });
        let mut parts = parts.into_iter();
        let mut all = parts.next().unwrap_or_default();
        for part in parts {
            all.add(&part);
        }
        mirror(&mut all.hessian, p);
        all
    }

    fn shard(&self, chunks: Range<usize>, beta: &[f64], rows: &dyn Rows, wanted: Wanted) -> Pass {
        let p = self.columns();
        let mut out = Pass {
            gradient: vec![0.0; p],
            hessian: vec![0.0; if wanted.hessian { p * p } else { 0 }],
            ..Pass::default()
        };
        let (mut eta, mut row_gradient, mut curvature) = ([0.0; CHUNK], [0.0; CHUNK], [0.0; CHUNK]);
        let mut buffer = Buffers::default();
        for chunk in chunks.filter(|c| c % wanted.stride.max(1) == 0) {
            let range = chunk * CHUNK..((chunk + 1) * CHUNK).min(self.rows());
            let n = range.len();
            let (eta, row_gradient, curvature) = (&mut eta[..n], &mut row_gradient[..n], &mut curvature[..n]);
            let x = self.chunk(range.clone());
            x.scores(beta, eta);
            out.loss += rows.derivatives(range, eta, row_gradient, curvature);
            x.add_gradient(row_gradient, &mut out.gradient);
            if wanted.hessian {
                x.add_hessian(curvature, &mut out.hessian, &mut buffer);
            }
            if wanted.rows {
                out.row_gradient.extend_from_slice(row_gradient);
                out.curvature.extend_from_slice(curvature);
            }
        }
        out
    }
}

impl Pass {
    fn add(&mut self, other: &Self) {
        self.loss += other.loss;
        axpy(1.0, &other.gradient, &mut self.gradient);
        axpy(1.0, &other.hessian, &mut self.hessian);
        self.row_gradient.extend_from_slice(&other.row_gradient);
        self.curvature.extend_from_slice(&other.curvature);
    }
}

/// `f(0), ..., f(n - 1)` by the worker threads, results in order.
pub fn in_order<T: Send>(team: &mut Team, n: usize, f: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let workers = team.size();
    let parts: Vec<Mutex<Vec<T>>> = (0..workers).map(|_| Mutex::new(Vec::new())).collect();
    team.run(&|t| {
        let own = (t * n / workers..(t + 1) * n / workers).map(&f).collect();
        *parts[t].lock().expect("each part is locked by its owner only") = own;
    });
    let taken = |part: Mutex<Vec<T>>| part.into_inner().expect("its owner has finished");
    parts.into_iter().flat_map(taken).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Squares;
    impl Rows for Squares {
        fn derivatives(
            &self,
            rows: Range<usize>,
            eta: &mut [f64],
            row_gradient: &mut [f64],
            curvature: &mut [f64],
        ) -> f64 {
            let mut loss = 0.0;
            for (k, i) in rows.enumerate() {
                let r = eta[k] - (i as f64 * 0.01).cos();
                (row_gradient[k], curvature[k]) = (r, 1.0 + (i % 3) as f64);
                loss += 0.5 * r * r;
            }
            loss
        }
    }

    /// The same entries dense and sparse; the sums by definition.
    #[test]
    fn dense_and_sparse_passes_are_the_sums_they_say() {
        let (n, p) = (1300, 39);
        let entry = |i: usize, j: usize| {
            if (i + j).is_multiple_of(3) {
                ((i * 7 + j) as f64).sin()
            } else {
                0.0
            }
        };
        let dense = Matrix::Dense(Dense {
            rows: n,
            columns: (0..p)
                .map(|j| Column::from((0..n).map(|i| entry(i, j)).collect::<Vec<_>>()))
                .collect(),
        });
        // The same again, from columns in other units that are turned into these on the way.
        let raw: Vec<Vec<f64>> = (0..p)
            .map(|j| (0..n).map(|i| 100.0 + 4.0 * entry(i, j)).collect())
            .collect();
        let borrowed = Matrix::Dense(Dense {
            rows: n,
            columns: raw.iter().map(|x| Column::borrowed(x, 100.0, 4.0)).collect(),
        });
        let (mut starts, mut index, mut value) = (vec![0], Vec::new(), Vec::new());
        for i in 0..n {
            for j in (0..p).filter(|&j| entry(i, j) != 0.0) {
                index.push(j as u32);
                value.push(entry(i, j));
            }
            starts.push(index.len());
        }
        let sparse = Matrix::Sparse(Sparse::new(induce_core::linalg::Csr::trusted(
            p, starts, index, value,
        )));
        let beta: Vec<f64> = (0..p).map(|j| (j as f64 - 9.0) * 0.1).collect();
        let wanted = Wanted {
            hessian: true,
            ..Wanted::default()
        };
        for matrix in [&dense, &borrowed, &sparse] {
            let own = matrix.pass(&mut Team::alone(), &beta, &Squares, wanted);
            let eta = |i: usize| (0..p).map(|j| entry(i, j) * beta[j]).sum::<f64>();
            let loss: f64 = (0..n)
                .map(|i| 0.5 * (eta(i) - (i as f64 * 0.01).cos()).powi(2))
                .sum();
            assert!((own.loss - loss).abs() < 1e-9 * loss);
            for j in [0, 5, 38] {
                let g: f64 = (0..n)
                    .map(|i| entry(i, j) * (eta(i) - (i as f64 * 0.01).cos()))
                    .sum();
                assert!((own.gradient[j] - g).abs() < 1e-9, "{} {g}", own.gradient[j]);
                for k in [0, 3, 33, 38] {
                    let h: f64 = (0..n)
                        .map(|i| entry(i, j) * entry(i, k) * (1.0 + (i % 3) as f64))
                        .sum();
                    assert!((own.hessian[j * p + k] - h).abs() < 1e-9, "{j} {k}");
                }
            }
            for threads in [2, 4] {
                let other = Team::with(threads, |team| matrix.pass(team, &beta, &Squares, wanted));
                assert_eq!(
                    (own.loss, &own.gradient, &own.hessian),
                    (other.loss, &other.gradient, &other.hessian)
                );
            }
        }
    }
}
