//! The shape of a transformer.

use induce_core::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::language::shape::check_sizes;

/// The shape of a transformer, under the names that model files have for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TransformerShape {
    /// The number of tokens.
    #[serde(rename = "vocabulary")]
    pub vocab_size: usize,
    /// The number of layers.
    pub layers: usize,
    /// The number of attention heads.
    pub heads: usize,
    /// The number of key/value heads.
    #[serde(rename = "key_heads")]
    pub kv_heads: usize,
    /// The embedding width.
    #[serde(rename = "width")]
    pub embedding_width: usize,
    /// The width of feed-forward layers.
    #[serde(rename = "hidden")]
    pub feed_forward_width: usize,
    /// The context length, in tokens.
    pub context: usize,
    /// Whether the output layer shares its weights with the token embeddings.
    #[serde(rename = "tied")]
    pub tie_embeddings: bool,
}

impl TransformerShape {
    /// As it is kept in files.
    ///
    /// # Errors
    /// If it cannot be written as JSON.
    pub fn json(&self) -> Result<Value> {
        serde_json::to_value(self)
            .map_err(|error| Error::data(format!("the shape cannot be written: {error}"), "report this"))
    }

    /// Whether every size is in the range of what can be computed with.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check_sizes(&self) -> Result<()> {
        check_sizes(&[
            ("layers", self.layers),
            ("heads", self.heads),
            ("kv_heads", self.kv_heads),
            ("embedding_width", self.embedding_width),
            ("feed_forward_width", self.feed_forward_width),
            ("context", self.context),
        ])
    }

    /// Whether the sizes can belong to one network.
    ///
    /// # Errors
    /// The first setting that cannot be.
    pub fn check(&self) -> Result<()> {
        self.check_sizes()?;
        let (heads, kv_heads, width) = (self.heads, self.kv_heads, self.embedding_width);
        if !width.is_multiple_of(heads) {
            return Err(Error::setting(
                "heads",
                heads,
                format!("it must divide the embedding width {width}"),
            ));
        }
        if !heads.is_multiple_of(kv_heads) {
            let reason = format!("it must divide the number of heads, {heads}");
            return Err(Error::setting("kv_heads", kv_heads, reason));
        }
        Ok(())
    }

    /// How many weights the network has, roughly; none if there are more than can be counted.
    pub fn size(&self) -> Option<u64> {
        let product = |a: usize, b: usize| (a as u64).checked_mul(b as u64);
        let width = self.embedding_width;
        let layer = product(width, 4 * width)?.checked_add(3 * product(width, self.feed_forward_width)?)?;
        layer
            .checked_mul(self.layers as u64)?
            .checked_add(2 * product(self.vocab_size, width)?)
    }

    /// How many activations and gradients of activations a batch of this many tokens needs, roughly.
    pub fn activations(&self, tokens: u64) -> Option<u64> {
        let token =
            self.layers as u64 * (24 * self.embedding_width as u64 + 6 * self.feed_forward_width as u64);
        token.checked_add(3 * self.vocab_size as u64)?.checked_mul(tokens)
    }
}
