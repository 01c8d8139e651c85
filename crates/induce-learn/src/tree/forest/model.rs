//! The fitted trees.

use induce_core::parallel::{for_each_chunk, map};
use induce_core::{Error, Result, Table};

use super::super::ensemble::{CHUNK, Compiled, Ensemble};
use super::{Distribution, OutOfBag, Spec, Targets};

/// A tree or a forest: what was learned and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// The trees. A leaf's value is its mean; for two classes the probability of the second, for more that of the last.
    pub ensemble: Ensemble,
    /// For more than two classes the probabilities of every leaf, tree after tree, row-major (leaves, classes); for several
    /// targets the means and class probabilities of them all.
    pub leaf_probabilities: Vec<f64>,
    /// The names of the classes of every target (none for a quantity), if there are several targets.
    pub outputs: Vec<Vec<String>>,
    /// What was estimated on the rows that trees left out.
    pub out_of_bag: Option<OutOfBag>,
    /// What the trees that left a training row out predict for it, row-major (rows, values per leaf), if it was asked
    /// for; NaN where no tree did.
    pub held_out: Option<Vec<f64>>,
    /// The training targets by leaf, if quantiles were asked for.
    pub distribution: Option<Distribution>,
    /// The frequencies of the classes, if probabilities are smoothed by them.
    pub prior: Vec<f64>,
    /// The settings it was fitted with.
    pub spec: Spec,
}

impl Model {
    /// The mean of every row; for classes see [`Model::probabilities`].
    ///
    /// # Errors
    /// For columns that are missing, and for a model of several targets, which [`Model::joint`] predicts.
    pub fn predict(&self, table: &Table, threads: usize) -> Result<Vec<f64>> {
        self.check_single()?;
        self.ensemble.means(table, threads)
    }

