//! Supervised networks in model files.

use induce_core::Result;
use induce_core::model::read_spec;
use induce_core::model_file::ModelFile;
use induce_tensor::Parameters;
use serde_json::Value;

use super::network::Network;
use super::outcome::Outcome;
use super::reader::Reader;
use super::shape::Shape;
use super::spec::Spec;
use crate::train::{put_parameters, read_network};

/// The family in model files.
pub const KIND: &str = "supervised";

/// What a file says besides the weights.
#[derive(Debug, Clone)]
pub struct Header {
    /// How data become inputs.
    pub reader: Reader,
    /// What is predicted.
    pub outcome: Outcome,
    /// The settings it was trained with, and the name of its entry.
    pub settings: Value,
    /// The seed of the training, which draws of random weights have too.
    pub seed: u64,
}

impl Header {
    /// The settings.
    ///
    /// # Errors
    /// If they are of another model.
    pub fn spec(&self) -> Result<Spec> {
        read_spec("the network", &self.settings)
    }

    /// The shape of the network.
    pub fn shape(&self, spec: &Spec) -> Shape {
        Shape::new(
            spec,
            self.reader.form(),
            self.outcome.outputs(),
            self.outcome.is_quantity(),
        )
    }

    /// The model file of these parameters.
    ///
    /// # Errors
    /// If the header cannot be written as JSON.
    pub fn file(&self, parameters: &Parameters) -> Result<ModelFile> {
        let mut file = ModelFile::new(KIND);
        file.put_json("reader", &self.reader)?;
        file.put_json("outcome", &self.outcome)?;
        file.put_json("spec", &self.settings)?;
        file.put_json("seed", &self.seed)?;
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
            reader: file.json("reader")?,
            outcome: file.json("outcome")?,
            settings: file.json("spec")?,
            seed: file.json("seed")?,
        };
        let fault = |error: induce_core::Error| file.fault(error.to_string());
        header.reader.check().map_err(|reason| file.fault(reason))?;
        let classes = header.reader.schema().classes.len();
        header
            .outcome
            .check(classes)
            .map_err(|reason| file.fault(reason))?;
        let spec = header.spec().map_err(fault)?;
        spec.check().map_err(fault)?;
        let shape = header.shape(&spec);
        shape.check().map_err(fault)?;
        let new = |parameters: &mut Parameters| Network::new(&shape, parameters, None);
        let (network, parameters) = read_network(file, shape.size(), new)?;
        Ok((header, spec, network, parameters))
    }
}
