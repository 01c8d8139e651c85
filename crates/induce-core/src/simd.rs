//! Run-time choice of instruction set: one portable binary, full-width code.
//!
//! [`dispatch`] runs a closure that was also compiled for AVX2 and AVX-512, on
//! the best of the three this machine has. Loops inside it vectorise to that
//! width. Results are the same bits on every level as long as the closure does
//! plain arithmetic: Rust neither reorders nor fuses floating-point operations.

use std::sync::OnceLock;

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

/// Run `f` compiled for the best instruction set of this machine.
///
/// ```
/// let mut x = vec![1.0_f64; 100];
/// induce_core::simd::dispatch(|| x.iter_mut().for_each(|x| *x = *x * 2.0 + 1.0));
/// assert_eq!(x[99], 3.0);
/// ```
#[inline]
pub fn dispatch<R>(f: impl FnOnce() -> R) -> R {
    #[cfg(target_arch = "x86_64")]
    {
        #[target_feature(enable = "avx2,fma,bmi1,bmi2,popcnt,lzcnt")]
        fn avx2<R>(f: impl FnOnce() -> R) -> R {
            f()
        }
        #[target_feature(
            enable = "avx512f,avx512bw,avx512cd,avx512dq,avx512vl,avx512vbmi,avx512vbmi2,avx2,fma,bmi1,bmi2,popcnt,lzcnt"
        )]
        fn avx512<R>(f: impl FnOnce() -> R) -> R {
            f()
        }
        #[expect(unsafe_code, reason = "calls code for instructions the machine was seen to have")]
        match level() {
            // SAFETY: `level` found every feature the function is compiled for.
            Level::Avx512 => return unsafe { avx512(f) },
            // SAFETY: as above.
            Level::Avx2 => return unsafe { avx2(f) },
            Level::Baseline => {}
        }
    }
    f()
}

/// Ask the cache for the line at `slice[index]` ahead of its use; out of range is ignored.
#[inline(always)]
pub fn prefetch<T>(slice: &[T], index: usize) {
    #[cfg(target_arch = "x86_64")]
    if let Some(item) = slice.get(index) {
        #[expect(unsafe_code, reason = "a prefetch has no effect on memory")]
        // SAFETY: the address is that of a live item, and SSE is part of x86-64.
        unsafe {
            std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(std::ptr::from_ref(item).cast());
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (slice, index);
}
