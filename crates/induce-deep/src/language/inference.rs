//! Networks in memory, for generation and evaluation.

use std::fmt::Debug;
use std::ops::Deref;

use induce_core::{Error, Result};

use super::cache::Cache;
use super::transformer::model::Transformer;

/// A network in memory, for generation and evaluation.
pub trait Inference: Debug + Send + Sync {
    /// The name of its architecture.
    fn architecture(&self) -> &'static str;

    /// The number of tokens.
    fn vocab_size(&self) -> usize;

    /// The largest number of tokens of a text; none where there is no limit.
    fn context(&self) -> Option<usize>;

    /// Bytes of the weights in memory.
    fn bytes(&self) -> usize;

    /// Its sizes by name, for people.
    fn sizes(&self) -> Vec<(&'static str, usize)>;

    /// What it keeps of a text of at most `capacity` tokens, before the first.
    fn cache(&self, capacity: usize) -> Box<dyn Cache + '_>;

    /// The same model with weights of 8 bits, where there is a product for that.
    fn rounded(self: Box<Self>) -> Box<dyn Inference>;

    /// A copy.
    fn copy(&self) -> Box<dyn Inference>;

    /// The transformer it is, if it is one.
    fn as_transformer(&self) -> Option<&Transformer> {
        None
    }

    /// The transformer it is, to be changed.
    fn as_transformer_mut(&mut self) -> Option<&mut Transformer> {
        None
    }
}

/// A language model in memory, of any architecture.
#[derive(Debug)]
pub struct LanguageModel(Box<dyn Inference>);

impl LanguageModel {
    /// This one.
    pub fn new(model: impl Inference + 'static) -> Self {
        Self(Box::new(model))
    }

    /// The same model with weights of 8 bits, where there is a product for that: transformers.
    #[must_use]
    pub fn rounded(self) -> Self {
        Self(self.0.rounded())
    }

    /// The transformer it is.
    ///
    /// # Errors
    /// If it is none: `what` needs one.
    pub fn transformer(&self, what: &str) -> Result<&Transformer> {
        self.0.as_transformer().ok_or_else(|| {
            let name = self.0.architecture();
            Error::data(
                format!("{what} is for transformers, and this is a recurrent model ({name})"),
                "train a `gpt` or a `llama`",
            )
        })
    }

    /// The transformer it is, to be changed; none if it is another model.
    pub fn transformer_mut(&mut self) -> Option<&mut Transformer> {
        self.0.as_transformer_mut()
    }
}

impl Clone for LanguageModel {
    fn clone(&self) -> Self {
        Self(self.0.copy())
    }
}

impl Deref for LanguageModel {
    type Target = dyn Inference;

    fn deref(&self) -> &Self::Target {
        &*self.0
    }
}
