//! How other programs keep transformers: Hugging Face, GGUF, llama2.c.

use induce_core::Result;
use serde_json::Value;

use super::assemble::TensorNames;
use super::model::Transformer;
use super::spec::Spec;
use crate::language::fault::damaged;
use crate::language::known::Known;

/// An architecture as other programs know it.
pub trait Interchange: Sync {
    /// The name of the architecture here.
    fn architecture(&self) -> &'static str;

    /// What they call it: `model_type` in `config.json`, `general.architecture` in GGUF.
    fn name(&self) -> &'static str;

    /// What people call it.
    fn title(&self) -> &'static str;

    /// Whether `model` is one: what it is made of says so.
    fn is(&self, model: &Transformer) -> bool;

    /// What a `config.json` of it says besides what all say.
    fn facts(&self) -> &'static [Known];

    /// What Hugging Face calls its model of the next token.
    fn class(&self) -> &'static str;

    /// Whether logits are made with the embeddings where a `config.json` says nothing of it.
    fn is_tied(&self) -> bool {
        false
    }

    /// Whether linear maps have biases, by a `config.json`: in attention, and in feed-forward parts.
    fn biases(&self, config: &Value) -> [bool; 2];

    /// The shape that a `config.json` says.
    ///
    /// # Errors
    /// If something is missing, or unknown.
    fn spec(&self, file: &str, config: &Value) -> Result<Spec>;

    /// What a `config.json` says of the shape of `model`.
    ///
    /// # Errors
    /// If it has no words for it.
    fn config(&self, model: &Transformer) -> Result<Value>;

    /// What Hugging Face calls tensors; with a `prefix` or without.
    fn names(&self, prefix: bool) -> TensorNames;

    /// Whether Hugging Face keeps the matrices of layers as (inputs, outputs).
    fn is_transposed(&self) -> bool {
        false
    }

    /// Whether queries, keys and values are one matrix, and all linear maps have biases.
    fn is_fused(&self) -> bool {
        false
    }

    /// Whether positions are rotary.
    fn is_rotary(&self) -> bool {
        false
    }
}

/// Whether all norms of `model` have a shift, or none, and all its layers a gate, or none.
pub fn is_made_of(model: &Transformer, shift: bool, gate: bool) -> bool {
    let norms = model
        .layers
        .iter()
        .flat_map(|layer| [&layer.attention_norm, &layer.feed_norm])
        .chain([&model.norm]);
    norms.into_iter().all(|norm| norm.shift.is_some() == shift)
        && model.layers.iter().all(|layer| layer.gate.is_some() == gate)
}

/// The size called `name` in a `config.json`.
///
/// # Errors
/// If there is none.
pub fn count(file: &str, config: &Value, name: &str) -> Result<usize> {
    let value = config[name].as_u64().and_then(|n| usize::try_from(n).ok());
    value.ok_or_else(|| damaged(file, format!("`{name}` is {}, not a count", config[name])))
}

/// The number called `name`, or the default of the format where there is none.
///
/// # Errors
/// If it is something else.
pub fn number(file: &str, config: &Value, name: &str, default: f64) -> Result<f64> {
    match &config[name] {
        Value::Null => Ok(default),
        value => value
            .as_f64()
            .ok_or_else(|| damaged(file, format!("`{name}` is {value}, not a number"))),
    }
}

/// Whether the word called `name`, if there is one, is known.
///
/// # Errors
/// If it is not.
pub fn known(file: &str, config: &Value, name: &str, values: &[&str]) -> Result<()> {
    let value = &config[name];
    if value.is_null() || value.as_str().is_some_and(|own| values.contains(&own)) {
        return Ok(());
    }
    Err(damaged(
        file,
        format!("`{name}` is {value}; known is `{}`", values.join("`, `")),
    ))
}

/// The shortest decimal number that is read as the same one of single precision.
pub fn short(x: f32) -> Value {
    x.to_string().parse::<f64>().map_or(Value::Null, Value::from)
}
