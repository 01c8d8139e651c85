//! Applying trees to 64 rows at a time.
//!
//! Every branch is evaluated for a whole block of rows by one comparison of
//! codes, which yields a 64-bit mask; masks are propagated from the root to the
//! leaves by `and` and `and not`. No row ever waits for the branch before it,
//! and a subtree that no row of the block reaches is skipped.

use induce_core::parallel::Team;
#[cfg(test)]
use induce_core::simd::{Avx2, Avx512, Baseline};

use super::bins::{BLOCK, CodeColumn, Codes};

/// A question in terms of codes.
#[derive(Debug, Clone, PartialEq)]
pub enum CodeTest {
    /// `code - offset <= limit` (wrapping) goes left. Offset 1 sends code 0, a missing value, right.
    AtMost {
        /// 0 or 1.
        offset: u16,
        /// The largest code that goes left, less the offset.
        limit: u16,
    },
    /// A code whose bit is set goes left.
    Member(Vec<u64>),
}

/// A branch in terms of codes; children as in [`super::Branch`].
#[derive(Debug, Clone, PartialEq)]
pub struct CodeBranch {
    /// Index of the column of codes.
    pub column: usize,
    /// The question.
    pub test: CodeTest,
    /// Child when the answer is yes.
    pub left: i32,
    /// Child when the answer is no.
    pub right: i32,
}

impl CodeTest {
    /// Codes up to `last` go left; missing ones as told.
    pub fn at_most(last: u16, missing_left: bool) -> Self {
        let offset = u16::from(!missing_left);
        // With missing right and nothing below: codes 1..=last, so last - 1 after the offset.
        Self::AtMost {
            offset,
            limit: last.wrapping_sub(offset),
        }
    }

    /// Whether a code goes left.
    #[inline]
    pub fn goes_left(&self, code: u16) -> bool {
        match self {
            Self::AtMost { offset, limit } => code.wrapping_sub(*offset) <= *limit,
            Self::Member(set) => super::node::contains(set, code as usize),
        }
    }
}

/// A tree over codes, ready to be applied; parents come before children.
#[derive(Debug, Clone, Default)]
pub struct CodeTree {
    branches: Vec<CodeBranch>,
    small: Vec<Compact>,
    sets: Vec<[u8; 32]>,
    leaves: usize,
    /// Whether [`CodeTree::leaf_indices`] applies: all columns narrow and few leaves.
    plain: bool,
}

/// The hot part of a branch.
#[derive(Debug, Clone, Copy)]
struct Compact {
    column: u32,
    /// A byte test `code - a <= b`, a byte set number, or a test on wide codes.
    kind: Kind,
    left: i32,
    right: i32,
    /// Children as places in an array of branches, then leaves.
    places: [u16; 2],
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    AtMost { offset: u8, limit: u8 },
    Set(u32),
    Wide,
}

/// Most leaves a tree may have for its leaf indices to be bytes.
const FEW: usize = 256;

impl CodeTree {
    /// A tree of these branches and `leaves` leaves over columns where `narrow(c)` tells the width.
    pub fn new(branches: Vec<CodeBranch>, leaves: usize, narrow: impl Fn(usize) -> bool) -> Self {
        let mut sets = Vec::new();
        let count = branches.len() as i32;
        let place = |child: i32| (if child >= 0 { child } else { count + !child }) as u16;
        let small: Vec<_> = branches
            .iter()
            .map(|b| {
                let kind = match &b.test {
                    _ if !narrow(b.column) => Kind::Wide,
                    CodeTest::AtMost { offset, limit } => Kind::AtMost {
                        offset: *offset as u8,
                        limit: (*limit).min(255) as u8,
                    },
                    CodeTest::Member(set) => {
                        sets.push(byte_set(set));
                        Kind::Set(sets.len() as u32 - 1)
                    }
                };
                let places = [place(b.left), place(b.right)];
                Compact {
                    column: b.column as u32,
                    kind,
                    left: b.left,
                    right: b.right,
                    places,
                }
            })
            .collect();
        let plain = leaves <= FEW && small.iter().all(|b| !matches!(b.kind, Kind::Wide));
        Self {
            branches,
            small,
            sets,
            leaves,
            plain,
        }
    }

