//! Second moments of rows in registers.

use induce_core::multiversion;

/// Columns are padded to a multiple of it.
pub const PAD: usize = 8;
/// Rows of a tile of second moments: a product of each with eight columns is in registers.
const TILE: usize = 4;

multiversion! {
    /// `sum += r d`, `square += r d d'` below and on the diagonal. // away, scaled (rows, padded width)
    pub fn add_full(away: &[f64], scaled: &[f64], sum: &mut [f64], square: &mut [f64]) {
        let width = sum.len();
        let padded = width.next_multiple_of(PAD);
        for scaled in scaled.chunks_exact(padded) {
            sum.iter_mut().zip(scaled).for_each(|(sum, own)| *sum += own);
        }
        for first in (0..width).step_by(TILE) {
            for second in (0..=first).step_by(PAD) {
                let mut tile = [[0.0; PAD]; TILE];
                for (scaled, away) in scaled.chunks_exact(padded).zip(away.chunks_exact(padded)) {
                    let (own, d) = (&scaled[first..first + TILE], &away[second..second + PAD]);
                    for p in 0..TILE {
                        for q in 0..PAD {
                            tile[p][q] += own[p] * d[q];
                        }
                    }
                }
                for i in first..(first + TILE).min(width) {
                    for j in second..(second + PAD).min(i + 1) {
                        square[i * width + j] += tile[i - first][j - second];
                    }
                }
            }
        }
    }
}

multiversion! {
    /// `sum += r d`, `square += r d^2`. // away, scaled (rows, padded width)
    pub fn add_diagonal(away: &[f64], scaled: &[f64], sum: &mut [f64], square: &mut [f64]) {
        let width = sum.len();
        let padded = width.next_multiple_of(PAD);
        for (scaled, away) in scaled.chunks_exact(padded).zip(away.chunks_exact(padded)) {
            for j in 0..width {
                sum[j] += scaled[j];
                square[j] += scaled[j] * away[j];
            }
        }
    }
}

multiversion! {
    /// x - m of some rows, and its multiples by r. // values (rows, width), r (rows), away, scaled (some, padded width)
    pub fn differences(values: &[f64], some: &[usize], r: &[f64], mean: &[f64], away: &mut [f64], scaled: &mut [f64]) {
        let width = mean.len();
        let padded = width.next_multiple_of(PAD);
        let places = away.chunks_exact_mut(padded).zip(scaled.chunks_exact_mut(padded));
        for (&row, (away, scaled)) in some.iter().zip(places) {
            let (x, r) = (&values[row * width..][..width], r[row]);
            for j in 0..width {
                away[j] = x[j] - mean[j];
                scaled[j] = r * away[j];
            }
        }
    }
}
