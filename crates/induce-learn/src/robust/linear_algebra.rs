//! Small dense systems: a handful of unknowns, far below where a library pays.

/// Solve `A x = b` for symmetric positive definite `A` (row-major, `n x n`), overwriting both; `b` becomes `x`.
///
/// Cholesky. A pivot below `tolerance` times its own diagonal says that the unknown is a combination of those before
/// it; such an unknown is set to 0. Returns how many unknowns are determined (the rank).
pub fn solve_cholesky(a: &mut [f64], b: &mut [f64], tolerance: f64) -> usize {
    let n = b.len();
    let rank = factor(a, n, tolerance);
    substitute(a, b);
    rank
}

/// The Cholesky factor of `a` in its lower triangle; a 0 on the diagonal marks a dependent unknown.
pub fn factor(a: &mut [f64], n: usize, tolerance: f64) -> usize {
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

/// Forward and back substitution with a factor.
pub fn substitute(a: &[f64], b: &mut [f64]) {
    let n = b.len();
    for i in 0..n {
        let dot: f64 = (0..i).map(|k| a[i * n + k] * b[k]).sum();
        b[i] = divide(b[i] - dot, a[i * n + i]);
    }
    for i in (0..n).rev() {
        let dot: f64 = (i + 1..n).map(|k| a[k * n + i] * b[k]).sum();
        b[i] = divide(b[i] - dot, a[i * n + i]);
    }
}

fn divide(a: f64, b: f64) -> f64 {
    if b == 0.0 { 0.0 } else { a / b }
}

/// The inverse of a positive definite matrix (row-major, `n x n`); none if it is singular.
pub fn invert(a: &[f64], n: usize) -> Option<Vec<f64>> {
    let mut factored = a.to_vec();
    if factor(&mut factored, n, 1e-14) < n {
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

/// Solve `A x = b` by Gaussian elimination with partial pivoting, overwriting both; none if `A` is singular.
pub fn solve_general(a: &mut [f64], b: &mut [f64]) -> Option<()> {
    let n = b.len();
    for j in 0..n {
        let size = |i: usize, a: &[f64]| a[i * n + j].abs();
        let pivot = (j..n).fold(j, |best, i| if size(i, a) > size(best, a) { i } else { best });
        let largest = (0..n).fold(0.0_f64, |m, k| m.max(a[pivot * n + k].abs()));
        if size(pivot, a).is_nan() || size(pivot, a) <= 1e-12 * largest {
            return None;
        }
        if pivot != j {
            (0..n).for_each(|k| a.swap(pivot * n + k, j * n + k));
            b.swap(pivot, j);
        }
        for i in j + 1..n {
            let factor = a[i * n + j] / a[j * n + j];
            (j..n).for_each(|k| a[i * n + k] -= factor * a[j * n + k]);
            b[i] -= factor * b[j];
        }
    }
    for i in (0..n).rev() {
        let dot: f64 = (i + 1..n).map(|k| a[i * n + k] * b[k]).sum();
        b[i] = (b[i] - dot) / a[i * n + i];
    }
    Some(())
}

/// A 3 x 3 matrix, row-major.
pub type Matrix = [f64; 9];

/// `a b`.
pub fn multiply(a: &Matrix, b: &Matrix) -> Matrix {
    std::array::from_fn(|i| (0..3).map(|k| a[i / 3 * 3 + k] * b[k * 3 + i % 3]).sum())
}

/// The determinant times the inverse.
pub fn adjugate(m: &Matrix) -> Matrix {
    [
        m[4] * m[8] - m[5] * m[7],
        m[2] * m[7] - m[1] * m[8],
        m[1] * m[5] - m[2] * m[4],
        m[5] * m[6] - m[3] * m[8],
        m[0] * m[8] - m[2] * m[6],
        m[2] * m[3] - m[0] * m[5],
        m[3] * m[7] - m[4] * m[6],
        m[1] * m[6] - m[0] * m[7],
        m[0] * m[4] - m[1] * m[3],
    ]
}

/// The determinant.
pub fn determinant(m: &Matrix) -> f64 {
    m[0] * (m[4] * m[8] - m[5] * m[7]) - m[1] * (m[3] * m[8] - m[5] * m[6])
        + m[2] * (m[3] * m[7] - m[4] * m[6])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systems_are_solved_and_dependent_unknowns_are_found() {
        let (mut a, mut b) = (vec![4.0, 2.0, 2.0, 3.0], vec![10.0, 9.0]);
        assert_eq!(solve_cholesky(&mut a, &mut b, 1e-12), 2);
        assert!((b[0] - 1.5).abs() < 1e-12 && (b[1] - 2.0).abs() < 1e-12);
        let (mut a, mut b) = (vec![1.0, 2.0, 2.0, 4.0], vec![3.0, 6.0]);
        assert_eq!(solve_cholesky(&mut a, &mut b, 1e-12), 1);
        assert_eq!(b, [3.0, 0.0]);
        let (mut a, mut b) = (vec![0.0, 1.0, 2.0, 0.0], vec![3.0, 8.0]);
        solve_general(&mut a, &mut b).unwrap();
        assert_eq!(b, [4.0, 3.0]);
        assert!(solve_general(&mut [1.0, 2.0, 2.0, 4.0], &mut [1.0, 1.0]).is_none());
    }

    #[test]
    fn the_adjugate_inverts() {
        let m = [2.0, 1.0, 0.5, -1.0, 3.0, 2.0, 0.1, 0.2, 1.0];
        let product = multiply(&m, &adjugate(&m));
        let d = determinant(&m);
        for i in 0..9 {
            assert!((product[i] - if i % 4 == 0 { d } else { 0.0 }).abs() < 1e-12);
        }
    }
}
