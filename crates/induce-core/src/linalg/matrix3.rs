//! Matrices of three rows: maps of the projective plane.

/// A 3 x 3 matrix, row-major.
pub type Matrix3 = [f64; 9];

/// The product `a b`.
pub fn multiply(a: &Matrix3, b: &Matrix3) -> Matrix3 {
    std::array::from_fn(|i| (0..3).map(|k| a[i / 3 * 3 + k] * b[k * 3 + i % 3]).sum())
}

/// The adjugate, `det(m) m^-1`, which exists for a singular matrix too.
///
/// ```
/// use induce_core::linalg::{adjugate, determinant, multiply};
/// let m = [2.0, 1.0, 0.5, -1.0, 3.0, 2.0, 0.1, 0.2, 1.0];
/// assert!((multiply(&m, &adjugate(&m))[4] - determinant(&m)).abs() < 1e-12);
/// ```
pub fn adjugate(m: &Matrix3) -> Matrix3 {
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
pub fn determinant(m: &Matrix3) -> f64 {
    m[0] * (m[4] * m[8] - m[5] * m[7]) - m[1] * (m[3] * m[8] - m[5] * m[6])
        + m[2] * (m[3] * m[7] - m[4] * m[6])
}

#[cfg(test)]
mod tests {
    use super::*;

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
