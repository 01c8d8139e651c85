//! Bayesian mixtures in model files.

use induce_core::Result;
use induce_core::model_file::ModelFile;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::model::Model;
use super::posterior::scale_values;
use super::{Bound, Concentration, Posterior, Prior, Weights};
use crate::mixture::forms::Covariance;
use crate::mixture::gmm::CovarianceType;
use crate::points::Frame;

#[derive(Serialize, Deserialize)]
struct Head {
    settings: Value,
    covariance_type: CovarianceType,
    weights: Concentration,
    concentration: f64,
    precision: f64,
    degrees: f64,
    /// Likelihood, entropy, and the divergences of weights and components.
    bound: [f64; 4],
    mass: f64,
    volume: f64,
    moves: u64,
}

/// The model as a file.
///
/// # Errors
/// If there is no room.
pub fn to_file(model: &Model) -> Result<ModelFile> {
    let mut file = ModelFile::new("bayes-gmm");
    let (prior, posterior, bound) = (&model.prior, &model.posterior, &model.bound);
    file.put_json("frame", &model.frame)?;
    let head = Head {
        settings: model.settings.clone(),
        covariance_type: prior.kind,
        weights: prior.weights,
        concentration: prior.concentration,
        precision: prior.precision,
        degrees: prior.degrees,
        bound: [bound.likelihood, bound.entropy, bound.weights, bound.components],
        mass: model.mass,
        volume: model.volume,
        moves: model.moves,
    };
    file.put_json("mixture", &head)?;
    let (own, rest) = match &posterior.weights {
        Weights::Dirichlet(own) => (own.clone(), Vec::new()),
        Weights::Sticks { own, rest } => (own.clone(), rest.clone()),
    };
    file.put("concentration", own);
    file.put("concentration_rest", rest);
    file.put("precision", posterior.precision.clone());
    file.put("degrees", posterior.degrees.clone());
    file.put("means", posterior.means.concat());
    file.put("scale", scale_values(&prior.scale));
    file.put("prior_mean", prior.mean.clone());
    let all = posterior.covariances.iter().flat_map(scale_values);
    file.put("covariances", all.collect::<Vec<f64>>());
    Ok(file)
}

/// The model of a file.
///
/// # Errors
/// If it is of another kind, or its numbers are not those of a posterior.
pub fn from_file(file: &ModelFile) -> Result<Model> {
    file.expect_kind("bayes-gmm")?;
    let frame: Frame = file.json("frame")?;
    frame.check().map_err(|reason| file.fault(reason))?;
    let head: Head = file.json("mixture")?;
    let (width, kind) = (frame.width(), head.covariance_type);
    let own = file.values::<f64>("concentration")?.to_vec();
    let k = own.len();
    let full = matches!(kind, CovarianceType::Full | CovarianceType::Tied);
    let each = if full {
        width.checked_mul(width)
    } else {
        Some(width)
    };
    let size = |each: Option<usize>| each.and_then(|each| each.checked_mul(k)).unwrap_or(usize::MAX);
    let sticks = head.weights == Concentration::Process;
    let rest = file.values_of::<f64>("concentration_rest", if sticks { k } else { 0 })?;
    let precision = file.values_of::<f64>("precision", k)?.to_vec();
    let degrees = file.values_of::<f64>("degrees", k)?.to_vec();
    let means = file.values_of::<f64>("means", size(Some(width)))?;
    let prior_mean = file.values_of::<f64>("prior_mean", width)?;
    let scale = file.values_of::<f64>("scale", each.unwrap_or(usize::MAX))?;
    let covariances = file.values_of::<f64>("covariances", size(each))?;
    let least = if full { width as f64 - 1.0 } else { 0.0 };
    let priors = [head.concentration, head.precision, head.mass];
    let positive = |all: &[f64]| all.iter().all(|x| *x > 0.0 && x.is_finite());
    let sound = k > 0
        && [&own[..], rest, &precision, &priors].into_iter().all(positive)
        && degrees
            .iter()
            .chain([&head.degrees])
            .all(|nu| *nu > least && nu.is_finite())
        && means
            .iter()
            .chain(scale)
            .chain(prior_mean)
            .chain(covariances)
            .chain(&head.bound)
            .chain([&head.volume])
            .all(|x| x.is_finite());
    if !sound {
        return Err(file.fault("it has no components, or a parameter is out of its range"));
    }
    let of = |own: &[f64]| match full {
        true => Covariance::Full(own.to_vec()),
        false => Covariance::Diagonal(own.to_vec()),
    };
    let weights = match head.weights {
        Concentration::Distribution => Weights::Dirichlet(own),
        Concentration::Process => Weights::Sticks {
            own,
            rest: rest.to_vec(),
        },
    };
    let posterior = Posterior {
        weights,
        precision,
        degrees,
        means: means.chunks_exact(width).map(<[f64]>::to_vec).collect(),
        covariances: covariances
            .chunks_exact(each.unwrap_or(1).max(1))
            .map(of)
            .collect(),
    };
    posterior.surrogate(kind).forms().map_err(|k| {
        file.fault(format!(
            "the covariance of component {k} is not positive definite"
        ))
    })?;
    let prior = Prior {
        kind,
        weights: head.weights,
        concentration: head.concentration,
        mean: prior_mean.to_vec(),
        precision: head.precision,
        degrees: head.degrees,
        scale: of(scale),
    };
    let [likelihood, entropy, weights, components] = head.bound;
    Ok(Model {
        settings: head.settings,
        frame,
        prior,
        posterior,
        bound: Bound {
            likelihood,
            entropy,
            weights,
            components,
        },
        mass: head.mass,
        volume: head.volume,
        moves: head.moves,
        notes: Vec::new(),
    })
}
