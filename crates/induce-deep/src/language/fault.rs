//! Errors of model files.

use induce_core::{Error, Result};

/// A model file that cannot be used.
pub fn damaged(file: &str, reason: impl Into<String>) -> Error {
    Error::Model {
        file: file.into(),
        reason: reason.into(),
        hint: Some("the file is damaged or of another kind; fetch or convert it again".into()),
    }
}

/// Whether all of them are tokens of a vocabulary of this size.
///
/// # Errors
/// The first that is not.
pub fn known(tokens: &[u32], vocab_size: usize) -> Result<()> {
    match tokens.iter().find(|token| **token as usize >= vocab_size) {
        None => Ok(()),
        Some(stranger) => Err(Error::data(
            format!("token id {stranger} is out of range: the vocabulary has {vocab_size} tokens"),
            "the tokenizer belongs to another model",
        )),
    }
}
