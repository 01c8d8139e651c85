//! The fitted linear model.

mod bands;
mod coefficients;
mod contributions;
mod invert;
mod sections;
mod sparse;

use std::ops::Range;

use induce_core::{Error, Result, Table};
use induce_prob::{Family, Link};

use serde::{Deserialize, Serialize};

use super::Spec;
use super::encode::{Term, indicator, offset};
use super::kernels::axpy;
use crate::linear::spec::Missing;
use induce_core::model::{FeatureType, Schema, Source, UNSEEN};

pub use bands::Bands;
pub use coefficients::Coefficient;

/// Rows that go through all terms at a time.
const BLOCK: usize = 2048;

/// A linear model: coefficients in the units of the table, with their covariance and the statistics of the fit.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// The columns it reads and the classes it knows.
    pub schema: Schema,
    /// The settings it was fitted with, lambda and names decided.
    pub spec: Spec,
    /// The likelihood; `None` is multinomial.
    pub family: Option<Family>,
    /// The link.
    pub link: Link,
    /// What the coefficients stand for.
    pub terms: Vec<Term>,
    /// Coefficients (outputs, terms); one output but for the multinomial likelihood.
    pub coefficients: Vec<f64>,
    /// One per output; 0 without an intercept.
    pub intercepts: Vec<f64>,
    /// Goodness of fit, information criteria, tests.
    pub statistics: Statistics,
    /// Covariance of the coefficients of standardised columns, class by class, the intercept of each last, over
    /// `response`^2; of coefficients less the mean of their classes if there are several. Empty if unknown.
    pub covariance: Vec<f64>,
    /// The unit of the target within the fit.
    pub response: f64,
    /// Remarks: columns that were dropped, values that were imputed.
    pub notes: Vec<String>,
}

/// Goodness of fit and tests of the whole.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Statistics {
    /// The sum of the weights.
    pub rows: f64,
    /// Free parameters: the rank of the design; the trace of the smoother under a Gaussian prior; the coefficients
    /// other than 0 under a prior with a kink.
    pub parameters: f64,
    /// Rows less parameters.
    pub residual_df: f64,
    /// phi: Pearson's statistic over `residual_df`, or 1 where the family has none.
    pub dispersion: f64,
    /// The deviance.
    pub deviance: f64,
    /// The deviance of the intercept alone.
    pub null_deviance: f64,
    /// The log-likelihood, phi at deviance over rows where it is free.
    pub log_likelihood: f64,
    /// -2 log-likelihood + 2 parameters, phi counting as one where it is free.
    pub aic: f64,
    /// -2 log-likelihood + ln(rows) parameters.
    pub bic: f64,
    /// Test of all coefficients against the intercept alone: likelihood ratio (chi squared), or F where phi is estimated.
    pub test: Option<Test>,
    /// Where standard errors come from: `model`, `posterior` (the Laplace approximation), `hc0` to `hc3`.
    pub covariance: Option<String>,
    /// The solver.
    pub solver: String,
    /// The largest entry of the gradient of the objective at the solution, in standardised units.
    pub gradient: f64,
    /// The relative duality gap, where there is one.
    pub gap: Option<f64>,
}

/// A test and its p value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Test {
    /// `likelihood ratio` or `F`.
    pub name: String,
    /// The statistic.
    pub statistic: f64,
    /// Its degrees of freedom.
    pub df: f64,
    /// Those of the denominator, for F.
    pub denominator_df: Option<f64>,
    /// Probability of a larger statistic if all coefficients are 0.
    pub p: f64,
}

impl Model {
    /// Means: row-major (rows, outputs); the probability of the second class for two classes.
    ///
    /// # Errors
    /// If a column is missing, of another kind, or has missing values or unknown categories and `missing` is `error`.
    pub fn predict(&self, table: &Table) -> Result<Vec<f64>> {
        Ok(self.means(self.scores(table)?))
    }

    /// Scores to means, in place.
    fn means(&self, mut scores: Vec<f64>) -> Vec<f64> {
        let outputs = self.intercepts.len();
        if outputs == 1 {
            scores.iter_mut().for_each(|s| *s = self.link.mean_of(*s));
        } else {
            scores
                .chunks_exact_mut(outputs)
                .for_each(|row| Link::Softmax.mean(row));
        }
        scores
    }

    /// Probabilities (rows, classes); empty for a quantity.
    ///
    /// # Errors
    /// If the table lacks a column of the model, or a column is of another type.
    pub fn probabilities(&self, table: &Table) -> Result<Vec<f64>> {
        Ok(self.of_every_class(self.predict(table)?))
    }

    /// Means to probabilities (rows, classes).
    fn of_every_class(&self, means: Vec<f64>) -> Vec<f64> {
        match (self.schema.classes.len(), self.intercepts.len()) {
            (0, _) => Vec::new(),
            (_, 1) => means.iter().flat_map(|&p| [1.0 - p, p]).collect(),
            _ => means,
        }
    }

    /// Scores before the link, row-major (rows, outputs).
    ///
    /// # Errors
    /// If the table lacks a column of the model, or a column is of another type.
    pub fn scores(&self, table: &Table) -> Result<Vec<f64>> {
        let outputs = self.intercepts.len();
        let rows = table.rows();
        let mut scores: Vec<f64> = (0..rows * outputs)
            .map(|k| self.intercepts[k % outputs])
            .collect();
        if let Some(offset) = offset(table, &self.spec.offset)? {
            (0..rows * outputs).for_each(|k| scores[k] += offset[k / outputs]);
        }
        self.each_block(table, |rows, t, column| {
            let scores = &mut scores[rows.start * outputs..rows.end * outputs];
            for k in 0..outputs {
                let b = self.coefficients[k * self.terms.len() + t];
                match outputs {
                    _ if b == 0.0 => {}
                    1 => axpy(b, column, scores),
                    _ => column
                        .iter()
                        .enumerate()
                        .for_each(|(i, x)| scores[i * outputs + k] += b * x),
                }
            }
        })?;
        Ok(scores)
    }

