//! Clusters by the nodes that a pivoted QR factorisation chooses.

use super::largest;
use super::polar::polar;

/// The k rows that Gram and Schmidt's process with pivots takes, and the rotation nearest to them: each row belongs to the
/// axis along which it is longest. No start has to be drawn, so there is nothing random in it.
///
/// Damle, Minden & Ying 2019, *Simple, direct and efficient multi-way spectral clustering*, algorithm 1.
pub(super) fn cluster_qr(rows: &[f64], k: usize) -> Vec<u32> {
    let mut rest = rows.to_vec();
    let mut chosen = vec![0.0; k * k];
    for c in 0..k {
        let pivot = largest(rest.chunks_exact(k).map(|row| row.iter().map(|x| x * x).sum()));
        let axis: Vec<f64> = rest[pivot * k..(pivot + 1) * k].to_vec();
        let square: f64 = axis.iter().map(|x| x * x).sum();
        (0..k).for_each(|d| chosen[d * k + c] = rows[pivot * k + d]);
        if square > 0.0 {
            for row in rest.chunks_exact_mut(k) {
                let along = row.iter().zip(&axis).map(|(x, a)| x * a).sum::<f64>() / square;
                row.iter_mut().zip(&axis).for_each(|(x, a)| *x -= along * a);
            }
        }
        rest[pivot * k..(pivot + 1) * k].fill(0.0);
    }
    let (turn, _) = polar(&chosen, k);
    let label = |row: &[f64]| {
        let along = |c: usize| {
            row.iter()
                .enumerate()
                .map(|(d, x)| x * turn[d * k + c])
                .sum::<f64>()
                .abs()
        };
        largest((0..k).map(along)) as u32
    };
    rows.chunks_exact(k).map(label).collect()
}
