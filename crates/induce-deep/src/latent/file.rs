//! Auto-encoders in model files.

use induce_core::Result;
use induce_core::model_file::ModelFile;
use induce_tensor::Parameters;
use serde_json::Value;

use super::network::Network;
use super::shape::Shape;
use super::spec::Spec;
use crate::train::{check_size, put_parameters, read_parameters};

/// The family in model files.
pub const KIND: &str = "latent";

/// What a file says besides the weights.
#[derive(Debug, Clone)]
pub struct Header {
    /// The shape of the network.
    pub shape: Shape,
    /// The settings it was trained with, and the name of its entry.
    pub settings: Value,
}

impl Header {
    /// The model file of these parameters.
    ///
    /// # Errors
    /// If the header cannot be written as JSON.
    pub fn file(&self, parameters: &Parameters) -> Result<ModelFile> {
        let mut file = ModelFile::new(KIND);
        file.put_json("network", &self.shape)?;
        file.put_json("spec", &self.settings)?;
        put_parameters(&mut file, parameters)?;
        Ok(file)
    }

    /// What a model file holds.
    ///
    /// # Errors
    /// If it is of another kind, or damaged.
    pub fn open(file: &ModelFile) -> Result<(Self, Network, Parameters)> {
        file.expect_kind(KIND)?;
        let header = Self {
            shape: file.json("network")?,
            settings: file.json("spec")?,
        };
        let fault = |error: induce_core::Error| file.fault(error.to_string());
        header.shape.check().map_err(fault)?;
        header.spec()?.check().map_err(fault)?;
        check_size(file, header.shape.size())?;
        let mut parameters = Parameters::default();
        let network = Network::new(&header.shape, &mut parameters, None, None);
        read_parameters(file, &mut parameters)?;
        Ok((header, network, parameters))
    }

    /// The settings.
    ///
    /// # Errors
    /// If they are of another model.
    pub fn spec(&self) -> Result<Spec> {
        spec_of(&self.settings)
    }
}

/// The settings in a JSON.
///
/// # Errors
/// If a value is of another type.
pub fn spec_of(values: &Value) -> Result<Spec> {
    serde_json::from_value(values.clone()).map_err(|error| {
        induce_core::Error::data(
            error.to_string(),
            "`induce models` tells the settings of every model",
        )
    })
}
