//! Networks of graphs in model files.

use induce_core::Result;
use induce_core::model::{Schema, read_spec};
use induce_core::model_file::ModelFile;
use induce_tensor::Parameters;
use serde_json::Value;

use super::filter::Response;
use super::network::{Network, Shape};
use super::reader::Reader;
use super::readout::Pooling;
use super::spec::Spec;
use crate::train::{put_parameters, read_network};

/// The family in model files.
pub const KIND: &str = "graph";

/// What a file says besides the weights.
#[derive(Debug, Clone)]
pub struct Header {
    /// How nodes become inputs.
    pub reader: Reader,
    /// The columns, the name of the target and the classes.
    pub schema: Schema,
    /// What filters do to eigenvalues.
    pub response: Response,
    /// How nodes are pooled, if classes are those of graphs.
    pub pooling: Option<Pooling>,
    /// The settings it was trained with, and the name of its entry.
    pub settings: Value,
    /// The seed of the training.
    pub seed: u64,
}

impl Header {
    /// The shape of the network.
    pub fn shape(&self, spec: &Spec) -> Shape {
        Shape {
            inputs: self.reader.width(),
            widths: spec
                .encoder
                .hidden
                .0
                .iter()
                .copied()
                .chain([self.schema.classes.len()])
                .collect(),
            terms: self.response.terms(),
            pooled: self.pooling.is_some(),
        }
    }

    /// The model file of these parameters.
    ///
    /// # Errors
    /// If the header cannot be written as JSON.
    pub fn file(&self, parameters: &Parameters) -> Result<ModelFile> {
        let mut file = ModelFile::new(KIND);
        file.put_json("reader", &self.reader)?;
        file.put_json("schema", &self.schema)?;
        file.put_json("response", &self.response)?;
        file.put_json("pooling", &self.pooling)?;
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
            schema: file.json("schema")?,
            response: file.json("response")?,
            pooling: file.json("pooling")?,
            settings: file.json("spec")?,
            seed: file.json("seed")?,
        };
        let fault = |error: induce_core::Error| file.fault(error.to_string());
        header.reader.check().map_err(|reason| file.fault(reason))?;
        let spec: Spec = read_spec("the network", &header.settings).map_err(fault)?;
        spec.check().map_err(fault)?;
        if header.schema.classes.len() < 2 || header.reader.width() == 0 {
            return Err(file.fault("it has no classes, or no inputs"));
        }
        header
            .response
            .check(spec.encoder.wanted())
            .map_err(|reason| file.fault(reason))?;
        if header
            .pooling
            .is_some_and(|own| !(own.size > 0.0 && own.size.is_finite()))
        {
            return Err(file.fault("its graphs have no size"));
        }
        let shape = header.shape(&spec);
        let new = |parameters: &mut Parameters| {
            Network::new(&shape, spec.encoder.activation.activation(), parameters, None)
        };
        let (network, parameters) = read_network(file, shape.size(), new)?;
        Ok((header, spec, network, parameters))
    }
}
