//! Chebyshev-filtered subspace iteration.

use crate::linalg::{Eigen, LANES, dot};
use crate::parallel::Team;
use crate::random::Stream;
use crate::{Error, Outcome, Result, Run};

use super::block::{inner, orthonormal, product, times};
use super::filter::Band;
use super::operator::{Scaled, Symmetric};

/// Which eigenvalues are sought, and how exactly.
#[derive(Debug, Clone, Copy)]
pub struct Partial {
    /// How many of the smallest.
    pub count: usize,
    /// `|A v - theta v|`, beside the length of the spectrum, at which a vector of length 1 is good enough.
    pub tolerance: f64,
    /// Most products of the matrix with a block.
    pub products: usize,
    /// An interval that holds every eigenvalue, where a closer one is known than the matrix's own.
    pub interval: Option<(f64, f64)>,
}

impl Default for Partial {
    fn default() -> Self {
        Self {
            count: 1,
            tolerance: 1e-8,
            products: 20_000,
            interval: None,
        }
    }
}

/// Eigenvalues and vectors of one end of a spectrum, with what is known of their errors.
#[derive(Debug, Clone)]
pub struct PartialEigen {
    /// Eigenvalues, rising. // (m)
    pub values: Vec<f64>,
    /// Eigenvectors as rows, of length 1. // (m, n)
    pub vectors: Vec<f64>,
    /// `|A v - theta v|`: within that distance of each value there is an eigenvalue. // (m)
    pub residuals: Vec<f64>,
    /// Products of the matrix with a block.
    pub products: usize,
    /// How the iteration ended.
    pub outcome: Outcome,
}

/// The smallest eigenvalues of a symmetric matrix `A`, with vectors of length 1: `A v = theta v`.
///
/// A block of vectors, larger than what is sought, is multiplied by a polynomial of A that is small over the rest of the
/// spectrum, made orthonormal, and turned so that it diagonalises A within its span (Rayleigh and Ritz); what has
/// converged is kept, and the rest goes on. A block finds an eigenvalue as often as it is there, which a single Krylov
/// sequence cannot. Matrices of up to 200 rows, and those of which much is sought, are diagonalised outright.
///
/// Zhou, Saad, Tiago & Chelikowsky 2006 (Journal of Computational Physics 219).
///
/// ```
/// use induce_core::linalg::{Csr, Partial, smallest};
/// use induce_core::Run;
/// // A path of three nodes: 0, 1 and 3.
/// let entries = vec![(0, 0, 1.0), (0, 1, -1.0), (1, 0, -1.0), (1, 1, 2.0), (1, 2, -1.0), (2, 1, -1.0), (2, 2, 1.0)];
/// let laplacian = Csr::from_entries(3, 3, entries)?;
/// let found = smallest(&laplacian, &Partial { count: 2, ..Partial::default() }, &Run::new(0))?;
/// assert!(found.values[0].abs() < 1e-12 && (found.values[1] - 1.0).abs() < 1e-12);
/// assert!(found.residuals.iter().all(|r| *r < 1e-12));
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If more are sought than there are, or the matrix is not finite.
pub fn smallest(a: &dyn Symmetric, sought: &Partial, run: &Run) -> Result<PartialEigen> {
    let n = a.order();
    if sought.count == 0 || sought.count > n {
        return Err(Error::data(
            format!("{} eigenvalues of a matrix of {n} rows", sought.count),
            "ask for at least one, and for no more than there are rows",
        ));
    }
    let (low, high) = sought.interval.unwrap_or_else(|| a.interval());
    if !(high - low).is_finite() {
        return Err(Error::data(
            "the matrix has values that are not finite, or whose sums are not",
            "scale it, so that sums of its rows can be written as numbers",
        ));
    }
    // Of length 1, so that no square leaves what numbers can hold.
    let size = low.abs().max(high.abs());
    let scale = if size > 0.0 { size } else { 1.0 };
    let a = Scaled { a, scale };
    let high = high / scale;
    let width = width_of(sought.count);
    let mut found = Team::with(run.threads(), |team| {
        if n <= DENSE || 2 * width >= n {
            return outright(&a, sought.count, team);
        }
        let iteration = Iteration {
            a: &a,
            sought,
            high,
            run,
            team,
        };
        iteration.solve()
    });
    let sizes = found.values.iter_mut().chain(&mut found.residuals);
    sizes.for_each(|value| *value *= scale);
    Ok(found)
}

