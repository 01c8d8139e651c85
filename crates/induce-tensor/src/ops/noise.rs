//! Random numbers on a tape: functions of a stream and a place, so that neither order nor threads change them.

use induce_core::multiversion;
use induce_core::random::{Stream, philox};

use super::{Op, Recorded};
use crate::element::Element;
use crate::math::turn;
use crate::shape::Shape;
use crate::tape::Work;
use crate::threads::rows;

/// Blocks of four values that are made together.
pub const LANES: usize = 16;

multiversion! {
    /// Standard normal draws from place 4 `first` of the stream on (Box & Muller 1958)
    pub fn normal(stream: Stream, first: u64, out: &mut [f32]) {
        for (n, out) in out.chunks_mut(4 * LANES).enumerate() {
            let start = first + (n * LANES) as u64;
            let mut own = [[0.0_f32; LANES]; 4];
            let blocks: [[u32; 4]; LANES] = std::array::from_fn(|l| {
                let (counter, key) = stream.counter(start + l as u64);
                philox(counter, key)
            });
            for l in 0..LANES {
                for half in 0..2 {
                    // In (0, 1], so that the logarithm is finite.
                    let u = ((blocks[l][2 * half] >> 8) as f32 + 1.0) * (1.0 / 16_777_216.0);
                    let radius = (-2.0 * crate::math::ln(u)).sqrt();
                    let (sine, cosine) = turn((blocks[l][2 * half + 1] >> 8) as f32 * (1.0 / 16_777_216.0));
                    own[2 * half][l] = radius * cosine;
                    own[2 * half + 1][l] = radius * sine;
                }
            }
            for (i, out) in out.iter_mut().enumerate() {
                *out = own[i % 4][i / 4];
            }
        }
    }
}

multiversion! {
    /// Standard Gumbel draws from place 4 `first` of the stream on: -ln(-ln u)
    fn gumbel(stream: Stream, first: u64, out: &mut [f32]) {
        for (n, out) in out.chunks_mut(4 * LANES).enumerate() {
            let start = first + (n * LANES) as u64;
            let mut own = [[0.0_f32; LANES]; 4];
            for l in 0..LANES {
                let (counter, key) = stream.counter(start + l as u64);
                for (own, bits) in own.iter_mut().zip(philox(counter, key)) {
                    // In (0, 1), and exact, so that both logarithms are finite.
                    own[l] = ((bits >> 9) as f32 + 0.5) * (1.0 / 8_388_608.0);
                }
            }
            for own in own.as_flattened_mut() {
                *own = -crate::math::ln(-crate::math::ln(*own));
            }
            for (i, out) in out.iter_mut().enumerate() {
                *out = own[i % 4][i / 4];
            }
        }
    }
}

/// Values without a gradient, by a kernel that makes them from four times a place on.
fn numbers<T: Element>(
    work: &mut Work<T>,
    lengths: &[usize],
    kernel: impl Fn(u64, &mut [f32]) + Sync,
) -> Recorded {
    let shape = Shape::new(lengths).ok_or_else(|| format!("no tensor has the axes {lengths:?}"))?;
    let mut y = work.pool.take(shape.elements());
    let whole = y.len() / 4 * 4;
    let (blocks, last) = y.split_at_mut(whole);
    let fill = |first: usize, out: &mut [T]| {
        let mut some = [0.0_f32; 4 * LANES];
        for (n, out) in out.chunks_mut(4 * LANES).enumerate() {
            let some = &mut some[..out.len()];
            kernel((first + n * LANES) as u64, some);
            out.iter_mut()
                .zip(some)
                .for_each(|(o, s)| *o = T::of(f64::from(*s)));
        }
    };
    rows(work.team, whole / 4, [(blocks, 4)], |r, [out]| fill(r.start, out));
    fill(whole / 4, last);
    Ok(work.push(Op::Input, shape, &[], y))
}

/// Standard normal draws without a gradient.
///
/// # Errors
/// If no tensor has these lengths.
pub fn standard_normal<T: Element>(work: &mut Work<T>, lengths: &[usize], stream: Stream) -> Recorded {
    numbers(work, lengths, |first, out| normal(stream, first, out))
}

/// Standard Gumbel draws without a gradient.
pub fn standard_gumbel<T: Element>(work: &mut Work<T>, lengths: &[usize], stream: Stream) -> Recorded {
    numbers(work, lengths, |first, out| gumbel(stream, first, out))
}
