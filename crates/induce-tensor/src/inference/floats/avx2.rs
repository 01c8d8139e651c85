//! AVX2: the rows of a panel are two vectors, one after the other, so that all sums stay in registers.
#![expect(unsafe_code, reason = "intrinsics on pointers")]

use std::arch::x86_64::{
    __m256, __m256i, _mm_load_si128, _mm256_add_ps, _mm256_and_si256, _mm256_castps_si256,
    _mm256_castsi256_ps, _mm256_cvtepu16_epi32, _mm256_fmadd_ps, _mm256_load_ps, _mm256_mul_ps,
    _mm256_or_si256, _mm256_set1_epi32, _mm256_set1_ps, _mm256_setzero_ps, _mm256_slli_epi32,
    _mm256_storeu_ps,
};

use crate::inference::lines::BIAS;
use crate::inference::lines::{Bf16Panel, Columns, F16Panel, F32Panel, Line, PARTS, ROWS};

/// What AVX2 makes a vector of.
pub trait Load: Columns {
    /// Half of column `c` of lines from `lines` on.
    ///
    /// # Safety
    /// AVX2 and the column must be there.
    unsafe fn load(lines: *const Line<Self>, c: usize, half: usize) -> __m256;
}

impl Load for F32Panel {
    #[inline(always)]
    unsafe fn load(lines: *const Line<Self>, c: usize, half: usize) -> __m256 {
        // SAFETY: handed on to the caller.
        unsafe { _mm256_load_ps(lines.add(c).cast::<f32>().add(8 * half)) }
    }
}

/// Eight values of 16 bits, widened.
#[inline(always)]
unsafe fn wide(column: *const [u16; ROWS], half: usize) -> __m256i {
    // SAFETY: handed on to the caller.
    unsafe { _mm256_cvtepu16_epi32(_mm_load_si128(column.cast::<u16>().add(8 * half).cast())) }
}

impl Load for F16Panel {
    /// See [`from_halves`](crate::inference::lines::from_halves).
    #[inline(always)]
    unsafe fn load(lines: *const Line<Self>, c: usize, half: usize) -> __m256 {
        // SAFETY: handed on to the caller.
        unsafe {
            let bits = wide(lines.cast::<[u16; ROWS]>().add(c), half);
            let magnitude = _mm256_slli_epi32::<13>(_mm256_and_si256(bits, _mm256_set1_epi32(0x7fff)));
            let magnitude = _mm256_mul_ps(_mm256_castsi256_ps(magnitude), _mm256_set1_ps(BIAS));
            let sign = _mm256_slli_epi32::<16>(_mm256_and_si256(bits, _mm256_set1_epi32(0x8000)));
            _mm256_castsi256_ps(_mm256_or_si256(_mm256_castps_si256(magnitude), sign))
        }
    }
}

impl Load for Bf16Panel {
    #[inline(always)]
    unsafe fn load(lines: *const Line<Self>, c: usize, half: usize) -> __m256 {
        // SAFETY: handed on to the caller.
        unsafe {
            let bits = wide(lines.cast::<[u16; ROWS]>().add(c), half);
            _mm256_castsi256_ps(_mm256_slli_epi32::<16>(bits))
        }
    }
}

/// # Safety
/// The instructions must be there, and the lengths fit: see [`product`](super::product).
#[target_feature(enable = "avx2,fma,bmi1,bmi2,popcnt,lzcnt")]
pub unsafe fn product<L: Load, const R: usize>(
    lines: &[Line<L>],
    apart: usize,
    mut x: &[f32],
    columns: usize,
    mut out: &mut [[[f32; ROWS]; R]],
) {
    while !out.is_empty() {
        let together = out.len().min(3);
        for r in 0..R {
            let panel = &lines[r * apart..];
            // SAFETY: handed on to the caller.
            unsafe {
                match together {
                    1 => sums::<L, 1, R>(panel, x, columns, out, r),
                    2 => sums::<L, 2, R>(panel, x, columns, out, r),
                    _ => sums::<L, 3, R>(panel, x, columns, out, r),
                }
            }
        }
        (x, out) = (&x[together * columns..], &mut out[together..]);
    }
}

/// The first `N` rows of panel `r`.
#[inline(always)]
unsafe fn sums<L: Load, const N: usize, const R: usize>(
    panel: &[Line<L>],
    x: &[f32],
    columns: usize,
    out: &mut [[[f32; ROWS]; R]],
    r: usize,
) {
    let (panel, x) = (panel.as_ptr(), x.as_ptr());
    for half in 0..2 {
        // SAFETY: all places are below the lengths that the caller has checked.
        unsafe {
            let mut sums = [[_mm256_setzero_ps(); PARTS]; N];
            let whole = columns / PARTS * PARTS;
            for first in (0..whole).step_by(PARTS) {
                for part in 0..PARTS {
                    let w = L::load(panel, first + part, half);
                    for p in 0..N {
                        let x = _mm256_set1_ps(*x.add(p * columns + first + part));
                        sums[p][part] = _mm256_fmadd_ps(w, x, sums[p][part]);
                    }
                }
            }
            for c in whole..columns {
                let w = L::load(panel, c, half);
                for p in 0..N {
                    let sum = &mut sums[p][c - whole];
                    *sum = _mm256_fmadd_ps(w, _mm256_set1_ps(*x.add(p * columns + c)), *sum);
                }
            }
            for (s, out) in sums.iter().zip(&mut *out) {
                let sum = _mm256_add_ps(_mm256_add_ps(s[0], s[2]), _mm256_add_ps(s[1], s[3]));
                _mm256_storeu_ps(out[r].as_mut_ptr().add(8 * half), sum);
            }
        }
    }
}
