//! The symmetric eigenproblem.

use super::vector::{axpy, dot};

/// `A = V diag(values) V'` of a symmetric matrix, eigenvalues rising; row k of `vectors` belongs to value k.
///
/// ```
/// use induce_core::linalg::Eigen;
/// let eigen = Eigen::new(&[2.0, 1.0, 1.0, 2.0], 2);
/// assert!((eigen.values[0] - 1.0).abs() < 1e-12 && (eigen.values[1] - 3.0).abs() < 1e-12);
/// assert_eq!(eigen.rank(1e-12), 2);
/// ```
#[derive(Debug, Clone)]
pub struct Eigen {
    /// Eigenvalues, rising. // (n)
    pub values: Vec<f64>,
    /// Eigenvectors as rows. // (n, n)
    pub vectors: Vec<f64>,
}

impl Eigen {
    /// The eigenvalues and vectors of symmetric `a` (n, n): Householder's reduction to three diagonals, then implicit
    /// QL steps (Martin, Reinsch & Wilkinson 1968; Bowdler et al. 1968).
    pub fn new(a: &[f64], n: usize) -> Self {
        let mut basis = vec![0.0; n * n];
        (0..n).for_each(|i| basis[i * n + i] = 1.0);
        let (values, vectors) = diagonal(a, n, basis);
        Self { values, vectors }
    }

    /// The eigenvalues, rising, and the length of `b` along each eigenvector: a fraction of the work that the vectors
    /// themselves are.
    ///
    /// ```
    /// use induce_core::linalg::Eigen;
    /// let (values, along) = Eigen::along(&[2.0, 1.0, 1.0, 2.0], &[1.0, 1.0]);
    /// assert!((values[1] - 3.0).abs() < 1e-12 && (along[1].abs() - 2.0_f64.sqrt()).abs() < 1e-12);
    /// ```
    pub fn along(a: &[f64], b: &[f64]) -> (Vec<f64>, Vec<f64>) {
        diagonal(a, b.len(), b.to_vec())
    }

    /// How many eigenvalues are above `tolerance` times the largest.
    pub fn rank(&self, tolerance: f64) -> usize {
        let top = self.values.last().copied().unwrap_or(0.0);
        self.values
            .iter()
            .filter(|&&v| v > tolerance * top && v > 0.0)
            .count()
    }

    /// The shortest `x` that minimises `|A x - b|`, eigenvalues up to `tolerance` times the largest taken for 0.
    pub fn solve(&self, b: &[f64], tolerance: f64) -> Vec<f64> {
        let n = b.len();
        let mut x = vec![0.0; n];
        let top = self.values.last().copied().unwrap_or(0.0);
        for (k, &value) in self.values.iter().enumerate() {
            if value > tolerance * top && value > 0.0 {
                let vector = &self.vectors[k * n..(k + 1) * n];
                axpy(dot(vector, b) / value, vector, &mut x);
            }
        }
        x
    }
}

/// Eigenvalues, rising, and `V' basis` by rows in their order.
fn diagonal(a: &[f64], n: usize, basis: Vec<f64>) -> (Vec<f64>, Vec<f64>) {
    let mut work = Tridiagonal::new(a, n, basis);
    work.diagonalise();
    let width = work.width;
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&i, &j| work.diagonal[i].total_cmp(&work.diagonal[j]));
    let row = |&k: &usize| work.basis[k * width..(k + 1) * width].to_vec();
    (
        order.iter().map(|&k| work.diagonal[k]).collect(),
        order.iter().flat_map(row).collect(),
    )
}

struct Tridiagonal {
    n: usize,
    /// Columns of the basis.
    width: usize,
    diagonal: Vec<f64>,
    /// `beside[i]` couples i and i + 1.
    beside: Vec<f64>,
    /// What was given as the basis, times every reflection and rotation so far. // (n, width)
    basis: Vec<f64>,
}

impl Tridiagonal {
    fn new(a: &[f64], n: usize, mut basis: Vec<f64>) -> Self {
        let width = basis.len() / n.max(1);
        let mut m = a.to_vec();
        for i in 0..n {
            for j in 0..i {
                m[j * n + i] = m[i * n + j];
            }
        }
        for k in 0..n.saturating_sub(2) {
            reflect(&mut m, &mut basis, (n, width), k);
        }
        Self {
            n,
            width,
            diagonal: (0..n).map(|i| m[i * n + i]).collect(),
            beside: (0..n)
                .map(|i| if i + 1 < n { m[i * n + i + 1] } else { 0.0 })
                .collect(),
            basis,
        }
    }

    /// QL steps with Wilkinson's shift until every coupling is negligible.
    fn diagonalise(&mut self) {
        for l in 0..self.n {
            for _ in 0..200 {
                let Some(m) = self.block_end(l) else { break };
                self.step(l, m);
            }
        }
    }

    /// The end of the unreduced block that starts at `l`, if it has more than one row.
    fn block_end(&self, l: usize) -> Option<usize> {
        let small = |i: usize| {
            let size = self.diagonal[i].abs() + self.diagonal[i + 1].abs();
            self.beside[i].abs() <= f64::EPSILON * size || self.beside[i] == 0.0
        };
        let end = (l..self.n - 1).find(|&i| small(i)).unwrap_or(self.n - 1);
        (end > l).then_some(end)
    }

