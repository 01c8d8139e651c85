//! Language models in our own files: shape, tokenizer and settings in the header, parameters as they were learnt.

use std::sync::Arc;

use induce_core::Result;
use induce_core::model_file::ModelFile;
use induce_tensor::Parameters;
use safetensors::SafeTensors;
use serde_json::{Map, Value};

use super::architectures::shape_of;
use super::fault::damaged;
use super::network::Network;
use super::shape::Shape;
use super::tokens::Tokenizer;
use crate::train::{check_size, put_parameters, read_parameters};

/// The family of language models in model files.
pub const KIND: &str = "language";

/// Whether these are the bytes of one of our own files.
pub fn is(bytes: &[u8]) -> bool {
    kind(bytes).is_some()
}

/// Whether they are those of a language model.
pub fn is_language(bytes: &[u8]) -> bool {
    kind(bytes).is_some_and(|kind| kind == KIND)
}

fn kind(bytes: &[u8]) -> Option<String> {
    let (_, header) = SafeTensors::read_metadata(bytes).ok()?;
    header.metadata().as_ref()?.get("induce.kind").cloned()
}

/// What a file says besides the weights.
#[derive(Debug, Clone)]
pub struct Header {
    /// The shape of the network.
    pub shape: Arc<dyn Shape>,
    /// The tokenizer, as a `tokenizer.json`.
    pub tokenizer: String,
    /// The settings it was trained with.
    pub settings: Value,
}

impl Header {
    /// The model file of these parameters.
    ///
    /// # Errors
    /// If the header cannot be written as JSON.
    pub fn file(&self, parameters: &Parameters) -> Result<ModelFile> {
        let mut file = ModelFile::new(KIND);
        let mut network = Map::from_iter([("kind".to_owned(), Value::from(self.shape.kind()))]);
        network.extend(self.shape.json()?.as_object().cloned().unwrap_or_default());
        file.put_json("network", &network)?;
        file.put_json("spec", &self.settings)?;
        file.metadata.insert("tokenizer".into(), self.tokenizer.clone());
        put_parameters(&mut file, parameters)?;
        Ok(file)
    }

    /// What a model file says.
    ///
    /// # Errors
    /// If it is of another kind, or damaged.
    pub fn of(file: &ModelFile) -> Result<Self> {
        file.expect_kind(KIND)?;
        let header = Self {
            shape: shape_of(&file.json("network")?).map_err(|error| file.fault(error.to_string()))?,
            tokenizer: file.text("tokenizer")?.to_owned(),
            settings: file.json("spec")?,
        };
        header
            .shape
            .check()
            .map_err(|error| file.fault(error.to_string()))?;
        Ok(header)
    }

    /// The tokenizer.
    ///
    /// # Errors
    /// If it is damaged.
    pub fn tokens(&self, file: &str) -> Result<Tokenizer> {
        let tokens = Tokenizer::from_json(file, self.tokenizer.as_bytes(), None, Vec::new())?;
        if tokens.size() == self.shape.vocab_size() {
            return Ok(tokens);
        }
        Err(damaged(
            file,
            format!(
                "its tokenizer has {} tokens, its network {}",
                tokens.size(),
                self.shape.vocab_size()
            ),
        ))
    }
}

/// The network and its parameters in a file, every one of the shape that the header says.
///
/// # Errors
/// If a tensor is missing or of another shape: before anything is allocated for it.
pub fn network_of(file: &ModelFile, header: &Header) -> Result<(Box<dyn Network>, Parameters)> {
    check_size(file, header.shape.size())?;
    let (network, mut parameters) = header.shape.network(0.0, None)?;
    read_parameters(file, &mut parameters)?;
    Ok((network, parameters))
}