    /// The leaf of each row of a block of a plain tree, without a branch that depends on the rows.
    #[inline(always)]
    fn leaf_indices<I: Masks>(&self, columns: &[&[u8]], start: usize) -> [u8; BLOCK] {
        let mut reach = [0_u64; 2 * FEW];
        reach[0] = u64::MAX;
        for (branch, i) in self.small.iter().zip(0..FEW) {
            let block = block_of(columns[branch.column as usize], start);
            let yes = match branch.kind {
                Kind::AtMost { offset, limit } => I::at_most(block, offset, limit),
                Kind::Set(set) => I::member(block, &self.sets[set as usize]),
                Kind::Wide => unreachable!("a plain tree has none"),
            };
            let here = reach[i];
            reach[branch.places[0] as usize % (2 * FEW)] = here & yes;
            reach[branch.places[1] as usize % (2 * FEW)] = here & !yes;
        }
        I::index(&reach[self.small.len()..self.small.len() + self.leaves])
    }

    /// Call `emit(leaf, rows)` for every leaf some of the block's rows reach.
    #[inline(always)]
    fn block<I: Masks>(
        &self,
        codes: &Codes,
        start: usize,
        reach: &mut Vec<u64>,
        mut emit: impl FnMut(usize, u64),
    ) {
        if self.small.is_empty() {
            return emit(0, u64::MAX);
        }
        reach.resize(self.small.len(), 0);
        reach[0] = u64::MAX;
        for (i, branch) in self.small.iter().enumerate() {
            let here = reach[i];
            let yes = if here == 0 {
                0
            } else {
                self.answer::<I>(i, branch, codes, start)
            };
            for (child, mask) in [(branch.left, here & yes), (branch.right, here & !yes)] {
                if child >= 0 {
                    reach[child as usize] = mask;
                } else if mask != 0 {
                    emit(!child as usize, mask);
                }
            }
        }
    }

    #[inline(always)]
    fn answer<I: Masks>(&self, i: usize, branch: &Compact, codes: &Codes, start: usize) -> u64 {
        match (&codes.columns[branch.column as usize], branch.kind) {
            (CodeColumn::Narrow(column), Kind::AtMost { offset, limit }) => {
                I::at_most(block_of(column, start), offset, limit)
            }
            (CodeColumn::Narrow(column), Kind::Set(set)) => {
                I::member(block_of(column, start), &self.sets[set as usize])
            }
            (CodeColumn::Wide(column), _) => wide(block_of(column, start), &self.branches[i].test),
            (CodeColumn::Narrow(column), Kind::Wide) => {
                let test = &self.branches[i].test;
                let bits = block_of(column, start).iter().enumerate();
                bits.fold(0, |mask, (b, &code)| {
                    mask | u64::from(test.goes_left(u16::from(code))) << b
                })
            }
        }
    }
}

fn byte_set(set: &[u64]) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (i, byte) in bytes.iter_mut().enumerate() {
        *byte = (set.get(i / 8).copied().unwrap_or(0) >> (i % 8 * 8)) as u8;
    }
    bytes
}

#[inline(always)]
fn block_of<T>(column: &[T], start: usize) -> &[T; BLOCK] {
    column[start..start + BLOCK]
        .try_into()
        .expect("columns are padded to whole blocks")
}

fn wide(block: &[u16; BLOCK], test: &CodeTest) -> u64 {
    let mut mask = 0;
    match test {
        CodeTest::AtMost { offset, limit } => {
            for (i, code) in block.iter().enumerate() {
                mask |= u64::from(code.wrapping_sub(*offset) <= *limit) << i;
            }
        }
        CodeTest::Member(set) => {
            for (i, &code) in block.iter().enumerate() {
                mask |= u64::from(super::node::contains(set, code as usize)) << i;
            }
        }
    }
    mask
}

