//! Run-time choice of instruction set: one portable binary, full-width code.
//!
//! A function defined with [`multiversion!`](crate::multiversion) is compiled
//! for AVX2 and AVX-512 too and runs as the best of the three this machine has.
//! Loops in it vectorise to that width. Results are the same bits on every level
//! as long as it does plain arithmetic: Rust neither reorders nor fuses
//! floating-point operations.

use std::sync::OnceLock;

pub mod lanes;

/// Instruction sets that code is compiled for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// What every machine of the architecture has.
    Baseline,
    /// x86-64 with AVX2, FMA and BMI.
    Avx2,
    /// x86-64 with AVX-512 F, BW, CD, DQ, VL, VBMI and VBMI2.
    Avx512,
}

impl Level {
    /// The name in reports: `baseline`, `avx2`, `avx512`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
        }
    }
}

/// The best level of this machine; `INDUCE_SIMD=baseline|avx2` caps it.
pub fn level() -> Level {
    static LEVEL: OnceLock<Level> = OnceLock::new();
    *LEVEL.get_or_init(|| detect().min(cap(std::env::var("INDUCE_SIMD").ok().as_deref())))
}

fn cap(name: Option<&str>) -> Level {
    match name {
        Some("baseline") => Level::Baseline,
        Some("avx2") => Level::Avx2,
        _ => Level::Avx512,
    }
}

#[cfg(target_arch = "x86_64")]
fn detect() -> Level {
    let avx2 = is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("fma")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("popcnt")
        && is_x86_feature_detected!("lzcnt");
    let avx512 = is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512cd")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512vbmi")
        && is_x86_feature_detected!("avx512vbmi2");
    match (avx2, avx512) {
        (true, true) => Level::Avx512,
        (true, false) => Level::Avx2,
        _ => Level::Baseline,
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn detect() -> Level {
    Level::Baseline
}

/// What is compiled without further instruction sets.
pub struct Baseline;
/// What is compiled for AVX2, FMA and BMI.
pub struct Avx2;
/// What is compiled for AVX-512.
pub struct Avx512;

/// Define a function that is compiled three times, and runs as the best version
/// for this machine.
///
/// It may have type parameters, each with one bound. The body is written out in each version, so that closures in it are compiled
/// for the same instructions; functions it calls should be `#[inline(always)]`.
/// Within it `Isa` names the version: [`Baseline`], [`Avx2`] or [`Avx512`].
///
/// ```
/// induce_core::multiversion! {
///     /// x -> 2 x + 1
///     fn affine(values: &mut [f64]) {
///         values.iter_mut().for_each(|x| *x = *x * 2.0 + 1.0);
///     }
/// }
/// let mut x = vec![1.0_f64; 100];
/// affine(&mut x);
/// assert_eq!(x[99], 3.0);
/// ```
#[macro_export]
macro_rules! multiversion {
    ($(#[$meta:meta])* $vis:vis fn $name:ident $(<$($par:ident : $bound:path),+>)? ($($arg:ident : $ty:ty),* $(,)?) $(-> $ret:ty)? $body:block) => {
        $(#[$meta])*
        $vis fn $name $(<$($par: $bound),+>)? ($($arg: $ty),*) $(-> $ret)? {
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2,fma,bmi1,bmi2,popcnt,lzcnt")]
                fn avx2 $(<$($par: $bound),+>)? ($($arg: $ty),*) $(-> $ret)? {
                    #[allow(dead_code, reason = "most bodies do not ask")]
                    type Isa = $crate::simd::Avx2;
                    $body
                }
                #[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512dq,avx512vl,avx512vbmi,avx512vbmi2")]
                #[target_feature(enable = "avx2,fma,bmi1,bmi2,popcnt,lzcnt")]
                fn avx512 $(<$($par: $bound),+>)? ($($arg: $ty),*) $(-> $ret)? {
                    #[allow(dead_code, reason = "most bodies do not ask")]
                    type Isa = $crate::simd::Avx512;
                    $body
                }
                #[allow(unsafe_code, reason = "calls code for instructions the machine was seen to have")]
                match $crate::simd::level() {
                    // SAFETY: `level` found every feature the function is compiled for.
                    $crate::simd::Level::Avx512 => return unsafe { avx512($($arg),*) },
                    // SAFETY: as above.
                    $crate::simd::Level::Avx2 => return unsafe { avx2($($arg),*) },
                    $crate::simd::Level::Baseline => {}
                }
            }
            fn baseline $(<$($par: $bound),+>)? ($($arg: $ty),*) $(-> $ret)? {
                #[allow(dead_code, reason = "most bodies do not ask")]
                type Isa = $crate::simd::Baseline;
                $body
            }
            baseline($($arg),*)
        }
    };
}

/// Ask the cache for the line at `slice[index]` ahead of its use; out of range is ignored.
#[inline(always)]
pub fn prefetch<T>(slice: &[T], index: usize) {
    #[cfg(target_arch = "x86_64")]
    if let Some(item) = slice.get(index) {
        #[expect(unsafe_code, reason = "a prefetch has no effect on memory")]
        // SAFETY: the address is that of a live item, and SSE is part of x86-64.
        unsafe {
            std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(
                std::ptr::from_ref(item).cast(),
            );
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (slice, index);
}
