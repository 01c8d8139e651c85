//! The fitted trees.

use induce_core::parallel::for_each_chunk;
use induce_core::{Result, Table};

use super::super::ensemble::{CHUNK, Compiled, Ensemble};
use super::{OutOfBag, Spec};

/// A tree or a forest: what was learned and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// The trees. A leaf's value is its mean; for two classes the share of the second, for more that of the last.
    pub ensemble: Ensemble,
    /// For more than two classes the shares of every leaf, tree after tree, row-major (leaves, classes).
    pub shares: Vec<f64>,
    /// What was estimated on the rows that trees left out.
    pub out_of_bag: Option<OutOfBag>,
    /// The settings it was fitted with.
    pub spec: Spec,
}

impl Model {
    /// The mean of every row; for classes see [`Model::probabilities`].
    pub fn predict(&self, table: &Table, threads: usize) -> Result<Vec<f64>> {
        self.ensemble.means(table, threads)
    }

    /// Probabilities of every class, row-major (rows, classes); empty for a quantity.
    pub fn probabilities(&self, table: &Table, threads: usize) -> Result<Vec<f64>> {
        match self.ensemble.schema.classes.len() {
            0 => Ok(Vec::new()),
            1 => Ok(vec![1.0; table.rows()]),
            2 => Ok(self
                .predict(table, threads)?
                .into_iter()
                .flat_map(|p| [1.0 - p, p])
                .collect()),
            classes => self.shares_of(table, classes, threads),
        }
    }

    /// The mean share of every class over the trees.
    fn shares_of(&self, table: &Table, classes: usize, threads: usize) -> Result<Vec<f64>> {
        let sources = self.ensemble.schema.align(table)?;
        let compiled = Compiled::new(&self.ensemble, threads).ok_or_else(|| {
            induce_core::Error::data("a feature has more than 65,000 thresholds", "use fewer bins")
        })?;
        let factor = 1.0 / self.ensemble.trees.len() as f64;
        let mut out = vec![0.0; table.rows() * classes];
        for_each_chunk(threads, &mut out, CHUNK * classes, |c, out| {
            let codes = compiled.codes(&self.ensemble, &sources, c * CHUNK, out.len() / classes);
            let mut leaves = vec![0; out.len() / classes];
            let mut first = 0;
            for tree in &compiled.trees {
                tree.leaves_of(&codes, 0, &mut leaves);
                for (out, &leaf) in out.chunks_exact_mut(classes).zip(&leaves) {
                    let start = (first + leaf as usize) * classes;
                    let shares = &self.shares[start..start + classes];
                    out.iter_mut().zip(shares).for_each(|(o, s)| *o += s);
                }
                first += tree.leaves();
            }
            out.iter_mut().for_each(|p| *p *= factor);
        });
        Ok(out)
    }

    /// The trees with a score per class: what explanations need. Structures are repeated for every class.
    pub fn per_class(&self) -> Ensemble {
        let classes = self.ensemble.schema.classes.len();
        let mut trees = Vec::with_capacity(self.ensemble.trees.len() * classes);
        let mut first = 0;
        for tree in &self.ensemble.trees {
            for class in 0..classes {
                let mut own = tree.clone();
                let shares = self.shares[first * classes..].iter().skip(class).step_by(classes);
                own.leaves
                    .iter_mut()
                    .zip(shares)
                    .for_each(|(leaf, share)| *leaf = *share);
                trees.push(own);
            }
            first += tree.leaves.len();
        }
        Ensemble {
            start: vec![0.0; classes],
            trees,
            ..self.ensemble.clone()
        }
    }
}
