//! Products of tall blocks, in tiles that stay in registers.

use crate::multiversion;

/// Columns of a tile: two vectors of the widest instructions.
const WIDE: usize = 16;
/// Rows of a tile.
const HIGH: usize = 4;

multiversion! {
    /// `sum += X' Y`, the rows in their order. // x: (n, p), y: (n, q), sum: (p, q)
    pub(super) fn add_inner(x: &[f64], p: usize, y: &[f64], q: usize, sum: &mut [f64]) {
        for i in (0..p).step_by(HIGH) {
            let high = HIGH.min(p - i);
            for j in (0..q).step_by(WIDE) {
                let wide = WIDE.min(q - j);
                let mut tile = [[0.0; WIDE]; HIGH];
                for (x, y) in x.chunks_exact(p).zip(y.chunks_exact(q)) {
                    add_outer(&x[i..i + high], &y[j..j + wide], &mut tile);
                }
                for (r, tile) in tile.iter().enumerate().take(high) {
                    let sum = &mut sum[(i + r) * q + j..(i + r) * q + j + wide];
                    sum.iter_mut().zip(tile).for_each(|(sum, t)| *sum += t);
                }
            }
        }
    }
}

multiversion! {
    /// `Y += s X M`, terms in their order. // x: (n, p), m: (p, q), y: (n, q)
    pub(super) fn add_times(x: &[f64], p: usize, m: &[f64], q: usize, scale: f64, y: &mut [f64]) {
        let rows = y.len() / q;
        for i in (0..rows).step_by(HIGH) {
            let high = HIGH.min(rows - i);
            for j in (0..q).step_by(WIDE) {
                let wide = WIDE.min(q - j);
                let mut tile = [[0.0; WIDE]; HIGH];
                for (k, m) in m.chunks_exact(q).enumerate() {
                    let mut x_of = [0.0; HIGH];
                    for (r, own) in x_of.iter_mut().enumerate().take(high) {
                        *own = x[(i + r) * p + k];
                    }
                    add_outer(&x_of[..high], &m[j..j + wide], &mut tile);
                }
                for (r, tile) in tile.iter().enumerate().take(high) {
                    let y = &mut y[(i + r) * q + j..(i + r) * q + j + wide];
                    y.iter_mut().zip(tile).for_each(|(y, t)| *y += scale * t);
                }
            }
        }
    }
}

#[inline(always)]
fn add_outer(x: &[f64], y: &[f64], tile: &mut [[f64; WIDE]; HIGH]) {
    // Whole tiles have lengths that the compiler knows, and stay in registers.
    if let (Ok(x), Ok(y)) = (<&[f64; HIGH]>::try_from(x), <&[f64; WIDE]>::try_from(y)) {
        for r in 0..HIGH {
            for l in 0..WIDE {
                tile[r][l] += x[r] * y[l];
            }
        }
        return;
    }
    for (x, tile) in x.iter().zip(tile) {
        y.iter().zip(tile).for_each(|(y, t)| *t += x * y);
    }
}
