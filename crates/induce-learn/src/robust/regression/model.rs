//! A fitted linear model.

use induce_core::{Result, Table};

use super::design::Design;
use super::spec::Spec;
use induce_core::model::Schema;

/// A linear model through most of the rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Its columns.
    pub schema: Schema,
    /// The settings it was fitted with.
    pub spec: Spec,
    /// The prediction where every column of the design is 0.
    pub intercept: f64,
    /// One per number, and one per category but a feature's first.
    pub coefficients: Vec<f64>,
    /// Covariance of intercept and coefficients (row-major); empty if some are not determined.
    pub covariance: Vec<f64>,
    /// What a missing value counts as, per coefficient.
    pub(super) fill: Vec<f64>,
    /// How far an inlier may miss.
    pub threshold: f64,
    /// Standard deviation of the inliers' residuals.
    pub sigma: f64,
    /// Training rows within the threshold, weights counting as repetition.
    pub inliers: u64,
    /// Training rows.
    pub rows: u64,
}

impl Model {
    /// The prediction of every row of a table that has the model's columns.
    ///
    /// # Errors
    /// If the table lacks a column of the model, or a column is of another type.
    pub fn predict(&self, table: &Table) -> Result<Vec<f64>> {
        let design = Design::of(&self.schema, table, &self.fill)?;
        let mut out = vec![self.intercept; table.rows()];
        for (column, b) in design.columns.iter().zip(&self.coefficients) {
            out.iter_mut().zip(column).for_each(|(y, x)| *y += b * x);
        }
        Ok(out)
    }

    /// Standard errors of intercept and coefficients; empty if some are not determined.
    pub fn standard_errors(&self) -> Vec<f64> {
        let n = self.coefficients.len() + 1;
        let diagonal = self.covariance.iter().step_by(n + 1);
        diagonal.map(|v| v.sqrt()).collect()
    }
}
