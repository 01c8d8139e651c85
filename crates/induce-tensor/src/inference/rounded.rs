//! Inputs of 8 bits, for products with integers.

use induce_core::multiversion;
use induce_core::parallel::Team;

use crate::threads::pairs;

/// Values that share a factor.
pub const BLOCK: usize = 32;

/// Values below which one thread rounds all.
const ALONE: usize = 16_384;
/// Blocks of a task.
const SHARE: usize = 128;

/// Rows of x = d c with integers |c| <= 127 and d = max |x| / 127 of every 32 of them (`Q8_1` of ggml).
#[derive(Debug, Clone, Default)]
pub struct Rounded {
    pub(super) codes: Vec<[i8; BLOCK]>,
    pub(super) scales: Vec<Scale>,
}

/// What a product needs of a block beside its codes.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C)]
pub struct Scale {
    /// d
    pub factor: f32,
    /// d sum c
    pub all: f32,
    /// -sum c
    pub minus: i32,
    /// -sum c of the second half
    pub minus_upper: i32,
}

impl Rounded {
    /// Of `x`, whole blocks.
    pub(super) fn set(&mut self, team: &Team, x: &[f32]) {
        let (blocks, _) = x.as_chunks::<BLOCK>();
        self.codes.resize(blocks.len(), [0; BLOCK]);
        self.scales.resize(blocks.len(), Scale::default());
        let each = if x.len() < ALONE {
            blocks.len().max(1)
        } else {
            SHARE
        };
        let (codes, scales) = ((&mut self.codes[..], each), (&mut self.scales[..], each));
        pairs(team, codes, scales, |task, codes, scales| {
            round(&blocks[task * each..][..codes.len()], codes, scales);
        });
    }
}

multiversion! {
    fn round(x: &[[f32; BLOCK]], codes: &mut [[i8; BLOCK]], scales: &mut [Scale]) {
        /// 1.5 * 2^23: adding it leaves the nearest integer in the low mantissa bits.
        const ROUND: f32 = 12_582_912.0;
        for ((x, codes), scale) in x.iter().zip(codes).zip(scales) {
            // By bits: a number that is none is larger than all, and poisons the factor and so the product.
            let mut most = 0;
            for x in x {
                let bits = x.to_bits() & 0x7fff_ffff;
                most = if bits > most { bits } else { most };
            }
            let most = f32::from_bits(most);
            let inverse = if most > 0.0 { 127.0 / most } else { 0.0 };
            for (code, x) in codes.iter_mut().zip(x) {
                *code = (x * inverse + ROUND).to_bits() as i8;
            }
            let (lower, upper) = codes.split_at(BLOCK / 2);
            let [lower, upper] = [lower, upper].map(|half| half.iter().map(|c| i32::from(*c)).sum::<i32>());
            let factor = most / 127.0;
            *scale = Scale {
                factor,
                all: (lower + upper) as f32 * factor,
                minus: -(lower + upper),
                minus_upper: -upper,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_to_half_a_step_and_what_is_none_shows() {
        let mut x: Vec<f32> = (0..64).map(|i| ((i * 37 % 64) as f32 - 30.0) / 7.0).collect();
        let mut rounded = Rounded::default();
        rounded.set(&Team::alone(), &x);
        for (i, x) in x.iter().enumerate() {
            let (block, factor) = (i / BLOCK, rounded.scales[i / BLOCK].factor);
            let own = factor * f32::from(rounded.codes[block][i % BLOCK]);
            assert!((own - x).abs() <= 0.501 * factor, "{own} {x}");
        }
        let sum: i32 = rounded.codes[1][16..].iter().map(|c| i32::from(*c)).sum();
        assert_eq!(rounded.scales[1].minus_upper, -sum);
        x[3] = f32::NAN;
        x[40] = f32::INFINITY;
        rounded.set(&Team::alone(), &x);
        assert!(rounded.scales[0].factor.is_nan() && rounded.scales[1].factor == f32::INFINITY);
        rounded.set(&Team::alone(), &[0.0; 32]);
        assert_eq!((rounded.scales[0].factor, rounded.codes[0]), (0.0, [0; 32]));
    }
}
