//! Distances between points.

use super::vector::{LANES, sum_lanes};
use crate::multiversion;

/// |x - c|^2 over the coordinates that both have, for code that is compiled for several instruction sets.
#[inline(always)]
pub fn squared(x: &[f64], c: &[f64]) -> f64 {
    let (whole, last) = x.as_chunks::<LANES>();
    let (centre, rest) = c[..x.len()].as_chunks::<LANES>();
    let mut sum = [0.0; LANES];
    for (x, c) in whole.iter().zip(centre) {
        // Loops, not closures: those are not always made part of code that is compiled for wider instructions.
        for l in 0..LANES {
            let own = (x[l] - c[l]) * (x[l] - c[l]);
            sum[l] += if own.is_nan() { 0.0 } else { own };
        }
    }
    for ((sum, x), c) in sum.iter_mut().zip(last).zip(rest) {
        let own = (x - c) * (x - c);
        *sum += if own.is_nan() { 0.0 } else { own };
    }
    sum_lanes(sum)
}

multiversion! {
    /// |x - c|^2 over the coordinates that both have: those that are NaN are left out.
    pub fn square(x: &[f64], c: &[f64]) -> f64 {
        squared(x, c)
    }
}
