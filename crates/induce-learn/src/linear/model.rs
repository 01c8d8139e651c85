//! The fitted model.

mod bands;
mod coefficients;
mod contributions;
mod invert;
mod sparse;

use induce_core::{Error, Result, Table};
use induce_prob::{Family, Link};

use serde::{Deserialize, Serialize};

use super::Spec;
use super::encode::{Term, indicator, offset};
use crate::schema::{Meaning, Schema, UNSEEN};

pub use bands::Bands;
pub use coefficients::Coefficient;

/// A linear model: coefficients in the units of the table, and what is known about them.
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
    /// What a statistician asks for.
    pub statistics: Statistics,
    /// Covariance of the coefficients of standardised columns, class by class, the intercept of each last, over
    /// `response`^2; of coefficients less the mean of their classes if there are several. Empty if unknown.
    pub covariance: Vec<f64>,
    /// The unit of the target within the fit.
    pub response: f64,
    /// What was left out, filled in or found out, in sentences.
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
    /// The largest slope of the objective left, in standardised units.
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
    /// The chance of a larger one if no coefficient matters.
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
    pub fn scores(&self, table: &Table) -> Result<Vec<f64>> {
        let outputs = self.intercepts.len();
        let rows = table.rows();
        let mut scores: Vec<f64> = (0..rows * outputs)
            .map(|k| self.intercepts[k % outputs])
            .collect();
        if let Some(offset) = offset(table, &self.spec.offset)? {
            (0..rows * outputs).for_each(|k| scores[k] += offset[k / outputs]);
        }
        self.each_term(table, |t, column| {
            for k in 0..outputs {
                let b = self.coefficients[k * self.terms.len() + t];
                if b != 0.0 {
                    (0..rows).for_each(|i| scores[i * outputs + k] += b * column[i]);
                }
            }
        })?;
        Ok(scores)
    }

    /// Call `f` with the values of every term.
    fn each_term(&self, table: &Table, mut f: impl FnMut(usize, &[f64])) -> Result<()> {
        let sources = self.schema.align(table)?;
        let (mut values, mut codes) = (vec![0.0; table.rows()], vec![0; table.rows()]);
        let mut last = None;
        for (t, term) in self.terms.iter().enumerate() {
            let source = &sources[term.feature];
            let fresh = last.replace(term.feature) != Some(term.feature);
            match term.level {
                None => source.read_f64(0, &mut values),
                Some(_) if fresh => {
                    source.read_codes(0, &mut codes);
                    self.check_missing(term, codes.iter().position(|&c| c >= UNSEEN), table)?;
                }
                Some(_) => {}
            }
            match term.level {
                None => {
                    self.check_infinite(term, values.iter().position(|v| v.is_infinite()))?;
                    self.check_missing(term, values.iter().position(|v| v.is_nan()), table)?;
                    values
                        .iter_mut()
                        .filter(|v| v.is_nan())
                        .for_each(|v| *v = term.mean);
                }
                Some(level) => {
                    values
                        .iter_mut()
                        .zip(&codes)
                        .for_each(|(v, &code)| *v = indicator(code, level, term.mean));
                }
            }
            f(t, &values);
        }
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
        let Some(row) = row.filter(|_| self.spec.missing == "error") else {
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
        let fits = match (&feature.meaning, term.level) {
            (Meaning::Number, None) => true,
            (Meaning::Category(names), Some(level)) => (level as usize) < names.len(),
            _ => false,
        };
        let finite =
            term.mean.is_finite() && term.centre.is_finite() && term.scale.is_finite() && term.scale > 0.0;
        (!fits || !finite).then(|| format!("the term `{}` does not fit its column", term.name))
    }
}
