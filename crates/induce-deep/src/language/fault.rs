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

/// Tensors of a file that belong to no part of the model that its header says: so many, with the `first` of them.
pub fn left_over(file: &str, first: &str, count: usize) -> Error {
    let others = match count {
        0 | 1 => String::new(),
        2 => ", and another tensor".into(),
        _ => format!(", and {} other tensors", count - 1),
    };
    Error::Model {
        file: file.into(),
        reason: format!("it holds `{first}`{others}, which the model that its header says has no place for"),
        hint: Some(
            "it has more layers, or other parts, than it says or than are supported here; fetch it again"
                .into(),
        ),
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
