//! Auto-encoders with codes in model files.

use induce_core::Result;
use induce_core::model::read_spec;
use induce_core::model_file::ModelFile;
use induce_tensor::Parameters;

use super::network::{Network, Shape};
use super::spec::Spec;
use crate::latent::file::{Header, Reader};
use crate::train::read_network;

/// The family in model files.
pub const KIND: &str = "codes";
/// What errors call it.
pub const NAME: &str = "the auto-encoder with codes";

/// What a model file holds.
///
/// # Errors
/// If it is of another kind, or damaged.
pub fn open(file: &ModelFile) -> Result<(Header, Spec, Network, Parameters)> {
    let header = Header::read(file, KIND)?;
    let fault = |error: induce_core::Error| file.fault(error.to_string());
    let spec: Spec = read_spec(NAME, &header.settings).map_err(fault)?;
    spec.check().map_err(fault)?;
    let Reader::Images(size) = header.reader else {
        return Err(file.fault("codes are of images, and its columns of a table"));
    };
    let shape = Shape::new(&spec, size).map_err(fault)?;
    let new = |parameters: &mut Parameters| Network::new(&shape, parameters, None, None);
    let (network, parameters) = read_network(file, shape.size(), new)?;
    Ok((header, spec, network, parameters))
}
