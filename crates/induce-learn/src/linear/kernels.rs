//! The inner loops: sums over rows, eight lanes at a time.
//!
//! Each sum is kept in eight lanes which are added in halves at the end, whatever the instruction set, so that the
//! bits are the same on all of them. No multiplication is fused with an addition for the same reason; where both have
//! their own execution units, as on Zen, that costs nothing.

use induce_core::multiversion;

pub use induce_core::linalg::{LANES, axpy, dot};
use induce_core::linalg::{sum_lanes as total, sum_of as lanes};
pub use induce_core::points::{dot_centred, square_centred, sum};

#[inline(always)]
fn added(sum: [f64; LANES], x: &[f64; LANES], c: f64, y: &[f64; LANES]) -> [f64; LANES] {
    std::array::from_fn(|l| sum[l] + (x[l] - c) * y[l])
}

multiversion! {
    /// sum_i (x_ki - c_k) y_i for four columns, so that y is read once for all
    pub fn dot_four(x: [&[f64]; 4], c: [f64; 4], y: &[f64]) -> [f64; 4] {
        let [p, q, r, s] = x.map(|x| x[..y.len()].as_chunks::<LANES>());
        let (whole, last) = y.as_chunks::<LANES>();
        // Four arrays: of an array of them each element became a register of its own.
        let mut sums = ([0.0; LANES], [0.0; LANES], [0.0; LANES], [0.0; LANES]);
        for ((((y, p), q), r), s) in whole.iter().zip(p.0).zip(q.0).zip(r.0).zip(s.0) {
            sums.0 = added(sums.0, p, c[0], y);
            sums.1 = added(sums.1, q, c[1], y);
            sums.2 = added(sums.2, r, c[2], y);
            sums.3 = added(sums.3, s, c[3], y);
        }
        let mut sums = [sums.0, sums.1, sums.2, sums.3];
        for (k, (_, x)) in [p, q, r, s].into_iter().enumerate() {
            for (sum, (x, y)) in sums[k].iter_mut().zip(x.iter().zip(last)) {
                *sum += (x - c[k]) * y;
            }
        }
        sums.map(total)
    }
}

multiversion! {
    /// y += a w (x - c), elementwise
    pub fn axpy_centred(a: f64, w: &[f64], x: &[f64], c: f64, y: &mut [f64]) {
        for ((y, x), w) in y.iter_mut().zip(x).zip(w) {
            *y += a * (w * (x - c));
        }
    }
}

multiversion! {
    /// out = (x - c) f, elementwise
    pub fn standardise(x: &[f64], c: f64, f: f64, out: &mut [f64]) {
        for (out, x) in out.iter_mut().zip(x) {
            *out = (x - c) * f;
        }
    }
}

multiversion! {
    /// y += a (x - c)
    pub fn axpy_shifted(a: f64, c: f64, x: &[f64], y: &mut [f64]) {
        for (y, x) in y.iter_mut().zip(x) {
            *y += a * (x - c);
        }
    }
}

multiversion! {
    /// y += sum_k a_k (x_k - c_k) for four columns, so that y is read and written once for all
    pub fn axpy_four(a: [f64; 4], c: [f64; 4], x: [&[f64]; 4], y: &mut [f64]) {
        let n = y.len();
        let [p, q, r, s] = x.map(|x| &x[..n]);
        for i in 0..n {
            y[i] += (a[0] * (p[i] - c[0]) + a[1] * (q[i] - c[1])) + (a[2] * (r[i] - c[2]) + a[3] * (s[i] - c[3]));
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
                *out = lanes(a, b, |a, b| a * b);
            }
        }
        out
    }
}

#[cfg(target_arch = "x86_64")]
mod wide {
    use std::arch::x86_64::{
        __m512d, _mm512_add_pd, _mm512_loadu_pd, _mm512_maskz_loadu_pd, _mm512_mul_pd, _mm512_setzero_pd,
        _mm512_shuffle_f64x2, _mm512_storeu_pd, _mm512_unpackhi_pd, _mm512_unpacklo_pd,
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
        for (out, sums) in out.chunks_exact_mut(2).zip(sums.chunks_exact(2)) {
            let totals = totals([
                sums[0][0], sums[0][1], sums[0][2], sums[0][3], sums[1][0], sums[1][1], sums[1][2],
                sums[1][3],
            ]);
            for (k, pair) in totals.chunks_exact(2).enumerate() {
                (out[0][k], out[1][k]) = (pair[0], pair[1]);
            }
        }
        out
    }

    /// The total of each of eight sums, in the order 0 4 1 5 2 6 3 7: the tree of [`super::total`], in all at once.
    #[expect(unsafe_code, reason = "vector stores through pointers")]
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn totals(v: [__m512d; 8]) -> [f64; 8] {
        let halves = |a, b| _mm512_add_pd(_mm512_shuffle_f64x2(a, b, 0x44), _mm512_shuffle_f64x2(a, b, 0xee));
        let quarters =
            |a, b| _mm512_add_pd(_mm512_shuffle_f64x2(a, b, 0x88), _mm512_shuffle_f64x2(a, b, 0xdd));
        let low = quarters(halves(v[0], v[1]), halves(v[2], v[3]));
        let high = quarters(halves(v[4], v[5]), halves(v[6], v[7]));
        let total = _mm512_add_pd(_mm512_unpacklo_pd(low, high), _mm512_unpackhi_pd(low, high));
        let mut out = [0.0; 8];
        // SAFETY: `out` has space for eight.
        unsafe { _mm512_storeu_pd(out.as_mut_ptr(), total) };
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
    fn four_dots_have_the_bits_of_one() {
        let x: Vec<f64> = (0..61).map(|i| (i as f64 * 0.7).sin()).collect();
        let y: Vec<f64> = (0..61).map(|i| (i as f64 * 0.3).cos()).collect();
        for n in [0, 5, 8, 61] {
            let all = dot_four([&x[..n]; 4], [0.0, 0.5, 1.0, 2.0], &y[..n]);
            let each = [0.0, 0.5, 1.0, 2.0].map(|c| dot_centred(&x[..n], c, &y[..n]));
            assert_eq!(all, each);
        }
    }

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
