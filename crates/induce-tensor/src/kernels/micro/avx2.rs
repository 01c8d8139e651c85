//! Six rows by two vectors of eight: twelve sums in the sixteen registers of AVX2.
#![expect(unsafe_code, reason = "intrinsics on pointers")]

use std::arch::x86_64::{
    __m256, __m256i, _mm256_add_ps, _mm256_cmpgt_epi32, _mm256_fmadd_ps, _mm256_maskload_ps,
    _mm256_maskstore_ps, _mm256_set1_epi32, _mm256_set1_ps, _mm256_setr_epi32, _mm256_setzero_ps,
};

use super::block::Block;

/// # Safety
/// AVX2 and FMA must be there, and the pointers be good for the sizes.
#[target_feature(enable = "avx2,fma,bmi1,bmi2,popcnt,lzcnt")]
pub unsafe fn block(b: &Block<f32>) {
    let b = *b;
    for first in (0..b.columns).step_by(16) {
        // SAFETY: a part of the columns that the caller vouches for.
        unsafe {
            let part = Block {
                columns: (b.columns - first).min(16),
                b: b.b.add(first),
                c: b.c.add(first),
                ..b
            };
            match part.rows {
                1 => sums::<1>(part),
                2 => sums::<2>(part),
                3 => sums::<3>(part),
                4 => sums::<4>(part),
                5 => sums::<5>(part),
                _ => sums::<6>(part),
            }
        }
    }
}

#[inline(always)]
unsafe fn sums<const R: usize>(b: Block<f32>) {
    // SAFETY: all reads and writes are within the sizes that the caller vouches for; what is beyond the last column is
    // masked out.
    unsafe {
        let lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
        let left = b.columns as i32;
        let masks: [__m256i; 2] = [
            _mm256_cmpgt_epi32(_mm256_set1_epi32(left), lanes),
            _mm256_cmpgt_epi32(_mm256_set1_epi32(left - 8), lanes),
        ];
        let mut c: [[__m256; 2]; R] = [[_mm256_setzero_ps(); 2]; R];
        let (mut a, mut row) = (b.a, b.b);
        for _ in 0..b.depth {
            let own = [
                _mm256_maskload_ps(row, masks[0]),
                _mm256_maskload_ps(row.wrapping_add(8), masks[1]),
            ];
            for r in 0..R {
                let x = _mm256_set1_ps(*a.add(r * b.a_row));
                for v in 0..2 {
                    c[r][v] = _mm256_fmadd_ps(x, own[v], c[r][v]);
                }
            }
            // After the last one they point at nothing.
            a = a.wrapping_add(b.a_depth);
            row = row.wrapping_add(b.b_depth);
        }
        for r in 0..R {
            for v in 0..2 {
                let place = b.c.add(r * b.c_row).wrapping_add(8 * v);
                let value = if b.add {
                    _mm256_add_ps(_mm256_maskload_ps(place, masks[v]), c[r][v])
                } else {
                    c[r][v]
                };
                _mm256_maskstore_ps(place, masks[v], value);
            }
        }
    }
}
