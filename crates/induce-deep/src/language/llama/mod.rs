//! Llama (Touvron et al. 2023): rotary positions, RMS norms first, SwiGLU, grouped-query attention, no biases.

pub mod interchange;

use std::sync::Arc;

use induce_core::model::range;
use induce_core::{Error, Result, settings};
use induce_tensor::Parameters;
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

settings! {
    /// The settings of a Llama-style transformer.
    pub struct LlamaSpec {
        /// Tokenizer: characters, byte pairs, or words between white space
        tokenizer: TokenizerKind = TokenizerKind::Char;
        /// Vocabulary size, at most; 0 is all characters, 1024 byte pairs, or 10,000 words
        vocab_size: usize = 0, alias "vocabulary", when tokenizer ["bpe", "word"];
        /// Number of layers
        layers: usize = 4, in range::from(1);
        /// Number of attention heads, which divides the embedding width
        heads: usize = 4, in range::from(1);
        /// Key/value heads (grouped-query attention); 0 is as many as attention heads
        kv_heads: usize = 0, alias "key_heads";
        /// Embedding width (`d_model`, `n_embd`)
        embedding_width: usize = 128, in range::from(1), alias "width";
        /// Width of feed-forward layers; 0 is 8/3 of the embedding width, up to a multiple of 32
        feed_forward_width: usize = 0, alias "hidden";
        /// Context length, in tokens
        context: usize = 64, in range::from(1);
        /// Dropout probability
        dropout: f64 = 0.0, in range::half_open(0.0, 1.0);
        /// Share weights between token embeddings and output layer
        tie_embeddings: bool = true, alias "tied";
        ..
        /// How it is trained
        training: Training = Training::default();
    }
}

/// The architecture.
#[derive(Debug)]
pub struct Llama;

impl Architecture for Llama {
    fn name(&self) -> &'static str {
        NAME
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
    fn check_ranges(&self) -> Result<()> {
        LlamaSpec::check_ranges(self)
    }

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
