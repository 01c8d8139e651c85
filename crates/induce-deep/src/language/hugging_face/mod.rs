//! Folders of Hugging Face: `config.json`, `model.safetensors` (or its shards), `tokenizer.json`, and
//! `generation_config.json` where there is one.

mod config;
mod generation;
mod json;
mod tensors;
mod tokenizer_config;

use std::path::Path;

use induce_core::read::Contents;
use induce_core::{Error, Result};
use serde_json::Value;

use super::inference::LanguageModel;
use super::pretrained::{Pretrained, fit, tokens_of};
use super::tokens::{Tokenizer, from_parsed, parsed};
use super::transformer::assemble::assemble;
use super::transformer::interchange::Interchange;
use super::transformer::model::Transformer;
use json::json;
use tensors::Tensors;

/// Whether a file has the name of one with the weights of a folder, or of one part of them.
pub fn is_part(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name == "model.safetensors" || name.starts_with("model-") && name.ends_with(".safetensors")
}

/// The model in a folder.
///
/// # Errors
/// If a file is missing or damaged, the architecture unknown, or something that a file says or holds.
pub fn open(folder: &Path, tokenizer: Option<&Path>) -> Result<Pretrained> {
    let path = folder.join("config.json");
    let file = path.display().to_string();
    let config = json(&path)?;
    let kind = config::interchange(&file, &config)?;
    let spec = kind.spec(&file, &config)?;
    spec.check(&file)?;
    let files = tensors::files(folder)?;
    let tensors = Tensors::new(&files, kind.is_transposed())?;
    let tied = Some(config::tied(kind, &config));
    let model = assemble(&file, spec, &kind.names(tensors.prefix()), &tensors, tied)?;
    tensors.all_read()?;
    biases(&file, kind, &config, &model)?;
    let tokens = tokens(folder, tokenizer, (file.clone(), config), &model)?;
    fit(&model, &tokens, &file)?;
    Ok(Pretrained {
        model: LanguageModel::new(model),
        tokens,
        format: "Hugging Face",
        trained: None,
    })
}

/// Whether there are biases where the configuration says so, and nowhere else.
fn biases(file: &str, kind: &dyn Interchange, config: &Value, model: &Transformer) -> Result<()> {
    let said = kind.biases(config);
    if model.has_biases(said) {
        return Ok(());
    }
    let word = |said: bool| if said { "biases" } else { "none" };
    Err(Error::Model {
        file: file.into(),
        reason: format!(
            "by the configuration attention has {} and feed-forward parts have {}, but the tensors are others",
            word(said[0]),
            word(said[1])
        ),
        hint: Some("`attention_bias` and `mlp_bias` say it; fetch the file again".into()),
    })
}

/// The tokens, with what begins and ends texts by all files that say it.
fn tokens(
    folder: &Path,
    tokenizer: Option<&Path>,
    config: (String, Value),
    model: &Transformer,
) -> Result<Tokenizer> {
    let files: Vec<(String, Value)> = generation::read(folder)?.into_iter().chain([config]).collect();
    let (begin, ends) = config::ends(&files)?;
    if let Some(own) = tokenizer {
        let tokens = tokens_of(own, model.spec.vocab_size)?.with_ends(begin, ends);
        return Ok(tokens.with_chat(chat(folder, None)?.as_deref()));
    }
    let path = folder.join("tokenizer.json");
    let (file, bytes) = (path.display().to_string(), Contents::of(&path)?);
    let mut own = parsed(&file, &bytes)?;
    let tokens = from_parsed(&file, &bytes, &mut own, begin, ends)?;
    Ok(tokens.with_chat(chat(folder, Some(&own))?.as_deref()))
}

/// How programs write conversations: in a file of its own, or one of the settings of the tokenizer.
fn chat(folder: &Path, tokenizer: Option<&Value>) -> Result<Option<String>> {
    let template = tokenizer_config::read(folder, tokenizer)?;
    let own = folder.join("chat_template.jinja");
    if own.is_file() {
        return std::fs::read_to_string(&own)
            .map(Some)
            .map_err(|error| Error::io("read", &own, error));
    }
    Ok(template)
}
