//! Products with a panel of floats: exact inputs, sums of single precision.
//!
//! Column c is added to partial sum c mod 4, so that no addition waits for the one before it; the product is
//! (s_0 + s_2) + (s_1 + s_3). Nothing is fused: every instruction set gives the same bits.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod plain;

use induce_core::simd::{Level, level};

use super::lines::{Brains, Columns, Line, ROWS, Singles, Sixteens};

/// Partial sums of a number.
const PARTS: usize = 4;

/// Lines that every instruction set can load.
#[cfg(target_arch = "x86_64")]
pub trait Lines: Columns + avx2::Load + avx512::Load {}
/// Lines that every instruction set can load.
#[cfg(not(target_arch = "x86_64"))]
pub trait Lines: Columns {}

impl Lines for Singles {}
impl Lines for Sixteens {}
impl Lines for Brains {}

/// out = X panel', for the rows of `columns` in `x`.
pub fn product<L: Lines>(panel: &[Line<L>], x: &[f32], columns: usize, out: &mut [[f32; ROWS]]) {
    product_at(level(), panel, x, columns, out);
}

/// As [`product`], with the instructions of a level.
fn product_at<L: Lines>(level: Level, panel: &[Line<L>], x: &[f32], columns: usize, out: &mut [[f32; ROWS]]) {
    assert!(x.len() == columns * out.len() && panel.len() * L::COLUMNS >= columns);
    #[cfg(target_arch = "x86_64")]
    #[expect(
        unsafe_code,
        reason = "calls code for instructions the machine was seen to have"
    )]
    // SAFETY: the level was found on this machine, and the lengths were checked.
    unsafe {
        match level {
            Level::Avx512 => return avx512::product(panel, x, columns, out),
            Level::Avx2 => return avx2::product(panel, x, columns, out),
            Level::Baseline => {}
        }
    }
    plain::product(panel, x, columns, out);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inference::lines::Floats;

    fn same<L: Lines>(columns: usize) {
        let numbers = |n: usize, seed: usize| -> Vec<f32> {
            (0..n)
                .map(|i| ((i * 7919 + seed) % 2003) as f32 / 700.0 - 1.4)
                .collect()
        };
        let w = Floats::<L>::new(&numbers(ROWS * columns, 3), columns);
        let x = numbers(7 * columns, 5);
        let levels = [Level::Baseline, Level::Avx2, Level::Avx512];
        let results: Vec<_> = levels
            .into_iter()
            .filter(|own| *own <= level())
            .map(|level| {
                let mut out = [[0.0; ROWS]; 7];
                product_at(level, w.panel(0), &x, columns, &mut out);
                out.map(|row| row.map(f32::to_bits))
            })
            .collect();
        assert!(results.iter().all(|result| *result == results[0]), "{columns}");
    }

    #[test]
    fn every_instruction_set_gives_the_same_bits() {
        for columns in [1, 2, 3, 5, 64, 67, 172] {
            same::<Singles>(columns);
            same::<Sixteens>(columns);
            same::<Brains>(columns);
        }
    }
}