/// The two comparisons on 64 bytes, per instruction set.
trait Masks {
    /// Bit i: `block[i] - offset <= limit`.
    fn at_most(block: &[u8; BLOCK], offset: u8, limit: u8) -> u64;
    /// Bit i: bit `block[i]` of `set`.
    fn member(block: &[u8; BLOCK], set: &[u8; 32]) -> u64;
    /// Byte i: the (only) mask that has bit i.
    fn index(masks: &[u64]) -> [u8; BLOCK];
}

/// Plain Rust: the meaning of the vector code, and its stand-in elsewhere.
struct Portable;

#[cfg(not(target_arch = "x86_64"))]
impl Masks for Baseline {
    #[inline(always)]
    fn at_most(block: &[u8; BLOCK], offset: u8, limit: u8) -> u64 {
        Portable::at_most(block, offset, limit)
    }

    #[inline(always)]
    fn member(block: &[u8; BLOCK], set: &[u8; 32]) -> u64 {
        Portable::member(block, set)
    }

    #[inline(always)]
    fn index(masks: &[u64]) -> [u8; BLOCK] {
        Portable::index(masks)
    }
}

impl Masks for Portable {
    #[inline(always)]
    fn at_most(block: &[u8; BLOCK], offset: u8, limit: u8) -> u64 {
        let mut mask = 0;
        for (i, code) in block.iter().enumerate() {
            mask |= u64::from(code.wrapping_sub(offset) <= limit) << i;
        }
        mask
    }

    #[inline(always)]
    fn member(block: &[u8; BLOCK], set: &[u8; 32]) -> u64 {
        let mut mask = 0;
        for (i, code) in block.iter().enumerate() {
            mask |= u64::from(set[usize::from(code >> 3)] >> (code & 7) & 1) << i;
        }
        mask
    }

