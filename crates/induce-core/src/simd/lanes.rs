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
        __m256, __m512, _CMP_GT_OQ, _mm256_blendv_ps, _mm256_cmp_ps, _mm256_fmadd_ps, _mm256_loadu_ps,
        _mm256_max_ps, _mm256_min_ps, _mm256_set1_ps, _mm256_storeu_ps, _mm512_cmp_ps_mask, _mm512_fmadd_ps,
        _mm512_loadu_ps, _mm512_mask_blend_ps, _mm512_max_ps, _mm512_min_ps, _mm512_set1_ps,
        _mm512_storeu_ps,
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
}
