//! Cholesky's factorisation, `A = L L'`.
//!
//! Two callers want different things of it. A linear model has up to thousands of columns and asks whether the matrix
//! is positive definite: [`Cholesky`] sums in eight lanes and stops at the first pivot that is not positive. A robust
//! fit solves millions of systems of a handful of unknowns, some of them redundant: [`solve_semidefinite`] works in
//! place, sums one term after the other, and sets redundant unknowns to 0. One loop serves both.

use super::vector::{axpy, dot, dot_each};

/// What to do about a pivot `a_ii - sum_k l_ik^2`.
enum Pivot {
    /// Its root is the diagonal of the factor.
    Take,
    /// The unknown is a combination of those before it: its column of the factor is 0.
    Zero,
    /// The matrix is not of the kind that was asked for.
    Stop,
}

/// How a factorisation adds up products: two ways to one sum, to the bit.
struct Sums<D, F> {
    /// `x' y`
    one: D,
    /// `x' y` for four `x`, so that `y` is read once and four sums go side by side.
    four: F,
}

/// Rows that are factored together.
const ROWS: usize = 4;

/// Up to so many unknowns rows are factored one by one: what is shared is in the cache anyway.
const TINY: usize = 4 * ROWS;

/// Factors the lower triangle of `a` (n, n) in place, row by row; how many pivots were taken, `None` if stopped.
///
/// ```text
/// l_ij = (a_ij - sum_{k<j} l_ik l_jk) / l_jj        l_ii = sqrt(a_ii - sum_{k<i} l_ik^2)
/// ```
///
/// `decide(pivot, a_ii)` says what becomes of each pivot. The upper triangle is neither read nor written.
#[inline(always)]
fn factor_in_place<D, F>(
    a: &mut [f64],
    n: usize,
    sums: &Sums<D, F>,
    mut decide: impl FnMut(f64, f64) -> Pivot,
) -> Option<usize>
where
    D: Fn(&[f64], &[f64]) -> f64,
    F: Fn([&[f64]; ROWS], &[f64]) -> [f64; ROWS],
{
    let mut rank = 0;
    for i in 0..n {
        let first = i / ROWS * ROWS;
        let whole = n > TINY && first + ROWS <= n;
        if whole && i == first {
            columns_before(a, n, first, sums);
        }
        let (above, row) = a.split_at_mut(i * n); // (i, n), (n - i, n)
        for j in if whole { first } else { 0 }..i {
            let other = &above[j * n..j * n + n];
            let rest = row[j] - (sums.one)(&row[..j], &other[..j]);
            row[j] = divide(rest, other[j]);
        }
        let pivot = row[i] - (sums.one)(&row[..i], &row[..i]);
        match decide(pivot, row[i]) {
            Pivot::Take => row[i] = pivot.sqrt(),
            Pivot::Zero => {
                row[i] = 0.0;
                continue;
            }
            Pivot::Stop => return None,
        }
        rank += 1;
    }
    Some(rank)
}

/// Columns `0..first` of the four rows from `first` on, together.
#[inline(always)]
fn columns_before<D, F>(a: &mut [f64], n: usize, first: usize, sums: &Sums<D, F>)
where
    F: Fn([&[f64]; ROWS], &[f64]) -> [f64; ROWS],
{
    let (above, rows) = a.split_at_mut(first * n);
    for j in 0..first {
        let other = &above[j * n..j * n + n];
        let known = (sums.four)([0, 1, 2, 3].map(|r| &rows[r * n..r * n + j]), &other[..j]);
        for (r, known) in known.into_iter().enumerate() {
            rows[r * n + j] = divide(rows[r * n + j] - known, other[j]);
        }
    }
}

/// `a / b`, or 0 for an unknown that is left out.
#[inline(always)]
fn divide(a: f64, b: f64) -> f64 {
    if b == 0.0 { 0.0 } else { a / b }
}

