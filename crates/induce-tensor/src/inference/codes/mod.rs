//! Weights of a few bits: w = d (u - offset) + m, with a factor d and, in some forms, a least value m for every 32 of a row.
//!
//! | form | bits of u | offset | d and m | ggml |
//! |---|---|---|---|---|
//! | [`Form::Eight`] | 8 | 128 | d in 16 bits | `Q8_0` |
//! | [`Form::EightHalves`] | 8 | 128 | two d in 32 bits, one for every 16 | `Q6_K`; llama2.c |
//! | [`Form::Four`] | 4 | 8 | d in 16 bits | `Q4_0` |
//! | [`Form::FourAbove`] | 4 | 0 | d and m in 16 bits | `Q4_1` |
//! | [`Form::FourAboveWide`] | 4 | 0 | d and m in 32 bits | `Q4_K` |
//!
//! Inputs are [rounded](super::rounded) too, x = e c, and blocks are multiplied as integers, which is exact:
//!
//! sum w x = (d (sum u c - offset sum c)) e + m (e sum c)
//!
//! Blocks are added in their order, unfused: every instruction set gives the same bits.

#[cfg(target_arch = "x86_64")]
mod avx2;
mod coded;
mod plain;
#[cfg(target_arch = "x86_64")]
mod vnni;

pub use coded::{Block, Coded, Form, Panel};
use induce_core::simd::{Level, level};

use super::lines::ROWS;
use super::rounded::Rounded;

/// out = X panel' for as many rows of inputs, from the given one on.
pub type Kernel = fn(Panel, &Rounded, usize, &mut [[f32; ROWS]]);

/// The kernel of this machine.
pub fn kernel() -> Kernel {
    #[cfg(target_arch = "x86_64")]
    match level() {
        Level::Avx512 if vnni::there() => return vnni::product,
        Level::Avx512 | Level::Avx2 => return avx2::product,
        Level::Baseline => {}
    }
    plain::product
}

/// All kernels that this machine can run.
#[cfg(test)]
pub fn kernels() -> Vec<Kernel> {
    let mut all: Vec<Kernel> = vec![plain::product];
    #[cfg(target_arch = "x86_64")]
    {
        all.extend((level() >= Level::Avx2).then_some(avx2::product as Kernel));
        all.extend((level() >= Level::Avx512 && vnni::there()).then_some(vnni::product as Kernel));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inference::rounded::BLOCK;

    /// Extreme codes everywhere, where pairs of products are largest, and all others.
    #[test]
    fn every_instruction_set_gives_the_same_bits() {
        const BLOCKS: usize = 3;
        for form in Form::ALL {
            let block = |row: usize, b: usize| Block {
                codes: std::array::from_fn(|c| match b {
                    0 => [0, 255][row % 2],
                    1 => [0, 255][c % 2],
                    _ => (row * 31 + c * 17) as u8,
                }),
                factor: row as f32 / 1024.0 + 0.125,
                second: if form.above() || form.two() {
                    b as f32 / -64.0
                } else {
                    0.0
                },
            };
            let w = Coded::new(form, ROWS - 1, BLOCKS, block).unwrap();
            let x: Vec<f32> = (0..15 * BLOCKS * BLOCK)
                .map(|i| match i / BLOCK % 4 {
                    0 => 1.0,
                    1 => -1.0,
                    2 => [1.0, -1.0][i % 2],
                    _ => (i * 7919 % 2003) as f32 / 700.0 - 1.4,
                })
                .collect();
            let mut rounded = Rounded::default();
            rounded.set(&induce_core::parallel::Team::alone(), &x);
            let results: Vec<_> = kernels()
                .into_iter()
                .map(|kernel| {
                    let mut out = [[0.0; ROWS]; 14];
                    kernel(w.panel(0), &rounded, 1, &mut out);
                    out.map(|row| row.map(f32::to_bits))
                })
                .collect();
            assert!(results.iter().all(|result| *result == results[0]), "{form:?}");
            let mut row = vec![0.0; BLOCKS * BLOCK];
            w.row(3, &mut row);
            let own = block(3, 2);
            let u = f32::from(if form.eight() {
                own.codes[9]
            } else {
                own.codes[9] & 15
            });
            let least = if form.above() { own.second } else { 0.0 };
            assert_eq!(
                row[2 * BLOCK + 9],
                own.factor * (u - form.offset() as f32) + least
            );
        }
    }

    #[test]
    fn a_factor_that_is_no_number_is_refused() {
        for factor in [f32::INFINITY, f32::NAN, 1e6] {
            let block = Block {
                codes: [0; BLOCK],
                factor,
                second: 0.0,
            };
            assert!(Coded::new(Form::Four, 1, 1, |_, _| block).is_none());
        }
    }
}
