//! Models and their files.

use std::path::Path;

use induce_core::metrics::SplitScores;
use induce_core::model::{Model, Registry};
use induce_core::model_file::ModelFile;
use induce_core::{Error, Outcome, Result};
use induce_deep::language;
use serde_json::{Value, json};

use crate::registry::REGISTRY;
use crate::scores::metrics_json;

/// Open a model and its training card: our own files, XGBoost's JSON or UBJSON, LightGBM's text, and language models in GGUF,
/// llama2.c's format, or a folder of Hugging Face.
///
/// ```no_run
/// let (model, card) = induce::open("wine.induce.safetensors".as_ref())?;
/// println!("{}, trained on {}", model.entry().info.title, card["data"]);
/// # Ok::<(), induce::Error>(())
/// ```
///
/// # Errors
/// If there is no such file, or it is no model, or damaged.
pub fn open(path: &Path) -> Result<(Box<dyn Model>, Value)> {
    open_among(REGISTRY, path)
}

/// As [`open`], with the models of another registry: for programs that have models of their own.
///
/// # Errors
/// As [`open`].
pub fn open_among(registry: Registry, path: &Path) -> Result<(Box<dyn Model>, Value)> {
    if language::is(path) {
        let model = language::open(path, None)?;
        let card = model.trained.as_ref().map(|own| own["card"].clone());
        return Ok((Box::new(model), card.unwrap_or_default()));
    }
    let name = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|e| Error::io("read", path, e))?;
    bytes_among(registry, &name, &bytes)
}

/// As [`open`], from the bytes of one file; `name` is used in errors.
///
/// # Errors
/// If they are no model, or damaged.
pub fn open_bytes(name: &str, bytes: &[u8]) -> Result<(Box<dyn Model>, Value)> {
    bytes_among(REGISTRY, name, bytes)
}

fn bytes_among(registry: Registry, name: &str, bytes: &[u8]) -> Result<(Box<dyn Model>, Value)> {
    if !is_safetensors(bytes) {
        let imported = induce_learn::tree::interchange::read(name, bytes)?;
        return Ok((Box::new(imported.model), Value::Null));
    }
    let file = ModelFile::read_bytes(name, bytes)?;
    let card = file
        .metadata
        .get("card")
        .and_then(|card| serde_json::from_str(card).ok());
    Ok((registry.open(&file)?, card.unwrap_or_default()))
}

/// Whether a file starts as ours do: the length of a header, then a brace.
fn is_safetensors(bytes: &[u8]) -> bool {
    bytes.len() > 9 && bytes[8] == b'{' && bytes[..8].iter().rev().take(4).all(|&b| b == 0)
}

/// The training card: what a stranger should know of a model. It has neither clock nor machine, so equal fits write equal
/// bytes.
pub fn card(data: Option<&str>, seed: u64, outcome: &Outcome, scores: &[SplitScores]) -> Value {
    json!({
        "made_by": concat!("induce ", env!("CARGO_PKG_VERSION")),
        "data": data,
        "seed": seed,
        "outcome": outcome,
        "metrics": metrics_json(scores),
    })
}

/// The model file with its training card: any safetensors reader opens it.
///
/// # Errors
/// If the model cannot be kept in a file of ours.
pub fn file_of(model: &dyn Model, card: &Value) -> Result<ModelFile> {
    let mut file = model.store()?;
    file.metadata.insert("card".into(), card.to_string());
    Ok(file)
}

/// Write a model with its training card.
///
/// # Errors
/// As [`file_of`], and if the file cannot be written.
pub fn save(model: &dyn Model, card: &Value, path: &Path) -> Result<()> {
    file_of(model, card)?.write(path)
}
