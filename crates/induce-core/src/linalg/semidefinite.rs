//! Systems of symmetric positive semidefinite matrices of any rank, without eigenvalues.

use super::vector::{axpy, dot, dot_each};

/// A symmetric positive semidefinite `A` (n, n), factored: its pseudo-inverse is `P G P`.
///
/// The unknown that those before it explain least comes next (Cholesky's factorisation with diagonal pivots; Higham 2002,
/// section 10.3). When even that one is explained but for `tolerance` of its diagonal, the rest are combinations of those
/// before; `G` is the inverse over these, 0 elsewhere. Each of the rest gives a vector that `A` maps to 0, and `P`
/// projects onto what is orthogonal to all of those. (Every symmetric `G` with `A G A = A` will do, for then
/// `A^+ = A^+ A G A A^+` and `A^+ A = A A^+ = P`.) The work is a twentieth of that of the eigenvectors.
///
/// ```
/// use induce_core::linalg::Semidefinite;
/// // the shortest x with x_1 + 2 x_2 = 5
/// let factor = Semidefinite::new(&[1.0, 2.0, 2.0, 4.0], 2, 1e-10);
/// let x = factor.solve(&[5.0, 10.0]);
/// assert!(factor.rank() == 1 && (x[0] - 1.0).abs() < 1e-12 && (x[1] - 2.0).abs() < 1e-12);
/// ```
#[derive(Debug, Clone)]
pub struct Semidefinite {
    n: usize,
    /// Unknowns that are no combination of those before them, in the order of pivots. // (r)
    kept: Vec<usize>,
    /// The factor of their rows and columns. // (r, r)
    lower: Vec<f64>,
    /// Orthonormal rows that span what `A` maps to 0. // (n - r, n)
    null: Vec<f64>,
}

impl Semidefinite {
    /// The factor of symmetric `a` (n, n); what leaves at most `tolerance` of its diagonal is a combination.
    pub fn new(a: &[f64], n: usize, tolerance: f64) -> Self {
        let Pivoted { factor, kept, left } = Pivoted::new(a, n, tolerance);
        let r = kept.len();
        let lower = kept.iter().flat_map(|&row| &factor[row * n..row * n + r]);
        let mut own = Self {
            n,
            lower: lower.copied().collect(),
            kept,
            null: Vec::new(),
        };
        own.null = own.null_space(&factor, &left);
        own
    }

    /// How many unknowns are no combination of others.
    pub fn rank(&self) -> usize {
        self.kept.len()
    }

    /// The shortest `x` that minimises `|A x - b|`. // b: (n)
    pub fn solve(&self, b: &[f64]) -> Vec<f64> {
        let mut b = b.to_vec();
        self.project(&mut b);
        let mut inner: Vec<f64> = self.kept.iter().map(|&k| b[k]).collect(); // (r)
        self.forward(&mut inner);
        self.backward(&mut inner);
        b.fill(0.0);
        self.kept.iter().zip(&inner).for_each(|(&k, x)| b[k] = *x);
        self.project(&mut b);
        b
    }

    /// The pseudo-inverse of Moore and Penrose, row-major. // (n, n)
    pub fn inverse(&self) -> Vec<f64> {
        let n = self.n;
        let mut out = vec![0.0; n * n];
        let mut inner = vec![0.0; self.rank()];
        for (j, &column) in self.kept.iter().enumerate() {
            inner.fill(0.0);
            inner[j] = 1.0;
            self.forward_from(j, &mut inner);
            self.backward(&mut inner);
            let row = &mut out[column * n..(column + 1) * n];
            self.kept.iter().zip(&inner).for_each(|(&k, x)| row[k] = *x);
        }
        // Rows first; the result is symmetric, and so are columns.
        out.chunks_exact_mut(n.max(1)).for_each(|row| self.project(row));
        transpose(&mut out, n);
        out.chunks_exact_mut(n.max(1)).for_each(|row| self.project(row));
        out
    }

    /// `v - Q' Q v` with `Q` what is mapped to 0.
    fn project(&self, v: &mut [f64]) {
        for q in self.null.chunks_exact(self.n.max(1)) {
            axpy(-dot(q, v), q, v);
        }
    }

    fn forward(&self, b: &mut [f64]) {
        self.forward_from(0, b);
    }

    /// `L^-1 b` in place, `b` being 0 before `first`.
    fn forward_from(&self, first: usize, b: &mut [f64]) {
        let r = b.len();
        for i in first..r {
            let row = &self.lower[i * r..i * r + i];
            b[i] = (b[i] - dot(&row[first..], &b[first..i])) / self.lower[i * r + i];
        }
    }

    /// `L'^-1 b` in place.
    fn backward(&self, b: &mut [f64]) {
        let r = b.len();
        for i in (0..r).rev() {
            b[i] /= self.lower[i * r + i];
            let (head, tail) = b.split_at_mut(i);
            axpy(-tail[0], &self.lower[i * r..i * r + i], head);
        }
    }

    /// Every unknown in `left` less the combination of others that it is, made orthonormal (modified Gram-Schmidt,
    /// twice).
    fn null_space(&self, factor: &[f64], left: &[usize]) -> Vec<f64> {
        let (n, r) = (self.n, self.rank());
        let mut null = vec![0.0; left.len() * n];
        for (k, &j) in left.iter().enumerate() {
            let mut inner = factor[j * n..j * n + r].to_vec();
            self.backward(&mut inner);
            let (before, row) = null.split_at_mut(k * n);
            let row = &mut row[..n];
            self.kept.iter().zip(&inner).for_each(|(&c, z)| row[c] = -z);
            row[j] = 1.0;
            for _ in 0..2 {
                orthogonalise(before, row);
            }
            let norm = dot(row, row).sqrt();
            row.iter_mut().for_each(|x| *x /= norm);
        }
        null
    }
}

