//! Systems of linear equations that have no structure.

/// Solves `A x = b` for any regular `a` (n, n) by Gaussian elimination with partial pivoting, in place: `b` becomes
/// `x`. `None` if `A` is singular.
///
/// ```
/// use induce_core::linalg::solve_general;
/// let (mut a, mut b) = ([0.0, 1.0, 2.0, 0.0], [3.0, 8.0]);
/// assert!(solve_general(&mut a, &mut b).is_some());
/// assert_eq!(b, [4.0, 3.0]);
/// ```
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
