//! Linear models in model files.

use induce_core::Result;
use induce_core::model_file::ModelFile;
use induce_prob::{Family, Link};
use serde::{Deserialize, Serialize};

use super::Model;
use super::encode::Term;
use super::model::Statistics;

/// What a model is besides its coefficients.
#[derive(Serialize, Deserialize)]
struct Head {
    family: Option<Family>,
    link: Link,
    terms: Vec<Term>,
    response: f64,
    notes: Vec<String>,
}

impl Model {
    /// The model as a file of kind `kind`, the name of its row; the caller may add a `card` to its metadata.
    ///
    /// # Errors
    /// If the model cannot be serialised.
    pub fn to_file(&self, kind: &str) -> Result<ModelFile> {
        let mut file = ModelFile::new(kind);
        file.put_json("schema", &self.schema)?;
        file.put_json("spec", &self.spec)?;
        file.put_json("statistics", &Finite::from(&self.statistics))?;
        let head = Head {
            family: self.family,
            link: self.link,
            terms: self.terms.clone(),
            response: self.response,
            notes: self.notes.clone(),
        };
        file.put_json("linear", &head)?;
        file.put("coefficients", self.coefficients.clone());
        file.put("intercepts", self.intercepts.clone());
        file.put("covariance", self.covariance.clone());
        file.put("statistics", self.statistics.numbers().to_vec());
        Ok(file)
    }

    /// The model in `file`, checked.
    ///
    /// # Errors
    /// If a tensor is missing, of another shape, or holds what no fit makes.
    pub fn from_file(file: &ModelFile) -> Result<Self> {
        let Head {
            family,
            link,
            terms,
            response,
            notes,
        } = file.json("linear")?;
        let Finite {
            test,
            covariance,
            solver,
            gap,
        } = file.json("statistics")?;
        let mut statistics = Statistics {
            test,
            covariance,
            solver,
            gap,
            ..Statistics::default()
        };
        statistics.set_numbers(file.values_of("statistics", NUMBERS)?);
        let model = Self {
            schema: file.json("schema")?,
            spec: file.json("spec")?,
            family,
            link,
            terms,
            coefficients: file.values("coefficients")?.to_vec(),
            intercepts: file.values("intercepts")?.to_vec(),
            statistics,
            covariance: file.values("covariance")?.to_vec(),
            response,
            notes,
        };
        let spec_fault = model.spec.check().err().map(|e| e.to_string());
        match model.fault().or(spec_fault) {
            Some(reason) => Err(file.fault(reason)),
            None => Ok(model),
        }
    }
}

/// The statistics that JSON can hold; numbers may be infinite, which it cannot.
#[derive(Serialize, Deserialize)]
struct Finite {
    test: Option<super::model::Test>,
    covariance: Option<String>,
    solver: String,
    gap: Option<f64>,
}

impl From<&Statistics> for Finite {
    fn from(s: &Statistics) -> Self {
        Self {
            test: s.test.clone(),
            covariance: s.covariance.clone(),
            solver: s.solver.clone(),
            gap: s.gap,
        }
    }
}

const NUMBERS: usize = 10;

impl Statistics {
    fn numbers(&self) -> [f64; NUMBERS] {
        [
            self.rows,
            self.parameters,
            self.residual_df,
            self.dispersion,
            self.deviance,
            self.null_deviance,
            self.log_likelihood,
            self.aic,
            self.bic,
            self.gradient,
        ]
    }

    fn set_numbers(&mut self, numbers: &[f64]) {
        let slots = [
            &mut self.rows,
            &mut self.parameters,
            &mut self.residual_df,
            &mut self.dispersion,
            &mut self.deviance,
            &mut self.null_deviance,
            &mut self.log_likelihood,
            &mut self.aic,
            &mut self.bic,
            &mut self.gradient,
        ];
        slots
            .into_iter()
            .zip(numbers)
            .for_each(|(slot, number)| *slot = *number);
    }
}
