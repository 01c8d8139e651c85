//! Sums over vectors, eight lanes at a time.
//!
//! Each sum is kept in eight lanes which are added in halves at the end, whatever the instruction set, so that the
//! bits are the same on all of them. No multiplication is fused with an addition for the same reason.

use crate::multiversion;

/// Lanes of a sum.
pub const LANES: usize = 8;

/// The sum of the lanes, in halves.
#[inline(always)]
pub fn sum_lanes(s: [f64; LANES]) -> f64 {
    ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]))
}

/// `sum_i term(x_i, y_i)` over as many elements as the shorter slice has.
///
/// Over arrays of one vector's length: with indices into slices every addition was checked, and made one at a time.
#[inline(always)]
pub fn sum_of(x: &[f64], y: &[f64], term: impl Fn(f64, f64) -> f64) -> f64 {
    let n = x.len().min(y.len());
    let (x, last_x) = x[..n].as_chunks::<LANES>();
    let (y, last_y) = y[..n].as_chunks::<LANES>();
    let mut sum = [0.0; LANES];
    for (x, y) in x.iter().zip(y) {
        for l in 0..LANES {
            sum[l] += term(x[l], y[l]);
        }
    }
    for (sum, (x, y)) in sum.iter_mut().zip(last_x.iter().zip(last_y)) {
        *sum += term(*x, *y);
    }
    sum_lanes(sum)
}

multiversion! {
    /// `x' y = sum_i x_i y_i`
    ///
    /// ```
    /// assert_eq!(induce_core::linalg::dot(&[1.0, 2.0], &[3.0, 4.0]), 11.0);
    /// ```
    #[inline]
    pub fn dot(x: &[f64], y: &[f64]) -> f64 {
        sum_of(x, y, |x, y| x * y)
    }
}

multiversion! {
    /// [`dot`] of four `x` that are as long as `y`, to the same bits: `y` is read once.
    pub fn dot_each(x: [&[f64]; 4], y: &[f64]) -> [f64; 4] {
        let [p, q, r, s] = x.map(|x| x[..y.len()].as_chunks::<LANES>());
        let (whole, last) = y.as_chunks::<LANES>();
        // Four arrays: of an array of them each element became a register of its own.
        let mut sums = ([0.0; LANES], [0.0; LANES], [0.0; LANES], [0.0; LANES]);
        for ((((y, p), q), r), s) in whole.iter().zip(p.0).zip(q.0).zip(r.0).zip(s.0) {
            sums.0 = products_added(sums.0, p, y);
            sums.1 = products_added(sums.1, q, y);
            sums.2 = products_added(sums.2, r, y);
            sums.3 = products_added(sums.3, s, y);
        }
        let mut sums = [sums.0, sums.1, sums.2, sums.3];
        for (sum, (_, x)) in sums.iter_mut().zip([p, q, r, s]) {
            for (sum, (x, y)) in sum.iter_mut().zip(x.iter().zip(last)) {
                *sum += x * y;
            }
        }
        sums.map(sum_lanes)
    }
}

#[inline(always)]
fn products_added(sum: [f64; LANES], x: &[f64; LANES], y: &[f64; LANES]) -> [f64; LANES] {
    std::array::from_fn(|l| sum[l] + x[l] * y[l])
}

multiversion! {
    /// `y += a x`
    #[inline]
    pub fn axpy(a: f64, x: &[f64], y: &mut [f64]) {
        for (y, x) in y.iter_mut().zip(x) {
            *y += a * x;
        }
    }
}
