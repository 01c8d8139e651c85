//! Clusters by the rotation that brings the embedding nearest to indicators.

use induce_core::Run;

use super::largest;
use super::polar::polar;

/// Turns of a rotation and of labels, at most.
const TURNS: usize = 100;

/// Rows of length 1 are rotated so that they lie along the axes, each row then belonging to its largest coordinate; rotation
/// and labels by turns, until the sum of singular values does not change (Yu & Shi 2003, *Multiclass spectral clustering*).
pub(super) fn discretize(rows: &[f64], k: usize, run: &Run) -> Vec<u32> {
    let unit = unit_rows(rows, k);
    let mut turn = start(&unit, k, run);
    let (mut labels, mut before) = (Vec::new(), 0.0);
    for _ in 0..TURNS {
        labels = unit.chunks_exact(k).map(|row| along(row, &turn, k)).collect();
        let mut m = vec![0.0; k * k];
        for (row, &label) in unit.chunks_exact(k).zip(&labels) {
            row.iter()
                .enumerate()
                .for_each(|(d, x)| m[d * k + label as usize] += x);
        }
        let (next, sum) = polar(&m, k);
        if (sum - before).abs() <= f64::EPSILON * sum {
            break;
        }
        (turn, before) = (next, sum);
    }
    labels
}

fn unit_rows(rows: &[f64], k: usize) -> Vec<f64> {
    let mut unit = rows.to_vec();
    for row in unit.chunks_exact_mut(k) {
        let length = row.iter().map(|x| x * x).sum::<f64>().sqrt();
        if length > 0.0 {
            row.iter_mut().for_each(|x| *x /= length);
        }
    }
    unit
}

/// The axis that a rotated row is longest along.
fn along(row: &[f64], turn: &[f64], k: usize) -> u32 {
    largest((0..k).map(|c| row.iter().enumerate().map(|(d, x)| x * turn[d * k + c]).sum())) as u32
}

/// Rows that are as orthogonal to those before as can be, as the axes to begin with. // (k, k), a row in each column
fn start(unit: &[f64], k: usize, run: &Run) -> Vec<f64> {
    let n = unit.len() / k;
    let mut turn = vec![0.0; k * k];
    let mut along = vec![0.0_f64; n];
    let mut chosen = run.stream("spectral/discretize").below(0, n);
    for c in 0..k {
        let axis = &unit[chosen * k..(chosen + 1) * k];
        axis.iter().enumerate().for_each(|(d, x)| turn[d * k + c] = *x);
        for (sum, row) in along.iter_mut().zip(unit.chunks_exact(k)) {
            *sum += row.iter().zip(axis).map(|(x, a)| x * a).sum::<f64>().abs();
        }
        chosen = largest(along.iter().map(|sum| -sum));
    }
    turn
}
