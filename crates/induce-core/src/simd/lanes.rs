//! Sixteen single-precision numbers side by side, for kernels whose loops the compiler does not vectorise: selecting an index beside
//! a maximum became sixteen scalar comparisons, and was ten times slower.
//!
//! Products are fused with sums where the machine can; only results that do not depend on the last bit may be made of them.

use super::{Avx2, Avx512, Baseline};

/// How many there are.
pub const LANES: usize = 16;

/// Sixteen numbers in registers of an instruction set; only within code that is compiled for it (see
/// [`multiversion!`](crate::multiversion)).
pub trait Lanes: Copy {
    /// All alike.
    fn splat(x: f32) -> Self;
    /// From memory.
    fn load(x: &[f32; LANES]) -> Self;
    /// To memory.
    fn store(self) -> [f32; LANES];
    /// `self * b + c`
    fn mul_add(self, b: Self, c: Self) -> Self;
    /// The smaller of each.
    fn min(self, b: Self) -> Self;
    /// The larger of each.
    fn max(self, b: Self) -> Self;
    /// `yes` where `self > b`, `no` elsewhere.
    fn where_above(self, b: Self, yes: Self, no: Self) -> Self;
    /// The first lane of the largest number, that number, and the largest of `second` in that lane and the other numbers.
    fn best_two(self, second: Self) -> (usize, f32, f32);
}

/// The lanes of an instruction set.
pub trait HasLanes {
    /// Sixteen numbers.
    type Single: Lanes;
}

impl HasLanes for Baseline {
    type Single = Portable;
}

/// Lanes without particular instructions.
#[derive(Clone, Copy)]
pub struct Portable([f32; LANES]);

impl Portable {
    #[inline(always)]
    fn each(self, b: Self, f: impl Fn(f32, f32) -> f32) -> Self {
        Self(std::array::from_fn(|l| f(self.0[l], b.0[l])))
    }
}

impl Lanes for Portable {
    #[inline(always)]
    fn splat(x: f32) -> Self {
        Self([x; LANES])
    }
    #[inline(always)]
    fn load(x: &[f32; LANES]) -> Self {
        Self(*x)
    }
    #[inline(always)]
    fn store(self) -> [f32; LANES] {
        self.0
    }
    #[inline(always)]
    fn mul_add(self, b: Self, c: Self) -> Self {
        Self(std::array::from_fn(|l| self.0[l] * b.0[l] + c.0[l]))
    }
    #[inline(always)]
    fn min(self, b: Self) -> Self {
        self.each(b, f32::min)
    }
    #[inline(always)]
    fn max(self, b: Self) -> Self {
        self.each(b, f32::max)
    }
    #[inline(always)]
    fn where_above(self, b: Self, yes: Self, no: Self) -> Self {
        Self(std::array::from_fn(|l| {
            if self.0[l] > b.0[l] { yes.0[l] } else { no.0[l] }
        }))
    }
    #[inline(always)]
    fn best_two(self, second: Self) -> (usize, f32, f32) {
        let larger = |best: usize, l: usize| if self.0[l] > self.0[best] { l } else { best };
        let lane = (1..LANES).fold(0, larger);
        let mut others = self.0;
        others[lane] = second.0[lane];
        let next = others.into_iter().fold(f32::NEG_INFINITY, f32::max);
        (lane, self.0[lane], next)
    }
}

#[cfg(target_arch = "x86_64")]
pub use x86::{TwoOfEight, Wide};

#[cfg(not(target_arch = "x86_64"))]
impl HasLanes for Avx2 {
    type Single = Portable;
}
#[cfg(not(target_arch = "x86_64"))]
impl HasLanes for Avx512 {
    type Single = Portable;
}

#[cfg(target_arch = "x86_64")]
#[expect(
    unsafe_code,
    reason = "intrinsics of instruction sets, called within code that is compiled for them: sixteen numbers are one or two registers"
)]
mod x86 {
    use std::arch::x86_64::{
        __m256, __m512, _CMP_EQ_OQ, _CMP_GT_OQ, _mm_cvtss_f32, _mm_max_ps, _mm_max_ss, _mm_movehdup_ps,
        _mm_movehl_ps, _mm256_blendv_ps, _mm256_castps256_ps128, _mm256_cmp_ps, _mm256_extractf128_ps,
        _mm256_fmadd_ps, _mm256_loadu_ps, _mm256_max_ps, _mm256_min_ps, _mm256_movemask_ps, _mm256_set1_ps,
        _mm256_storeu_ps, _mm512_cmp_ps_mask, _mm512_fmadd_ps, _mm512_loadu_ps, _mm512_mask_blend_ps,
        _mm512_max_ps, _mm512_min_ps, _mm512_reduce_max_ps, _mm512_set1_ps, _mm512_storeu_ps,
    };