    /// Probabilities of every class, row-major (rows, classes); empty for a quantity.
    ///
    /// # Errors
    /// If the table lacks a column of the model, or a column is of another type.
    pub fn probabilities(&self, table: &Table, threads: usize) -> Result<Vec<f64>> {
        self.check_single()?;
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

    /// What probabilities are multiplied by, and what is added to that of every class: with s for `smoothing`, T trees
    /// and frequencies pi, p = (T mean + s pi) / (T + s).
    pub(super) fn smoothed(&self) -> Option<(f64, Vec<f64>)> {
        let (trees, extra) = (self.ensemble.trees.len() as f64, self.spec.smoothing);
        let parts = self.prior.iter().map(|pi| extra * pi / (trees + extra));
        (!self.prior.is_empty()).then(|| (trees / (trees + extra), parts.collect()))
    }

    /// The means and class probabilities of several targets, row-major (rows, values per leaf).
    ///
    /// # Errors
    /// If the table lacks a column of the model, or a column is of another type.
    pub fn joint(&self, table: &Table, threads: usize) -> Result<Vec<f64>> {
        match self.width() {
            1 => self.ensemble.means(table, threads),
            width => self.shares_of(table, width, threads),
        }
    }

    fn check_single(&self) -> Result<()> {
        if self.outputs.is_empty() {
            return Ok(());
        }
        let what = format!("the forest predicts {} targets at once", self.outputs.len());
        Err(Error::data(
            what,
            "open it in Python, or train a model for one target",
        ))
    }

    /// Values that a leaf predicts.
    pub(crate) fn width(&self) -> usize {
        match self.ensemble.schema.classes.len() {
            _ if !self.outputs.is_empty() => Targets::width(&self.outputs),
            classes if classes > 2 => classes,
            _ => 1,
        }
    }

    /// What the leaves of tree `t` predict, row-major (leaves, values per leaf).
    pub fn values(&self, t: usize) -> &[f64] {
        let (trees, width) = (&self.ensemble.trees, self.width());
        if width == 1 {
            return &trees[t].leaves;
        }
        let first: usize = trees[..t].iter().map(|tree| tree.leaves.len()).sum();
        &self.leaf_probabilities[first * width..(first + trees[t].leaves.len()) * width]
    }

    /// The leaf that every row falls into, row-major (rows, trees).
    ///
    /// # Errors
    /// If the table lacks a column of the model, or a column is of another type.
    pub fn leaves(&self, table: &Table, threads: usize) -> Result<Vec<u32>> {
        let sources = self.ensemble.schema.align(table)?;
        let compiled = self.compiled(threads)?;
        let trees = compiled.trees.len();
        let mut out = vec![0; table.rows() * trees];
        for_each_chunk(threads, &mut out, CHUNK * trees, |c, out| {
            let codes = compiled.codes(&self.ensemble, &sources, c * CHUNK, out.len() / trees);
            let mut leaves = vec![0; out.len() / trees];
            for (t, tree) in compiled.trees.iter().enumerate() {
                tree.leaves_of(&codes, 0, &mut leaves);
                let own = out[t..].iter_mut().step_by(trees);
                own.zip(&leaves).for_each(|(out, &leaf)| *out = leaf);
            }
        });
        Ok(out)
    }

    /// Tree `t` as a model of its own.
    ///
    /// # Errors
    /// If there are not so many trees.
    pub fn tree(&self, t: usize) -> Result<Self> {
        let trees = &self.ensemble.trees;
        if t >= trees.len() {
            let hint = format!(
                "trees are counted from 0, up to {}",
                trees.len().saturating_sub(1)
            );
            return Err(Error::setting("tree", t, hint));
        }
        Ok(Self {
            ensemble: Ensemble {
                trees: vec![trees[t].clone()],
                schema: self.ensemble.schema.clone(),
                start: self.ensemble.start.clone(),
                ..self.ensemble
            },
            leaf_probabilities: if self.width() > 1 {
                self.values(t).to_vec()
            } else {
                Vec::new()
            },
            outputs: self.outputs.clone(),
            out_of_bag: None,
            held_out: None,
            distribution: self.distribution.as_ref().map(|all| all.of_tree(t)),
            prior: Vec::new(),
            spec: Spec {
                trees: 1,
                keep_out_of_bag: false,
                ..self.spec.clone()
            },
        })
    }

    /// The mean probability of every class over the trees.
    fn shares_of(&self, table: &Table, classes: usize, threads: usize) -> Result<Vec<f64>> {
        let sources = self.ensemble.schema.align(table)?;
        let compiled = self.compiled(threads)?;
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
                    let leaf_probabilities = &self.leaf_probabilities[start..start + classes];
                    out.iter_mut().zip(leaf_probabilities).for_each(|(o, s)| *o += s);
                }
                first += tree.leaves();
            }
            out.iter_mut().for_each(|p| *p *= factor);
        });
        Ok(out)
    }

    /// The quantiles of the target at `probabilities`, row-major (rows, probabilities).
    ///
    /// # Errors
    /// If the forest was not fitted with `quantiles`, or the table lacks a column of the model.
    pub fn quantiles(&self, table: &Table, probabilities: &[f64], threads: usize) -> Result<Vec<f64>> {
        let Some(distribution) = &self.distribution else {
            let what = "this forest does not keep the targets that quantiles are made of";
            return Err(Error::data(what, "train it with `--set quantiles=true`"));
        };
        let sources = self.ensemble.schema.align(table)?;
        let compiled = self.compiled(threads)?;
        let trees = &self.ensemble.trees;
        let members = map(threads, trees.len(), |t| {
            distribution.members(t, trees[t].leaves.len())
        });
        let width = probabilities.len();
        let mut out = vec![0.0; table.rows() * width];
        for_each_chunk(threads, &mut out, CHUNK * width.max(1), |c, out| {
            let n = out.len() / width;
            let codes = compiled.codes(&self.ensemble, &sources, c * CHUNK, n);
            let mut leaves = vec![vec![0; n]; trees.len()];
            for (tree, leaves) in compiled.trees.iter().zip(&mut leaves) {
                tree.leaves_of(&codes, 0, leaves);
            }
            for (i, out) in out.chunks_exact_mut(width).enumerate() {
                let own: Vec<u32> = leaves.iter().map(|leaves| leaves[i]).collect();
                distribution.quantiles(&members, &own, probabilities, out);
            }
        });
        Ok(out)
    }

    fn compiled(&self, threads: usize) -> Result<Compiled> {
        Compiled::new(&self.ensemble, threads)
            .ok_or_else(|| Error::data("a feature has more than 65,000 thresholds", "use fewer bins"))
    }

    /// The trees with a score per class: what explanations need. Structures are repeated for every class.
    pub fn per_class(&self) -> Ensemble {
        let classes = self.width();
        let mut trees = Vec::with_capacity(self.ensemble.trees.len() * classes);
        let mut first = 0;
        for tree in &self.ensemble.trees {
            for class in 0..classes {
                let mut own = tree.clone();
                let leaf_probabilities = self.leaf_probabilities[first * classes..]
                    .iter()
                    .skip(class)
                    .step_by(classes);
                own.leaves
                    .iter_mut()
                    .zip(leaf_probabilities)
                    .for_each(|(leaf, probability)| *leaf = *probability);
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
