//! AVX-512 with VNNI: four products of bytes and their sum in every lane, in one instruction.
#![expect(unsafe_code, reason = "intrinsics on pointers")]

use std::arch::x86_64::{
    __m512, __m512i, _MM_HINT_T0, _mm_prefetch, _mm256_load_si256, _mm512_add_ps, _mm512_and_si512,
    _mm512_cvtepi32_ps, _mm512_cvtph_ps, _mm512_dpbusd_epi32, _mm512_load_ps, _mm512_load_si512,
    _mm512_mul_ps, _mm512_set1_epi8, _mm512_set1_epi32, _mm512_set1_ps, _mm512_setzero_ps,
    _mm512_setzero_si512, _mm512_slli_epi32, _mm512_srli_epi16, _mm512_storeu_ps,
};

use super::coded::{Form, Panel, QUADS};
use crate::inference::lines::AHEAD;
use crate::inference::lines::ROWS;
use crate::inference::rounded::Rounded;

/// Whether this machine has the instructions; [`Level::Avx512`](super::Level) is asked for beside.
pub fn there() -> bool {
    is_x86_feature_detected!("avx512vnni")
}

/// See [`Kernel`](super::Kernel).
pub fn product(panel: Panel, x: &Rounded, first: usize, out: &mut [[f32; ROWS]]) {
    assert!(panel.fits(x, first, out.len()));
    // SAFETY: `kernel` has seen the instructions, and the lengths were checked.
    unsafe {
        match panel.form {
            Form::Eight => rows::<0>(panel, x, first, out),
            Form::EightHalves => rows::<1>(panel, x, first, out),
            Form::Four => rows::<2>(panel, x, first, out),
            Form::FourAbove => rows::<3>(panel, x, first, out),
            Form::FourAboveWide => rows::<4>(panel, x, first, out),
        }
    }
}

/// `FORM` is the place of the form in [`Form::ALL`].
#[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512dq,avx512vl,avx512vbmi,avx512vbmi2,avx512vnni")]
#[target_feature(enable = "avx2,fma,bmi1,bmi2,popcnt,lzcnt")]
unsafe fn rows<const FORM: usize>(panel: Panel, x: &Rounded, mut first: usize, mut out: &mut [[f32; ROWS]]) {
    while !out.is_empty() {
        // SAFETY: handed on from the caller.
        unsafe {
            let done = match out.len() {
                1 => sums::<FORM, 1>(panel, x, first, out),
                2 | 3 => sums::<FORM, 2>(panel, x, first, out),
                4..8 => sums::<FORM, 4>(panel, x, first, out),
                _ => sums::<FORM, 8>(panel, x, first, out),
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
unsafe fn sums<const FORM: usize, const N: usize>(
    panel: Panel,
    x: &Rounded,
    first: usize,
    out: &mut [[f32; ROWS]],
) -> usize {
    let (blocks, form) = (panel.blocks(), Form::ALL[FORM]);
    // SAFETY: all places are below the lengths that the caller has checked.
    unsafe {
        let mut sums = [_mm512_setzero_ps(); N];
        for b in 0..blocks {
            let ahead = panel.codes.as_ptr().wrapping_add(b * form.lines() + AHEAD);
            for line in 0..form.lines() {
                _mm_prefetch::<_MM_HINT_T0>(ahead.wrapping_add(line).cast());
            }
            let codes = codes::<FORM>(panel, b);
            let [factors, second] = scales::<FORM>(panel, b);
            each!(p in N => {
                let at = (first + p) * blocks + b;
                let quads = x.codes.as_ptr().add(at).cast::<i32>();
                let four = |quad: usize| _mm512_set1_epi32(quads.add(quad).read_unaligned());
                let scale = x.scales.get_unchecked(at);
                let own = if form.two() {
                    let mut low = offset::<FORM>(scale.minus - scale.minus_upper);
                    let mut high = offset::<FORM>(scale.minus_upper);
                    for quad in 0..QUADS / 2 {
                        low = _mm512_dpbusd_epi32(low, codes[quad], four(quad));
                        high = _mm512_dpbusd_epi32(high, codes[quad + QUADS / 2], four(quad + QUADS / 2));
                    }
                    let low = _mm512_mul_ps(_mm512_cvtepi32_ps(low), factors);
                    _mm512_add_ps(low, _mm512_mul_ps(_mm512_cvtepi32_ps(high), second))
                } else {
                    let mut dot = offset::<FORM>(scale.minus);
                    for quad in 0..QUADS {
                        dot = _mm512_dpbusd_epi32(dot, codes[quad], four(quad));
                    }
                    _mm512_mul_ps(_mm512_cvtepi32_ps(dot), factors)
                };
                sums[p] = _mm512_add_ps(sums[p], _mm512_mul_ps(own, _mm512_set1_ps(scale.factor)));
                if form.above() {
                    let all = _mm512_set1_ps(scale.all);
                    sums[p] = _mm512_add_ps(sums[p], _mm512_mul_ps(second, all));
                }
            });
        }
        for (sum, out) in sums.iter().zip(out) {
            _mm512_storeu_ps(out.as_mut_ptr(), *sum);
        }
    }
    N
}

/// offset times a sum: by a shift, so that nothing goes through registers of values alone.
#[inline(always)]
unsafe fn offset<const FORM: usize>(sum: i32) -> __m512i {
    // SAFETY: handed on to the caller.
    unsafe {
        match Form::ALL[FORM].shift() {
            Some(7) => _mm512_slli_epi32::<7>(_mm512_set1_epi32(sum)),
            Some(_) => _mm512_slli_epi32::<3>(_mm512_set1_epi32(sum)),
            None => _mm512_setzero_si512(),
        }
    }
}

/// u of a block, four columns after four.
#[inline(always)]
unsafe fn codes<const FORM: usize>(panel: Panel, b: usize) -> [__m512i; QUADS] {
    let form = Form::ALL[FORM];
    // SAFETY: a block has as many lines.
    unsafe {
        let lines = panel.codes.as_ptr().add(b * form.lines());
        let mut codes = [_mm512_setzero_si512(); QUADS];
        if form.eight() {
            for quad in 0..QUADS {
                codes[quad] = _mm512_load_si512(lines.add(quad).cast());
            }
        } else {
            let low = _mm512_set1_epi8(15);
            for quad in 0..QUADS / 2 {
                let both = _mm512_load_si512(lines.add(quad).cast());
                codes[quad] = _mm512_and_si512(both, low);
                codes[quad + QUADS / 2] = _mm512_and_si512(_mm512_srli_epi16::<4>(both), low);
            }
        }
        codes
    }
}

/// d, and m or the second d, of a block.
#[inline(always)]
unsafe fn scales<const FORM: usize>(panel: Panel, b: usize) -> [__m512; 2] {
    // SAFETY: a block has as many, as the caller has checked.
    unsafe {
        let wide = |i: usize| _mm512_load_ps(panel.wide.as_ptr().add(i).cast());
        let half = |i: usize| _mm512_cvtph_ps(_mm256_load_si256(panel.halves.as_ptr().add(i).cast()));
        match Form::ALL[FORM].halves() {
            0 => [wide(2 * b), wide(2 * b + 1)],
            1 => [half(b), _mm512_setzero_ps()],
            _ => [half(2 * b), half(2 * b + 1)],
        }
    }
}