    use super::{Avx2, Avx512, HasLanes, LANES, Lanes};

    impl HasLanes for Avx512 {
        type Single = Wide;
    }
    impl HasLanes for Avx2 {
        type Single = TwoOfEight;
    }

    /// One register of AVX-512.
    #[derive(Clone, Copy)]
    pub struct Wide(__m512);

    impl Lanes for Wide {
        #[inline(always)]
        fn splat(x: f32) -> Self {
            // SAFETY: inlined into code that is compiled for AVX-512, which runs only where the machine has it.
            Self(unsafe { _mm512_set1_ps(x) })
        }
        #[inline(always)]
        fn load(x: &[f32; LANES]) -> Self {
            // SAFETY: inlined into code that is compiled for AVX-512, which runs only where the machine has it; an array has as many numbers as are read or written.
            Self(unsafe { _mm512_loadu_ps(x.as_ptr()) })
        }
        #[inline(always)]
        fn store(self) -> [f32; LANES] {
            let mut out = [0.0; LANES];
            // SAFETY: inlined into code that is compiled for AVX-512, which runs only where the machine has it; an array has as many numbers as are read or written.
            unsafe { _mm512_storeu_ps(out.as_mut_ptr(), self.0) };
            out
        }
        #[inline(always)]
        fn mul_add(self, b: Self, c: Self) -> Self {
            // SAFETY: inlined into code that is compiled for AVX-512, which runs only where the machine has it.
            Self(unsafe { _mm512_fmadd_ps(self.0, b.0, c.0) })
        }
        #[inline(always)]
        fn min(self, b: Self) -> Self {
            // SAFETY: inlined into code that is compiled for AVX-512, which runs only where the machine has it.
            Self(unsafe { _mm512_min_ps(self.0, b.0) })
        }
        #[inline(always)]
        fn max(self, b: Self) -> Self {
            // SAFETY: inlined into code that is compiled for AVX-512, which runs only where the machine has it.
            Self(unsafe { _mm512_max_ps(self.0, b.0) })
        }
        #[inline(always)]
        fn where_above(self, b: Self, yes: Self, no: Self) -> Self {
            // SAFETY: inlined into code that is compiled for AVX-512, which runs only where the machine has it.
            Self(unsafe { _mm512_mask_blend_ps(_mm512_cmp_ps_mask::<_CMP_GT_OQ>(self.0, b.0), no.0, yes.0) })
        }
        #[inline(always)]
        fn best_two(self, second: Self) -> (usize, f32, f32) {
            // SAFETY: inlined into code that is compiled for AVX-512, which runs only where the machine has it.
            unsafe {
                let first = _mm512_reduce_max_ps(self.0);
                let same = _mm512_cmp_ps_mask::<_CMP_EQ_OQ>(self.0, _mm512_set1_ps(first));
                let alone = same & same.wrapping_neg();
                let others = _mm512_mask_blend_ps(alone, self.0, second.0);
                let lane = alone.trailing_zeros() as usize % LANES;
                (lane, first, _mm512_reduce_max_ps(others))
            }
        }
    }

    /// Two registers of AVX2.
    #[derive(Clone, Copy)]
    pub struct TwoOfEight(__m256, __m256);

