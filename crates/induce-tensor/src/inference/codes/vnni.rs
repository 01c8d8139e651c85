//! AVX-512 with VNNI: four products of bytes and their sum in every lane, in one instruction.
#![expect(unsafe_code, reason = "intrinsics on pointers")]

use std::arch::x86_64::{
    __m512, __m512i, _MM_HINT_T0, _mm_prefetch, _mm256_load_si256, _mm512_add_ps, _mm512_and_si512,
    _mm512_cvtepi32_ps, _mm512_cvtph_ps, _mm512_dpbusd_epi32, _mm512_load_si512, _mm512_mul_ps,
    _mm512_set1_epi8, _mm512_set1_epi32, _mm512_set1_ps, _mm512_setzero_ps, _mm512_setzero_si512,
    _mm512_srli_epi16, _mm512_storeu_ps,
};

use super::{Form, Halves, Panel, QUADS, ROWS, Rounded};
use crate::inference::lines::AHEAD;

/// Whether this machine has the instructions; [`Level::Avx512`](super::Level) is asked for beside.
pub fn there() -> bool {
    is_x86_feature_detected!("avx512vnni")
}

/// See [`Kernel`](super::Kernel).
pub fn product(panel: Panel, x: &Rounded, first: usize, out: &mut [[f32; ROWS]]) {
    let blocks = panel.blocks();
    assert!(
        x.codes.len() >= (first + out.len()) * blocks
            && x.factors.len() >= x.codes.len()
            && x.sums.len() >= x.codes.len()
    );
    assert!(panel.codes.len() >= blocks * panel.form.lines());
    // SAFETY: `kernel` has seen the instructions, and the lengths were checked.
    unsafe {
        match panel.form {
            Form::Eight => rows::<8, false>(panel, x, first, out),
            Form::Four => rows::<4, false>(panel, x, first, out),
            Form::FourAbove => {
                assert!(panel.least.len() >= blocks);
                rows::<4, true>(panel, x, first, out);
            }
        }
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512dq,avx512vl,avx512vbmi,avx512vbmi2,avx512vnni")]
#[target_feature(enable = "avx2,fma,bmi1,bmi2,popcnt,lzcnt")]
unsafe fn rows<const BITS: usize, const LEAST: bool>(
    panel: Panel,
    x: &Rounded,
    mut first: usize,
    mut out: &mut [[f32; ROWS]],
) {
    while !out.is_empty() {
        // SAFETY: handed on from the caller.
        unsafe {
            let done = match out.len() {
                1 => sums::<BITS, LEAST, 1>(panel, x, first, out),
                2 | 3 => sums::<BITS, LEAST, 2>(panel, x, first, out),
                4..8 => sums::<BITS, LEAST, 4>(panel, x, first, out),
                _ => sums::<BITS, LEAST, 8>(panel, x, first, out),
            };
            first += done;
            out = &mut out[done..];
        }
    }
}

/// `$do` for every `$p` below `$n`, at most 8, one after the other in the code: in a loop, the sums would be in memory.
macro_rules! each {
    ($p:ident in $n:ident => $do:block) => {
        each!(@ $p $n $do 0 1 2 3 4 5 6 7)
    };
    (@ $p:ident $n:ident $do:block $($i:literal)*) => {
        $(if $i < $n {
            let $p = $i;
            $do
        })*
    };
}

/// `N` rows of X from `first` on.
#[inline(always)]
unsafe fn sums<const BITS: usize, const LEAST: bool, const N: usize>(
    panel: Panel,
    x: &Rounded,
    first: usize,
    out: &mut [[f32; ROWS]],
) -> usize {
    let blocks = panel.blocks();
    // SAFETY: all places are below the lengths that the caller has checked.
    unsafe {
        let mut sums = [_mm512_setzero_ps(); N];
        for b in 0..blocks {
            let ahead = panel.codes.as_ptr().wrapping_add(b * BITS + AHEAD);
            for line in 0..BITS {
                _mm_prefetch::<_MM_HINT_T0>(ahead.wrapping_add(line).cast());
            }
            let codes = codes::<BITS>(panel, b);
            let factors = halves(panel.factors.get_unchecked(b));
            each!(p in N => {
                let at = (first + p) * blocks + b;
                let (quads, sum) = (
                    x.codes.as_ptr().add(at).cast::<i32>(),
                    *x.sums.get_unchecked(at),
                );
                let mut dot = _mm512_set1_epi32(-panel.form.offset() * sum);
                for quad in 0..QUADS {
                    let four = _mm512_set1_epi32(quads.add(quad).read_unaligned());
                    dot = _mm512_dpbusd_epi32(dot, codes[quad], four);
                }
                let factor = _mm512_set1_ps(*x.factors.get_unchecked(at));
                let own = _mm512_mul_ps(_mm512_mul_ps(_mm512_cvtepi32_ps(dot), factors), factor);
                sums[p] = _mm512_add_ps(sums[p], own);
                if LEAST {
                    let all = _mm512_set1_ps(sum as f32 * *x.factors.get_unchecked(at));
                    let least = halves(panel.least.get_unchecked(b));
                    sums[p] = _mm512_add_ps(sums[p], _mm512_mul_ps(least, all));
                }
            });
        }
        for (sum, out) in sums.iter().zip(out) {
            _mm512_storeu_ps(out.as_mut_ptr(), *sum);
        }
    }
    N
}

/// u of a block, four columns after four.
#[inline(always)]
unsafe fn codes<const BITS: usize>(panel: Panel, b: usize) -> [__m512i; QUADS] {
    // SAFETY: a block has as many lines.
    unsafe {
        let mut codes = [_mm512_setzero_si512(); QUADS];
        if BITS == 8 {
            for quad in 0..QUADS {
                codes[quad] = _mm512_load_si512(panel.codes.as_ptr().add(b * QUADS + quad).cast());
            }
        } else {
            let low = _mm512_set1_epi8(15);
            for quad in 0..QUADS / 2 {
                let both = _mm512_load_si512(panel.codes.as_ptr().add(b * QUADS / 2 + quad).cast());
                codes[quad] = _mm512_and_si512(both, low);
                codes[quad + QUADS / 2] = _mm512_and_si512(_mm512_srli_epi16::<4>(both), low);
            }
        }
        codes
    }
}

#[inline(always)]
unsafe fn halves(bits: &Halves) -> __m512 {
    // SAFETY: sixteen numbers of 16 bits.
    unsafe { _mm512_cvtph_ps(_mm256_load_si256(bits.0.as_ptr().cast())) }
}