/// Up to so many rows a matrix is diagonalised outright.
const DENSE: usize = 200;

/// Vectors of a block: a quarter more than are sought, so that there is a gap between what is sought and what is damped.
fn width_of(count: usize) -> usize {
    (count + (count / 4).max(6)).next_multiple_of(LANES)
}

fn outright(a: &dyn Symmetric, count: usize, team: &Team) -> PartialEigen {
    let n = a.order();
    let width = n.next_multiple_of(LANES);
    let mut identity = vec![0.0; n * width];
    (0..n).for_each(|i| identity[i * width + i] = 1.0);
    let columns = product(a, &identity, width, team);
    let dense: Vec<f64> = (0..n)
        .flat_map(|i| columns[i * width..i * width + n].to_vec())
        .collect();
    let eigen = Eigen::new(&dense, n);
    let residual = |k: usize| {
        let v = &eigen.vectors[k * n..(k + 1) * n];
        let off = |i: usize| dot(&dense[i * n..(i + 1) * n], v) - eigen.values[k] * v[i];
        (0..n).map(|i| off(i).powi(2)).sum::<f64>().sqrt()
    };
    PartialEigen {
        residuals: (0..count).map(residual).collect(),
        values: eigen.values[..count].to_vec(),
        vectors: eigen.vectors[..count * n].to_vec(),
        products: 1,
        outcome: Outcome::Converged {
            reason: format!("all {n} eigenvalues were computed at once"),
        },
    }
}

/// The state of the iteration: what is kept, and the block that goes on.
struct Iteration<'a> {
    a: &'a dyn Symmetric,
    sought: &'a Partial,
    high: f64,
    run: &'a Run,
    team: &'a Team<'a>,
}

/// Rayleigh and Ritz's approximations within a block: values rising, vectors as columns, residuals.
struct Ritz {
    values: Vec<f64>,
    vectors: Vec<f64>,
    residuals: Vec<f64>,
    width: usize,
}

impl Ritz {
    /// Of the span of orthonormal columns.
    fn of(a: &dyn Symmetric, x: &[f64], width: usize, team: &Team) -> Self {
        let image = product(a, x, width, team);
        let eigen = Eigen::new(&inner(x, width, &image, width, team), width);
        let turn: Vec<f64> = (0..width * width)
            .map(|ij| eigen.vectors[ij % width * width + ij / width])
            .collect();
        let vectors = times(x, width, &turn, width, team);
        let image = times(&image, width, &turn, width, team);
        let mut squares = vec![0.0; width];
        for (image, vector) in image.chunks_exact(width).zip(vectors.chunks_exact(width)) {
            for k in 0..width {
                squares[k] += (image[k] - eigen.values[k] * vector[k]).powi(2);
            }
        }
        Self {
            residuals: squares.into_iter().map(f64::sqrt).collect(),
            values: eigen.values,
            vectors,
            width,
        }
    }

    /// Columns from `from` on, and random ones up to a whole number of lanes: they would show an eigenvalue that the
    /// block has missed.
    fn rest(&self, from: usize, stream: Stream) -> (Vec<f64>, usize) {
        let kept = self.width - from;
        let width = kept.next_multiple_of(LANES);
        let n = self.vectors.len() / self.width;
        let mut rest = random(n, width, stream);
        for (to, of) in rest
            .chunks_exact_mut(width)
            .zip(self.vectors.chunks_exact(self.width))
        {
            to[..kept].copy_from_slice(&of[from..]);
        }
        (rest, width)
    }
}

fn random(n: usize, width: usize, stream: Stream) -> Vec<f64> {
    (0..(n * width) as u64)
        .map(|i| 2.0 * stream.uniform(i) - 1.0)
        .collect()
}

/// Vectors that are good enough, as columns, with their values and residuals.
#[derive(Default)]
struct Kept {
    columns: Vec<f64>,
    values: Vec<f64>,
    residuals: Vec<f64>,
}

impl Kept {
    fn len(&self) -> usize {
        self.values.len()
    }

    /// Take over the first `count` of a block.
    fn take(&mut self, ritz: &Ritz, count: usize) {
        let (old, n) = (self.len(), ritz.vectors.len() / ritz.width);
        let mut columns = Vec::with_capacity(n * (old + count));
        for i in 0..n {
            columns.extend_from_slice(&self.columns[i * old..(i + 1) * old]);
            columns.extend_from_slice(&ritz.vectors[i * ritz.width..i * ritz.width + count]);
        }
        self.columns = columns;
        self.values.extend_from_slice(&ritz.values[..count]);
        self.residuals.extend_from_slice(&ritz.residuals[..count]);
    }

