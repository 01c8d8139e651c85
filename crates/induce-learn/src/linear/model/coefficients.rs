//! The coefficient table: estimates, standard errors, tests, intervals.

use induce_core::model::FeatureType;
use induce_core::{Error, Result};
use induce_prob::special;
use serde::Serialize;

use super::Model;
use crate::linear::encode::Term;
use crate::linear::kernels::dot;

/// A row of the coefficient table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Coefficient {
    /// The term, `(intercept)` for the intercept.
    pub name: String,
    /// The class, for the multinomial likelihood.
    pub class: Option<String>,
    /// The estimate.
    pub estimate: f64,
    /// Its standard error (the posterior deviation under a prior).
    pub error: Option<f64>,
    /// Estimate over error: z, or t where the dispersion is estimated.
    pub statistic: Option<f64>,
    /// The chance of one as far from 0.
    pub p: Option<f64>,
    /// Lower end of the interval.
    pub low: Option<f64>,
    /// Upper end of the interval.
    pub high: Option<f64>,
}

impl Model {
    /// This model with other coefficients (outputs, terms) and intercepts; their errors are not known.
    ///
    /// # Errors
    /// If there are not as many, or they are not finite.
    pub fn with_coefficients(&self, coefficients: Vec<f64>, intercepts: Vec<f64>) -> Result<Self> {
        let mut model = Self {
            coefficients,
            intercepts,
            covariance: Vec::new(),
            ..self.clone()
        };
        model.statistics.covariance = None;
        model.notes.push(
            "its coefficients were set by hand: no errors, and statistics of those it was fitted with".into(),
        );
        match model.fault() {
            None => Ok(model),
            Some(reason) => Err(Error::data(
                format!("these coefficients do not fit the model: {reason}"),
                "give one for every term and output, and an intercept for every output",
            )),
        }
    }

    /// The coefficient table with tests and intervals, the intercept of each class first.
    ///
    /// Several classes have coefficients that sum to 0 over the classes (exactly so without a prior); errors and tests
    /// are of those. [`Model::difference_table`] has the classes against one of them.
    pub fn coefficient_table(&self) -> Vec<Coefficient> {
        let outputs = self.intercepts.len();
        let mut table = Vec::new();
        for k in 0..outputs {
            let mut side = vec![0.0; outputs];
            side[k] = 1.0;
            let class = (outputs > 1).then(|| self.schema.classes.get(k).cloned());
            table.extend(self.rows_of(&side, class.flatten().as_deref()));
        }
        table
    }

    /// The coefficients of every other class less those of class `reference`, as a fit with that reference class has
    /// them: log-odds ratios against it. Empty unless there are more than two classes.
    ///
    /// ```
    /// use induce_core::{Column, Run, Table};
    /// use induce_core::model::Dataset;
    /// use induce_learn::linear;
    ///
    /// let x: Vec<f64> = (0..90).map(|i| f64::from(i * 37 % 50)).collect();
    /// let y: Vec<f64> = (0..90).map(|i| f64::from((i * 37 % 50 / 9 + i * 7 % 5) % 3)).collect();
    /// let table = Table::new(vec![Column::from_f64("x", x)])?;
    /// let classes = ["a", "b", "c"].map(String::from);
    /// let data = Dataset { classes: &classes, ..Dataset::new(&table, &y) };
    /// let model = linear::fit(&linear::Spec::default(), &data, &mut Run::new(0))?.model;
    /// let rows = model.difference_table(0);
    /// assert_eq!((rows.len(), rows[0].class.as_deref()), (4, Some("b")));
    /// assert!(rows.iter().all(|row| row.p.is_some()));
    /// # Ok::<(), induce_core::Error>(())
    /// ```
    pub fn difference_table(&self, reference: usize) -> Vec<Coefficient> {
        let outputs = self.intercepts.len();
        if outputs < 2 || reference >= outputs {
            return Vec::new();
        }
        let others = (0..outputs).filter(|&k| k != reference);
        others
            .flat_map(|k| {
                let mut side = vec![0.0; outputs];
                (side[k], side[reference]) = (1.0, -1.0);
                self.rows_of(&side, self.schema.classes.get(k).map(String::as_str))
            })
            .collect()
    }

    /// As [`coefficient_table`](Self::coefficient_table), for people: where a prior lets every level of a category have a
    /// coefficient, the levels are told against their first. A constant may move between them and the intercept, so that
    /// single ones are not identified: their errors are those of the prior.
    pub fn identified_table(&self) -> Vec<Coefficient> {
        let references = self.references();
        if references.iter().all(Option::is_none) {
            return self.coefficient_table();
        }
        let outputs = self.intercepts.len();
        let mut table = Vec::new();
        for k in 0..outputs {
            let class = (outputs > 1)
                .then(|| self.schema.classes.get(k).cloned())
                .flatten();
            table.extend(self.contrasts(k, &references, class.as_deref()));
        }
        table
    }

    /// For every term of a category of which all levels have one: the term of the first level.
    fn references(&self) -> Vec<Option<usize>> {
        let of = |term: &Term| -> Option<usize> {
            term.level?;
            let FeatureType::Category(names) = &self.schema.features.get(term.feature)?.feature_type else {
                return None;
            };
            let same = |other: &&Term| other.feature == term.feature && other.level.is_some();
            let all = self.terms.iter().filter(same).count() == names.len();
            let first = self.terms.iter().position(|other| same(&other));
            first.filter(|_| all && names.len() > 1)
        };
        self.terms.iter().map(of).collect()
    }

