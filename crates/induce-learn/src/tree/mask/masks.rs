//! Tests of a block of 64 codes, in plain Rust.

#[cfg(not(target_arch = "x86_64"))]
use induce_core::simd::Baseline;

use super::super::bins::BLOCK;

/// Most leaves a tree may have for its leaf indices to be bytes.
pub(super) const FEW: usize = 256;

/// Leaves whose values fit the registers that a permutation picks from.
pub(super) const HANDFUL: usize = 32;

/// Tests of 64 bytes, per instruction set. The default bodies define the result; an instruction set may compute it
/// faster.
pub trait Masks {
    /// Bit i: `block[i] - offset <= limit`.
    #[inline(always)]
    fn at_most(block: &[u8; BLOCK], offset: u8, limit: u8) -> u64 {
        let mut mask = 0;
        for (i, code) in block.iter().enumerate() {
            mask |= u64::from(code.wrapping_sub(offset) <= limit) << i;
        }
        mask
    }
    /// Bit i: bit `block[i]` of `set`.
    #[inline(always)]
    fn member(block: &[u8; BLOCK], set: &[u8; 32]) -> u64 {
        let mut mask = 0;
        for (i, code) in block.iter().enumerate() {
            mask |= u64::from(set[usize::from(code >> 3)] >> (code & 7) & 1) << i;
        }
        mask
    }
    /// Byte i: the (only) one of the masks of block `b` that has bit i.
    #[inline(always)]
    fn index<const B: usize>(masks: &[[u64; B]], b: usize) -> [u8; BLOCK] {
        let mut index = [0; BLOCK];
        for (m, mask) in masks.iter().enumerate() {
            let mut rows = mask[b];
            while rows != 0 {
                index[rows.trailing_zeros() as usize & (BLOCK - 1)] = m as u8;
                rows &= rows - 1;
            }
        }
        index
    }
    /// Add `table[leaves[i]]` to `out[i]`; leaves are below [`HANDFUL`].
    #[inline(always)]
    fn add_handful(out: &mut [f64; BLOCK], leaves: &[u8; BLOCK], table: &[f64; FEW]) {
        out.iter_mut()
            .zip(leaves)
            .for_each(|(out, &leaf)| *out += table[usize::from(leaf)]);
    }
}

#[cfg(not(target_arch = "x86_64"))]
impl Masks for Baseline {}

#[cfg(test)]
mod tests {
    use super::*;
    use induce_core::random::Stream;
    #[cfg(target_arch = "x86_64")]
    use induce_core::simd::{Avx2, Avx512, Baseline};

    struct Portable;
    impl Masks for Portable {}

    fn block(seed: u64) -> [u8; BLOCK] {
        let stream = Stream::new(seed, "block");
        std::array::from_fn(|i| stream.bits(i as u64) as u8)
    }

    fn check<I: Masks>() {
        for seed in 0..50 {
            let (block, other) = (block(seed), block(seed + 1000));
            let set: [u8; 32] = std::array::from_fn(|i| other[i]);
            for offset in [0, 1] {
                let limit = other[40];
                assert_eq!(
                    I::at_most(&block, offset, limit),
                    Portable::at_most(&block, offset, limit)
                );
            }
            assert_eq!(I::member(&block, &set), Portable::member(&block, &set));
            let masks: Vec<[u64; 1]> = (0..200)
                .map(|m| [(0..64).fold(0, |mask, i| mask | u64::from(block[i] % 200 == m) << i)])
                .collect();
            assert_eq!(I::index(&masks, 0), Portable::index(&masks, 0));
            let leaves = block.map(|leaf| leaf % HANDFUL as u8);
            let table = std::array::from_fn(|leaf| 0.1 * leaf as f64);
            let (mut sum, mut expected) = ([1.5; BLOCK], [1.5; BLOCK]);
            I::add_handful(&mut sum, &leaves, &table);
            Portable::add_handful(&mut expected, &leaves, &table);
            assert_eq!(sum, expected);
        }
    }

    #[test]
    fn every_instruction_set_gives_the_same_masks() {
        #[cfg(target_arch = "x86_64")]
        {
            check::<Baseline>();
            if is_x86_feature_detected!("avx2") {
                check::<Avx2>();
            }
            if is_x86_feature_detected!("avx512bw") && is_x86_feature_detected!("avx512vbmi") {
                check::<Avx512>();
            }
        }
        check::<Portable>();
    }
}
