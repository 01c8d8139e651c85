//! Folders of Hugging Face: `config.json`, `model.safetensors` (or its shards), `tokenizer.json`.

mod config;
mod json;
mod tensors;

use std::path::Path;

use induce_core::Result;
use induce_core::read::Contents;

use super::inference::LanguageModel;
use super::pretrained::{Pretrained, fit, tokens_of};
use super::tokens::from_json;
use super::transformer::assemble::assemble;
use json::json;
use tensors::Tensors;

/// The model in a folder.
///
/// # Errors
/// If a file is missing or damaged, or the architecture unknown.
pub fn open(folder: &Path, tokenizer: Option<&Path>) -> Result<Pretrained> {
    let path = folder.join("config.json");
    let file = path.display().to_string();
    let config = json(&path)?;
    let kind = config::interchange(&file, &config)?;
    let spec = kind.spec(&file, &config)?;
    spec.check(&file)?;
    let files = tensors::files(folder)?;
    let tensors = Tensors::new(&files, kind.is_transposed())?;
    let model = assemble(&file, spec, &kind.names(tensors.prefix()), &tensors)?;
    let tokens = match tokenizer {
        Some(own) => tokens_of(own, model.spec.vocab_size)?,
        None => {
            let path = folder.join("tokenizer.json");
            let (begin, ends) = config::ends(&config);
            from_json(&path.display().to_string(), &Contents::of(&path)?, begin, ends)?
        }
    };
    fit(&model, &tokens, &file)?;
    Ok(Pretrained {
        model: LanguageModel::new(model),
        tokens,
        format: "Hugging Face",
        trained: None,
    })
}