/// The lower factor `L` of a symmetric positive definite matrix `A = L L'`, row-major.
///
/// ```
/// use induce_core::linalg::Cholesky;
/// // A = (4 2; 2 3), x = (1.5, 2)
/// let factor = Cholesky::new(&[4.0, 2.0, 2.0, 3.0], 2).expect("A is positive definite");
/// let mut b = [10.0, 9.0];
/// factor.solve(&mut b);
/// assert!((b[0] - 1.5).abs() < 1e-12 && (b[1] - 2.0).abs() < 1e-12);
/// assert!(Cholesky::new(&[1.0, 2.0, 2.0, 1.0], 2).is_none());
/// ```
#[derive(Debug, Clone)]
pub struct Cholesky {
    n: usize,
    lower: Vec<f64>,
    /// The smallest fraction of a diagonal entry that the rows before it do not explain:
    /// `min_i l_ii^2 / a_ii`, one over the largest variance inflation factor.
    pub least_pivot: f64,
}

impl Cholesky {
    /// The factor of `a` (n, n), of which the lower triangle is read; `None` if it is not positive definite.
    pub fn new(a: &[f64], n: usize) -> Option<Self> {
        let mut lower = a[..n * n].to_vec();
        let mut least_pivot = 1.0_f64;
        factor_in_place(&mut lower, n, &LANED, |pivot, diagonal| {
            least_pivot = least_pivot.min(pivot / diagonal);
            if pivot > 0.0 && pivot.is_finite() {
                Pivot::Take
            } else {
                Pivot::Stop
            }
        })?;
        Some(Self {
            n,
            lower,
            least_pivot,
        })
    }

    /// `L`, row-major, with zeros above its diagonal. // (n, n)
    ///
    /// ```
    /// let factor = induce_core::linalg::Cholesky::new(&[4.0, 2.0, 2.0, 10.0], 2).expect("A is positive definite");
    /// assert_eq!(factor.lower(), [2.0, 0.0, 1.0, 3.0]);
    /// ```
    pub fn lower(&self) -> Vec<f64> {
        let n = self.n;
        let entry = |at: usize| if at % n > at / n { 0.0 } else { self.lower[at] };
        (0..n * n).map(entry).collect()
    }

    /// `ln |A| = 2 sum_i ln l_ii`
    pub fn ln_determinant(&self) -> f64 {
        let diagonal = self.lower.iter().step_by(self.n + 1);
        2.0 * diagonal.map(|l| l.ln()).sum::<f64>()
    }

    /// The solution of `A x = b`, in place. // b: (n)
    pub fn solve(&self, b: &mut [f64]) {
        let n = self.n;
        self.forward(b);
        for i in (0..n).rev() {
            b[i] /= self.lower[i * n + i];
            let (head, tail) = b.split_at_mut(i);
            axpy(-tail[0], &self.lower[i * n..i * n + i], head);
        }
    }

    /// `L^-1 b`, in place; its squared norm is `b' A^-1 b`. // b: (n)
    pub fn forward(&self, b: &mut [f64]) {
        let n = self.n;
        for i in 0..n {
            let row = &self.lower[i * n..i * n + i];
            b[i] = (b[i] - dot(row, &b[..i])) / self.lower[i * n + i];
        }
    }

    /// `A^-1`, row-major. // (n, n)
    pub fn inverse(&self) -> Vec<f64> {
        let n = self.n;
        let mut out = vec![0.0; n * n];
        (0..n).for_each(|j| out[j * n + j] = 1.0);
        let (fours, rest) = out.split_at_mut(n / ROWS * ROWS * n);
        for four in fours.chunks_exact_mut((ROWS * n).max(1)) {
            self.solve_four(four);
        }
        rest.chunks_exact_mut(n.max(1)).for_each(|b| self.solve(b));
        out
    }

    /// [`solve`](Self::solve) for four right-hand sides, to the same bits: the factor is read once for all. // b: (4, n)
    fn solve_four(&self, b: &mut [f64]) {
        let n = self.n;
        let row = |i: usize| &self.lower[i * n..i * n + i];
        for i in 0..n {
            let known = dot_each([0, 1, 2, 3].map(|r| &b[r * n..r * n + i]), row(i));
            for (r, known) in known.into_iter().enumerate() {
                b[r * n + i] = (b[r * n + i] - known) / self.lower[i * n + i];
            }
        }
        for i in (0..n).rev() {
            for b in b.chunks_exact_mut(n) {
                b[i] /= self.lower[i * n + i];
                let (head, tail) = b.split_at_mut(i);
                axpy(-tail[0], row(i), head);
            }
        }
    }
}