    #[inline(always)]
    fn index(masks: &[u64]) -> [u8; BLOCK] {
        let mut index = [0; BLOCK];
        for (m, &mask) in masks.iter().enumerate() {
            let mut rows = mask;
            while rows != 0 {
                index[rows.trailing_zeros() as usize & (BLOCK - 1)] = m as u8;
                rows &= rows - 1;
            }
        }
        index
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    #![expect(
        unsafe_code,
        reason = "vector intrinsics; each is reached only after its features were detected"
    )]
    use super::{BLOCK, Masks, Portable};
    use induce_core::simd::{Avx2, Avx512, Baseline};
    use std::arch::x86_64::*;

    impl Masks for Baseline {
        #[inline(always)]
        fn at_most(block: &[u8; BLOCK], offset: u8, limit: u8) -> u64 {
            let mut mask = 0;
            for (i, part) in block.chunks_exact(16).enumerate() {
                // SAFETY: the chunk has 16 bytes; SSE2 is part of x86-64.
                let bits = unsafe {
                    let code = _mm_loadu_si128(part.as_ptr().cast());
                    let code = _mm_sub_epi8(code, _mm_set1_epi8(offset as i8));
                    let limit = _mm_set1_epi8(limit as i8);
                    _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(code, limit), code))
                };
                mask |= u64::from(bits as u16) << (16 * i);
            }
            mask
        }

        #[inline(always)]
        fn member(block: &[u8; BLOCK], set: &[u8; 32]) -> u64 {
            Portable::member(block, set)
        }

        #[inline(always)]
        fn index(masks: &[u64]) -> [u8; BLOCK] {
            Portable::index(masks)
        }
    }

    impl Masks for Avx2 {
        #[inline(always)]
        fn at_most(block: &[u8; BLOCK], offset: u8, limit: u8) -> u64 {
            let mut mask = 0;
            for (i, part) in block.chunks_exact(32).enumerate() {
                // SAFETY: the chunk has 32 bytes; this type is used only where AVX2 was detected.
                let bits = unsafe {
                    let code = _mm256_loadu_si256(part.as_ptr().cast());
                    let code = _mm256_sub_epi8(code, _mm256_set1_epi8(offset as i8));
                    let limit = _mm256_set1_epi8(limit as i8);
                    _mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_min_epu8(code, limit), code))
                };
                mask |= u64::from(bits as u32) << (32 * i);
            }
            mask
        }

        #[inline(always)]
        fn member(block: &[u8; BLOCK], set: &[u8; 32]) -> u64 {
            let mut mask = 0;
            for (i, part) in block.chunks_exact(32).enumerate() {
                // SAFETY: chunk and set have 32 bytes; this type is used only where AVX2 was detected.
                let bits = unsafe {
                    let code = _mm256_loadu_si256(part.as_ptr().cast());
                    let set = _mm256_loadu_si256(set.as_ptr().cast());
                    let low = _mm256_permute2x128_si256::<0x00>(set, set);
                    let high = _mm256_permute2x128_si256::<0x11>(set, set);
                    let byte = _mm256_and_si256(_mm256_srli_epi16::<3>(code), _mm256_set1_epi8(31));
                    let from_low = _mm256_shuffle_epi8(low, byte);
                    let from_high = _mm256_shuffle_epi8(high, byte);
                    let is_high = _mm256_cmpgt_epi8(byte, _mm256_set1_epi8(15));
                    let word = _mm256_blendv_epi8(from_low, from_high, is_high);
                    let powers = _mm256_set1_epi64x(i64::from_le_bytes([1, 2, 4, 8, 16, 32, 64, 128]));
                    let bit = _mm256_shuffle_epi8(powers, _mm256_and_si256(code, _mm256_set1_epi8(7)));
                    _mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_and_si256(word, bit), bit))
                };
                mask |= u64::from(bits as u32) << (32 * i);
            }
            mask
        }

        #[inline(always)]
        fn index(masks: &[u64]) -> [u8; BLOCK] {
            let mut index = [0; BLOCK];
            for (half, out) in index.chunks_exact_mut(32).enumerate() {
                // SAFETY: the chunk has 32 bytes; this type is used only where AVX2 was detected.
                unsafe {
                    let spread = _mm256_setr_epi64x(
                        0,
                        0x0101_0101_0101_0101,
                        0x0202_0202_0202_0202,
                        0x0303_0303_0303_0303,
                    );
                    let bits = _mm256_set1_epi64x(i64::from_le_bytes([1, 2, 4, 8, 16, 32, 64, 128]));
                    let mut sum = _mm256_setzero_si256();
                    for (m, &mask) in masks.iter().enumerate() {
                        let word = _mm256_set1_epi32((mask >> (32 * half)) as i32);
                        let byte = _mm256_shuffle_epi8(word, spread);
                        let on = _mm256_cmpeq_epi8(_mm256_and_si256(byte, bits), bits);
                        sum = _mm256_or_si256(sum, _mm256_and_si256(on, _mm256_set1_epi8(m as i8)));
                    }
                    _mm256_storeu_si256(out.as_mut_ptr().cast(), sum);
                }
            }
            index
        }
    }

    impl Masks for Avx512 {
        #[inline(always)]
        fn at_most(block: &[u8; BLOCK], offset: u8, limit: u8) -> u64 {
            // SAFETY: the block has 64 bytes; this type is used only where AVX-512 BW was detected.
            unsafe {
                let code = _mm512_loadu_si512(block.as_ptr().cast());
                let code = _mm512_sub_epi8(code, _mm512_set1_epi8(offset as i8));
                _mm512_cmple_epu8_mask(code, _mm512_set1_epi8(limit as i8))
            }
        }

        #[inline(always)]
        fn member(block: &[u8; BLOCK], set: &[u8; 32]) -> u64 {
            // SAFETY: block and set have 64 and 32 bytes; this type is used only where AVX-512 VBMI was detected.
            unsafe {
                let code = _mm512_loadu_si512(block.as_ptr().cast());
                let set = _mm512_broadcast_i64x4(_mm256_loadu_si256(set.as_ptr().cast()));
                let byte = _mm512_and_si512(_mm512_srli_epi16::<3>(code), _mm512_set1_epi8(31));
                let word = _mm512_permutexvar_epi8(byte, set);
                let powers = _mm512_set1_epi64(i64::from_le_bytes([1, 2, 4, 8, 16, 32, 64, 128]));
                let bit = _mm512_shuffle_epi8(powers, _mm512_and_si512(code, _mm512_set1_epi8(7)));
                _mm512_test_epi8_mask(word, bit)
            }
        }

        #[inline(always)]
        fn index(masks: &[u64]) -> [u8; BLOCK] {
            let mut index = [0; BLOCK];
            // SAFETY: the array has 64 bytes; this type is used only where AVX-512 BW was detected.
            unsafe {
                let mut sum = _mm512_setzero_si512();
                for (m, &mask) in masks.iter().enumerate() {
                    sum = _mm512_mask_mov_epi8(sum, mask, _mm512_set1_epi8(m as i8));
                }
                _mm512_storeu_si512(index.as_mut_ptr().cast(), sum);
            }
            index
        }
    }
}

