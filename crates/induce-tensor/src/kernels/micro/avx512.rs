//! Six rows by four vectors of sixteen: 24 sums in the 32 registers of AVX-512.
#![expect(unsafe_code, reason = "intrinsics on pointers")]

use std::arch::x86_64::{
    __m512, __mmask16, _MM_HINT_T0, _mm_prefetch, _mm512_add_ps, _mm512_fmadd_ps, _mm512_mask_storeu_ps,
    _mm512_maskz_loadu_ps, _mm512_set1_ps, _mm512_setzero_ps,
};

use super::block::Block;

/// # Safety
/// AVX-512 F must be there, and the pointers be good for the sizes.
#[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512dq,avx512vl,avx512vbmi,avx512vbmi2")]
#[target_feature(enable = "avx2,fma,bmi1,bmi2,popcnt,lzcnt")]
pub unsafe fn block(b: &Block<f32>) {
    let b = *b;
    // SAFETY: handed on from the caller.
    unsafe {
        match b.columns.div_ceil(16) {
            1 => by_rows::<1>(b),
            2 => by_rows::<2>(b),
            3 => by_rows::<3>(b),
            _ => by_rows::<4>(b),
        }
    }
}

#[inline(always)]
unsafe fn by_rows<const V: usize>(b: Block<f32>) {
    // SAFETY: handed on from the caller.
    unsafe {
        match b.rows {
            1 => sums::<1, V>(b),
            2 => sums::<2, V>(b),
            3 => sums::<3, V>(b),
            4 => sums::<4, V>(b),
            5 => sums::<5, V>(b),
            _ => sums::<6, V>(b),
        }
    }
}

#[inline(always)]
unsafe fn sums<const R: usize, const V: usize>(b: Block<f32>) {
    // SAFETY: all reads and writes are within the sizes that the caller vouches for; what is beyond the last column is
    // masked out.
    unsafe {
        let last: __mmask16 = u16::MAX >> (16 * V - b.columns);
        let mask = |v: usize| if v + 1 == V { last } else { u16::MAX };
        // On the way while the sums are made.
        for r in 0..R {
            for v in 0..V {
                _mm_prefetch::<_MM_HINT_T0>(b.c.wrapping_add(r * b.c_row + 16 * v).cast());
            }
        }
        let mut c: [[__m512; V]; R] = [[_mm512_setzero_ps(); V]; R];
        let (mut a, mut row) = (b.a, b.b);
        for _ in 0..b.depth {
            let mut own = [_mm512_setzero_ps(); V];
            for v in 0..V {
                own[v] = _mm512_maskz_loadu_ps(mask(v), row.add(16 * v));
            }
            for r in 0..R {
                let x = _mm512_set1_ps(*a.add(r * b.a_row));
                for v in 0..V {
                    c[r][v] = _mm512_fmadd_ps(x, own[v], c[r][v]);
                }
            }
            // After the last one they point at nothing.
            a = a.wrapping_add(b.a_depth);
            row = row.wrapping_add(b.b_depth);
        }
        for r in 0..R {
            for v in 0..V {
                let place = b.c.add(r * b.c_row + 16 * v);
                let value = if b.add {
                    _mm512_add_ps(_mm512_maskz_loadu_ps(mask(v), place), c[r][v])
                } else {
                    c[r][v]
                };
                _mm512_mask_storeu_ps(place, mask(v), value);
            }
        }
    }
}
