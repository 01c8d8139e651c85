//! Design matrices: dense by columns, sparse by rows and by columns; and the one pass over their rows that fits make.

use std::ops::Range;
use std::sync::Mutex;

use induce_core::parallel::Team;

use super::kernels::{axpy, axpy_four, axpy_weighted, dot, scale_into, square, tile};

/// Rows that are worked on at a time: their share of 50 columns fits the second cache.
pub const CHUNK: usize = 512;

/// Most partial sums of a reduction. How many there are depends on the shape alone, so that threads decide nothing.
const SHARDS: usize = 32;

/// Elements that partial Hessians may have together.
const PARTIAL: usize = 1 << 24;

/// Columns of values.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Dense {
    /// Rows.
    pub rows: usize,
    /// Column after column.
    pub values: Vec<f64>,
}

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

/// A design matrix.
#[derive(Debug, Clone, PartialEq)]
pub enum Matrix {
    /// Every entry is kept.
    Dense(Dense),
    /// Entries other than 0 are kept.
    Sparse(Sparse),
}

/// The rows' part of an objective: for scores, the loss and its derivatives in them, weights included.
pub trait Rows: Sync {
    /// The sum of the losses of `rows`, whose scores are `eta`; derivatives go to `slope` and `curvature`.
    fn slopes(&self, rows: Range<usize>, eta: &mut [f64], slope: &mut [f64], curvature: &mut [f64]) -> f64;
}

/// What a pass over the rows is to sum up.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// The Hessian X' diag(curvature) X.
    pub hessian: bool,
    /// Slope and curvature of every row.
    pub rows: bool,
    /// Only every so many chunks of rows; 0 and 1 are all.
    pub stride: usize,
}

/// What a pass over the rows has summed up.
#[derive(Debug, Clone, Default)]
pub struct Pass {
    /// The loss.
    pub loss: f64,
    /// X' slope.
    pub gradient: Vec<f64>,
    /// X' diag(curvature) X, full and row-major, if wanted.
    pub hessian: Vec<f64>,
    /// Slope per row, if wanted.
    pub slope: Vec<f64>,
    /// Curvature per row, if wanted.
    pub curvature: Vec<f64>,
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
}

impl Dense {
    /// Column `j`.
    pub fn column(&self, j: usize) -> &[f64] {
        &self.values[j * self.rows..(j + 1) * self.rows]
    }

    fn columns(&self) -> usize {
        self.values.len() / self.rows.max(1)
    }

    fn chunk(&self, j: usize, rows: &Range<usize>) -> &[f64] {
        &self.column(j)[rows.clone()]
    }
}

impl Matrix {
    /// How many rows.
    pub fn rows(&self) -> usize {
        match self {
            Self::Dense(x) => x.rows,
            Self::Sparse(x) => x.starts.len() - 1,
        }
    }

    /// How many columns.
    pub fn columns(&self) -> usize {
        match self {
            Self::Dense(x) => x.columns(),
            Self::Sparse(x) => x.columns,
        }
    }

    /// x_j' v
    pub fn dot(&self, j: usize, v: &[f64]) -> f64 {
        match self {
            Self::Dense(x) => dot(x.column(j), v),
            Self::Sparse(x) => {
                let (row, value) = x.column(j);
                row.iter().zip(value).map(|(&i, x)| x * v[i as usize]).sum()
            }
        }
    }

    /// sum_i w_i x_ij^2
    pub fn square(&self, j: usize, w: &[f64]) -> f64 {
        match self {
            Self::Dense(x) => square(x.column(j), w),
            Self::Sparse(x) => {
                let (row, value) = x.column(j);
                row.iter().zip(value).map(|(&i, x)| w[i as usize] * x * x).sum()
            }
        }
    }

    /// v += a w x_j, elementwise
    pub fn add_column(&self, j: usize, a: f64, w: &[f64], v: &mut [f64]) {
        match self {
            Self::Dense(x) => axpy_weighted(a, w, x.column(j), v),
            Self::Sparse(x) => {
                let (row, value) = x.column(j);
                row.iter()
                    .zip(value)
                    .for_each(|(&i, x)| v[i as usize] += a * (w[i as usize] * x));
            }
        }
    }

    /// X' v
    pub fn transposed_times(&self, team: &mut Team, v: &[f64]) -> Vec<f64> {
        in_order(team, self.columns(), |j| self.dot(j, v))
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
        let (mut eta, mut slope, mut curvature) = ([0.0; CHUNK], [0.0; CHUNK], [0.0; CHUNK]);
        let mut packed = Vec::new();
        for chunk in chunks.filter(|c| c % wanted.stride.max(1) == 0) {
            let range = chunk * CHUNK..((chunk + 1) * CHUNK).min(self.rows());
            let n = range.len();
            let (eta, slope, curvature) = (&mut eta[..n], &mut slope[..n], &mut curvature[..n]);
            self.scores(&range, beta, eta);
            out.loss += rows.slopes(range.clone(), eta, slope, curvature);
            self.add_gradient(&range, slope, &mut out.gradient);
            if wanted.hessian {
                self.add_hessian(&range, curvature, &mut out.hessian, &mut packed);
            }
            if wanted.rows {
                out.slope.extend_from_slice(slope);
                out.curvature.extend_from_slice(curvature);
            }
        }
        out
    }

