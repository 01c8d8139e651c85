//! AVX-512: the rows of a panel are one vector.
#![expect(unsafe_code, reason = "intrinsics on pointers")]

use std::arch::x86_64::{
    __m512, _MM_HINT_T0, _mm_prefetch, _mm256_load_si256, _mm512_add_ps, _mm512_castsi512_ps,
    _mm512_cvtepu16_epi32, _mm512_cvtph_ps, _mm512_fmadd_ps, _mm512_load_ps, _mm512_set1_ps,
    _mm512_setzero_ps, _mm512_slli_epi32, _mm512_storeu_ps,
};

use crate::inference::lines::AHEAD;
use crate::inference::lines::{Bf16Panel, Columns, F16Panel, F32Panel, Line, PARTS, ROWS};

/// What AVX-512 makes a vector of.
pub trait Load: Columns {
    /// Column `c` of lines from `lines` on.
    ///
    /// # Safety
    /// AVX-512 F and the column must be there.
    unsafe fn load(lines: *const Line<Self>, c: usize) -> __m512;
}

impl Load for F32Panel {
    #[inline(always)]
    unsafe fn load(lines: *const Line<Self>, c: usize) -> __m512 {
        // SAFETY: handed on to the caller.
        unsafe { _mm512_load_ps(lines.add(c).cast()) }
    }
}

impl Load for F16Panel {
    #[inline(always)]
    unsafe fn load(lines: *const Line<Self>, c: usize) -> __m512 {
        // SAFETY: handed on to the caller.
        unsafe { _mm512_cvtph_ps(_mm256_load_si256(lines.cast::<[u16; ROWS]>().add(c).cast())) }
    }
}

impl Load for Bf16Panel {
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
pub unsafe fn product<L: Load, const R: usize>(
    lines: &[Line<L>],
    apart: usize,
    mut x: &[f32],
    columns: usize,
    mut out: &mut [[[f32; ROWS]; R]],
) {
    while !out.is_empty() {
        // SAFETY: handed on to the caller.
        let done = unsafe {
            match out.len() {
                1 => sums::<L, R, 1>(lines, apart, x, columns, out),
                2 => sums::<L, R, 2>(lines, apart, x, columns, out),
                // Of two panels, 24 sums: what 32 registers hold.
                4.. if R == 1 => sums::<L, R, 4>(lines, apart, x, columns, out),
                _ => sums::<L, R, 3>(lines, apart, x, columns, out),
            }
        };
        (x, out) = (&x[done * columns..], &mut out[done..]);
    }
}

/// The first `N` rows.
#[inline(always)]
unsafe fn sums<L: Load, const R: usize, const N: usize>(
    lines: &[Line<L>],
    apart: usize,
    x: &[f32],
    columns: usize,
    out: &mut [[[f32; ROWS]; R]],
) -> usize {
    let (lines, x) = (lines.as_ptr(), x.as_ptr());
    // SAFETY: all places are below the lengths that the caller has checked.
    unsafe {
        let mut sums = [[[_mm512_setzero_ps(); PARTS]; R]; N];
        let whole = columns / PARTS * PARTS;
        for first in (0..whole).step_by(PARTS) {
            // With more panels it is arithmetic that takes the time.
            for line in 0..if R == 1 { PARTS / L::COLUMNS } else { 0 } {
                let ahead = lines.wrapping_add(first / L::COLUMNS + line + AHEAD);
                _mm_prefetch::<_MM_HINT_T0>(ahead.cast());
            }
            for part in 0..PARTS {
                let w: [__m512; R] = std::array::from_fn(|r| L::load(lines.add(r * apart), first + part));
                for p in 0..N {
                    let x = _mm512_set1_ps(*x.add(p * columns + first + part));
                    for r in 0..R {
                        sums[p][r][part] = _mm512_fmadd_ps(w[r], x, sums[p][r][part]);
                    }
                }
            }
        }
        for c in whole..columns {
            for p in 0..N {
                let x = _mm512_set1_ps(*x.add(p * columns + c));
                for r in 0..R {
                    let (w, sum) = (L::load(lines.add(r * apart), c), &mut sums[p][r][c - whole]);
                    *sum = _mm512_fmadd_ps(w, x, *sum);
                }
            }
        }
        for (s, out) in sums.as_flattened().iter().zip(out.as_flattened_mut()) {
            let sum = _mm512_add_ps(_mm512_add_ps(s[0], s[2]), _mm512_add_ps(s[1], s[3]));
            _mm512_storeu_ps(out.as_mut_ptr(), sum);
        }
    }
    N
}