    /// The rows of output `k`: the intercept at the first levels, numbers as they are, other levels less the first.
    fn contrasts(&self, k: usize, references: &[Option<usize>], class: Option<&str>) -> Vec<Coefficient> {
        let p = self.terms.len();
        let own = |j: usize| self.coefficients[k * p + j];
        let mut side = vec![0.0; self.intercepts.len()];
        side[k] = 1.0;
        let mut rows = Vec::new();
        if self.spec.fit_intercept {
            let mut z: Vec<f64> = self.terms.iter().map(|t| -t.centre / t.scale).collect();
            z.resize(self.width(), 1.0);
            let firsts = (0..p).filter(|&j| references[j] == Some(j));
            let mut estimate = self.intercepts[k];
            for j in firsts {
                z[j] += 1.0 / self.terms[j].scale;
                estimate += own(j);
            }
            rows.push(self.row("(intercept)", class, estimate, self.error(&side, &z, 1.0)));
        }
        for (j, term) in self
            .terms
            .iter()
            .enumerate()
            .filter(|(j, _)| references[*j] != Some(*j))
        {
            let mut z = vec![0.0; self.width()];
            z[j] = 1.0 / term.scale;
            let mut estimate = own(j);
            if let Some(first) = references[j] {
                z[first] = -1.0 / self.terms[first].scale;
                estimate -= own(first);
            }
            rows.push(self.row(&term.name, class, estimate, self.error(&side, &z, 1.0)));
        }
        rows
    }

    /// A sentence on the levels that are told as differences.
    pub fn contrast_note(&self) -> Option<String> {
        let firsts = self.references().into_iter().enumerate();
        let firsts: Vec<String> = firsts
            .filter(|(j, first)| *first == Some(*j))
            .map(|(j, _)| format!("`{}`", self.terms[j].name))
            .collect();
        (!firsts.is_empty()).then(|| {
            format!(
                "levels of a category are told against the first, {}: under a prior every level has a coefficient, of which only \
                 differences are identified",
                firsts.join(", ")
            )
        })
    }

    /// The rows of sum_k side_k b_k.
    fn rows_of(&self, side: &[f64], class: Option<&str>) -> Vec<Coefficient> {
        let p = self.terms.len();
        let mut rows = Vec::new();
        let mut z: Vec<f64> = self.terms.iter().map(|t| -t.centre / t.scale).collect();
        z.resize(self.width(), 1.0);
        if self.spec.fit_intercept {
            let estimate = dot(side, &self.intercepts);
            rows.push(self.row("(intercept)", class, estimate, self.error(side, &z, 1.0)));
        }
        for (j, term) in self.terms.iter().enumerate() {
            let estimate = side
                .iter()
                .enumerate()
                .map(|(k, s)| s * self.coefficients[k * p + j]);
            z.fill(0.0);
            z[j] = 1.0;
            rows.push(self.row(
                &term.name,
                class,
                estimate.sum(),
                self.error(side, &z, term.scale),
            ));
        }
        rows
    }

    /// The standard error of z'b over `unit`: taken last, since its square may be no number.
    fn error(&self, side: &[f64], z: &[f64], unit: f64) -> Option<f64> {
        let error = self.variance(side, z)?.sqrt() / unit * self.response;
        (error.is_finite() && error > 0.0).then_some(error)
    }

    fn row(&self, name: &str, class: Option<&str>, estimate: f64, error: Option<f64>) -> Coefficient {
        let df = self.test_df();
        let half = error.map(|e| e * special::student_quantile(1.0 - self.spec.confidence, df));
        Coefficient {
            name: name.into(),
            class: class.map(str::to_owned),
            estimate,
            error,
            statistic: error.map(|e| estimate / e),
            p: error.map(|e| special::student_tails(estimate / e, df)),
            low: half.map(|h| estimate - h),
            high: half.map(|h| estimate + h),
        }
    }

    /// Degrees of freedom of the tests: infinite where the dispersion is known.
    pub(super) fn test_df(&self) -> f64 {
        match self.family {
            Some(family) if family.has_dispersion() => self.statistics.residual_df,
            _ => f64::INFINITY,
        }
    }

    /// Coefficients per output, the intercept among them.
    pub(super) fn width(&self) -> usize {
        self.terms.len() + usize::from(self.spec.fit_intercept)
    }

    /// (a (x) z)' C (a (x) z) with a over outputs and z over coefficients, in the solver's unit of the target.
    pub(super) fn variance(&self, a: &[f64], z: &[f64]) -> Option<f64> {
        if self.covariance.is_empty() {
            return None;
        }
        let width = self.width();
        let side = width * a.len();
        let mut sum = 0.0;
        for (k, j) in (0..a.len()).flat_map(|k| (0..width).map(move |j| (k, j))) {
            if a[k] * z[j] != 0.0 {
                let row = &self.covariance[(k * width + j) * side..][..side];
                let along = |(l, b): (usize, &f64)| b * dot(&row[l * width..(l + 1) * width], z);
                let counted = a.iter().enumerate().filter(|(_, b)| **b != 0.0);
                sum += a[k] * z[j] * counted.map(along).sum::<f64>();
            }
        }
        Some(sum)
    }
}
