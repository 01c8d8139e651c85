//! Texts in whatever shape Python has them.

use std::borrow::Cow;
use std::path::PathBuf;

use induce::core::read::{text, text_of};
use induce::core::{Error, Result, Run};
use induce::deep::language::Tokenizer;
use numpy::PyReadonlyArray1;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// A text as Python gives it.
#[derive(FromPyObject)]
pub enum Source<'py> {
    Text(String),
    Bytes(Bound<'py, PyBytes>),
    Tokens(PyReadonlyArray1<'py, u32>),
    File(PathBuf),
}

impl Source<'_> {
    /// The same without Python.
    pub fn owned(self) -> Given {
        match self {
            Self::Text(text) => Given::Text(text),
            Self::Bytes(bytes) => Given::Bytes(bytes.as_bytes().to_vec()),
            Self::Tokens(tokens) => Given::Tokens(tokens.as_array().to_vec()),
            Self::File(path) => Given::File(path),
        }
    }
}

/// A text, its file, the content of that, or its tokens.
pub enum Given {
    Text(String),
    Bytes(Vec<u8>),
    Tokens(Vec<u32>),
    File(PathBuf),
}

impl Given {
    /// What the file is called, if it is one.
    pub fn name(&self) -> Option<String> {
        match self {
            Self::File(path) => Some(path.file_name()?.to_str()?.to_owned()),
            _ => None,
        }
    }

    /// The text.
    ///
    /// # Errors
    /// If it cannot be read, is not UTF-8, or there are only tokens.
    pub fn text(&self, run: &Run) -> Result<Cow<'_, str>> {
        match self {
            Self::Text(text) => Ok(text.into()),
            Self::Bytes(bytes) => text_of("bytes", bytes, run).map(Cow::from),
            Self::File(path) => text(path, run).map(Cow::from),
            Self::Tokens(_) => Err(Error::data(
                "token ids say nothing without their tokenizer",
                "give it as `tokenizer=`: a `tokenizer.json`, or a language model that has it",
            )),
        }
    }

    /// Its tokens, and how many of them there are per byte, if that can be said.
    ///
    /// # Errors
    /// As [`text`](Self::text), and if the text has what no token stands for.
    pub fn tokens(&self, tokens: &Tokenizer, run: &Run) -> Result<(Vec<u32>, Option<f64>)> {
        if let Self::Tokens(numbers) = self {
            return Ok((numbers.clone(), tokens.tokens_per_byte_of(numbers)));
        }
        let text = self.text(run)?;
        let numbers = tokens.encode_all(&text)?;
        let density = tokens.tokens_per_byte(&numbers, &text, numbers.len().saturating_sub(1));
        Ok((numbers, density))
    }
}
