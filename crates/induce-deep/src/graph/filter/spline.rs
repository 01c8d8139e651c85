//! Splines of eigenvalues, in the eigenbasis.

use induce_core::linalg::{Csr, Eigen};
use induce_core::{Error, Result};

/// Most nodes of which all eigenvectors are computed: it takes their number to the third power.
pub const NODES: usize = 2_000;

/// The values at `t` in [0, 1] of `count` B-splines over even knots, of degree 3 or what so few allow; they add up to 1 (de Boor 1978).
pub fn splines(t: f64, count: usize) -> Vec<f64> {
    let degree = 3.min(count - 1);
    let pieces = count - degree;
    let knot = |i: usize| (i.saturating_sub(degree).min(pieces)) as f64 / pieces as f64;
    let t = t.clamp(0.0, 1.0);
    let own = ((t * pieces as f64) as usize).min(pieces - 1) + degree;
    let mut values = vec![0.0; count + degree];
    values[own] = 1.0;
    for p in 1..=degree {
        for i in own - p..=own {
            let part = |a: usize, b: usize, side: f64| {
                let width = knot(b) - knot(a);
                if width > 0.0 { side / width } else { 0.0 }
            };
            let left = part(i, i + p, t - knot(i)) * values[i];
            let right = part(i + 1, i + p + 1, knot(i + p + 1) - t) * values[i + 1];
            values[i] = left + right;
        }
    }
    values.truncate(count);
    values
}

/// `U diag(p_k(lambda)) U'` for every one of `count` splines over the eigenvalues of a Laplacian, [0, 2].
///
/// # Errors
/// If there are too many nodes.
pub fn matrices(laplacian: &Csr, count: usize) -> Result<Vec<Csr>> {
    let n = laplacian.rows();
    if n > NODES {
        return Err(Error::setting(
            "filter",
            "spectral",
            format!(
                "the eigenbasis of {n} nodes takes too long, {NODES} are the most; `chebyshev` needs none"
            ),
        ));
    }
    let mut dense = vec![0.0; n * n];
    induce_core::graph::entries(laplacian).for_each(|(i, j, x)| dense[i * n + j] = x);
    let eigen = Eigen::new(&dense, n);
    let response: Vec<Vec<f64>> = eigen
        .values
        .iter()
        .map(|lambda| splines(lambda / 2.0, count))
        .collect();
    let matrix = |k: usize| {
        let mut sums = vec![0.0; n * n];
        for (own, u) in response.iter().zip(eigen.vectors.chunks_exact(n)) {
            let factor = own[k];
            if factor == 0.0 {
                continue;
            }
            for i in 0..n {
                // One half, and the other by symmetry: the same bits from both sides.
                let scaled = factor * u[i];
                sums[i * n..=i * n + i]
                    .iter_mut()
                    .zip(u)
                    .for_each(|(sum, u)| *sum += scaled * u);
            }
        }
        (0..n).for_each(|i| (0..i).for_each(|j| sums[j * n + i] = sums[i * n + j]));
        let starts = (0..=n).map(|i| i * n).collect();
        let index = (0..n * n).map(|i| (i % n) as u32).collect();
        Csr::trusted(n, starts, index, sums)
    };
    Ok((0..count).map(matrix).collect())
}
