//! The orthogonal matrix nearest to another.

use induce_core::linalg::Eigen;

/// `M (M' M)^-1/2`, and the sum of the singular values of M: of all orthogonal matrices the one nearest to it. // m: (k, k)
pub(super) fn polar(m: &[f64], k: usize) -> (Vec<f64>, f64) {
    let entry = |i: usize, j: usize| (0..k).map(|l| m[l * k + i] * m[l * k + j]).sum();
    let gram: Vec<f64> = (0..k * k).map(|ij| entry(ij / k, ij % k)).collect();
    let eigen = Eigen::new(&gram, k);
    let top = eigen.values.last().copied().unwrap_or(0.0).max(f64::MIN_POSITIVE);
    // Directions that M does not have are turned to whatever is left: here, to nothing.
    let root: Vec<f64> = eigen
        .values
        .iter()
        .map(|v| if *v > 1e-14 * top { v.sqrt() } else { f64::INFINITY })
        .collect();
    let inverse = |i: usize, j: usize| {
        let v = |l: usize, i: usize| eigen.vectors[l * k + i];
        (0..k).map(|l| v(l, i) * v(l, j) / root[l]).sum::<f64>()
    };
    let inverse: Vec<f64> = (0..k * k).map(|ij| inverse(ij / k, ij % k)).collect();
    let product = |i: usize, j: usize| (0..k).map(|l| m[i * k + l] * inverse[l * k + j]).sum();
    let sum = root.iter().filter(|s| s.is_finite()).sum();
    ((0..k * k).map(|ij| product(ij / k, ij % k)).collect(), sum)
}
