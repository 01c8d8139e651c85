//! Bayesian regressions in model files.

use induce_core::Result;
use induce_core::model_file::ModelFile;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Gamma;
use super::model::{Model, Noise};
use crate::points::Frame;

#[derive(Serialize, Deserialize)]
struct Head {
    settings: Value,
    noise: Noise,
    size: Gamma,
    intercept: bool,
    bound: [f64; 5],
}

fn kind(noise: &Noise) -> &'static str {
    match noise {
        Noise::Gaussian(_) => "bayes-linear",
        Noise::Bernoulli => "bayes-logistic",
    }
}

/// The model as a file.
///
/// # Errors
/// If there is no room.
pub fn to_file(model: &Model) -> Result<ModelFile> {
    let mut file = ModelFile::new(kind(&model.noise));
    file.put_json("frame", &model.frame)?;
    let head = Head {
        settings: model.settings.clone(),
        noise: model.noise,
        size: model.size,
        intercept: model.intercept,
        bound: model.bound,
    };
    file.put_json("posterior", &head)?;
    file.put("mean", model.mean.clone());
    file.put("covariance", model.covariance.clone());
    Ok(file)
}

/// The model of a file.
///
/// # Errors
/// If it is of another kind, or its numbers are not those of a posterior.
pub fn from_file(file: &ModelFile) -> Result<Model> {
    let head: Head = file.json("posterior")?;
    file.expect_kind(kind(&head.noise))?;
    let frame: Frame = file.json("frame")?;
    frame.check().map_err(|reason| file.fault(reason))?;
    let width = frame.width() + 1;
    let mean = file.values_of::<f64>("mean", width)?.to_vec();
    let size = width.saturating_mul(width);
    let covariance = file.values_of::<f64>("covariance", size)?.to_vec();
    let classes = frame.schema.classes.len();
    let right = match head.noise {
        Noise::Gaussian(alpha) => alpha.is_sound() && classes == 0,
        Noise::Bernoulli => classes == 2,
    };
    let finite = mean
        .iter()
        .chain(&covariance)
        .chain(&head.bound)
        .all(|x| x.is_finite());
    let variances = (0..width).all(|j| covariance[j * width + j] >= 0.0);
    if !(right && finite && variances && head.size.is_sound()) {
        return Err(file.fault("its posterior has a parameter out of its range"));
    }
    Ok(Model {
        settings: head.settings,
        frame,
        mean,
        covariance,
        noise: head.noise,
        size: head.size,
        intercept: head.intercept,
        bound: head.bound,
        notes: Vec::new(),
    })
}