/// `A = L L'` with the unknowns in the order of pivots.
struct Pivoted {
    /// Column k is of the k-th pivot, rows are of the unknowns as they were. // (n, n)
    factor: Vec<f64>,
    /// The unknowns of the pivots.
    kept: Vec<usize>,
    /// The others.
    left: Vec<usize>,
}

impl Pivoted {
    fn new(a: &[f64], n: usize, tolerance: f64) -> Self {
        let mut own = Self {
            factor: vec![0.0; n * n],
            kept: Vec::new(),
            left: (0..n).collect(),
        };
        // What the pivots so far leave of every diagonal. // (n)
        let mut rest: Vec<f64> = (0..n).map(|i| a[i * n + i]).collect();
        let share = |rest: &[f64], i: usize| rest[i] / a[i * n + i];
        loop {
            // Of equal ones the first; what is not a number is never one.
            let best = own
                .left
                .iter()
                .copied()
                .enumerate()
                .fold(None, |best, (place, i)| {
                    let own = share(&rest, i);
                    let better = own > tolerance && best.is_none_or(|(_, _, other)| own > other);
                    if better { Some((place, i, own)) } else { best }
                });
            let Some((place, pivot, _)) = best else { return own };
            own.left.remove(place);
            own.column(a, n, pivot, &mut rest);
            own.kept.push(pivot);
        }
    }

    /// The next column: that of `pivot`.
    fn column(&mut self, a: &[f64], n: usize, pivot: usize, rest: &mut [f64]) {
        let (k, root) = (self.kept.len(), rest[pivot].sqrt());
        let own = self.factor[pivot * n..pivot * n + k].to_vec();
        self.factor[pivot * n + k] = root;
        for rows in self.left.chunks(4) {
            // Rows beyond the last are the last again, and not kept.
            let row = |r: usize| rows[r.min(rows.len() - 1)];
            let known = dot_each(
                [0, 1, 2, 3].map(|r| &self.factor[row(r) * n..row(r) * n + k]),
                &own,
            );
            for (&i, known) in rows.iter().zip(known) {
                let value = (a[i * n + pivot] - known) / root;
                self.factor[i * n + k] = value;
                rest[i] -= value * value;
            }
        }
    }
}

/// `row` less its parts along orthonormal `before`, four of them at a time.
fn orthogonalise(before: &[f64], row: &mut [f64]) {
    let n = row.len();
    let (fours, rest) = before.split_at(before.len() / (4 * n) * (4 * n));
    for four in fours.chunks_exact(4 * n) {
        let four = [0, 1, 2, 3].map(|r| &four[r * n..(r + 1) * n]);
        let lengths = dot_each(four, row);
        four.iter()
            .zip(lengths)
            .for_each(|(q, length)| axpy(-length, q, row));
    }
    for q in rest.chunks_exact(n) {
        axpy(-dot(q, row), q, row);
    }
}

fn transpose(a: &mut [f64], n: usize) {
    for i in 0..n {
        for j in 0..i {
            a.swap(i * n + j, j * n + i);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::Eigen;

    /// A Gram matrix of n columns and `rank` rows of noise.
    fn gram(n: usize, rank: usize) -> Vec<f64> {
        let noise = crate::random::Stream::new(7, "semidefinite");
        let x = |i: usize, k: usize| noise.uniform((i * 1000 + k) as u64) - 0.5;
        let entry = |i: usize, j: usize| (0..rank).map(|k| x(i, k) * x(j, k)).sum::<f64>();
        (0..n * n).map(|ij| entry(ij / n, ij % n)).collect()
    }

    /// A least-squares fit of 1500 dummies, of which one is a combination of others, took half a minute for all
    /// eigenvectors.
    #[test]
    fn the_shortest_solution_and_the_inverse_are_those_of_the_eigenvectors() {
        for (n, rank) in [(1, 1), (7, 7), (9, 2), (31, 12), (40, 33)] {
            let a = gram(n, rank);
            let factor = Semidefinite::new(&a, n, 1e-10);
            let eigen = Eigen::new(&a, n);
            assert_eq!(factor.rank(), rank.min(n));
            let b: Vec<f64> = (0..n).map(|i| (i as f64 * 0.7).cos()).collect();
            let (own, others) = (factor.solve(&b), eigen.solve(&b, 1e-11));
            let inverse = factor.inverse();
            let size = others.iter().fold(1e-3, |m: f64, x| m.max(x.abs()));
            for i in 0..n {
                assert!(
                    (own[i] - others[i]).abs() < 1e-6 * size,
                    "{n} {i} {} {}",
                    own[i],
                    others[i]
                );
                let by_inverse = dot(&inverse[i * n..(i + 1) * n], &b);
                assert!((by_inverse - others[i]).abs() < 1e-6 * size, "{n} {i}");
            }
        }
    }

    #[test]
    fn nothing_is_solved_by_nothing() {
        assert!(Semidefinite::new(&[], 0, 1e-10).solve(&[]).is_empty());
        let zero = Semidefinite::new(&[0.0; 4], 2, 1e-10);
        assert_eq!((zero.rank(), zero.solve(&[1.0, 2.0])), (0, vec![0.0; 2]));
        assert_eq!(zero.inverse(), vec![0.0; 4]);
    }
}
