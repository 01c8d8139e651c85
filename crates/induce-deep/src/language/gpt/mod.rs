//! GPT-2 (Radford et al. 2019): learned positions, layer norms first, biases, GELU.

pub mod interchange;

use std::sync::Arc;

use induce_core::Result;
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
    positions: Some("transformer.wpe.weight"),
    embedding: "transformer.wte.weight",
    layer: "transformer.h",
    attention_norm: "ln_1",
    all: "attn.c_attn",
    output: "attn.c_proj",
    feed_norm: "ln_2",
    up: "mlp.c_fc",
    down: "mlp.c_proj",
    norm: "transformer.ln_f",
};

/// The settings of a GPT-2-style transformer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GptSpec {
    /// The kind of tokenizer.
    pub tokenizer: TokenizerKind,
    /// The largest number of tokens; 0 is all characters, 1024 byte pairs, or 10,000 words.
    #[serde(alias = "vocabulary")]
    pub vocab_size: usize,
    /// The number of layers.
    pub layers: usize,
    /// The number of attention heads.
    pub heads: usize,
    /// The embedding width (`d_model`, `n_embd`).
    #[serde(alias = "width")]
    pub embedding_width: usize,
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

impl Default for GptSpec {
    fn default() -> Self {
        Self {
            tokenizer: TokenizerKind::Char,
            vocab_size: 0,
            layers: 4,
            heads: 4,
            embedding_width: 128,
            context: 64,
            dropout: 0.0,
            tie_embeddings: true,
            training: Training::default(),
        }
    }
}

/// The architecture.
#[derive(Debug)]
pub struct Gpt;

impl Architecture for Gpt {
    fn name(&self) -> &'static str {
        NAME
    }

    fn defaults(&self) -> Value {
        serde_json::to_value(GptSpec::default()).unwrap_or_default()
    }

    fn settings(&self, json: &Value) -> Result<Settings> {
        Ok(parse::<GptSpec>("the language model", json)?.into())
    }

    fn shape(&self, json: &Value) -> Result<Arc<dyn Shape>> {
        Ok(Arc::new(GptShape(parse("the shape", json)?)))
    }

    fn interchange(&self) -> Option<&'static dyn Interchange> {
        Some(&interchange::Gpt2)
    }
}

impl Hyperparameters for GptSpec {
    fn common(&self) -> Common<'_> {
        Common {
            tokenizer: self.tokenizer,
            vocab_size: self.vocab_size,
            dropout: self.dropout,
            training: &self.training,
        }
    }

    fn shape(&self, vocab_size: usize) -> Arc<dyn Shape> {
        Arc::new(GptShape(TransformerShape {
            vocab_size,
            layers: self.layers,
            heads: self.heads,
            kv_heads: self.heads,
            embedding_width: self.embedding_width,
            feed_forward_width: self.embedding_width.saturating_mul(4),
            context: self.context,
            tie_embeddings: self.tie_embeddings,
        }))
    }
}

/// Its shape.
#[derive(Debug, Clone, PartialEq)]
pub struct GptShape(pub TransformerShape);

impl Shape for GptShape {
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
