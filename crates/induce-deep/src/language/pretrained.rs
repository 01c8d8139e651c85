//! A model and its tokenizer, whatever they were opened from.

use std::path::Path;

use induce_core::model::Fact;
use induce_core::read::Contents;
use induce_core::{Error, Result};
use serde_json::{Value, json};

use super::inference::LanguageModel;
use super::tokens::{Tokenizer, from_json, from_llama2c};
use super::transformer::model::Transformer;

/// A model and its tokens.
pub struct Pretrained {
    /// The model.
    pub model: LanguageModel,
    /// Its tokens.
    pub tokens: Tokenizer,
    /// The format it was in.
    pub format: &'static str,
    /// Settings and training card, of a model that was trained here.
    pub trained: Option<Value>,
}

impl Pretrained {
    /// The name of its architecture: `gpt`, `llama`, `lstm`, `gru`, `rnn`.
    pub fn architecture(&self) -> &'static str {
        self.model.architecture()
    }

    /// What there is to know of it besides the weights.
    pub fn facts(&self) -> Vec<Fact> {
        let mut facts: Vec<Fact> = vec![
            ("format", self.format.into()),
            ("tokens", self.model.vocab_size().into()),
            ("megabytes", json!(self.model.bytes() as f64 / 1e6)),
        ];
        facts.extend(
            self.model
                .sizes()
                .into_iter()
                .map(|(name, size)| (name, size.into())),
        );
        facts
    }
}

/// A tokenizer from a file of its own.
///
/// # Errors
/// If it cannot be read, or is damaged.
pub fn tokens_of(path: &Path, vocabulary: usize) -> Result<Tokenizer> {
    let (file, bytes) = (path.display().to_string(), Contents::of(path)?);
    if path.extension().is_some_and(|e| e == "json") {
        return from_json(&file, &bytes, None, Vec::new());
    }
    from_llama2c(&file, &bytes, vocabulary)
}

/// Whether the model has a row for every token; it may have more, to a round number.
///
/// # Errors
/// If there are more tokens than rows.
pub fn fit(model: &Transformer, tokens: &Tokenizer, file: &str) -> Result<()> {
    if tokens.size() <= model.spec.vocab_size {
        return Ok(());
    }
    Err(Error::Model {
        file: file.into(),
        reason: format!(
            "its tokenizer has {} tokens, the model {}",
            tokens.size(),
            model.spec.vocab_size
        ),
        hint: Some("the tokenizer belongs to another model".into()),
    })
}
