//! The shape of a decoder.

use induce_core::Result;
use induce_tensor::inference::{Heads, Rope};

use crate::language::fault::damaged;

/// A decoder of GPT-2's or Llama's kind; what differs besides the weights is said by the [layers](super::model::Layer).
#[derive(Debug, Clone)]
pub struct Spec {
    /// The name of its architecture.
    pub architecture: &'static str,
    /// The vocabulary size.
    pub vocab_size: usize,
    /// The embedding width.
    pub embedding_width: usize,
    /// The width of feed-forward layers.
    pub feed_forward_width: usize,
    /// Layers.
    pub layers: usize,
    /// Query heads.
    pub heads: usize,
    /// Key/value heads, each shared by `heads / shared` of queries.
    pub kv_heads: usize,
    /// The width of a head.
    pub head_width: usize,
    /// The largest number of positions of a text.
    pub context: usize,
    /// What norms add to a variance.
    pub epsilon: f32,
    /// How positions are told apart; without it they are learned.
    pub rotary: Option<Rotary>,
}

/// Rotary positions.
pub type Rotary = Rope;

/// The largest of any number of a spec: far above every model there is, far below what could overflow.
const MOST: usize = 1 << 24;

impl Spec {
    /// Whether the sizes can belong to one model; `file` is blamed if not.
    ///
    /// # Errors
    /// The first size that cannot be, with its value.
    pub fn check(&self, file: &str) -> Result<()> {
        let named = [
            ("vocabulary", self.vocab_size),
            ("width", self.embedding_width),
            ("hidden width", self.feed_forward_width),
            ("number of layers", self.layers),
            ("number of heads", self.heads),
            ("number of key/value heads", self.kv_heads),
            ("width of a head", self.head_width),
            ("context", self.context),
        ];
        let wrong = |reason: String| Err(damaged(file, reason));
        for (name, value) in named {
            if value == 0 || value > MOST {
                return wrong(format!("its {name} is {value}, not in 1 to {MOST}"));
            }
        }
        if !self.heads.is_multiple_of(self.kv_heads) {
            return wrong(format!(
                "{} heads cannot share {} key/value heads",
                self.heads, self.kv_heads
            ));
        }
        if !(self.epsilon.is_finite() && self.epsilon >= 0.0) {
            return wrong(format!("its epsilon is {}", self.epsilon));
        }
        let rotated = self.rotary.as_ref().map_or(0, |r| 2 * r.frequencies().len());
        if rotated > self.head_width {
            return wrong(format!(
                "{rotated} dimensions of heads of {} would be rotated",
                self.head_width
            ));
        }
        Ok(())
    }

    /// The width of all query heads together.
    pub fn queries(&self) -> usize {
        self.heads * self.head_width
    }

    /// The width of all key/value heads together, or of all value heads.
    pub fn keys(&self) -> usize {
        self.kv_heads * self.head_width
    }

    /// Attention over a cache of `capacity` positions.
    pub fn attention(&self, capacity: usize) -> Heads {
        Heads {
            queries: self.heads,
            kv_heads: self.kv_heads,
            width: self.head_width,
            capacity,
        }
    }
}
