//! Robust linear models in model files.

use induce_core::Result;
use induce_core::model_file::ModelFile;
use serde::{Deserialize, Serialize};

use super::design::width;
use super::model::Model;
use induce_core::model::Schema;

/// The kind of a model file with a robust regression.
pub const RANSAC: &str = "ransac";

/// What a model is besides arrays, schema and spec.
#[derive(Serialize, Deserialize)]
struct Head {
    intercept: f64,
    threshold: f64,
    sigma: f64,
    inliers: u64,
    rows: u64,
}

impl Model {
    /// The model as a file of kind `ransac`; the caller may add a `card` to its metadata.
    ///
    /// # Errors
    /// If the model cannot be serialised.
    pub fn to_file(&self) -> Result<ModelFile> {
        let mut file = ModelFile::new(RANSAC);
        file.put_json("schema", &self.schema)?;
        file.put_json("spec", &self.spec)?;
        file.put_json(
            "linear",
            &Head {
                intercept: self.intercept,
                threshold: self.threshold,
                sigma: self.sigma,
                inliers: self.inliers,
                rows: self.rows,
            },
        )?;
        file.put("coefficients", self.coefficients.clone());
        file.put("fill", self.fill.clone());
        file.put("covariance", self.covariance.clone());
        Ok(file)
    }

    /// The model in `file`, checked: as many finite coefficients as the schema has columns.
    ///
    /// # Errors
    /// If it is no model of this kind, or not of as many finite coefficients as its schema has columns.
    pub fn from_file(file: &ModelFile) -> Result<Self> {
        file.expect_kind(RANSAC)?;
        let schema: Schema = file.json("schema")?;
        let columns = schema
            .features
            .iter()
            .map(width)
            .try_fold(0_usize, usize::checked_add);
        let columns = columns.ok_or_else(|| file.fault("its schema has too many categories"))?;
        let head: Head = file.json("linear")?;
        let covariance: &[f64] = file.values("covariance")?;
        let full = columns.checked_add(1).and_then(|n| n.checked_mul(n));
        if !covariance.is_empty() && Some(covariance.len()) != full {
            let reason = format!("{} covariances for {columns} coefficients", covariance.len());
            return Err(file.fault(reason));
        }
        let model = Self {
            schema,
            spec: file.json("spec")?,
            intercept: head.intercept,
            coefficients: file.values_of("coefficients", columns)?.to_vec(),
            covariance: covariance.to_vec(),
            fill: file.values_of("fill", columns)?.to_vec(),
            threshold: head.threshold,
            sigma: head.sigma,
            inliers: head.inliers,
            rows: head.rows,
        };
        let numbers = [&model.coefficients, &model.fill, &model.covariance];
        if numbers.iter().any(|v| v.iter().any(|x| !x.is_finite())) {
            return Err(file.fault("one of its coefficients is not a finite number"));
        }
        Ok(model)
    }
}