    /// eta = X beta on `range`
    pub fn scores(&self, range: &Range<usize>, beta: &[f64], eta: &mut [f64]) {
        eta.fill(0.0);
        match self {
            Self::Dense(x) => {
                let p = beta.len();
                for j in (0..p / 4 * 4).step_by(4) {
                    let a = [beta[j], beta[j + 1], beta[j + 2], beta[j + 3]];
                    if a != [0.0; 4] {
                        axpy_four(a, [0, 1, 2, 3].map(|k| x.chunk(j + k, range)), eta);
                    }
                }
                for j in (p / 4 * 4..p).filter(|&j| beta[j] != 0.0) {
                    axpy(beta[j], x.chunk(j, range), eta);
                }
            }
            Self::Sparse(x) => {
                for (eta, i) in eta.iter_mut().zip(range.clone()) {
                    let entries = x.starts[i]..x.starts[i + 1];
                    *eta = entries.map(|k| x.value[k] * beta[x.index[k] as usize]).sum();
                }
            }
        }
    }

    pub(super) fn add_gradient(&self, range: &Range<usize>, slope: &[f64], gradient: &mut [f64]) {
        match self {
            Self::Dense(x) => {
                for (j, g) in gradient.iter_mut().enumerate() {
                    *g += dot(x.chunk(j, range), slope);
                }
            }
            Self::Sparse(x) => {
                for (slope, i) in slope.iter().zip(range.clone()) {
                    for k in x.starts[i]..x.starts[i + 1] {
                        gradient[x.index[k] as usize] += x.value[k] * slope;
                    }
                }
            }
        }
    }

    fn add_hessian(
        &self,
        range: &Range<usize>,
        curvature: &[f64],
        hessian: &mut [f64],
        packed: &mut Vec<f64>,
    ) {
        match self {
            Self::Dense(x) => add_gram(x, range, curvature, hessian, packed),
            Self::Sparse(x) => {
                for (w, i) in curvature.iter().zip(range.clone()) {
                    let entries = x.starts[i]..x.starts[i + 1];
                    for a in entries.clone() {
                        let (row, scaled) = (x.index[a] as usize * x.columns, w * x.value[a]);
                        for b in entries.start..=a {
                            hessian[row + x.index[b] as usize] += scaled * x.value[b];
                        }
                    }
                }
            }
        }
    }
}

/// Columns of a block that are scaled and held at a time.
const BLOCK: usize = 32;

/// The lower triangle of X' diag(w) X over `range`, tile by tile.
fn add_gram(x: &Dense, range: &Range<usize>, w: &[f64], out: &mut [f64], packed: &mut Vec<f64>) {
    let (p, n) = (x.columns(), range.len());
    packed.resize(BLOCK * CHUNK, 0.0);
    for block in (0..p).step_by(BLOCK) {
        let end = (block + BLOCK).min(p);
        for j in block..end {
            scale_into(
                w,
                x.chunk(j, range),
                &mut packed[(j - block) * n..(j - block + 1) * n],
            );
        }
        for k in (0..end).step_by(4) {
            // A tile's columns beyond the last are the last again, and not kept.
            let right = [0, 1, 2, 3].map(|d| x.chunk((k + d).min(p - 1), range));
            for j in (block.max(k)..end).step_by(4) {
                let left = [0, 1, 2, 3].map(|d| {
                    let j = (j + d).min(end - 1) - block;
                    &packed[j * n..(j + 1) * n]
                });
                let products = tile(left, right);
                for (dj, row) in products.iter().enumerate().take(end - j) {
                    for (dk, value) in row.iter().enumerate().take(p - k) {
                        out[(j + dj) * p + k + dk] += value;
                    }
                }
            }
        }
    }
}

/// Fill the upper triangle from the lower.
fn mirror(a: &mut [f64], n: usize) {
    if a.is_empty() {
        return;
    }
    for i in 0..n {
        for j in 0..i {
            a[j * n + i] = a[i * n + j];
        }
    }
}

impl Pass {
    fn add(&mut self, other: &Self) {
        self.loss += other.loss;
        axpy(1.0, &other.gradient, &mut self.gradient);
        axpy(1.0, &other.hessian, &mut self.hessian);
        self.slope.extend_from_slice(&other.slope);
        self.curvature.extend_from_slice(&other.curvature);
    }
}

/// `f(0), ..., f(n - 1)` by the members of `team`, results in order.
pub fn in_order<T: Send>(team: &mut Team, n: usize, f: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let members = team.size();
    let parts: Vec<Mutex<Vec<T>>> = (0..members).map(|_| Mutex::new(Vec::new())).collect();
    team.run(&|t| {
        let own = (t * n / members..(t + 1) * n / members).map(&f).collect();
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
        fn slopes(
            &self,
            rows: Range<usize>,
            eta: &mut [f64],
            slope: &mut [f64],
            curvature: &mut [f64],
        ) -> f64 {
            let mut loss = 0.0;
            for (k, i) in rows.enumerate() {
                let r = eta[k] - (i as f64 * 0.01).cos();
                (slope[k], curvature[k]) = (r, 1.0 + (i % 3) as f64);
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
            values: (0..p * n).map(|k| entry(k % n, k / n)).collect(),
        });
        let (mut starts, mut index, mut value) = (vec![0], Vec::new(), Vec::new());
        for i in 0..n {
            for j in (0..p).filter(|&j| entry(i, j) != 0.0) {
                index.push(j as u32);
                value.push(entry(i, j));
            }
            starts.push(index.len());
        }
        let sparse = Matrix::Sparse(Sparse::new(p, starts, index, value));
        let beta: Vec<f64> = (0..p).map(|j| (j as f64 - 9.0) * 0.1).collect();
        let wanted = Wanted {
            hessian: true,
            ..Wanted::default()
        };
        for matrix in [&dense, &sparse] {
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
