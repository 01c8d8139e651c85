//! What is set for language models that are trained: plain data.

use std::fmt::Debug;
use std::sync::Arc;

use induce_core::{Error, Result};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::shape::Shape;
use super::tokens::TokenizerKind;
use crate::train::Training;

/// What is set of every language model.
#[derive(Debug, Clone, Copy)]
pub struct Common<'s> {
    /// The kind of tokenizer.
    pub tokenizer: TokenizerKind,
    /// The largest number of tokens; 0 is the default of the tokenizer.
    pub vocab_size: usize,
    /// The dropout probability.
    pub dropout: f64,
    /// How it is trained.
    pub training: &'s Training,
}

/// The settings of an architecture.
pub trait Hyperparameters: Debug + Send + Sync {
    /// Those that every language model has.
    fn common(&self) -> Common<'_>;

    /// Hold every setting against its range.
    ///
    /// # Errors
    /// For the first that is outside.
    fn check_ranges(&self) -> Result<()>;

    /// The range of initial weights where it can be set; 0 is the default.
    fn init(&self) -> f64 {
        0.0
    }

    /// The network of a vocabulary of this size.
    fn shape(&self, vocab_size: usize) -> Arc<dyn Shape>;
}

/// The settings of a language model of any architecture.
#[derive(Debug, Clone)]
pub struct Settings(Arc<dyn Hyperparameters>);

impl<H: Hyperparameters + 'static> From<H> for Settings {
    fn from(own: H) -> Self {
        Self(Arc::new(own))
    }
}

impl Settings {
    /// The kind of tokenizer, and the largest vocabulary.
    pub fn tokenizer(&self) -> (TokenizerKind, usize) {
        let Common {
            tokenizer,
            vocab_size,
            ..
        } = self.0.common();
        let default = match tokenizer {
            TokenizerKind::Char => usize::MAX,
            TokenizerKind::Bpe => 1024,
            TokenizerKind::Word => 10_000,
        };
        (tokenizer, if vocab_size == 0 { default } else { vocab_size })
    }

    /// How it is trained.
    pub fn training(&self) -> &Training {
        self.0.common().training
    }

    /// Tokens that a step reads.
    pub fn tokens_per_step(&self) -> usize {
        let (how, vocabulary) = (self.training(), 1);
        let tokens = how.batch.saturating_mul(self.shape(vocabulary).context());
        tokens.saturating_mul(how.gradient_accumulation as usize)
    }

    /// The dropout probability.
    pub fn dropout(&self) -> f64 {
        self.0.common().dropout
    }

    /// The range of initial weights where it can be set; 0 is the default.
    pub fn init(&self) -> f64 {
        self.0.init()
    }

    /// The network of a vocabulary of this size.
    pub fn shape(&self, vocab_size: usize) -> Arc<dyn Shape> {
        self.0.shape(vocab_size)
    }

    /// Whether every value is in its range.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check(&self) -> Result<()> {
        self.0.check_ranges()?;
        self.shape(1).check()
    }

    /// Bytes of parameters, their gradients, the optimizer's moments, averaged and best parameters, and of the activations
    /// of a batch; none if there are more than can be counted.
    pub fn bytes(&self, vocab_size: usize) -> Option<u64> {
        let shape = self.shape(vocab_size);
        let tokens = (self.training().batch as u64).checked_mul(shape.context() as u64)?;
        self.training().bytes(shape.size(), shape.activations(tokens))
    }
}

/// Settings or a shape out of JSON, called `what` in errors.
///
/// # Errors
/// If a field is unknown, missing or of another type.
pub fn parse<S: DeserializeOwned>(what: &str, json: &Value) -> Result<S> {
    S::deserialize(json).map_err(|error| {
        Error::data(
            format!("{what} cannot be read: {error}"),
            "`induce models NAME` lists the settings",
        )
    })
}