    impl Lanes for TwoOfEight {
        #[inline(always)]
        fn splat(x: f32) -> Self {
            // SAFETY: inlined into code that is compiled for AVX2 and FMA, which runs only where the machine has them.
            let x = unsafe { _mm256_set1_ps(x) };
            Self(x, x)
        }
        #[inline(always)]
        fn load(x: &[f32; LANES]) -> Self {
            // SAFETY: inlined into code that is compiled for AVX2 and FMA, which runs only where the machine has them; an array has as many numbers as are read or written.
            unsafe { Self(_mm256_loadu_ps(x.as_ptr()), _mm256_loadu_ps(x[8..].as_ptr())) }
        }
        #[inline(always)]
        fn store(self) -> [f32; LANES] {
            let mut out = [0.0; LANES];
            // SAFETY: inlined into code that is compiled for AVX2 and FMA, which runs only where the machine has them.
            unsafe {
                _mm256_storeu_ps(out.as_mut_ptr(), self.0);
                _mm256_storeu_ps(out[8..].as_mut_ptr(), self.1);
            }
            out
        }
        #[inline(always)]
        fn mul_add(self, b: Self, c: Self) -> Self {
            // SAFETY: inlined into code that is compiled for AVX2 and FMA, which runs only where the machine has them.
            unsafe {
                Self(
                    _mm256_fmadd_ps(self.0, b.0, c.0),
                    _mm256_fmadd_ps(self.1, b.1, c.1),
                )
            }
        }
        #[inline(always)]
        fn min(self, b: Self) -> Self {
            // SAFETY: inlined into code that is compiled for AVX2 and FMA, which runs only where the machine has them.
            unsafe { Self(_mm256_min_ps(self.0, b.0), _mm256_min_ps(self.1, b.1)) }
        }
        #[inline(always)]
        fn max(self, b: Self) -> Self {
            // SAFETY: inlined into code that is compiled for AVX2 and FMA, which runs only where the machine has them.
            unsafe { Self(_mm256_max_ps(self.0, b.0), _mm256_max_ps(self.1, b.1)) }
        }
        #[inline(always)]
        fn where_above(self, b: Self, yes: Self, no: Self) -> Self {
            // SAFETY: inlined into code that is compiled for AVX2 and FMA, which runs only where the machine has them.
            unsafe {
                Self(
                    _mm256_blendv_ps(no.0, yes.0, _mm256_cmp_ps::<_CMP_GT_OQ>(self.0, b.0)),
                    _mm256_blendv_ps(no.1, yes.1, _mm256_cmp_ps::<_CMP_GT_OQ>(self.1, b.1)),
                )
            }
        }
        #[inline(always)]
        fn best_two(self, second: Self) -> (usize, f32, f32) {
            let first = self.largest();
            // SAFETY: inlined into code that is compiled for AVX2 and FMA, which runs only where the machine has them.
            let same = unsafe {
                let all = _mm256_set1_ps(first);
                let low = _mm256_movemask_ps(_mm256_cmp_ps::<_CMP_EQ_OQ>(self.0, all));
                low | _mm256_movemask_ps(_mm256_cmp_ps::<_CMP_EQ_OQ>(self.1, all)) << 8
            };
            let lane = same.trailing_zeros() as usize % LANES;
            let mut others = self.store();
            others[lane] = second.store()[lane];
            (lane, first, Self::load(&others).largest())
        }
    }

    impl TwoOfEight {
        #[inline(always)]
        fn largest(self) -> f32 {
            // SAFETY: inlined into code that is compiled for AVX2 and FMA, which runs only where the machine has them.
            unsafe {
                let eight = _mm256_max_ps(self.0, self.1);
                let four = _mm_max_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps::<1>(eight));
                let two = _mm_max_ps(four, _mm_movehl_ps(four, four));
                _mm_cvtss_f32(_mm_max_ss(two, _mm_movehdup_ps(two)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::multiversion;

    multiversion! {
        fn all(a: &[f32; LANES], b: &[f32; LANES]) -> [[f32; LANES]; 4] {
            type Single = <Isa as HasLanes>::Single;
            let (x, y) = (Single::load(a), Single::load(b));
            let product = x.mul_add(y, Single::splat(1.0));
            [product, x.min(y), x.max(y), x.where_above(y, Single::splat(1.0), Single::splat(2.0))].map(Lanes::store)
        }
    }

    #[test]
    fn every_instruction_set_computes_the_same() {
        let a: [f32; LANES] = std::array::from_fn(|l| l as f32 - 7.0);
        let b: [f32; LANES] = std::array::from_fn(|l| (l * 5 % 16) as f32 - 7.0);
        let (x, y) = (Portable::load(&a), Portable::load(&b));
        let [one, two] = [1.0, 2.0].map(Portable::splat);
        let wanted = [x.mul_add(y, one), x.min(y), x.max(y), x.where_above(y, one, two)].map(Lanes::store);
        assert_eq!(all(&a, &b), wanted);
    }

    multiversion! {
        fn two(first: &[f32; LANES], second: &[f32; LANES]) -> (usize, f32, f32) {
            type Single = <Isa as HasLanes>::Single;
            Single::load(first).best_two(Single::load(second))
        }
    }

    /// Numbers that are equal are the best and the next one: nothing is proved by them.
    #[test]
    fn the_best_two_are_found_in_every_lane() {
        let low = [-9.0; LANES];
        for lane in 0..LANES {
            let mut first: [f32; LANES] = std::array::from_fn(|l| -(l as f32));
            first[lane] = 3.0;
            let mut second = low;
            let next = if lane == 0 { -1.0 } else { 0.0 };
            assert_eq!(two(&first, &second), (lane, 3.0, next));
            second[lane] = 2.0;
            assert_eq!(two(&first, &second), (lane, 3.0, 2.0));
            first[(lane + 5) % LANES] = 3.0;
            assert_eq!(two(&first, &second), (lane.min((lane + 5) % LANES), 3.0, 3.0));
        }
    }
}
