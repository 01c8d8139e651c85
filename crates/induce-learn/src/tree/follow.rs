//! Trees one after the other: the leaf of every row, and scores summed in the order of boosting.

use induce_core::Result;
use induce_core::Table;
use induce_core::parallel::for_each_chunk;

use super::Ensemble;
use super::ensemble::{CHUNK, Compiled};
use super::node::Value;
use induce_core::model::Source;

impl Ensemble {
    /// The leaf of every row in every tree, row-major (rows, trees).
    ///
    /// # Errors
    /// If the table lacks a column, or has one of another type.
    pub fn leaves(&self, table: &Table, threads: usize) -> Result<Vec<u32>> {
        let sources = self.schema.align(table)?;
        let trees = self.trees.len();
        let mut out = vec![0; table.rows() * trees];
        let compiled = Compiled::new(self, threads);
        for_each_chunk(threads, &mut out, CHUNK * trees.max(1), |chunk, out| {
            self.leaves_of_chunk(compiled.as_ref(), &sources, chunk * CHUNK, out);
        });
        Ok(out)
    }

    /// The leaves of the rows from `first` on.
    fn leaves_of_chunk(
        &self,
        compiled: Option<&Compiled>,
        sources: &[Source],
        first: usize,
        out: &mut [u32],
    ) {
        let trees = self.trees.len();
        let Some(compiled) = compiled else {
            return self.leaves_by_walking(sources, first, out);
        };
        let codes = compiled.codes(self, sources, first, out.len() / trees);
        let mut leaves = vec![0; codes.rows];
        for (t, tree) in compiled.trees.iter().enumerate() {
            tree.leaves_of(&codes, 0, &mut leaves);
            let own = out.iter_mut().skip(t).step_by(trees);
            own.zip(&leaves).for_each(|(out, &leaf)| *out = leaf);
        }
    }

    fn leaves_by_walking(&self, sources: &[Source], first: usize, out: &mut [u32]) {
        for (i, out) in out.chunks_exact_mut(self.trees.len()).enumerate() {
            let row: Vec<Value> = (0..sources.len())
                .map(|f| self.value(sources, f, first + i))
                .collect();
            let leaves = self.trees.iter().map(|tree| tree.leaf(|f| row[f]) as u32);
            out.iter_mut().zip(leaves).for_each(|(out, leaf)| *out = leaf);
        }
    }

    /// Add every tree to `scores`, one vector per output, in their order: the sums that boosting had when it grew the
    /// last of them, to the last bit. ([`Ensemble::scores`] adds the start last.)
    ///
    /// # Errors
    /// As [`Ensemble::leaves`].
    pub fn add_in_order(&self, table: &Table, threads: usize, scores: &mut [Vec<f64>]) -> Result<()> {
        let sources = self.schema.align(table)?;
        let compiled = Compiled::new(self, threads);
        let (rows, trees) = (table.rows(), self.trees.len());
        let together = CHUNK * threads.max(1);
        let mut leaves = vec![0; together.min(rows) * trees];
        for start in (0..rows).step_by(together) {
            let leaves = &mut leaves[..together.min(rows - start) * trees];
            for_each_chunk(threads, leaves, CHUNK * trees.max(1), |chunk, out| {
                self.leaves_of_chunk(compiled.as_ref(), &sources, start + chunk * CHUNK, out);
            });
            self.add_leaves(leaves, start, scores);
        }
        Ok(())
    }

    /// Add the values of the leaves of the rows from `start` on, tree by tree.
    fn add_leaves(&self, leaves: &[u32], start: usize, scores: &mut [Vec<f64>]) {
        for (t, tree) in self.trees.iter().enumerate() {
            let own = leaves.iter().skip(t).step_by(self.trees.len());
            let scores = &mut scores[t % self.start.len()][start..];
            let add = |(score, &leaf): (&mut f64, &u32)| *score += tree.leaves[leaf as usize];
            scores.iter_mut().zip(own).for_each(add);
        }
    }
}
