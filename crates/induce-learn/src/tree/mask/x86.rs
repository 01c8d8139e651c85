//! What a block of 64 codes is asked, per instruction set of x86-64.
#![expect(
    unsafe_code,
    reason = "vector intrinsics; each is reached only after its features were detected"
)]

use std::arch::x86_64::*;

use induce_core::simd::{Avx2, Avx512, Baseline};

use super::super::bins::BLOCK;
use super::masks::FEW;
use super::masks::Masks;

impl Masks for Baseline {
    #[inline(always)]
    fn at_most(block: &[u8; BLOCK], offset: u8, limit: u8) -> u64 {
        let mut mask = 0;
        for (i, part) in block.chunks_exact(16).enumerate() {
            // SAFETY: the chunk has 16 bytes; SSE2 is part of x86-64.
            let bits = unsafe {
                let code = _mm_loadu_si128(part.as_ptr().cast());
                let code = _mm_sub_epi8(code, _mm_set1_epi8(offset as i8));
                let limit = _mm_set1_epi8(limit as i8);
                _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(code, limit), code))
            };
            mask |= u64::from(bits as u16) << (16 * i);
        }
        mask
    }
}

impl Masks for Avx2 {
    #[inline(always)]
    fn at_most(block: &[u8; BLOCK], offset: u8, limit: u8) -> u64 {
        let mut mask = 0;
        for (i, part) in block.chunks_exact(32).enumerate() {
            // SAFETY: the chunk has 32 bytes; this type is used only where AVX2 was detected.
            let bits = unsafe {
                let code = _mm256_loadu_si256(part.as_ptr().cast());
                let code = _mm256_sub_epi8(code, _mm256_set1_epi8(offset as i8));
                let limit = _mm256_set1_epi8(limit as i8);
                _mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_min_epu8(code, limit), code))
            };
            mask |= u64::from(bits as u32) << (32 * i);
        }
        mask
    }

    #[inline(always)]
    fn member(block: &[u8; BLOCK], set: &[u8; 32]) -> u64 {
        let mut mask = 0;
        for (i, part) in block.chunks_exact(32).enumerate() {
            // SAFETY: chunk and set have 32 bytes; this type is used only where AVX2 was detected.
            let bits = unsafe {
                let code = _mm256_loadu_si256(part.as_ptr().cast());
                let set = _mm256_loadu_si256(set.as_ptr().cast());
                let low = _mm256_permute2x128_si256::<0x00>(set, set);
                let high = _mm256_permute2x128_si256::<0x11>(set, set);
                let byte = _mm256_and_si256(_mm256_srli_epi16::<3>(code), _mm256_set1_epi8(31));
                let from_low = _mm256_shuffle_epi8(low, byte);
                let from_high = _mm256_shuffle_epi8(high, byte);
                let is_high = _mm256_cmpgt_epi8(byte, _mm256_set1_epi8(15));
                let word = _mm256_blendv_epi8(from_low, from_high, is_high);
                let powers = _mm256_set1_epi64x(i64::from_le_bytes([1, 2, 4, 8, 16, 32, 64, 128]));
                let bit = _mm256_shuffle_epi8(powers, _mm256_and_si256(code, _mm256_set1_epi8(7)));
                _mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_and_si256(word, bit), bit))
            };
            mask |= u64::from(bits as u32) << (32 * i);
        }
        mask
    }

    #[inline(always)]
    fn index<const B: usize>(masks: &[[u64; B]], b: usize) -> [u8; BLOCK] {
        let mut index = [0; BLOCK];
        for (half, out) in index.chunks_exact_mut(32).enumerate() {
            // SAFETY: the chunk has 32 bytes; this type is used only where AVX2 was detected.
            unsafe {
                let spread = _mm256_setr_epi64x(
                    0,
                    0x0101_0101_0101_0101,
                    0x0202_0202_0202_0202,
                    0x0303_0303_0303_0303,
                );
                let bits = _mm256_set1_epi64x(i64::from_le_bytes([1, 2, 4, 8, 16, 32, 64, 128]));
                let mut sum = _mm256_setzero_si256();
                for (m, mask) in masks.iter().enumerate() {
                    let word = _mm256_set1_epi32((mask[b] >> (32 * half)) as i32);
                    let byte = _mm256_shuffle_epi8(word, spread);
                    let on = _mm256_cmpeq_epi8(_mm256_and_si256(byte, bits), bits);
                    sum = _mm256_or_si256(sum, _mm256_and_si256(on, _mm256_set1_epi8(m as i8)));
                }
                _mm256_storeu_si256(out.as_mut_ptr().cast(), sum);
            }
        }
        index
    }
}

