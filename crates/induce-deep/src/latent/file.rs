//! Auto-encoders in model files.

use induce_core::Result;
use induce_core::model::{DataKind, read_spec};
use induce_core::model_file::ModelFile;
use induce_tensor::Parameters;
use serde_json::Value;

use super::form::{Fields, Form};
use super::network::Network;
use super::shape::Shape;
use super::spec::Spec;
use crate::inputs::{Columns, Size};
use crate::train::{put_parameters, read_network};

/// The family in model files.
pub const KIND: &str = "latent";
/// What errors call it.
pub const NAME: &str = "the auto-encoder";

/// What a model reads.
#[derive(Debug, Clone, PartialEq)]
pub enum Reader {
    /// Images of a size.
    Images(Size),
    /// Rows of these columns.
    Rows(Box<Columns>),
}

/// What a file says besides the weights.
#[derive(Debug, Clone)]
pub struct Header {
    /// What the model reads.
    pub reader: Reader,
    /// The settings it was trained with, and the name of its entry.
    pub settings: Value,
}

impl Header {
    /// That of a model of such data.
    pub fn new(reader: Reader, settings: &Value) -> Self {
        Self {
            reader,
            settings: settings.clone(),
        }
    }

    /// The form of an example.
    pub fn form(&self, spec: &Spec) -> Form {
        match &self.reader {
            Reader::Images(size) => Form::Image(*size),
            Reader::Rows(columns) => Form::Row(Fields::of(columns, spec.min_deviation)),
        }
    }

    /// What it reads.
    pub fn kind(&self) -> DataKind {
        match self.reader {
            Reader::Images(_) => DataKind::Images,
            Reader::Rows(_) => DataKind::Rows,
        }
    }

    /// That of a model file of a family.
    ///
    /// # Errors
    /// If it is of another, or damaged.
    pub fn read(file: &ModelFile, kind: &str) -> Result<Self> {
        file.expect_kind(kind)?;
        let reader = match file.text("columns") {
            Ok(_) => Reader::Rows(Box::new(file.json("columns")?)),
            Err(_) => Reader::Images(file.json("image")?),
        };
        let checked = match &reader {
            Reader::Rows(columns) => columns.check(),
            Reader::Images(size) => size.check().map_err(|error| error.to_string()),
        };
        checked.map_err(|reason| file.fault(reason))?;
        Ok(Self {
            reader,
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
        match &self.reader {
            Reader::Images(size) => file.put_json("image", size)?,
            Reader::Rows(columns) => file.put_json("columns", columns)?,
        }
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
    let shape = Shape::new(&spec, header.form(&spec));
    shape.check().map_err(fault)?;
    let new = |parameters: &mut Parameters| Network::new(&shape, parameters, None, None);
    let (network, parameters) = read_network(file, shape.size(), new)?;
    Ok((header, spec, network, parameters))
}
