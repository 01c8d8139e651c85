//! The inner loops: sums over rows, eight lanes at a time.
//!
//! Each sum is kept in eight lanes which are added in halves at the end, whatever the instruction set, so that the
//! bits are the same on all of them. No multiplication is fused with an addition for the same reason; where both have
//! their own execution units, as on Zen, that costs nothing.

use induce_core::multiversion;

/// Lanes of a sum.
pub const LANES: usize = 8;

/// The sum of the lanes, in halves.
#[inline(always)]
fn total(s: [f64; LANES]) -> f64 {
    ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]))
}

#[inline(always)]
fn lanes(n: usize, term: impl Fn(usize) -> f64) -> f64 {
    let mut sum = [0.0; LANES];
    let whole = n / LANES * LANES;
    let mut i = 0;
    while i < whole {
        for l in 0..LANES {
            sum[l] += term(i + l);
        }
        i += LANES;
    }
    for l in 0..n - whole {
        sum[l] += term(whole + l);
    }
    total(sum)
}

multiversion! {
    /// sum_i x_i y_i
    pub fn dot(x: &[f64], y: &[f64]) -> f64 {
        let n = x.len().min(y.len());
        let (x, y) = (&x[..n], &y[..n]);
        lanes(n, |i| x[i] * y[i])
    }
}

multiversion! {
    /// sum_i w_i x_i^2
    pub fn square(x: &[f64], w: &[f64]) -> f64 {
        let n = x.len().min(w.len());
        let (x, w) = (&x[..n], &w[..n]);
        lanes(n, |i| x[i] * x[i] * w[i])
    }
}

multiversion! {
    /// sum_i x_i
    pub fn sum(x: &[f64]) -> f64 {
        lanes(x.len(), |i| x[i])
    }
}

multiversion! {
    /// y += a x
    pub fn axpy(a: f64, x: &[f64], y: &mut [f64]) {
        for (y, x) in y.iter_mut().zip(x) {
            *y += a * x;
        }
    }
}

multiversion! {
    /// y += a w x, elementwise
    pub fn axpy_weighted(a: f64, w: &[f64], x: &[f64], y: &mut [f64]) {
        for ((y, x), w) in y.iter_mut().zip(x).zip(w) {
            *y += a * (w * x);
        }
    }
}

multiversion! {
    /// y += sum_k a_k x_k for four columns, so that y is read and written once for all
    pub fn axpy_four(a: [f64; 4], x: [&[f64]; 4], y: &mut [f64]) {
        let n = y.len();
        let [p, q, r, s] = x.map(|x| &x[..n]);
        for i in 0..n {
            y[i] += (a[0] * p[i] + a[1] * q[i]) + (a[2] * r[i] + a[3] * s[i]);
        }
    }
}

multiversion! {
    /// out = w x, elementwise
    pub fn scale_into(w: &[f64], x: &[f64], out: &mut [f64]) {
        for ((out, x), w) in out.iter_mut().zip(x).zip(w) {
            *out = w * x;
        }
    }
}

/// The 16 products of four columns with four others over the same rows.
pub fn tile(a: [&[f64]; 4], b: [&[f64]; 4]) -> [[f64; 4]; 4] {
    let n = a[0].len();
    assert!(
        a.iter().chain(&b).all(|x| x.len() == n),
        "the columns of a tile share their rows"
    );
    #[cfg(target_arch = "x86_64")]
    if induce_core::simd::level() == induce_core::simd::Level::Avx512 {
        #[expect(
            unsafe_code,
            reason = "calls code for instructions the machine was seen to have"
        )]
        // SAFETY: `level` found AVX-512 F, and all slices have `n` elements.
        return unsafe { wide::tile(a, b, n) };
    }
    tile_portable(a, b)
}

multiversion! {
    fn tile_portable(a: [&[f64]; 4], b: [&[f64]; 4]) -> [[f64; 4]; 4] {
        let mut out = [[0.0; 4]; 4];
        for (out, a) in out.iter_mut().zip(a) {
            for (out, b) in out.iter_mut().zip(b) {
                let n = a.len().min(b.len());
                let (a, b) = (&a[..n], &b[..n]);
                *out = lanes(n, |i| a[i] * b[i]);
            }
        }
        out
    }
}

#[cfg(target_arch = "x86_64")]
mod wide {
    use std::arch::x86_64::{
        __m512d, _mm512_add_pd, _mm512_loadu_pd, _mm512_maskz_loadu_pd, _mm512_mul_pd, _mm512_setzero_pd,
        _mm512_storeu_pd,
    };

    /// As the portable tile, with its 16 sums in registers.
    ///
    /// # Safety
    /// The machine has AVX-512 F and every slice has `n` elements.
    #[expect(unsafe_code, reason = "vector loads through pointers")]
    #[target_feature(enable = "avx512f")]
    pub unsafe fn tile(a: [&[f64]; 4], b: [&[f64]; 4], n: usize) -> [[f64; 4]; 4] {
        let mut sums = [[_mm512_setzero_pd(); 4]; 4];
        let whole = n / 8 * 8;
        let mut i = 0;
        while i < whole {
            // SAFETY: i + 8 <= n.
            let left = a.map(|x| unsafe { _mm512_loadu_pd(x.as_ptr().add(i)) });
            // SAFETY: as above.
            let right = b.map(|x| unsafe { _mm512_loadu_pd(x.as_ptr().add(i)) });
            accumulate(&mut sums, left, right);
            i += 8;
        }
        if whole < n {
            let mask = (1_u8 << (n - whole)) - 1;
            // SAFETY: masked lanes are not read.
            let left = a.map(|x| unsafe { _mm512_maskz_loadu_pd(mask, x.as_ptr().add(whole)) });
            // SAFETY: as above.
            let right = b.map(|x| unsafe { _mm512_maskz_loadu_pd(mask, x.as_ptr().add(whole)) });
            accumulate(&mut sums, left, right);
        }
        let mut out = [[0.0; 4]; 4];
        for (out, sums) in out.iter_mut().zip(&sums) {
            for (out, sum) in out.iter_mut().zip(sums) {
                let mut lanes = [0.0; 8];
                // SAFETY: `lanes` has room for eight.
                unsafe { _mm512_storeu_pd(lanes.as_mut_ptr(), *sum) };
                *out = super::total(lanes);
            }
        }
        out
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    fn accumulate(sums: &mut [[__m512d; 4]; 4], a: [__m512d; 4], b: [__m512d; 4]) {
        for j in 0..4 {
            for k in 0..4 {
                sums[j][k] = _mm512_add_pd(sums[j][k], _mm512_mul_pd(a[j], b[k]));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wide_tile_has_the_bits_of_the_portable_one() {
        for n in [0, 3, 8, 61] {
            let column = |k: usize| {
                (0..n)
                    .map(|i| ((i * 7 + k * 13) as f64).sin())
                    .collect::<Vec<_>>()
            };
            let x: Vec<Vec<f64>> = (0..8).map(column).collect();
            let pick = |k: usize| [0, 1, 2, 3].map(|j| &x[k + j][..]);
            assert_eq!(tile(pick(0), pick(4)), tile_portable(pick(0), pick(4)));
            assert_eq!(tile(pick(0), pick(4))[1][2], dot(&x[1], &x[6]));
        }
    }
}
