//! `tokenizer_config.json`: settings of the program around a `tokenizer.json`, which may say it once more, or otherwise.

use std::path::Path;

use induce_core::{Error, Result};
use serde_json::Value;

use super::json::json;
use crate::language::known::{Known, Means::Fine, OFF, check, of};

const FACTS: &[Known] = &[
    // Looked at below, and held against `tokenizer.json`.
    ("chat_template", Fine),
    ("add_prefix_space", Fine),
    ("added_tokens_decoder", Fine),
    // Special tokens by their words; ids are in `config.json`, and which of them stand around a text in `tokenizer.json`.
    ("bos_token", Fine),
    ("eos_token", Fine),
    ("unk_token", Fine),
    ("pad_token", Fine),
    ("sep_token", Fine),
    ("cls_token", Fine),
    ("mask_token", Fine),
    ("pad_token_id", Fine),
    ("add_bos_token", Fine),
    ("add_eos_token", Fine),
    ("additional_special_tokens", Fine),
    ("extra_special_tokens", Fine),
    ("model_specific_special_tokens", Fine),
    // How texts are cut off and filled up, which nobody asks for here.
    ("model_max_length", Fine),
    ("max_length", Fine),
    ("max_len", Fine),
    ("padding*", Fine),
    ("pad_to_multiple_of", Fine),
    ("truncation*", Fine),
    ("stride", Fine),
    // Where it is from, and which program makes what of it.
    ("tokenizer_class", Fine),
    ("tokenizer_file", Fine),
    ("vocab_file", Fine),
    ("merges_file", Fine),
    ("special_tokens_map_file", Fine),
    ("name_or_path", Fine),
    ("_commit_hash", Fine),
    ("_from_auto", Fine),
    ("transformers_version", Fine),
    ("processor_class", Fine),
    ("model_input_names", Fine),
    ("return_token_type_ids", Fine),
    ("backend", Fine),
    ("use_fast", Fine),
    ("is_local", Fine),
    ("local_files_only", Fine),
    ("from_slow", Fine),
    ("verbose", Fine),
    ("init_kwargs", Fine),
    // For tokenizers that are not kept as `tokenizer.json`.
    ("legacy", Fine),
    ("sp_model_kwargs", Fine),
    ("do_lower_case", Fine),
    ("errors", Fine),
    ("trim_offsets", Fine),
    // How a conversation is begun, and how a text is tidied up after it was written.
    ("use_default_system_prompt", Fine),
    ("clean_up_tokenization_spaces", Fine),
    ("spaces_between_special_tokens", Fine),
    ("split_special_tokens", OFF),
];

/// The template of conversations that the file in `folder` says, if there is one, all of whose facts are known and agree
/// with `tokenizer`, the `tokenizer.json`.
///
/// # Errors
/// If it cannot be read, something of it is unknown or refused, or another tokenizer is meant.
pub fn read(folder: &Path, tokenizer: Option<&Value>) -> Result<Option<String>> {
    let path = folder.join("tokenizer_config.json");
    if !path.is_file() {
        return Ok(None);
    }
    let (file, facts) = (path.display().to_string(), json(&path)?);
    check(&file, &[FACTS], of(&facts))?;
    if let Some(tokenizer) = tokenizer {
        agree(&file, &facts, tokenizer)?;
    }
    Ok(facts["chat_template"].as_str().map(str::to_owned))
}

/// Whether tokens are those of `tokenizer`, and texts begin as there.
fn agree(file: &str, facts: &Value, tokenizer: &Value) -> Result<()> {
    let other = |reason: String| Error::Model {
        file: file.into(),
        reason,
        hint: Some("the two files belong to different models, or one was edited; fetch them again".into()),
    };
    let (said, own) = (facts["add_prefix_space"].as_bool(), before(tokenizer));
    if let (Some(said), Some(own)) = (said, own)
        && said != own
    {
        return Err(other(format!(
            "`add_prefix_space` is {said}, and by `tokenizer.json` it is {own}"
        )));
    }
    let own = tokenizer["added_tokens"].as_array().into_iter().flatten();
    let own: Vec<(String, &Value)> = own
        .map(|token| (token["id"].to_string(), &token["content"]))
        .collect();
    let stranger = |(id, token): &(&String, &Value)| {
        !own.iter()
            .any(|(own, content)| own == *id && **content == token["content"])
    };
    match facts["added_tokens_decoder"]
        .as_object()
        .into_iter()
        .flatten()
        .find(stranger)
    {
        None => Ok(()),
        Some((id, token)) => Err(other(format!(
            "token {id} is {}, which `tokenizer.json` does not add",
            token["content"]
        ))),
    }
}

/// Whether a space is put before a text, where a tokenizer says so.
fn before(tokenizer: &Value) -> Option<bool> {
    let whole = &tokenizer["pre_tokenizer"];
    let parts = whole["pretokenizers"]
        .as_array()
        .map_or(std::slice::from_ref(whole), |all| &all[..]);
    parts.iter().find_map(|part| match part["type"].as_str() {
        Some("ByteLevel") => part["add_prefix_space"].as_bool(),
        Some("Metaspace") => part["prepend_scheme"].as_str().map(|own| own != "never"),
        _ => None,
    })
}