/// A tree with the value of each of its leaves.
pub type Valued<'a> = (&'a CodeTree, &'a [f64]);

induce_core::multiversion! {
    /// Add `values[leaf]` of every tree to the rows `start..start + out.len()`; `start` is a
    /// multiple of [`BLOCK`]. Trees are added in order, so the sum has the same bits always.
    pub fn add_values(trees: &[Valued], codes: &Codes, start: usize, out: &mut [f64]) {
        let narrow: Vec<&[u8]> = codes.columns.iter().map(CodeColumn::bytes).collect();
        let mut reach = Vec::new();
        for (tree, values) in trees {
            if tree.plain {
                let mut table = [0.0; FEW];
                table[..values.len()].copy_from_slice(values);
                for (b, out) in out.chunks_mut(BLOCK).enumerate() {
                    let leaves = tree.leaf_indices::<Isa>(&narrow, start + b * BLOCK);
                    out.iter_mut().zip(leaves).for_each(|(out, leaf)| *out += table[usize::from(leaf)]);
                }
                continue;
            }
            for (b, out) in out.chunks_mut(BLOCK).enumerate() {
                let live = if out.len() == BLOCK { u64::MAX } else { (1 << out.len()) - 1 };
                tree.block::<Isa>(codes, start + b * BLOCK, &mut reach, |leaf, mask| {
                    let mut rows = mask & live;
                    while rows != 0 {
                        out[rows.trailing_zeros() as usize & (BLOCK - 1)] += values[leaf];
                        rows &= rows - 1;
                    }
                });
            }
        }
    }
}

induce_core::multiversion! {
    /// For every branch of `tree`, the mask of the rows of the block at `start` that go left there.
    pub fn answers(tree: &CodeTree, codes: &Codes, start: usize, out: &mut Vec<u64>) {
        out.clear();
        for (i, branch) in tree.small.iter().enumerate() {
            out.push(tree.answer::<Isa>(i, branch, codes, start));
        }
    }
}

/// Rows a thread takes at a time: its codes stay in the first-level cache over all trees.
pub const CHUNK: usize = 16 * BLOCK;

/// [`add_values`] over all rows, shared out among a team.
pub fn add_values_all(team: &mut Team, trees: &[Valued], codes: &Codes, out: &mut [f64]) {
    let size = team.size();
    let chunks: Vec<_> = out.chunks_mut(CHUNK).map(std::sync::Mutex::new).collect();
    team.run(&|member| {
        for (c, chunk) in chunks.iter().enumerate().skip(member).step_by(size) {
            let mut chunk = chunk.lock().expect("each chunk has one owner");
            add_values(trees, codes, c * CHUNK, &mut chunk);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use induce_core::random::Stream;

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
            let masks: Vec<u64> = (0..200)
                .map(|m| (0..64).fold(0, |mask, i| mask | u64::from(block[i] % 200 == m) << i))
                .collect();
            assert_eq!(I::index(&masks), Portable::index(&masks));
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

    #[test]
    fn missing_goes_where_it_is_told() {
        let left = CodeTest::at_most(3, true);
        let right = CodeTest::at_most(3, false);
        let go = |t: &CodeTest| (0..6).map(|c| t.goes_left(c)).collect::<Vec<_>>();
        assert_eq!(go(&left), [true, true, true, true, false, false]);
        assert_eq!(go(&right), [false, true, true, true, false, false]);
    }
}
