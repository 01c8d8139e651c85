//! GGUF files (ggml's specification, `docs/gguf.md`): metadata by name, then tensors, all in one file.
//!
//! A header is a claim: strings and tensors are slices of the file, and a list is as long as the file has bytes for.

mod blocks;
mod encode;
mod header;
mod kinds;
mod known;
mod overlap;
mod vocabulary;

use induce_core::Result;

use super::tokens::Tokenizer;
use super::transformer::model::Transformer;
pub use blocks::Type;
pub use header::{Gguf, is};
pub use kinds::NAMES;

impl Gguf<'_> {
    /// The model.
    ///
    /// # Errors
    /// If its architecture is unknown, a key is missing, or a tensor is missing or of another shape.
    pub fn model(&self) -> Result<Transformer> {
        kinds::model(self)
    }

    /// The tokens of a tokenizer of its own, with what begins and ends texts by this file.
    pub fn tokens_with(&self, own: Tokenizer) -> Result<Tokenizer> {
        vocabulary::with_ends(self, own)
    }

    /// The tokens.
    pub fn tokens(&self) -> Result<Tokenizer> {
        vocabulary::tokens(self)
    }
}
