//! AVX2: products of bytes in pairs, in two vectors of eight rows.
#![expect(unsafe_code, reason = "intrinsics on pointers")]

use std::arch::x86_64::{
    __m256i, _mm256_abs_epi8, _mm256_add_epi16, _mm256_add_epi32, _mm256_add_ps, _mm256_and_si256,
    _mm256_cvtepi32_ps, _mm256_load_si256, _mm256_loadu_ps, _mm256_madd_epi16, _mm256_maddubs_epi16,
    _mm256_mul_ps, _mm256_set1_epi8, _mm256_set1_epi16, _mm256_set1_epi32, _mm256_set1_ps, _mm256_setzero_ps,
    _mm256_setzero_si256, _mm256_sign_epi8, _mm256_srli_epi16, _mm256_storeu_ps, _mm256_sub_epi32,
    _mm256_xor_si256,
};

use super::{Form, Panel, QUADS, ROWS, Rounded};
use crate::inference::lines::from_halves;

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
                _ => sums::<BITS, LEAST, 4>(panel, x, first, out),
            };
            first += done;
            out = &mut out[done..];
        }
    }
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
        let mut sums = [[_mm256_setzero_ps(); 2]; N];
        for b in 0..blocks {
            let factors = from_halves(&panel.factors.get_unchecked(b).0);
            let least = LEAST.then(|| from_halves(&panel.least.get_unchecked(b).0));
            for half in 0..2 {
                let factors = _mm256_loadu_ps(factors.as_ptr().add(8 * half));
                for p in 0..N {
                    let at = (first + p) * blocks + b;
                    let dot = if BITS == 8 {
                        eight(panel, b, half, x, at)
                    } else {
                        four(panel, b, half, x, at)
                    };
                    let factor = *x.factors.get_unchecked(at);
                    let own = _mm256_mul_ps(
                        _mm256_mul_ps(_mm256_cvtepi32_ps(dot), factors),
                        _mm256_set1_ps(factor),
                    );
                    sums[p][half] = _mm256_add_ps(sums[p][half], own);
                    if let Some(least) = &least {
                        let all = _mm256_set1_ps(*x.sums.get_unchecked(at) as f32 * factor);
                        let least = _mm256_loadu_ps(least.as_ptr().add(8 * half));
                        sums[p][half] = _mm256_add_ps(sums[p][half], _mm256_mul_ps(least, all));
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

/// sum (u - 128) c: pairs of |u - 128| c do not leave 16 bits, as pairs of u c would.
#[inline(always)]
unsafe fn eight(panel: Panel, b: usize, half: usize, x: &Rounded, at: usize) -> __m256i {
    // SAFETY: the block is there, as the caller has checked.
    unsafe {
        let mut dot = _mm256_setzero_si256();
        for quad in 0..QUADS {
            let w = _mm256_xor_si256(load(panel, b * QUADS + quad, half), _mm256_set1_epi8(-128));
            let pairs =
                _mm256_maddubs_epi16(_mm256_abs_epi8(w), _mm256_sign_epi8(four_inputs(x, at, quad), w));
            dot = _mm256_add_epi32(dot, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
        }
        dot
    }
}

/// sum u c - offset sum c: eight pairs of at most 15 * 127 fit 16 bits.
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
        let dot = _mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
        _mm256_sub_epi32(
            dot,
            _mm256_set1_epi32(panel.form.offset() * *x.sums.get_unchecked(at)),
        )
    }
}
