//! Topics in model files.

use induce_core::Result;
use induce_core::model::{FeatureType, Schema};
use induce_core::model_file::ModelFile;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Bound, Local, Model, Topics};

#[derive(Serialize, Deserialize)]
struct Head {
    settings: Value,
    text: bool,
    topics: usize,
    alpha: f64,
    eta: f64,
    max_iter: usize,
    tol: f64,
    /// Likelihood, and the divergences of documents and topics.
    bound: [f64; 3],
    words: f64,
    steps: u64,
}

/// The model as a file.
///
/// # Errors
/// If there is no room.
pub fn to_file(model: &Model) -> Result<ModelFile> {
    let mut file = ModelFile::new("lda");
    file.put_json("schema", &model.schema)?;
    let head = Head {
        settings: model.settings.clone(),
        text: model.text,
        topics: model.topics.count,
        alpha: model.local.alpha,
        eta: model.eta,
        max_iter: model.local.max_iter,
        tol: model.local.tol,
        bound: [model.bound.likelihood, model.bound.documents, model.bound.topics],
        words: model.words,
        steps: model.steps,
    };
    file.put_json("topics", &head)?;
    file.put("lambda", model.topics.lambda.clone());
    Ok(file)
}

/// The model of a file.
///
/// # Errors
/// If it is of another kind, or its numbers are not those of topics.
pub fn from_file(file: &ModelFile) -> Result<Model> {
    file.expect_kind("lda")?;
    let schema: Schema = file.json("schema")?;
    let head: Head = file.json("topics")?;
    let size = schema.features.len().saturating_mul(head.topics);
    let lambda = file.values_of::<f64>("lambda", size)?.to_vec();
    let priors = [head.alpha, head.eta, head.words];
    let numbers = schema
        .features
        .iter()
        .all(|own| own.feature_type == FeatureType::Number);
    let positive = |x: &f64| *x > 0.0 && x.is_finite();
    let sound = !lambda.is_empty()
        && numbers
        && head.max_iter > 0
        && head.tol >= 0.0
        && lambda.iter().chain(&priors).all(positive)
        && head.bound.iter().all(|x| x.is_finite());
    if !sound {
        return Err(file.fault("it has no topics, or a parameter is out of its range"));
    }
    let [likelihood, documents, topics] = head.bound;
    Ok(Model {
        settings: head.settings,
        schema,
        text: head.text,
        topics: Topics {
            count: head.topics,
            lambda,
        },
        local: Local {
            alpha: head.alpha,
            max_iter: head.max_iter,
            tol: head.tol,
        },
        eta: head.eta,
        bound: Bound {
            likelihood,
            documents,
            topics,
        },
        words: head.words,
        steps: head.steps,
        notes: Vec::new(),
    })
}