/// Solves `A x = b` for a symmetric positive semidefinite `a` (n, n), in place: `b` becomes `x`, `a` its factor.
///
/// A pivot below `tolerance` times its own diagonal says that the unknown is a combination of those before it; such an
/// unknown is set to 0. Returns the rank.
///
/// ```
/// use induce_core::linalg::solve_semidefinite;
/// let (mut a, mut b) = ([1.0, 2.0, 2.0, 4.0], [3.0, 6.0]);
/// assert_eq!(solve_semidefinite(&mut a, &mut b, 1e-12), 1);
/// assert_eq!(b, [3.0, 0.0]);
/// ```
pub fn solve_semidefinite(a: &mut [f64], b: &mut [f64], tolerance: f64) -> usize {
    let rank = factor_semidefinite(a, b.len(), tolerance);
    substitute(a, b);
    rank
}

/// The factor of a positive semidefinite matrix in the lower triangle of `a` (n, n), a 0 on its diagonal for every
/// redundant unknown; returns the rank. See [`solve_semidefinite`].
pub fn factor_semidefinite(a: &mut [f64], n: usize, tolerance: f64) -> usize {
    let sums = Sums {
        one: in_order,
        four: four_in_order,
    };
    factor_in_place(a, n, &sums, semidefinite(tolerance)).unwrap_or(0)
}

/// A pivot that `tolerance` of its diagonal does not exceed says that the unknown is redundant.
fn semidefinite(tolerance: f64) -> impl Fn(f64, f64) -> Pivot {
    move |pivot, diagonal| {
        if pivot.is_nan() || pivot <= tolerance * diagonal || pivot <= 0.0 {
            Pivot::Zero
        } else {
            Pivot::Take
        }
    }
}

type One = fn(&[f64], &[f64]) -> f64;
type Four = fn([&[f64]; ROWS], &[f64]) -> [f64; ROWS];

/// Sums in eight lanes.
const LANED: Sums<One, Four> = Sums {
    one: dot,
    four: dot_each,
};

/// `sum_i x_i y_i`, one term after the other.
#[inline(always)]
fn in_order(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}

/// [`in_order`] of four `x`: each sum waits for its own last term only.
#[inline(always)]
fn four_in_order(x: [&[f64]; ROWS], y: &[f64]) -> [f64; ROWS] {
    let [p, q, r, s] = x.map(|x| &x[..y.len()]);
    // The sum over an empty iterator is -0, and so the loop begins there.
    let mut sums = [-0.0; ROWS];
    for i in 0..y.len() {
        sums[0] += p[i] * y[i];
        sums[1] += q[i] * y[i];
        sums[2] += r[i] * y[i];
        sums[3] += s[i] * y[i];
    }
    sums
}

/// Forward and back substitution with a factor of [`factor_semidefinite`].
fn substitute(a: &[f64], b: &mut [f64]) {
    let n = b.len();
    for i in 0..n {
        let known = in_order(&a[i * n..i * n + i], &b[..i]);
        b[i] = divide(b[i] - known, a[i * n + i]);
    }
    for i in (0..n).rev() {
        let known: f64 = (i + 1..n).map(|k| a[k * n + i] * b[k]).sum();
        b[i] = divide(b[i] - known, a[i * n + i]);
    }
}

