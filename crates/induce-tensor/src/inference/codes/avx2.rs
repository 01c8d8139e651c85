//! AVX2: products of bytes in pairs, in two vectors of eight rows.
#![expect(unsafe_code, reason = "intrinsics on pointers")]

use std::arch::x86_64::{
    __m256i, _mm256_abs_epi8, _mm256_add_epi16, _mm256_add_epi32, _mm256_add_ps, _mm256_and_si256,
    _mm256_cvtepi32_ps, _mm256_load_si256, _mm256_loadu_ps, _mm256_madd_epi16, _mm256_maddubs_epi16,
    _mm256_mul_ps, _mm256_set1_epi8, _mm256_set1_epi16, _mm256_set1_epi32, _mm256_set1_ps, _mm256_setzero_ps,
    _mm256_setzero_si256, _mm256_sign_epi8, _mm256_srli_epi16, _mm256_storeu_ps, _mm256_xor_si256,
};
use std::ops::Range;

use super::coded::{Form, Panel, QUADS};
use crate::inference::lines::ROWS;
use crate::inference::rounded::Rounded;

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
#[target_feature(enable = "avx2,fma,bmi1,bmi2,popcnt,lzcnt")]
unsafe fn rows<const FORM: usize>(panel: Panel, x: &Rounded, mut first: usize, mut out: &mut [[f32; ROWS]]) {
    while !out.is_empty() {
        // SAFETY: handed on from the caller.
        unsafe {
            let done = match out.len() {
                1 => sums::<FORM, 1>(panel, x, first, out),
                2 | 3 => sums::<FORM, 2>(panel, x, first, out),
                _ => sums::<FORM, 4>(panel, x, first, out),
            };
            first += done;
            out = &mut out[done..];
        }
    }
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
        let mut sums = [[_mm256_setzero_ps(); 2]; N];
        for b in 0..blocks {
            let scales = panel.scales(b);
            for half in 0..2 {
                let [factors, second] =
                    [0, 1].map(|i: usize| _mm256_loadu_ps(scales[i].as_ptr().add(8 * half)));
                for p in 0..N {
                    let at = (first + p) * blocks + b;
                    let scale = *x.scales.get_unchecked(at);
                    let own = if form.two() {
                        let low = _mm256_cvtepi32_ps(eight(panel, b, half, x, at, 0..QUADS / 2));
                        let high = _mm256_cvtepi32_ps(eight(panel, b, half, x, at, QUADS / 2..QUADS));
                        _mm256_add_ps(_mm256_mul_ps(low, factors), _mm256_mul_ps(high, second))
                    } else {
                        let dot = if form.eight() {
                            eight(panel, b, half, x, at, 0..QUADS)
                        } else {
                            let offset = _mm256_set1_epi32(form.offset() * scale.minus);
                            _mm256_add_epi32(four(panel, b, half, x, at), offset)
                        };
                        _mm256_mul_ps(_mm256_cvtepi32_ps(dot), factors)
                    };
                    let own = _mm256_mul_ps(own, _mm256_set1_ps(scale.factor));
                    sums[p][half] = _mm256_add_ps(sums[p][half], own);
                    if form.above() {
                        let all = _mm256_set1_ps(scale.all);
                        sums[p][half] = _mm256_add_ps(sums[p][half], _mm256_mul_ps(second, all));
                    }
                }
            }
        }
        for (sums, out) in sums.iter().zip(out) {
            _mm256_storeu_ps(out.as_mut_ptr(), sums[0]);
            _mm256_storeu_ps(out.as_mut_ptr().add(8), sums[1]);
        }
    }
    N
}

/// Eight rows of line `i` of codes.
#[inline(always)]
unsafe fn load(panel: Panel, i: usize, half: usize) -> __m256i {
    // SAFETY: half of a line that is there.
    unsafe { _mm256_load_si256(panel.codes.as_ptr().add(i).cast::<__m256i>().add(half)) }
}

/// Four inputs in every lane.
#[inline(always)]
unsafe fn four_inputs(x: &Rounded, at: usize, quad: usize) -> __m256i {
    // SAFETY: a block has eight times four inputs.
    unsafe { _mm256_set1_epi32(x.codes.as_ptr().add(at).cast::<i32>().add(quad).read_unaligned()) }
}

/// sum (u - 128) c over some columns: pairs of |u - 128| c do not leave 16 bits, as pairs of u c would.
#[inline(always)]
unsafe fn eight(panel: Panel, b: usize, half: usize, x: &Rounded, at: usize, quads: Range<usize>) -> __m256i {
    // SAFETY: the block is there, as the caller has checked.
    unsafe {
        let mut dot = _mm256_setzero_si256();
        for quad in quads {
            let w = _mm256_xor_si256(load(panel, b * QUADS + quad, half), _mm256_set1_epi8(-128));
            let pairs =
                _mm256_maddubs_epi16(_mm256_abs_epi8(w), _mm256_sign_epi8(four_inputs(x, at, quad), w));
            dot = _mm256_add_epi32(dot, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
        }
        dot
    }
}

/// sum u c: eight pairs of at most 15 * 127 fit 16 bits.
#[inline(always)]
unsafe fn four(panel: Panel, b: usize, half: usize, x: &Rounded, at: usize) -> __m256i {
    // SAFETY: the block is there, as the caller has checked.
    unsafe {
        let (low, mut pairs) = (_mm256_set1_epi8(15), _mm256_setzero_si256());
        for quad in 0..QUADS / 2 {
            let both = load(panel, b * QUADS / 2 + quad, half);
            let first = _mm256_maddubs_epi16(_mm256_and_si256(both, low), four_inputs(x, at, quad));
            let upper = _mm256_and_si256(_mm256_srli_epi16::<4>(both), low);
            let second = _mm256_maddubs_epi16(upper, four_inputs(x, at, quad + QUADS / 2));
            pairs = _mm256_add_epi16(pairs, _mm256_add_epi16(first, second));
        }
        _mm256_madd_epi16(pairs, _mm256_set1_epi16(1))
    }
}