    /// Call `f` with rows, term, and the values of the term in these rows; a block of rows goes through all terms before the
    /// next, so that what is made of it stays in the cache.
    fn each_block(&self, table: &Table, mut f: impl FnMut(Range<usize>, usize, &[f64])) -> Result<()> {
        let sources = self.schema.align(table)?;
        let (mut values, mut codes) = ([0.0; BLOCK], [0; BLOCK]);
        for start in (0..table.rows()).step_by(BLOCK) {
            let rows = start..(start + BLOCK).min(table.rows());
            let (values, codes) = (&mut values[..rows.len()], &mut codes[..rows.len()]);
            let mut last = None;
            for (t, term) in self.terms.iter().enumerate() {
                let source = &sources[term.feature];
                if last.replace(term.feature) != Some(term.feature) && term.level.is_some() {
                    source.read_codes(start, codes);
                    let odd = codes.iter().position(|&c| c >= UNSEEN);
                    self.check_missing(term, odd.map(|i| start + i), table)?;
                }
                match (term.level, source.doubles()) {
                    (Some(level), _) => {
                        let pairs = values.iter_mut().zip(&*codes);
                        pairs.for_each(|(v, &code)| *v = indicator(code, level, term.mean));
                    }
                    (None, Some(all)) if all[rows.clone()].iter().all(|v| v.is_finite()) => {
                        f(rows.clone(), t, &all[rows.clone()]);
                        continue;
                    }
                    (None, _) => self.read_numbers(term, source, table, start, values)?,
                }
                f(rows.clone(), t, values);
            }
        }
        Ok(())
    }

    fn read_numbers(
        &self,
        term: &Term,
        source: &Source,
        table: &Table,
        start: usize,
        values: &mut [f64],
    ) -> Result<()> {
        source.read_f64(start, values);
        let place = |wrong: fn(f64) -> bool| values.iter().position(|v| wrong(*v)).map(|i| start + i);
        self.check_infinite(term, place(f64::is_infinite))?;
        self.check_missing(term, place(f64::is_nan), table)?;
        let gaps = values.iter_mut().filter(|v| v.is_nan());
        gaps.for_each(|v| *v = term.mean);
        Ok(())
    }

    /// As in training: no mean stands in for an infinite value.
    fn check_infinite(&self, term: &Term, row: Option<usize>) -> Result<()> {
        let Some(row) = row else { return Ok(()) };
        let what = format!("row {} of column `{}` is infinite", row + 1, term.name);
        Err(Error::data(
            what,
            "replace infinite values by finite ones, or drop the rows",
        ))
    }

    fn check_missing(&self, term: &Term, row: Option<usize>, table: &Table) -> Result<()> {
        let Some(row) = row.filter(|_| self.spec.missing == Missing::Error) else {
            return Ok(());
        };
        let column = &self.schema.features[term.feature].name;
        let value = table.column(column)?.text(row);
        let what = match value {
            Some(value) => format!(
                "row {} of column `{column}` is `{value}`, which training did not see",
                row + 1
            ),
            None => format!("row {} of column `{column}` has no value", row + 1),
        };
        Err(Error::data(
            what,
            "train with `--set missing=mean` to have the training mean stand in for it",
        ))
    }

    /// An error that says why the model cannot be predicted with.
    pub(super) fn fault(&self) -> Option<String> {
        let (p, outputs) = (self.terms.len(), self.intercepts.len());
        let classes = self.schema.classes.len();
        let wanted = if self.family.is_none() { classes.max(1) } else { 1 };
        if outputs != wanted || self.coefficients.len() != p * outputs {
            return Some(format!(
                "{} coefficients do not fit {p} terms and {wanted} outputs",
                self.coefficients.len()
            ));
        }
        if self.family.is_some() && classes > 2 {
            return Some(format!("one output cannot tell {classes} classes"));
        }
        let side = self.width() * outputs;
        if !self.covariance.is_empty() && self.covariance.len() != side.pow(2) {
            return Some("the covariance does not fit the terms".into());
        }
        let numbers = self.coefficients.iter().chain(&self.intercepts);
        if numbers.clone().any(|b| !b.is_finite()) || !(self.response > 0.0 && self.response.is_finite()) {
            return Some("a coefficient is not finite".into());
        }
        self.terms.iter().find_map(|term| self.fault_of(term))
    }

    fn fault_of(&self, term: &Term) -> Option<String> {
        let Some(feature) = self.schema.features.get(term.feature) else {
            return Some(format!(
                "the term `{}` is of feature {}, which is not there",
                term.name, term.feature
            ));
        };
        let fits = match (&feature.feature_type, term.level) {
            (FeatureType::Number, None) => true,
            (FeatureType::Category(names), Some(level)) => (level as usize) < names.len(),
            _ => false,
        };
        let finite =
            term.mean.is_finite() && term.centre.is_finite() && term.scale.is_finite() && term.scale > 0.0;
        (!fits || !finite).then(|| format!("the term `{}` does not fit its column", term.name))
    }
}
