//! Squares of sixteen by sixteen, transposed in registers.
#![expect(unsafe_code, reason = "intrinsics on pointers")]

use std::arch::x86_64::{
    __m512, _mm512_castpd_ps, _mm512_castps_pd, _mm512_loadu_ps, _mm512_setzero_ps, _mm512_shuffle_f32x4,
    _mm512_storeu_ps, _mm512_unpackhi_pd, _mm512_unpackhi_ps, _mm512_unpacklo_pd, _mm512_unpacklo_ps,
};

/// The side of a square.
pub const SIDE: usize = 16;

/// to\[j\]\[i\] = from\[i\]\[j\] for i and j below 16, rows `from_row` and `to_row` apart.
///
/// # Safety
/// AVX-512 F must be there, and both squares be good to read and to write.
#[target_feature(enable = "avx512f")]
pub unsafe fn square(from: *const f32, from_row: usize, to: *mut f32, to_row: usize) {
    let mut a = [_mm512_setzero_ps(); SIDE];
    for (i, row) in a.iter_mut().enumerate() {
        // SAFETY: a row of the square that the caller vouches for.
        *row = unsafe { _mm512_loadu_ps(from.add(i * from_row)) };
    }
    // Pairs of rows, then pairs of pairs, within lanes of four; then the lanes themselves.
    let mut b = [_mm512_setzero_ps(); SIDE];
    for i in 0..8 {
        b[2 * i] = _mm512_unpacklo_ps(a[2 * i], a[2 * i + 1]);
        b[2 * i + 1] = _mm512_unpackhi_ps(a[2 * i], a[2 * i + 1]);
    }
    for i in 0..4 {
        let low = |x: __m512, y: __m512| {
            _mm512_castpd_ps(_mm512_unpacklo_pd(_mm512_castps_pd(x), _mm512_castps_pd(y)))
        };
        let high = |x: __m512, y: __m512| {
            _mm512_castpd_ps(_mm512_unpackhi_pd(_mm512_castps_pd(x), _mm512_castps_pd(y)))
        };
        a[4 * i] = low(b[4 * i], b[4 * i + 2]);
        a[4 * i + 1] = high(b[4 * i], b[4 * i + 2]);
        a[4 * i + 2] = low(b[4 * i + 1], b[4 * i + 3]);
        a[4 * i + 3] = high(b[4 * i + 1], b[4 * i + 3]);
    }
    for i in 0..4 {
        b[i] = _mm512_shuffle_f32x4::<0x88>(a[i], a[4 + i]);
        b[4 + i] = _mm512_shuffle_f32x4::<0xdd>(a[i], a[4 + i]);
        b[8 + i] = _mm512_shuffle_f32x4::<0x88>(a[8 + i], a[12 + i]);
        b[12 + i] = _mm512_shuffle_f32x4::<0xdd>(a[8 + i], a[12 + i]);
    }
    for i in 0..4 {
        let rows = [
            _mm512_shuffle_f32x4::<0x88>(b[i], b[8 + i]),
            _mm512_shuffle_f32x4::<0x88>(b[4 + i], b[12 + i]),
            _mm512_shuffle_f32x4::<0xdd>(b[i], b[8 + i]),
            _mm512_shuffle_f32x4::<0xdd>(b[4 + i], b[12 + i]),
        ];
        for (lane, row) in rows.into_iter().enumerate() {
            // SAFETY: a row of the square that the caller vouches for.
            unsafe { _mm512_storeu_ps(to.add((4 * lane + i) * to_row), row) };
        }
    }
}