    /// The `count` smallest, rising, vectors as rows.
    fn finish(self, count: usize, products: usize, outcome: Outcome) -> PartialEigen {
        let m = self.len();
        let mut order: Vec<usize> = (0..m).collect();
        order.sort_by(|&i, &j| self.values[i].total_cmp(&self.values[j]));
        order.truncate(count);
        let row = |&k: &usize| {
            self.columns
                .iter()
                .skip(k)
                .step_by(m)
                .copied()
                .collect::<Vec<_>>()
        };
        PartialEigen {
            values: order.iter().map(|&k| self.values[k]).collect(),
            vectors: order.iter().flat_map(row).collect(),
            residuals: order.iter().map(|&k| self.residuals[k]).collect(),
            products,
            outcome,
        }
    }
}

impl Iteration<'_> {
    fn solve(&self) -> PartialEigen {
        let stream = self.run.stream("linalg/partial");
        let (n, count) = (self.a.order(), self.sought.count);
        let mut width = width_of(count);
        let guards = width - count;
        let mut x = random(n, width, stream.child(0));
        let (mut kept, mut products, mut degree) = (Kept::default(), 0, FIRST_DEGREE);
        for pass in 1.. {
            orthonormal(&kept.columns, kept.len(), &mut x, width, self.team);
            let ritz = Ritz::of(self.a, &x, width, self.team);
            products += 1;
            let left = count - kept.len();
            let done = self.converged(&ritz, left);
            if let Some(outcome) = self.outcome(&ritz, done == left, products) {
                kept.take(&ritz, left);
                return kept.finish(count, products, outcome);
            }
            kept.take(&ritz, done);
            let (left, ahead) = (left - done, &ritz.values[done..]);
            let band = self.band(ahead, left + guards);
            let worst = ritz.residuals[done..done + left]
                .iter()
                .copied()
                .fold(0.0, f64::max);
            degree = self.degree(band, ahead, left, worst).clamp(2, 3 * degree);
            (x, width) = ritz.rest(done, stream.child(pass));
            x = band.filter(self.a, x, width, ahead[0].min(band.cut), degree, self.team);
            products += degree;
        }
        unreachable!("the loop has no end but its outcome")
    }

    /// How many of the first `left` are good enough, without a gap.
    fn converged(&self, ritz: &Ritz, left: usize) -> usize {
        let enough = self.sought.tolerance;
        ritz.residuals[..left]
            .iter()
            .take_while(|r| **r <= enough)
            .count()
    }

    fn outcome(&self, ritz: &Ritz, all: bool, products: usize) -> Option<Outcome> {
        let worst = ritz.residuals[..self.sought.count.min(ritz.width)]
            .iter()
            .copied()
            .fold(0.0, f64::max);
        if all {
            let reason = format!(
                "{} eigenvectors within {:.0e} of the length of the spectrum",
                self.sought.count, self.sought.tolerance
            );
            return Some(Outcome::Converged { reason });
        }
        if let Some(reason) = self.run.stop_reason() {
            return Some(Outcome::Stopped { reason });
        }
        (products >= self.sought.products).then(|| Outcome::Exhausted {
            reason: format!("{products} products, the worst residual {worst:.1e}"),
        })
    }

    /// What the next filter damps: all beyond the vectors that guard those that are sought.
    fn band(&self, ahead: &[f64], columns: usize) -> Band {
        let cut = ahead[columns.min(ahead.len()) - 1];
        Band {
            cut: cut.min(self.high - 1e-12),
            high: self.high,
        }
    }

    /// A degree that takes the worst of those sought to the tolerance, but spreads the block over no more orders of
    /// magnitude than can be made orthonormal again.
    fn degree(&self, band: Band, ahead: &[f64], left: usize, worst: f64) -> usize {
        let enough = self.sought.tolerance;
        let (first, last) = (band.growth(ahead[0]), band.growth(ahead[left - 1]));
        let wanted = (worst / enough).ln().max(1.0) + 2.0;
        let most = SPREAD / first.max(1e-9);
        (wanted / last.max(1e-9)).min(most).ceil() as usize
    }
}

/// Degree of the first filter, when nothing is known of the spectrum.
const FIRST_DEGREE: usize = 8;

/// Logarithm of the most that a filter may let the first vector grow beside the last.
const SPREAD: f64 = 25.0;
