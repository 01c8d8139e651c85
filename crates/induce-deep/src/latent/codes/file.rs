//! Auto-encoders with codes in model files.

use induce_core::Result;
use induce_core::model::read_spec;
use induce_core::model_file::ModelFile;
use induce_tensor::Parameters;
use serde_json::Value;

use super::network::{Network, Shape};
use super::spec::Spec;
use crate::latent::shape::Size;
use crate::train::{check_size, put_parameters, read_parameters};

/// The family in model files.
pub const KIND: &str = "codes";

/// What a file says besides the weights.
#[derive(Debug, Clone)]
pub struct Header {
    /// The size of images.
    pub image: Size,
    /// The settings it was trained with, and the name of its entry.
    pub settings: Value,
}

impl Header {
    /// The settings.
    ///
    /// # Errors
    /// If they are of another model.
    pub fn spec(&self) -> Result<Spec> {
        read_spec("the auto-encoder with codes", &self.settings)
    }

    /// The model file of these parameters.
    ///
    /// # Errors
    /// If the header cannot be written as JSON.
    pub fn file(&self, parameters: &Parameters) -> Result<ModelFile> {
        let mut file = ModelFile::new(KIND);
        file.put_json("image", &self.image)?;
        file.put_json("spec", &self.settings)?;
        put_parameters(&mut file, parameters)?;
        Ok(file)
    }

    /// What a model file holds.
    ///
    /// # Errors
    /// If it is of another kind, or damaged.
    pub fn open(file: &ModelFile) -> Result<(Self, Spec, Network, Parameters)> {
        file.expect_kind(KIND)?;
        let header = Self {
            image: file.json("image")?,
            settings: file.json("spec")?,
        };
        let fault = |error: induce_core::Error| file.fault(error.to_string());
        let spec = header.spec().map_err(fault)?;
        spec.check().map_err(fault)?;
        header.image.check().map_err(fault)?;
        let shape = Shape::new(&spec, header.image).map_err(fault)?;
        check_size(file, shape.size())?;
        let mut parameters = Parameters::default();
        let network = Network::new(&shape, &mut parameters, None, None);
        read_parameters(file, &mut parameters)?;
        Ok((header, spec, network, parameters))
    }
}