/// The inverse of a positive definite matrix (n, n); `None` if it is singular.
///
/// ```
/// let inverse = induce_core::linalg::invert(&[2.0, 0.0, 0.0, 4.0], 2).expect("it is regular");
/// assert!((inverse[0] - 0.5).abs() < 1e-15 && (inverse[3] - 0.25).abs() < 1e-15);
/// ```
pub fn invert(a: &[f64], n: usize) -> Option<Vec<f64>> {
    const SINGULAR: f64 = 1e-14;
    if n > TINY {
        let factor = Cholesky::new(a, n).filter(|factor| factor.least_pivot > SINGULAR);
        return factor.map(|factor| factor.inverse());
    }
    let mut factored = a.to_vec();
    if factor_semidefinite(&mut factored, n, SINGULAR) < n {
        return None;
    }
    let mut inverse = vec![0.0; n * n];
    let mut column = vec![0.0; n];
    for j in 0..n {
        column.fill(0.0);
        column[j] = 1.0;
        substitute(&factored, &mut column);
        (0..n).for_each(|i| inverse[i * n + j] = column[i]);
    }
    Some(inverse)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests {
    use super::*;
    use crate::linalg::solve_general;

    /// The loop of before the two factorisations were one, column by column: the same bits are promised.
    fn by_columns(a: &mut [f64], n: usize, tolerance: f64) -> usize {
        let mut rank = 0;
        for j in 0..n {
            let diagonal = a[j * n + j];
            let pivot = diagonal - (0..j).map(|k| a[j * n + k] * a[j * n + k]).sum::<f64>();
            if pivot.is_nan() || pivot <= tolerance * diagonal || pivot <= 0.0 {
                (j..n).for_each(|i| a[i * n + j] = 0.0);
                continue;
            }
            rank += 1;
            let root = pivot.sqrt();
            a[j * n + j] = root;
            for i in j + 1..n {
                let dot: f64 = (0..j).map(|k| a[i * n + k] * a[j * n + k]).sum();
                a[i * n + j] = (a[i * n + j] - dot) / root;
            }
        }
        rank
    }

    /// A Gram matrix of n columns and `rank` rows.
    fn gram(n: usize, rank: usize) -> Vec<f64> {
        let x = |i: usize, k: usize| ((i * i * 3 + k * 7 + i * k * 11 + 1) as f64).sin();
        let entry = |i: usize, j: usize| (0..rank).map(|k| x(i, k) * x(j, k)).sum::<f64>();
        (0..n * n).map(|ij| entry(ij / n, ij % n)).collect()
    }

    #[test]
    fn rows_and_columns_first_give_the_same_bits() {
        for (n, rank) in [(1, 1), (4, 2), (8, 8), (13, 5), (40, 40), (43, 17), (70, 80)] {
            let (mut by_rows, mut by_cols) = (gram(n, rank), gram(n, rank));
            assert_eq!(
                factor_semidefinite(&mut by_rows, n, 1e-12),
                by_columns(&mut by_cols, n, 1e-12)
            );
            for i in 0..n {
                let lower = |a: &[f64]| {
                    a[i * n..=i * n + i]
                        .iter()
                        .map(|x| x.to_bits())
                        .collect::<Vec<_>>()
                };
                assert_eq!(lower(&by_rows), lower(&by_cols), "{n} {rank} {i}");
            }
        }
    }

    /// Of a few hundred unknowns every row waited for the memory of all rows before it: they are factored four at a time,
    /// to the bits of one at a time.
    #[test]
    fn four_rows_and_four_right_hand_sides_together_have_the_bits_of_each_alone() {
        let n = 43;
        let a = gram(n, 90);
        let factor = Cholesky::new(&a, n).unwrap();
        let mut alone = a.clone();
        for i in 0..n {
            for j in 0..i {
                let known = dot(&alone[i * n..i * n + j], &alone[j * n..j * n + j]);
                alone[i * n + j] = (alone[i * n + j] - known) / alone[j * n + j];
            }
            let row = &alone[i * n..i * n + i];
            alone[i * n + i] = (alone[i * n + i] - dot(row, row)).sqrt();
        }
        let inverse = factor.inverse();
        for i in 0..n {
            assert_eq!(alone[i * n..=i * n + i], factor.lower[i * n..=i * n + i]);
            let mut unit = vec![0.0; n];
            unit[i] = 1.0;
            factor.solve(&mut unit);
            assert_eq!(unit, inverse[i * n..(i + 1) * n]);
        }
    }

    #[test]
    fn systems_are_solved_and_redundant_unknowns_are_found() {
        let (mut a, mut b) = (vec![4.0, 2.0, 2.0, 3.0], vec![10.0, 9.0]);
        assert_eq!(solve_semidefinite(&mut a, &mut b, 1e-12), 2);
        assert!((b[0] - 1.5).abs() < 1e-12 && (b[1] - 2.0).abs() < 1e-12);
        let (mut a, mut b) = (vec![1.0, 2.0, 2.0, 4.0], vec![3.0, 6.0]);
        assert_eq!(solve_semidefinite(&mut a, &mut b, 1e-12), 1);
        assert_eq!(b, [3.0, 0.0]);
        let (mut a, mut b) = (vec![0.0, 1.0, 2.0, 0.0], vec![3.0, 8.0]);
        solve_general(&mut a, &mut b).unwrap();
        assert_eq!(b, [4.0, 3.0]);
        assert!(solve_general(&mut [1.0, 2.0, 2.0, 4.0], &mut [1.0, 1.0]).is_none());
    }
}
