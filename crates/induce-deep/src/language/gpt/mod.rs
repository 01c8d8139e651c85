//! GPT-2 (Radford et al. 2019): learned positions, layer norms first, biases, GELU.

pub mod interchange;

use std::sync::Arc;

use induce_core::model::range;
use induce_core::{Result, settings};
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

settings! {
    /// The settings of a GPT-2-style transformer.
    pub struct GptSpec {
        /// Tokenizer: characters, byte pairs, or words between white space
        tokenizer: TokenizerKind = TokenizerKind::Char;
        /// Vocabulary size, at most; 0 is all characters, 1024 byte pairs, or 10,000 words
        vocab_size: usize = 0, alias "vocabulary", when tokenizer ["bpe", "word"];
        /// Number of layers
        layers: usize = 4, in range::from(1);
        /// Number of attention heads, which divides the embedding width
        heads: usize = 4, in range::from(1);
        /// Embedding width (`d_model`, `n_embd`)
        embedding_width: usize = 128, in range::from(1), alias "width";
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
pub struct Gpt;

impl Architecture for Gpt {
    fn name(&self) -> &'static str {
        NAME
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
    fn check_ranges(&self) -> Result<()> {
        GptSpec::check_ranges(self)
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
