//! The list of architectures.

use std::sync::Arc;

use induce_core::{Error, Result};
use serde_json::Value;

use super::architecture::Architecture;
use super::gpt::Gpt;
use super::llama::Llama;
use super::recurrent::Recurrent;
use super::shape::Shape;
use super::transformer::interchange::Interchange;
use super::transformer::model::Transformer;
use crate::layers::Cell;

/// Every architecture: a folder, and a line here.
pub static ARCHITECTURES: &[&dyn Architecture] = &[
    &Gpt,
    &Llama,
    &Recurrent(Cell::Lstm),
    &Recurrent(Cell::Gru),
    &Recurrent(Cell::Rnn),
];

/// The architecture called `name`.
///
/// # Errors
/// If there is none.
pub fn architecture(name: &str) -> Result<&'static dyn Architecture> {
    let found = ARCHITECTURES.iter().find(|own| own.name() == name).copied();
    found.ok_or_else(|| Error::UnknownName {
        what: "language model",
        name: name.into(),
        known: ARCHITECTURES.iter().map(|own| own.name().to_owned()).collect(),
    })
}

/// The shape in the header of a model file.
///
/// # Errors
/// If its kind is unknown, or a field is missing or of another type.
pub fn shape_of(header: &Value) -> Result<Arc<dyn Shape>> {
    let kind = header["kind"].as_str().unwrap_or_default();
    let found = ARCHITECTURES.iter().find(|own| own.kind() == kind);
    let found = found.ok_or_else(|| {
        Error::data(
            format!("the network kind `{kind}` is unknown"),
            "open it with a newer version",
        )
    })?;
    found.shape(header)
}

/// The architectures that other programs know.
pub fn interchanges() -> impl Iterator<Item = &'static dyn Interchange> {
    ARCHITECTURES.iter().filter_map(|own| own.interchange())
}

/// The architecture that other programs know `model` as.
///
/// # Errors
/// If they know none like it.
pub fn interchange_of(model: &Transformer) -> Result<&'static dyn Interchange> {
    interchanges().find(|own| own.is(model)).ok_or_else(|| {
        let known: Vec<&str> = interchanges().map(Interchange::title).collect();
        Error::data(
            format!("the model is neither {}, which other programs know", known.join(" nor ")),
            "layer norms with learned positions and GELU, or RMS norms with rotary positions and SwiGLU can be written",
        )
    })
}
