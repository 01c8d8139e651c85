//! An auto-encoder with codes learnt from images.

use induce_core::model::{Entry, Images, read_spec};
use induce_core::{Checkpoints, Fitted, Result, Run};
use induce_tensor::Parameters;
use serde_json::Value;

use super::evaluate::codes_of;
use super::file::NAME;
use super::model::Trained;
use super::network::{Network, Shape};
use super::objective::OfCodes;
use super::prior::Prior;
use super::spec::Spec;
use crate::inputs::Size;
use crate::latent::file::{Header, Reader};
use crate::latent::fit::check_images;
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
    let size = Size::of(images);
    let header = Header::new(Reader::Images(size), json);
    let spec = read_spec::<Spec>(NAME, json)?;
    spec.check()?;
    check_images(images, valid)?;
    let shape = Shape::new(&spec, size)?;
    let rows = spec.training.batch.min(images.len()) as u64;
    let bytes = spec
        .training
        .bytes(shape.size(), rows.checked_mul(2 * shape.numbers()));
    check_memory(
        bytes,
        run,
        "a smaller batch, fewer channels, or a smaller codebook (--set); --memory sets the limit",
    )?;
    let mut parameters = Parameters::default();
    let pixels = spec.pixels();
    let network = Network::new(
        &shape,
        &mut parameters,
        Some(&pixels.start(images)),
        Some(run.seed()),
    );
    let training = spec.training.over(spec.epochs, images.len());
    let mut objective = OfCodes::new(
        &network,
        (&spec, &header),
        (images, valid),
        (run.seed(), training.steps),
    );
    let mut fitted = train(&mut objective, parameters, &training, plan, run)?;
    let parameters = &mut fitted.model;
    let codes = codes_of(
        (&network, parameters),
        spec.quantization,
        (pixels.plain(), images),
        run,
    )?;
    let ln = Prior::from_codes(&codes, (shape.places(), shape.codes));
    parameters.values_mut(network.prior).copy_from_slice(&ln);
    Ok(fitted.map(|parameters| Trained {
        entry,
        header,
        spec,
        network,
        parameters,
    }))
}
