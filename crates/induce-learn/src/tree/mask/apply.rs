//! Trees applied to rows.

use induce_core::parallel::Team;

use super::super::bins::{BLOCK, CodeColumn, Codes};
use super::code_tree::{CodeTree, Reach};
use super::masks::FEW;

/// Blocks that share the bookkeeping of a branch.
const TOGETHER: usize = 4;

/// A tree with the value of each of its leaves.
pub type Valued<'a> = (&'a CodeTree, &'a [f64]);

induce_core::multiversion! {
    /// Add `values[leaf]` of every tree to the rows `start..start + out.len()`; `start` is a
    /// multiple of [`BLOCK`]. Trees are added in order, so the sum has the same bits always.
    pub fn add_values(trees: &[Valued], codes: &Codes, start: usize, out: &mut [f64]) {
        let narrow: Vec<&[u8]> = codes.columns.iter().map(CodeColumn::bytes).collect();
        let mut reach = Vec::new();
        let (mut many, mut one): (Reach<TOGETHER>, Reach<1>) = ([[0; TOGETHER]; 2 * FEW], [[0]; 2 * FEW]);
        for (tree, values) in trees {
            if tree.plain {
                let mut table = [0.0; FEW];
                table[..values.len()].copy_from_slice(values);
                let mut groups = out.chunks_exact_mut(TOGETHER * BLOCK);
                let mut start = start;
                for out in &mut groups {
                    tree.add_blocks::<Isa, TOGETHER>(&narrow, start, &table, &mut many, out);
                    start += TOGETHER * BLOCK;
                }
                for out in groups.into_remainder().chunks_mut(BLOCK) {
                    tree.add_blocks::<Isa, 1>(&narrow, start, &table, &mut one, out);
                    start += BLOCK;
                }
                continue;
            }
            if tree.leaves() > FEW {
                let mut leaves = [0; BLOCK];
                for (b, out) in out.chunks_mut(BLOCK).enumerate() {
                    let leaves = &mut leaves[..out.len()];
                    tree.leaves_of(codes, start + b * BLOCK, leaves);
                    out.iter_mut().zip(leaves).for_each(|(out, leaf)| *out += values[*leaf as usize]);
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
