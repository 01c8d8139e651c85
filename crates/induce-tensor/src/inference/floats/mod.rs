//! Products with panels of floats: exact inputs, sums of single precision.
//!
//! Column c is added to partial sum c mod 4, so that no addition waits for the one before it; the product is
//! (s_0 + s_2) + (s_1 + s_3). Each term is multiplied and added with one rounding, on every machine: the same bits.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod plain;

use induce_core::simd::{Level, level};

use super::lines::{Bf16Panel, Columns, F16Panel, F32Panel, Line, ROWS};

/// Lines that every instruction set can load.
#[cfg(target_arch = "x86_64")]
pub trait Lines: Columns + avx2::Load + avx512::Load {}
/// Lines that every instruction set can load.
#[cfg(not(target_arch = "x86_64"))]
pub trait Lines: Columns {}

impl Lines for F32Panel {}
impl Lines for F16Panel {}
impl Lines for Bf16Panel {}

/// out = X panel', for the rows of `columns` in `x` and `R` panels, whose lines are `apart`.
///
/// Two panels share the reading of X, where arithmetic takes the time.
pub fn product<L: Lines, const R: usize>(
    lines: &[Line<L>],
    apart: usize,
    x: &[f32],
    columns: usize,
    out: &mut [[[f32; ROWS]; R]],
) {
    product_at(level(), lines, apart, x, columns, out);
}

/// As [`product`], with the instructions of a level.
fn product_at<L: Lines, const R: usize>(
    level: Level,
    lines: &[Line<L>],
    apart: usize,
    x: &[f32],
    columns: usize,
    out: &mut [[[f32; ROWS]; R]],
) {
    let own = columns.div_ceil(L::COLUMNS);
    assert!(R > 0 && x.len() == columns * out.len() && lines.len() >= (R - 1) * apart + own);
    #[cfg(target_arch = "x86_64")]
    #[expect(
        unsafe_code,
        reason = "calls code for instructions the machine was seen to have"
    )]
    // SAFETY: the level was found on this machine, and the lengths were checked.
    unsafe {
        match level {
            Level::Avx512 => return avx512::product(lines, apart, x, columns, out),
            Level::Avx2 => return avx2::product(lines, apart, x, columns, out),
            Level::Baseline => {}
        }
    }
    plain::product(lines, apart, x, columns, out);
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
        let w = Floats::<L>::new(&numbers(2 * ROWS * columns, 3), columns);
        let x = numbers(7 * columns, 5);
        let levels = [Level::Baseline, Level::Avx2, Level::Avx512];
        let present = || levels.into_iter().filter(|own| *own <= level());
        let apart = columns.div_ceil(L::COLUMNS);
        let alone = present().map(|level| {
            let mut out = [[[[0.0; ROWS]; 1]; 7]; 2];
            for (panel, out) in out.iter_mut().enumerate() {
                product_at(level, w.panels(panel..panel + 1), apart, &x, columns, out);
            }
            std::array::from_fn(|row| [out[0][row][0], out[1][row][0]])
        });
        let pairs = present().map(|level| {
            let mut out = [[[0.0; ROWS]; 2]; 7];
            product_at(level, w.panels(0..2), apart, &x, columns, &mut out);
            out
        });
        let bits = |out: [[[f32; ROWS]; 2]; 7]| out.map(|row| row.map(|panel| panel.map(f32::to_bits)));
        let results: Vec<_> = alone.chain(pairs).map(bits).collect();
        assert!(results.iter().all(|result| *result == results[0]), "{columns}");
    }

    #[test]
    fn every_instruction_set_gives_the_same_bits() {
        for columns in [1, 2, 3, 5, 64, 67, 172] {
            same::<F32Panel>(columns);
            same::<F16Panel>(columns);
            same::<Bf16Panel>(columns);
        }
    }
}
