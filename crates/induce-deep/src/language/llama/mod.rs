//! Llama (Touvron et al. 2023): rotary positions, RMS norms first, SwiGLU, grouped-query attention, no biases.

pub mod interchange;

use std::sync::Arc;

use induce_core::{Error, Result};
use induce_tensor::Parameters;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::architecture::Architecture;
use super::network::Network;
use super::settings::{Common, Hyperparameters, Settings, parse};
use super::shape::Shape;
use super::tokens::TokenizerKind;
use super::transformer::interchange::Interchange;
use super::transformer::network::{Design, TransformerNetwork};
use super::transformer::shape::TransformerShape;
use crate::train::Training;
use interchange::NAME;

/// What its parameters are called.
const DESIGN: Design = Design {
    architecture: NAME,
    positions: None,
    embedding: "model.embed_tokens.weight",
    layer: "model.layers",
    attention_norm: "input_layernorm",
    all: "self_attn.qkv_proj",
    output: "self_attn.o_proj",
    feed_norm: "post_attention_layernorm",
    up: "mlp.gate_up_proj",
    down: "mlp.down_proj",
    norm: "model.norm",
};

/// The settings of a Llama-style transformer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LlamaSpec {
    /// The kind of tokenizer.
    pub tokenizer: TokenizerKind,
    /// The largest number of tokens; 0 is all characters, 1024 byte pairs, or 10,000 words.
    #[serde(alias = "vocabulary")]
    pub vocab_size: usize,
    /// The number of layers.
    pub layers: usize,
    /// The number of attention heads.
    pub heads: usize,
    /// The number of key/value heads (grouped-query attention); 0 is as many as attention heads.
    #[serde(alias = "key_heads")]
    pub kv_heads: usize,
    /// The embedding width (`d_model`).
    #[serde(alias = "width")]
    pub embedding_width: usize,
    /// The width of feed-forward layers; 0 is 8/3 of the embedding width, up to a multiple of 32.
    #[serde(alias = "hidden")]
    pub feed_forward_width: usize,
    /// The context length, in tokens.
    pub context: usize,
    /// The dropout probability.
    pub dropout: f64,
    /// Whether the output layer shares its weights with the token embeddings.
    #[serde(alias = "tied")]
    pub tie_embeddings: bool,
    /// How it is trained.
    #[serde(flatten)]
    pub training: Training,
}

impl Default for LlamaSpec {
    fn default() -> Self {
        Self {
            tokenizer: TokenizerKind::Char,
            vocab_size: 0,
            layers: 4,
            heads: 4,
            kv_heads: 0,
            embedding_width: 128,
            feed_forward_width: 0,
            context: 64,
            dropout: 0.0,
            tie_embeddings: true,
            training: Training::default(),
        }
    }
}

/// The architecture.
#[derive(Debug)]
pub struct Llama;

impl Architecture for Llama {
    fn name(&self) -> &'static str {
        NAME
    }

    fn defaults(&self) -> Value {
        serde_json::to_value(LlamaSpec::default()).unwrap_or_default()
    }

    fn settings(&self, json: &Value) -> Result<Settings> {
        Ok(parse::<LlamaSpec>("the language model", json)?.into())
    }

    fn shape(&self, json: &Value) -> Result<Arc<dyn Shape>> {
        Ok(Arc::new(LlamaShape(parse("the shape", json)?)))
    }

    fn interchange(&self) -> Option<&'static dyn Interchange> {
        Some(&interchange::Llama)
    }
}

impl Hyperparameters for LlamaSpec {
    fn common(&self) -> Common<'_> {
        Common {
            tokenizer: self.tokenizer,
            vocab_size: self.vocab_size,
            dropout: self.dropout,
            training: &self.training,
        }
    }

    fn shape(&self, vocab_size: usize) -> Arc<dyn Shape> {
        let width = self.embedding_width;
        let feed_forward_width = match self.feed_forward_width {
            0 => (width.saturating_mul(8) / 3).next_multiple_of(32),
            own => own,
        };
        Arc::new(LlamaShape(TransformerShape {
            vocab_size,
            layers: self.layers,
            heads: self.heads,
            kv_heads: if self.kv_heads == 0 {
                self.heads
            } else {
                self.kv_heads
            },
            embedding_width: width,
            feed_forward_width,
            context: self.context,
            tie_embeddings: self.tie_embeddings,
        }))
    }
}

/// Its shape.
#[derive(Debug, Clone, PartialEq)]
pub struct LlamaShape(pub TransformerShape);

impl Shape for LlamaShape {
    fn architecture(&self) -> &'static str {
        NAME
    }

    fn kind(&self) -> &'static str {
        NAME
    }

    fn json(&self) -> Result<Value> {
        self.0.json()
    }

    fn vocab_size(&self) -> usize {
        self.0.vocab_size
    }

    fn context(&self) -> usize {
        self.0.context
    }

    fn check(&self) -> Result<()> {
        self.0.check_sizes()?;
        let TransformerShape {
            heads,
            embedding_width: width,
            ..
        } = self.0;
        if width.is_multiple_of(heads) && !(width / heads).is_multiple_of(2) {
            let reason = format!(
                "rotary positions rotate pairs, but heads would have a width of {}",
                width / heads
            );
            return Err(Error::setting("heads", heads, reason));
        }
        self.0.check()
    }

    fn size(&self) -> Option<u64> {
        self.0.size()
    }

    fn activations(&self, tokens: u64) -> Option<u64> {
        self.0.activations(tokens)
    }

    fn network(&self, _init: f64, seed: Option<u64>) -> Result<(Box<dyn Network>, Parameters)> {
        self.check()?;
        let mut parameters = Parameters::default();
        let network = TransformerNetwork::new(&self.0, &mut parameters, &DESIGN, seed);
        Ok((Box::new(network), parameters))
    }
}