    fn step(&mut self, l: usize, m: usize) {
        let (d, e) = (&mut self.diagonal, &mut self.beside);
        let g = (d[l + 1] - d[l]) / (2.0 * e[l]);
        let r = g.hypot(1.0);
        let mut g = d[m] - d[l] + e[l] / (g + r.copysign(g));
        let (mut s, mut c, mut p) = (1.0, 1.0, 0.0);
        for i in (l..m).rev() {
            let (f, b) = (s * e[i], c * e[i]);
            let r = f.hypot(g);
            e[i + 1] = r;
            if r == 0.0 {
                d[i + 1] -= p;
                e[m] = 0.0;
                return;
            }
            s = f / r;
            c = g / r;
            g = d[i + 1] - p;
            let r = (d[i] - g) * s + 2.0 * c * b;
            p = s * r;
            d[i + 1] = g + p;
            g = c * r - b;
            rotate(&mut self.basis, self.width, i, s, c);
        }
        d[l] -= p;
        e[l] = g;
        e[m] = 0.0;
    }
}

/// Rotate rows i and i + 1 of the basis.
fn rotate(basis: &mut [f64], n: usize, i: usize, s: f64, c: f64) {
    let (upper, lower) = basis[i * n..(i + 2) * n].split_at_mut(n);
    for (a, b) in upper.iter_mut().zip(lower) {
        let (old_a, old_b) = (*a, *b);
        *b = s * old_a + c * old_b;
        *a = c * old_a - s * old_b;
    }
}

/// Clear row and column k beyond k + 1 by H = I - beta v v', from both sides; the basis takes H too.
///
/// What is before row and column k + 1 is done, and neither read nor written.
fn reflect(m: &mut [f64], basis: &mut [f64], (n, width): (usize, usize), k: usize) {
    let from = k + 1;
    let mut v = m[k * n + from..(k + 1) * n].to_vec(); // (n - from)
    let norm = dot(&v, &v).sqrt();
    if norm == 0.0 || v[1..].iter().all(|x| *x == 0.0) {
        return;
    }
    let beside = -norm.copysign(v[0]);
    v[0] -= beside;
    (m[k * n + from], m[from * n + k]) = (beside, beside);
    let beta = 2.0 / dot(&v, &v);
    let product: Vec<f64> = (from..n)
        .map(|i| beta * dot(&m[i * n + from..(i + 1) * n], &v))
        .collect();
    let half = 0.5 * beta * dot(&product, &v);
    let w: Vec<f64> = product.iter().zip(&v).map(|(p, v)| p - half * v).collect();
    for i in from..n {
        let row = &mut m[i * n + from..(i + 1) * n];
        axpy(-v[i - from], &w, row);
        axpy(-w[i - from], &v, row);
    }
    let mut along = vec![0.0; width];
    for i in from..n {
        axpy(v[i - from], &basis[i * width..(i + 1) * width], &mut along);
    }
    for i in from..n {
        axpy(
            -beta * v[i - from],
            &along,
            &mut basis[i * width..(i + 1) * width],
        );
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests {
    use super::*;
    use crate::linalg::Cholesky;

    fn gram(n: usize, rank: usize) -> Vec<f64> {
        let x = |i: usize, k: usize| ((i * i * 3 + k * 7 + i * k * 11 + 1) as f64).sin();
        let entry = |i: usize, j: usize| (0..rank).map(|k| x(i, k) * x(j, k)).sum::<f64>();
        (0..n * n).map(|ij| entry(ij / n, ij % n)).collect()
    }

    #[test]
    fn eigenvectors_make_the_matrix_again() {
        for (n, rank) in [(1, 1), (2, 2), (7, 7), (30, 12)] {
            let a = gram(n, rank);
            let eigen = Eigen::new(&a, n);
            for i in 0..n {
                for j in 0..n {
                    let v = |k: usize, i: usize| eigen.vectors[k * n + i];
                    let sum: f64 = (0..n).map(|k| eigen.values[k] * v(k, i) * v(k, j)).sum();
                    assert!((sum - a[i * n + j]).abs() < 1e-12 * n as f64, "{n} {i} {j}");
                }
            }
            assert_eq!(eigen.rank(1e-11), rank.min(n));
        }
    }

    /// Ridge's evidence on a thousand dummies took half a minute, for vectors of which it asked one product.
    #[test]
    fn lengths_along_eigenvectors_need_no_vectors() {
        let (n, a) = (30, gram(30, 12));
        let b: Vec<f64> = (0..n).map(|i| (i as f64 * 0.7).cos()).collect();
        let (eigen, (values, along)) = (Eigen::new(&a, n), Eigen::along(&a, &b));
        for k in 0..n {
            assert_eq!(eigen.values[k], values[k]);
            let length = dot(&eigen.vectors[k * n..(k + 1) * n], &b);
            assert!((length.abs() - along[k].abs()).abs() < 1e-12);
        }
    }

    #[test]
    fn cholesky_solves_and_inverts() {
        let (n, a) = (6, gram(6, 40));
        let factor = Cholesky::new(&a, n).unwrap();
        let x: Vec<f64> = (0..n).map(|i| i as f64 - 2.0).collect();
        let mut b: Vec<f64> = (0..n).map(|i| dot(&a[i * n..(i + 1) * n], &x)).collect();
        let by_eigen = Eigen::new(&a, n).solve(&b, 1e-12);
        factor.solve(&mut b);
        for i in 0..n {
            assert!((b[i] - x[i]).abs() < 1e-10 && (by_eigen[i] - x[i]).abs() < 1e-10);
        }
        assert!(Cholesky::new(&[1.0, 0.0, 2.0, 1.0], 2).is_none());
    }
}
