//! Auto-encoders in model files.

use induce_core::Result;
use induce_core::model::{Images, read_spec};
use induce_core::model_file::ModelFile;
use induce_tensor::Parameters;
use serde_json::Value;

use super::network::Network;
use super::shape::{Shape, Size};
use super::spec::Spec;
use crate::train::{put_parameters, read_network};

/// The family in model files.
pub const KIND: &str = "latent";
/// What errors call it.
pub const NAME: &str = "the auto-encoder";

/// What a file says besides the weights.
#[derive(Debug, Clone)]
pub struct Header {
    /// The size of images.
    pub image: Size,
    /// The settings it was trained with, and the name of its entry.
    pub settings: Value,
}

impl Header {
    /// That of a model of such images.
    pub fn new(images: &Images, settings: &Value) -> Self {
        Self {
            image: Size::of(images),
            settings: settings.clone(),
        }
    }

    /// That of a model file of a family.
    ///
    /// # Errors
    /// If it is of another, or damaged.
    pub fn read(file: &ModelFile, kind: &str) -> Result<Self> {
        file.expect_kind(kind)?;
        Ok(Self {
            image: file.json("image")?,
            settings: file.json("spec")?,
        })
    }

    /// The name of its entry.
    pub fn model(&self) -> &str {
        self.settings["model"].as_str().unwrap_or_default()
    }

    /// The model file of a family with these parameters.
    ///
    /// # Errors
    /// If the header cannot be written as JSON.
    pub fn file(&self, kind: &str, parameters: &Parameters) -> Result<ModelFile> {
        let mut file = ModelFile::new(kind);
        file.put_json("image", &self.image)?;
        file.put_json("spec", &self.settings)?;
        put_parameters(&mut file, parameters)?;
        Ok(file)
    }
}

/// What a model file holds.
///
/// # Errors
/// If it is of another kind, or damaged.
pub fn open(file: &ModelFile) -> Result<(Header, Spec, Network, Parameters)> {
    let header = Header::read(file, KIND)?;
    let fault = |error: induce_core::Error| file.fault(error.to_string());
    let spec: Spec = read_spec(NAME, &header.settings).map_err(fault)?;
    spec.check().map_err(fault)?;
    let shape = Shape::new(&spec, header.image);
    shape.check().map_err(fault)?;
    let new = |parameters: &mut Parameters| Network::new(&shape, parameters, None, None);
    let (network, parameters) = read_network(file, shape.size(), new)?;
    Ok((header, spec, network, parameters))
}
