//! Second moments of rows in registers.

use induce_core::multiversion;

use crate::mixture::forms::{BLOCK, Lanes};

/// Columns are padded to a multiple of it.
pub const PAD: usize = 8;
/// Rows of a tile of second moments: a product of each with eight columns is in registers.
const TILE: usize = 4;

multiversion! {
    /// Rows as lanes. // values (rows, width), x (width)
    pub fn turn(values: &[f64], x: &mut [Lanes]) {
        let width = x.len();
        if values.len() == BLOCK * width {
            for (j, lanes) in x.iter_mut().enumerate() {
                for l in 0..BLOCK {
                    lanes[l] = values[l * width + j];
                }
            }
            return;
        }
        for (l, row) in values.chunks_exact(width).enumerate() {
            x.iter_mut().zip(row).for_each(|(lanes, value)| lanes[l] = *value);
        }
    }
}

multiversion! {
    /// `sum += r d`. // scaled (rows, padded width)
    pub fn add_sum(scaled: &[f64], sum: &mut [f64]) {
        for scaled in scaled.chunks_exact(sum.len().next_multiple_of(PAD)) {
            sum.iter_mut().zip(scaled).for_each(|(sum, own)| *sum += own);
        }
    }
}

multiversion! {
    /// `square += r d d'` below and on the diagonal. // away, scaled (rows, padded width)
    pub fn add_products(away: &[f64], scaled: &[f64], width: usize, square: &mut [f64]) {
        let padded = width.next_multiple_of(PAD);
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
    /// `sum += r d`, `square += r d^2` with d = x - m, over some rows. // values (rows, width), r (rows)
    pub fn add_diagonal(values: &[f64], some: &[usize], r: &[f64], mean: &[f64], sum: &mut [f64], square: &mut [f64]) {
        let width = mean.len();
        let whole = width - width % PAD;
        for first in (0..whole).step_by(PAD) {
            let mut m = [0.0; PAD];
            m.copy_from_slice(&mean[first..first + PAD]);
            let (mut sums, mut squares) = ([0.0; PAD], [0.0; PAD]);
            for &row in some {
                let (x, r) = (&values[row * width + first..][..PAD], r[row]);
                for l in 0..PAD {
                    let d = x[l] - m[l];
                    let own = r * d;
                    sums[l] += own;
                    squares[l] += own * d;
                }
            }
            for l in 0..PAD {
                sum[first + l] += sums[l];
                square[first + l] += squares[l];
            }
        }
        for j in whole..width {
            for &row in some {
                let d = values[row * width + j] - mean[j];
                sum[j] += r[row] * d;
                square[j] += r[row] * d * d;
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

multiversion! {
    /// x - sum_k p_k m_k of some rows, and its multiples by their weights. // values (rows, width), means (components, padded width)
    pub fn about_expected(
        values: &[f64], some: &[usize], weight: &[f64], probabilities: &[Vec<f64>], means: &[f64], width: usize,
        out: [&mut [f64]; 2],
    ) {
        let [away, scaled] = out;
        let padded = width.next_multiple_of(PAD);
        let places = away.chunks_exact_mut(padded).zip(scaled.chunks_exact_mut(padded));
        for (&row, (away, scaled)) in some.iter().zip(places) {
            scaled.fill(0.0);
            for (p, mean) in probabilities.iter().zip(means.chunks_exact(padded)) {
                let p = p[row];
                if p > 0.0 {
                    for j in 0..padded {
                        scaled[j] += p * mean[j];
                    }
                }
            }
            let (x, w) = (&values[row * width..][..width], weight[row]);
            for j in 0..width {
                away[j] = x[j] - scaled[j];
                scaled[j] = w * away[j];
            }
        }
    }
}
