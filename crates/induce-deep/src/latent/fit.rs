//! An auto-encoder learnt from images.

use induce_core::model::{Entry, Images, read_spec};
use induce_core::{Checkpoints, Error, Fitted, Result, Run};
use induce_tensor::Parameters;
use serde_json::Value;

use super::bound::fits;
use super::file::{Header, NAME};
use super::model::Trained;
use super::network::Network;
use super::objective::OfImages;
use super::shape::{Shape, Size};
use super::spec::{Bound, Spec};
use crate::train::{check_memory, train};

/// Learn a model of an entry from images; `json` are the settings as they are kept in the file.
///
/// # Errors
/// If a setting is out of range, images differ in size, the network needs more memory than there is, or as [`train`].
pub fn fit(
    entry: &'static Entry,
    json: &Value,
    images: &Images,
    valid: Option<&Images>,
    plan: Option<&Checkpoints>,
    run: &mut Run,
) -> Result<Fitted<Trained>> {
    let header = Header::new(images, json);
    let spec = read_spec::<Spec>(NAME, json)?;
    spec.check()?;
    check_images(images, valid)?;
    check_order(&spec)?;
    let shape = Shape::new(&spec, header.image);
    shape.check()?;
    let rows = (spec.training.batch.min(images.len()) * spec.samples) as u64;
    let bytes = spec
        .training
        .bytes(shape.size(), rows.checked_mul(2 * shape.numbers()));
    check_memory(
        bytes,
        run,
        "a smaller batch, fewer samples, or narrower layers (--set); --memory sets the limit",
    )?;
    let mut parameters = Parameters::default();
    let start = spec.pixels().start(images);
    let network = Network::new(&shape, &mut parameters, Some(&start), Some(run.seed()));
    let training = spec.training.over(spec.epochs, images.len());
    let mut objective = OfImages::new(&network, (&spec, &header), (images, valid), run.seed());
    let fitted = train(&mut objective, parameters, &training, plan, run)?;
    Ok(fitted.map(|parameters| Trained {
        entry,
        header,
        spec,
        network,
        parameters,
    }))
}

/// That there are images, and those to judge by are of their size.
///
/// # Errors
/// Unless it is so.
pub fn check_images(images: &Images, valid: Option<&Images>) -> Result<()> {
    if images.is_empty() {
        return Err(Error::data(
            "there is no image to learn from",
            "give at least one",
        ));
    }
    let own = Size::of(images);
    if let Some(other) = valid.map(Size::of).filter(|other| *other != own) {
        return Err(Error::data(
            format!("images to learn from are {own}, those to judge by {other}"),
            "give images of one size",
        ));
    }
    Ok(())
}

fn check_order(spec: &Spec) -> Result<()> {
    if spec.bound == Bound::Jvi && !fits(spec.samples, spec.order, spec.training.batch) {
        return Err(Error::setting(
            "order",
            spec.order,
            format!(
                "subsets of {} samples that leave out as many, for {} images at a time, are too many: fewer samples, a lower order or a smaller batch",
                spec.samples, spec.training.batch
            ),
        ));
    }
    Ok(())
}
