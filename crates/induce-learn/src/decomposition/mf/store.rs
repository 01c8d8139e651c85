//! Matrix factorization in model files.

use induce_core::Result;
use induce_core::model::ratings::Ratings;
use induce_core::model::read_spec;
use induce_core::model_file::ModelFile;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Spec;
use super::model::{Half, Model};

/// The family in model files.
pub const KIND: &str = "mf";

/// What a file says besides tensors.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    settings: Value,
    width: usize,
    centre: f64,
    scale: f64,
    noise: f64,
}

pub fn put(model: &Model) -> Result<ModelFile> {
    let mut file = ModelFile::new(KIND);
    file.put_json(
        "mf",
        &Head {
            settings: model.settings.clone(),
            width: model.users.width,
            centre: model.centre,
            scale: model.scale,
            noise: model.noise,
        },
    )?;
    model.ratings.put(&mut file)?;
    for (name, half) in [("users", &model.users), ("items", &model.items)] {
        file.put(format!("{name}.mean"), half.mean.clone());
        file.put(format!("{name}.covariance"), half.covariance.clone());
        file.put(format!("{name}.precision"), half.precision.clone());
    }
    Ok(file)
}

/// The model in a file.
///
/// # Errors
/// If it is of another kind, or damaged.
pub fn open(file: &ModelFile) -> Result<Model> {
    file.expect_kind(KIND)?;
    let head: Head = file.json("mf")?;
    let spec: Spec = read_spec(KIND, &head.settings).map_err(|error| file.fault(error.to_string()))?;
    spec.check().map_err(|error| file.fault(error.to_string()))?;
    // Where all factors came to nothing a fit has fewer.
    if !(1..=spec.factors + 1).contains(&head.width) {
        return Err(file.fault(format!("{} coordinates of {} factors", head.width, spec.factors)));
    }
    if ![head.centre, head.scale, head.noise]
        .iter()
        .all(|x| x.is_finite())
        || head.scale <= 0.0
        || head.noise < 0.0
    {
        return Err(file.fault("its centre, scale or noise is no number that it can be"));
    }
    let ratings = Ratings::open(file)?;
    let halves = [
        half(file, "users", ratings.users().len(), head.width)?,
        half(file, "items", ratings.items().len(), head.width)?,
    ];
    Ok(Model::new(
        head.settings,
        ratings,
        halves,
        (head.centre, head.scale),
        head.noise,
        Vec::new(),
    ))
}

fn half(file: &ModelFile, name: &str, count: usize, width: usize) -> Result<Half> {
    let named = |what: &str| format!("{name}.{what}");
    let own = Half {
        width,
        mean: file.values_of::<f64>(&named("mean"), count * width)?.to_vec(),
        covariance: file
            .values_of::<f32>(&named("covariance"), count * (width * (width + 1) / 2))?
            .to_vec(),
        precision: file.values_of::<f64>(&named("precision"), width)?.to_vec(),
    };
    let finite = own.mean.iter().all(|x| x.is_finite()) && own.covariance.iter().all(|x| x.is_finite());
    match finite && own.precision.iter().all(|x| *x > 0.0 && x.is_finite()) {
        true => Ok(own),
        false => Err(file.fault(format!("what it knows of {name} is not finite"))),
    }
}