impl Masks for Avx512 {
    #[inline(always)]
    fn at_most(block: &[u8; BLOCK], offset: u8, limit: u8) -> u64 {
        // SAFETY: the block has 64 bytes; this type is used only where AVX-512 BW was detected.
        unsafe {
            let code = _mm512_loadu_si512(block.as_ptr().cast());
            let code = _mm512_sub_epi8(code, _mm512_set1_epi8(offset as i8));
            _mm512_cmple_epu8_mask(code, _mm512_set1_epi8(limit as i8))
        }
    }

    #[inline(always)]
    fn member(block: &[u8; BLOCK], set: &[u8; 32]) -> u64 {
        // SAFETY: block and set have 64 and 32 bytes; this type is used only where AVX-512 VBMI was detected.
        unsafe {
            let code = _mm512_loadu_si512(block.as_ptr().cast());
            let set = _mm512_broadcast_i64x4(_mm256_loadu_si256(set.as_ptr().cast()));
            let byte = _mm512_and_si512(_mm512_srli_epi16::<3>(code), _mm512_set1_epi8(31));
            let word = _mm512_permutexvar_epi8(byte, set);
            let powers = _mm512_set1_epi64(i64::from_le_bytes([1, 2, 4, 8, 16, 32, 64, 128]));
            let bit = _mm512_shuffle_epi8(powers, _mm512_and_si512(code, _mm512_set1_epi8(7)));
            _mm512_test_epi8_mask(word, bit)
        }
    }

    #[inline(always)]
    fn index<const B: usize>(masks: &[[u64; B]], b: usize) -> [u8; BLOCK] {
        let mut index = [0; BLOCK];
        // SAFETY: the array has 64 bytes; this type is used only where AVX-512 BW was detected.
        unsafe {
            let mut sum = _mm512_setzero_si512();
            for (m, mask) in masks.iter().enumerate() {
                sum = _mm512_mask_mov_epi8(sum, mask[b], _mm512_set1_epi8(m as i8));
            }
            _mm512_storeu_si512(index.as_mut_ptr().cast(), sum);
        }
        index
    }

    #[inline(always)]
    fn add_handful(out: &mut [f64; BLOCK], leaves: &[u8; BLOCK], table: &[f64; FEW]) {
        // SAFETY: arrays have 64, 64 and 256 items; this type is used only where AVX-512 F was detected.
        unsafe {
            let part = |i: usize| _mm512_loadu_pd(table.as_ptr().add(8 * i));
            let (a, b, c, d) = (part(0), part(1), part(2), part(3));
            for i in (0..BLOCK).step_by(8) {
                let leaf = _mm512_cvtepu8_epi64(_mm_loadl_epi64(leaves.as_ptr().add(i).cast()));
                let low = _mm512_permutex2var_pd(a, leaf, b);
                let high = _mm512_permutex2var_pd(c, leaf, d);
                let is_high = _mm512_test_epi64_mask(leaf, _mm512_set1_epi64(16));
                let value = _mm512_mask_blend_pd(is_high, low, high);
                let place = out.as_mut_ptr().add(i);
                _mm512_storeu_pd(place, _mm512_add_pd(_mm512_loadu_pd(place), value));
            }
        }
    }
}
