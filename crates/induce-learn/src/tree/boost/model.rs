//! The fitted boosted model.

use induce_core::{Result, Table};
use induce_prob::{Link, Objective};

use super::super::ensemble::Ensemble;
use super::Spec;

/// A boosted model: the trees, the loss, and the settings.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// The trees.
    pub ensemble: Ensemble,
    /// Name of the loss.
    pub objective: String,
    /// The settings it was fitted with, the objective decided.
    pub spec: Spec,
}

impl Model {
    /// The mean of every row, row-major (rows, outputs): a quantity, or probabilities.
    ///
    /// A two-class model has one output, the probability of the second class.
    ///
    /// # Errors
    /// If the table lacks a column of the model, or a column is of another type.
    pub fn predict(&self, table: &Table, threads: usize) -> Result<Vec<f64>> {
        self.ensemble.means(table, threads)
    }

    /// Tree `index` alone, its values times `factor`, as a model of a quantity; `None` if there are not so many.
    pub fn tree(&self, index: usize, factor: f64) -> Option<Self> {
        let mut tree = self.ensemble.trees.get(index)?.clone();
        tree.leaves.iter_mut().for_each(|value| *value *= factor);
        tree.branches.iter_mut().for_each(|branch| branch.value *= factor);
        let mut schema = self.ensemble.schema.clone();
        schema.classes.clear();
        let ensemble = Ensemble {
            schema,
            start: vec![0.0],
            trees: vec![tree],
            link: Link::Identity,
            ..self.ensemble
        };
        Some(Self {
            ensemble,
            objective: "squared".into(),
            spec: self.spec.clone(),
        })
    }

    /// Probabilities of every class, row-major (rows, classes); empty for a quantity.
    ///
    /// # Errors
    /// If the table lacks a column of the model, or a column is of another type.
    pub fn probabilities(&self, table: &Table, threads: usize) -> Result<Vec<f64>> {
        let means = self.predict(table, threads)?;
        match (self.ensemble.schema.classes.len(), self.ensemble.outputs()) {
            (0, _) => Ok(Vec::new()),
            // What is certain; the one score is that of a class that no row had.
            (1, 1) => Ok(vec![1.0; table.rows()]),
            (2, 1) => Ok(means.iter().flat_map(|&p| [1.0 - p, p]).collect()),
            _ => Ok(means),
        }
    }
}

/// The objective that `auto` stands for.
pub(super) fn auto_objective(objective: Objective, classes: &[String], ranked: bool) -> Objective {
    match (objective, classes.len()) {
        (Objective::Auto, _) if ranked => Objective::Lambdarank,
        (Objective::Auto, 0) => Objective::Squared,
        (Objective::Auto, 1 | 2) => Objective::Logistic,
        (Objective::Auto, _) => Objective::Softmax,
        (chosen, _) => chosen,
    }
}
