//! Graph auto-encoders in model files.

use induce_core::Result;
use induce_core::model_file::ModelFile;
use induce_tensor::Parameters;
use serde_json::Value;

use super::super::filter::Response;
use super::super::network::Shape;
use super::super::reader::Reader;
use super::spec::Spec;
use crate::train::put_parameters;

/// The family in model files.
pub const KIND: &str = "graph-links";

/// What a file says besides the weights.
#[derive(Debug, Clone)]
pub struct Header {
    /// How nodes become inputs.
    pub reader: Reader,
    /// What filters do to eigenvalues.
    pub response: Response,
    /// The settings it was trained with.
    pub settings: Value,
    /// The seed of the training.
    pub seed: u64,
}

impl Header {
    /// The shape of the encoder.
    pub fn shape(&self, spec: &Spec) -> Shape {
        let outputs = if spec.variational {
            2 * spec.latent
        } else {
            spec.latent
        };
        let hidden = spec.encoder.hidden.0.iter().copied();
        Shape {
            inputs: self.reader.width(),
            widths: hidden.chain([outputs]).collect(),
            terms: self.response.terms(),
            pooled: false,
        }
    }

    /// The model file of these parameters.
    ///
    /// # Errors
    /// If the header cannot be written as JSON.
    pub fn file(&self, parameters: &Parameters) -> Result<ModelFile> {
        let mut file = ModelFile::new(KIND);
        file.put_json("reader", &self.reader)?;
        file.put_json("response", &self.response)?;
        file.put_json("spec", &self.settings)?;
        file.put_json("seed", &self.seed)?;
        put_parameters(&mut file, parameters)?;
        Ok(file)
    }
}
