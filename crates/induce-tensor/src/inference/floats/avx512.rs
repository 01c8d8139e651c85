//! AVX-512: the rows of a panel are one vector.
#![expect(unsafe_code, reason = "intrinsics on pointers")]

use std::arch::x86_64::{
    __m512, _MM_HINT_T0, _mm_prefetch, _mm256_load_si256, _mm512_add_ps, _mm512_castsi512_ps,
    _mm512_cvtepu16_epi32, _mm512_cvtph_ps, _mm512_load_ps, _mm512_mul_ps, _mm512_set1_ps, _mm512_setzero_ps,
    _mm512_slli_epi32, _mm512_storeu_ps,
};

use super::{Brains, Columns, Line, PARTS, ROWS, Singles, Sixteens};
use crate::inference::lines::AHEAD;

/// What AVX-512 makes a vector of.
pub trait Load: Columns {
    /// Column `c` of lines from `lines` on.
    ///
    /// # Safety
    /// AVX-512 F and the column must be there.
    unsafe fn load(lines: *const Line<Self>, c: usize) -> __m512;
}

impl Load for Singles {
    #[inline(always)]
    unsafe fn load(lines: *const Line<Self>, c: usize) -> __m512 {
        // SAFETY: handed on to the caller.
        unsafe { _mm512_load_ps(lines.add(c).cast()) }
    }
}

impl Load for Sixteens {
    #[inline(always)]
    unsafe fn load(lines: *const Line<Self>, c: usize) -> __m512 {
        // SAFETY: handed on to the caller.
        unsafe { _mm512_cvtph_ps(_mm256_load_si256(lines.cast::<[u16; ROWS]>().add(c).cast())) }
    }
}

impl Load for Brains {
    #[inline(always)]
    unsafe fn load(lines: *const Line<Self>, c: usize) -> __m512 {
        // SAFETY: handed on to the caller.
        unsafe {
            let bits = _mm256_load_si256(lines.cast::<[u16; ROWS]>().add(c).cast());
            _mm512_castsi512_ps(_mm512_slli_epi32::<16>(_mm512_cvtepu16_epi32(bits)))
        }
    }
}

/// # Safety
/// The instructions must be there, and the lengths fit: see [`product`](super::product).
#[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512dq,avx512vl,avx512vbmi,avx512vbmi2")]
#[target_feature(enable = "avx2,fma,bmi1,bmi2,popcnt,lzcnt")]
pub unsafe fn product<L: Load>(
    panel: &[Line<L>],
    mut x: &[f32],
    columns: usize,
    mut out: &mut [[f32; ROWS]],
) {
    while !out.is_empty() {
        // SAFETY: handed on to the caller.
        let done = unsafe {
            match out.len() {
                1 => sums::<L, 1>(panel, x, columns, out),
                2 => sums::<L, 2>(panel, x, columns, out),
                3 => sums::<L, 3>(panel, x, columns, out),
                _ => sums::<L, 4>(panel, x, columns, out),
            }
        };
        (x, out) = (&x[done * columns..], &mut out[done..]);
    }
}

/// The first `N` rows.
#[inline(always)]
unsafe fn sums<L: Load, const N: usize>(
    panel: &[Line<L>],
    x: &[f32],
    columns: usize,
    out: &mut [[f32; ROWS]],
) -> usize {
    let (panel, x) = (panel.as_ptr(), x.as_ptr());
    // SAFETY: all places are below the lengths that the caller has checked.
    unsafe {
        let mut sums = [[_mm512_setzero_ps(); PARTS]; N];
        let whole = columns / PARTS * PARTS;
        for first in (0..whole).step_by(PARTS) {
            for line in 0..PARTS / L::COLUMNS {
                let ahead = panel.wrapping_add(first / L::COLUMNS + line + AHEAD);
                _mm_prefetch::<_MM_HINT_T0>(ahead.cast());
            }
            for part in 0..PARTS {
                let w = L::load(panel, first + part);
                for p in 0..N {
                    let x = _mm512_set1_ps(*x.add(p * columns + first + part));
                    sums[p][part] = _mm512_add_ps(sums[p][part], _mm512_mul_ps(w, x));
                }
            }
        }
        for c in whole..columns {
            let w = L::load(panel, c);
            for p in 0..N {
                let own = _mm512_mul_ps(w, _mm512_set1_ps(*x.add(p * columns + c)));
                let sum = &mut sums[p][c - whole];
                *sum = _mm512_add_ps(*sum, own);
            }
        }
        for (s, out) in sums.iter().zip(out) {
            let sum = _mm512_add_ps(_mm512_add_ps(s[0], s[2]), _mm512_add_ps(s[1], s[3]));
            _mm512_storeu_ps(out.as_mut_ptr(), sum);
        }
    }
    N
}
