//! Trees whose tests are on codes.

use super::super::bins::{BLOCK, CodeColumn, Codes};
use super::super::node::contains;
use super::code_test::{CodeBranch, CodeTest};
use super::masks::{FEW, HANDFUL, Masks};

/// A tree over codes, ready to be applied; parents come before children.
#[derive(Debug, Clone, Default)]
pub struct CodeTree {
    branches: Vec<CodeBranch>,
    pub(super) small: Vec<Compact>,
    sets: Vec<[u8; 32]>,
    leaves: usize,
    /// Whether [`CodeTree::leaf_indices`] applies: all columns narrow and few leaves.
    pub(super) plain: bool,
}

/// The hot part of a branch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Compact {
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

/// Rows that walk side by side.
const LANES: usize = 8;

/// Masks of the rows of `B` blocks that reach each branch, then each leaf, of a plain tree.
pub(super) type Reach<const B: usize> = [[u64; B]; 2 * FEW];

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

    /// The leaf of each row of `B` blocks of a plain tree, without a branch that depends on the rows.
    /// What `reach` holds before does not matter: a parent writes both children before they are read.
    #[inline(always)]
    fn leaf_indices<I: Masks, const B: usize>(
        &self,
        columns: &[&[u8]],
        start: usize,
        reach: &mut Reach<B>,
    ) -> [[u8; BLOCK]; B] {
        reach[0] = [u64::MAX; B];
        for (branch, i) in self.small.iter().zip(0..FEW) {
            let column = &columns[branch.column as usize][start..start + B * BLOCK];
            let (blocks, _) = column.as_chunks::<BLOCK>();
            let here = reach[i];
            let mut sides = [[0; B]; 2];
            for b in 0..B {
                let yes = match branch.kind {
                    Kind::AtMost { offset, limit } => I::at_most(&blocks[b], offset, limit),
                    Kind::Set(set) => I::member(&blocks[b], &self.sets[set as usize]),
                    Kind::Wide => unreachable!("a plain tree has none"),
                };
                sides[0][b] = here[b] & yes;
                sides[1][b] = here[b] & !yes;
            }
            for (place, side) in branch.places.into_iter().zip(sides) {
                reach[place as usize % (2 * FEW)] = side;
            }
        }
        let leaves = &reach[self.small.len()..self.small.len() + self.leaves];
        std::array::from_fn(|b| I::index(leaves, b))
    }

    /// Add the value of its leaf to each row of `B` blocks.
    #[inline(always)]
    pub(super) fn add_blocks<I: Masks, const B: usize>(
        &self,
        columns: &[&[u8]],
        start: usize,
        table: &[f64; FEW],
        reach: &mut Reach<B>,
        out: &mut [f64],
    ) {
        let leaves = self.leaf_indices::<I, B>(columns, start, reach);
        for (out, leaves) in out.chunks_mut(BLOCK).zip(&leaves) {
            match <&mut [f64; BLOCK]>::try_from(&mut *out) {
                Ok(out) if self.leaves <= HANDFUL => I::add_handful(out, leaves, table),
                _ => out
                    .iter_mut()
                    .zip(leaves)
                    .for_each(|(out, &leaf)| *out += table[usize::from(leaf)]),
            }
        }
    }

    /// Call `emit(leaf, rows)` for every leaf some of the block's rows reach.
    #[inline(always)]
    pub(super) fn block<I: Masks>(
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

    /// How many leaves there are.
    pub fn leaves(&self) -> usize {
        self.leaves
    }

    /// The leaves of the rows from `start` on, by walking: for trees of so many leaves that asking every branch
    /// would be waste. Eight rows walk side by side, so that they wait for memory together.
    pub fn leaves_of(&self, codes: &Codes, start: usize, out: &mut [u32]) {
        let columns: Vec<&[u8]> = codes.columns.iter().map(CodeColumn::bytes).collect();
        for (b, out) in out.chunks_mut(LANES).enumerate() {
            let first = start + b * LANES;
            let mut nodes = [if self.small.is_empty() { !0 } else { 0 }; LANES];
            loop {
                let mut walking = false;
                for (lane, node) in nodes[..out.len()].iter_mut().enumerate() {
                    if *node >= 0 {
                        *node = self.step(*node as usize, codes, &columns, first + lane);
                        walking = true;
                    }
                }
                if !walking {
                    break;
                }
            }
            out.iter_mut()
                .zip(nodes)
                .for_each(|(out, node)| *out = !node as u32);
        }
    }

    #[inline(always)]
    fn step(&self, node: usize, codes: &Codes, columns: &[&[u8]], row: usize) -> i32 {
        let branch = &self.small[node];
        let goes_left = match branch.kind {
            Kind::AtMost { offset, limit } => {
                columns[branch.column as usize][row].wrapping_sub(offset) <= limit
            }
            Kind::Set(set) => {
                let code = columns[branch.column as usize][row];
                self.sets[set as usize][usize::from(code >> 3)] >> (code & 7) & 1 == 1
            }
            Kind::Wide => self.branches[node]
                .test
                .goes_left(codes.columns[branch.column as usize].get(row)),
        };
        if goes_left { branch.left } else { branch.right }
    }

    #[inline(always)]
    pub(super) fn answer<I: Masks>(&self, i: usize, branch: &Compact, codes: &Codes, start: usize) -> u64 {
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
                mask |= u64::from(contains(set, code as usize)) << i;
            }
        }
    }
    mask
}
