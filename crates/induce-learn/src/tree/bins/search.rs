//! Which bin a value falls in, many values at a time.

use induce_core::simd::Baseline;

/// Cuts laid out in two levels of 16 for at most 255 cuts, so that a lookup is
/// 32 comparisons without a branch: with SIMD faster than a binary search.
pub struct Search {
    cuts: Vec<f64>,
    /// Every 16th cut: `pivots[i] = cuts[16 i + 15]`.
    pivots: [f64; 16],
    /// All cuts, padded with infinity.
    fine: [[f64; 16]; 16],
}

impl Search {
    /// A search among ascending `cuts`.
    pub fn new(cuts: &[f64]) -> Self {
        let mut pivots = [f64::INFINITY; 16];
        let mut fine = [[f64::INFINITY; 16]; 16];
        if cuts.len() <= 255 {
            for (i, &cut) in cuts.iter().enumerate() {
                fine[i / 16][i % 16] = cut;
            }
            for (pivot, group) in pivots.iter_mut().zip(&fine) {
                *pivot = group[15];
            }
        }
        Self {
            cuts: cuts.to_vec(),
            pivots,
            fine,
        }
    }

    /// 1 + the number of cuts below each value; 0 for NaN. At most 255 cuts.
    pub fn narrow(&self, values: &[f64], out: &mut [u8]) {
        debug_assert!(self.cuts.len() <= 254, "the codes must fit a byte");
        narrow(self, values, out);
    }

    #[inline(always)]
    fn two_levels<I: Below>(&self, x: f64) -> u32 {
        let group = I::below(&self.pivots, x).min(15);
        16 * group + I::below(&self.fine[group as usize & 15], x)
    }

    /// As [`Search::narrow`] for any number of cuts up to 65,534.
    pub fn wide(&self, values: &[f64], out: &mut [u16]) {
        for (out, &x) in out.iter_mut().zip(values) {
            *out = if x.is_nan() {
                0
            } else {
                self.cuts.partition_point(|&cut| cut < x) as u16 + 1
            };
        }
    }
}

induce_core::multiversion! {
    fn narrow(search: &Search, values: &[f64], out: &mut [u8]) {
        let few = search.cuts.len() <= 15;
        for (out, &x) in out.iter_mut().zip(values) {
            let below = if few { Isa::below(&search.fine[0], x) } else { search.two_levels::<Isa>(x) };
            *out = if x.is_nan() { 0 } else { (below + 1) as u8 };
        }
    }
}

/// How many of 16 cuts are below a value, per instruction set.
trait Below {
    fn below(cuts: &[f64; 16], x: f64) -> u32;
}

impl Below for Baseline {
    #[inline(always)]
    fn below(cuts: &[f64; 16], x: f64) -> u32 {
        cuts.iter().map(|&cut| u32::from(cut < x)).sum()
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    #![expect(
        unsafe_code,
        reason = "vector intrinsics; each is reached only after its features were detected"
    )]
    use super::Below;
    use induce_core::simd::{Avx2, Avx512};
    use std::arch::x86_64::*;

    impl Below for Avx2 {
        #[inline(always)]
        fn below(cuts: &[f64; 16], x: f64) -> u32 {
            let mut mask = 0;
            for (i, four) in cuts.chunks_exact(4).enumerate() {
                // SAFETY: the chunk has 4 doubles; this type is used only where AVX2 was detected.
                let bits = unsafe {
                    let less = _mm256_cmp_pd::<_CMP_LT_OQ>(_mm256_loadu_pd(four.as_ptr()), _mm256_set1_pd(x));
                    _mm256_movemask_pd(less)
                };
                mask |= (bits as u32) << (4 * i);
            }
            mask.count_ones()
        }
    }

    impl Below for Avx512 {
        #[inline(always)]
        fn below(cuts: &[f64; 16], x: f64) -> u32 {
            // SAFETY: there are 16 doubles; this type is used only where AVX-512 F was detected.
            unsafe {
                let x = _mm512_set1_pd(x);
                let low = _mm512_cmp_pd_mask::<_CMP_LT_OQ>(_mm512_loadu_pd(cuts.as_ptr()), x);
                let high = _mm512_cmp_pd_mask::<_CMP_LT_OQ>(_mm512_loadu_pd(cuts.as_ptr().add(8)), x);
                (u32::from(low) | u32::from(high) << 8).count_ones()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn agrees_with_a_binary_search(cuts in prop::collection::btree_set(-500_i32..500, 0..254), values in prop::collection::vec(-2100_i32..2100, 1..50)) {
            let cuts: Vec<f64> = cuts.into_iter().map(|c| f64::from(c) / 2.0).collect();
            let mut values: Vec<f64> = values.into_iter().map(|v| f64::from(v) / 8.0).collect();
            values.extend([f64::INFINITY, f64::NEG_INFINITY, f64::NAN]);
            let search = Search::new(&cuts);
            let (mut narrow, mut wide) = (vec![0_u8; values.len()], vec![0_u16; values.len()]);
            search.narrow(&values, &mut narrow);
            search.wide(&values, &mut wide);
            for ((&x, &n), &w) in values.iter().zip(&narrow).zip(&wide) {
                let expected = if x.is_nan() { 0 } else { cuts.iter().filter(|&&c| c < x).count() as u16 + 1 };
                prop_assert_eq!((u16::from(n), w), (expected, expected), "x = {}", x);
            }
        }
    }
}
