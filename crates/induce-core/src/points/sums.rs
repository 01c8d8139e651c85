//! Sums over a column, eight lanes at a time, which are added in halves at the end: the same bits on every instruction set.

use crate::linalg::{LANES, sum_of as lanes};
use crate::multiversion;

multiversion! {
    /// sum_i (x_i - c) y_i
    pub fn dot_centred(x: &[f64], c: f64, y: &[f64]) -> f64 {
        lanes(x, y, |x, y| (x - c) * y)
    }
}

multiversion! {
    /// sum_i w_i (x_i - c)^2
    pub fn square_centred(x: &[f64], c: f64, w: &[f64]) -> f64 {
        lanes(x, w, |x, w| (x - c) * (x - c) * w)
    }
}

/// What [`count_and_sum`] has found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Counts {
    /// Values that are NaN.
    pub missing: f64,
    /// Values that are 0.
    pub zeros: f64,
    /// The largest size.
    pub most: f64,
    /// The sum of the weights of values other than NaN.
    pub weight: f64,
    /// The weighted sum of their differences from the shift.
    pub sum: f64,
}

/// Counts and sums of `x` weighted by `w`, NaN left out.
pub fn count_and_sum(x: &[f64], w: &[f64], shift: f64) -> Counts {
    let all = dot_centred(x, shift, w);
    let (most, zeros) = most_and_zeros(x);
    if !all.is_nan() {
        let (missing, weight, sum) = (0.0, sum(w), all);
        return Counts {
            missing,
            zeros,
            most,
            weight,
            sum,
        };
    }
    let known = || x.iter().zip(w).filter(|(x, _)| !x.is_nan());
    Counts {
        missing: x.len() as f64 - known().count() as f64,
        zeros,
        most,
        weight: known().map(|(_, w)| w).sum(),
        sum: known().map(|(x, w)| w * (x - shift)).sum(),
    }
}

multiversion! {
    /// The largest size and how many zeros; NaN has neither.
    fn most_and_zeros(x: &[f64]) -> (f64, f64) {
        let mut most = [0.0_f64; LANES];
        let whole = x.len() / LANES * LANES;
        for x in x[..whole].chunks_exact(LANES) {
            for l in 0..LANES {
                most[l] = if x[l].abs() > most[l] { x[l].abs() } else { most[l] };
            }
        }
        let larger = |a: f64, b: &f64| if b.abs() > a { b.abs() } else { a };
        let most = most.iter().chain(&x[whole..]).fold(0.0, larger);
        // One where the value is 0, by its bits: a choice of numbers would be made one at a time.
        let one = |x: f64, _: f64| f64::from_bits(u64::from(x == 0.0).wrapping_neg() & 1.0_f64.to_bits());
        (most, lanes(x, x, one))
    }
}

/// sum_i w_i (x_i - c)^2, NaN left out
pub fn square_weighted(x: &[f64], w: &[f64], c: f64) -> f64 {
    let all = square_centred(x, c, w);
    if !all.is_nan() {
        return all;
    }
    let known = x.iter().zip(w).filter(|(x, _)| !x.is_nan());
    known.map(|(x, w)| w * (x - c).powi(2)).sum()
}

multiversion! {
    /// sum_i x_i
    pub fn sum(x: &[f64]) -> f64 {
        lanes(x, x, |x, _| x)
    }
}
