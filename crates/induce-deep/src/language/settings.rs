//! What is set for language models that are trained: plain data.

use induce_core::{Error, Result};
use serde::{Deserialize, Serialize};

use super::network::{RecurrentShape, Shape, TransformerShape};
use super::tokens::Cut;
use crate::layers::Cell;
use crate::train::{Method, Training};

/// Settings of a model of GPT-2's kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GptSpec {
    /// What tokens are.
    pub tokenizer: Cut,
    /// Most tokens; 0 is all characters, 1024 pieces, or 10,000 words.
    pub vocabulary: usize,
    /// Layers.
    pub layers: usize,
    /// Heads of attention.
    pub heads: usize,
    /// Numbers of a position between the layers.
    pub width: usize,
    /// Most positions of a text.
    pub context: usize,
    /// Share of numbers that is left out while learning.
    pub dropout: f64,
    /// Whether logits are products with the embeddings.
    pub tied: bool,
    /// How it is trained.
    #[serde(flatten)]
    pub training: Training,
}

impl Default for GptSpec {
    fn default() -> Self {
        Self {
            tokenizer: Cut::Char,
            vocabulary: 0,
            layers: 4,
            heads: 4,
            width: 128,
            context: 64,
            dropout: 0.0,
            tied: true,
            training: Training::default(),
        }
    }
}

/// Settings of a model of Llama's kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LlamaSpec {
    /// What tokens are.
    pub tokenizer: Cut,
    /// Most tokens; 0 is all characters, 1024 pieces, or 10,000 words.
    pub vocabulary: usize,
    /// Layers.
    pub layers: usize,
    /// Heads of queries.
    pub heads: usize,
    /// Heads of keys and values; 0 is as many as of queries.
    pub key_heads: usize,
    /// Numbers of a position between the layers.
    pub width: usize,
    /// Numbers within a feed-forward layer; 0 is 8/3 of the width, up to a multiple of 32.
    pub hidden: usize,
    /// Most positions of a text.
    pub context: usize,
    /// Share of numbers that is left out while learning.
    pub dropout: f64,
    /// Whether logits are products with the embeddings.
    pub tied: bool,
    /// How it is trained.
    #[serde(flatten)]
    pub training: Training,
}

impl Default for LlamaSpec {
    fn default() -> Self {
        let gpt = GptSpec::default();
        Self {
            tokenizer: gpt.tokenizer,
            vocabulary: gpt.vocabulary,
            layers: gpt.layers,
            heads: gpt.heads,
            key_heads: 0,
            width: gpt.width,
            hidden: 0,
            context: gpt.context,
            dropout: gpt.dropout,
            tied: gpt.tied,
            training: gpt.training,
        }
    }
}

/// Settings of recurrent models.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecurrentSpec {
    /// What tokens are.
    pub tokenizer: Cut,
    /// Most tokens; 0 is all characters, 1024 pieces, or 10,000 words.
    pub vocabulary: usize,
    /// Layers.
    pub layers: usize,
    /// Numbers of a state, and of an embedding.
    pub width: usize,
    /// Steps through which slopes go back.
    pub context: usize,
    /// Share of numbers between layers that is left out while learning.
    pub dropout: f64,
    /// Whether logits are products with the embeddings.
    pub tied: bool,
    /// Weights begin uniform within this of 0; 0 is 1 / sqrt(width).
    pub init: f64,
    /// How it is trained.
    #[serde(flatten)]
    pub training: Training,
}

impl Default for RecurrentSpec {
    fn default() -> Self {
        Self {
            tokenizer: Cut::Char,
            vocabulary: 0,
            layers: 2,
            width: 256,
            context: 64,
            dropout: 0.0,
            tied: false,
            init: 0.0,
            training: Training {
                batch: 32,
                learning_rate: 3e-3,
                decay: 0.0,
                ..Training::default()
            },
        }
    }
}

/// Settings of any kind.
#[derive(Debug, Clone, PartialEq)]
pub enum Settings {
    /// GPT-2's.
    Gpt(GptSpec),
    /// Llama's.
    Llama(LlamaSpec),
    /// Recurrent layers of a cell.
    Recurrent(Cell, RecurrentSpec),
}

impl Settings {
    /// What tokens are, and the most of them.
    pub fn cut(&self) -> (Cut, usize) {
        let (cut, vocabulary) = match self {
            Self::Gpt(s) => (s.tokenizer, s.vocabulary),
            Self::Llama(s) => (s.tokenizer, s.vocabulary),
            Self::Recurrent(_, s) => (s.tokenizer, s.vocabulary),
        };
        let usual = match cut {
            Cut::Char => usize::MAX,
            Cut::Bpe => 1024,
            Cut::Word => 10_000,
        };
        (cut, if vocabulary == 0 { usual } else { vocabulary })
    }

    /// How it is trained.
    pub fn training(&self) -> &Training {
        match self {
            Self::Gpt(s) => &s.training,
            Self::Llama(s) => &s.training,
            Self::Recurrent(_, s) => &s.training,
        }
    }

    /// Share of numbers that is left out while learning.
    pub fn dropout(&self) -> f64 {
        match self {
            Self::Gpt(s) => s.dropout,
            Self::Llama(s) => s.dropout,
            Self::Recurrent(_, s) => s.dropout,
        }
    }

    /// How far from 0 weights begin, where that can be set.
    pub fn init(&self) -> f64 {
        match self {
            Self::Gpt(_) | Self::Llama(_) => 0.0,
            Self::Recurrent(_, s) => s.init,
        }
    }

    /// The network of a vocabulary.
    pub fn shape(&self, vocabulary: usize) -> Shape {
        match self {
            Self::Gpt(s) => Shape::Gpt(TransformerShape {
                vocabulary,
                layers: s.layers,
                heads: s.heads,
                key_heads: s.heads,
                width: s.width,
                hidden: s.width.saturating_mul(4),
                context: s.context,
                tied: s.tied,
            }),
            Self::Llama(s) => Shape::Llama(TransformerShape {
                vocabulary,
                layers: s.layers,
                heads: s.heads,
                key_heads: if s.key_heads == 0 { s.heads } else { s.key_heads },
                width: s.width,
                hidden: if s.hidden == 0 {
                    (s.width.saturating_mul(8) / 3).next_multiple_of(32)
                } else {
                    s.hidden
                },
                context: s.context,
                tied: s.tied,
            }),
            Self::Recurrent(cell, s) => Shape::Recurrent(RecurrentShape {
                cell: *cell,
                vocabulary,
                layers: s.layers,
                width: s.width,
                context: s.context,
                tied: s.tied,
            }),
        }
    }

    /// Whether every value is in its range.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check(&self) -> Result<()> {
        self.training().check()?;
        let dropout = self.dropout();
        if !(0.0..1.0).contains(&dropout) {
            return Err(Error::setting(
                "dropout",
                dropout,
                "it must be at least 0 and below 1",
            ));
        }
        let init = self.init();
        if !(init.is_finite() && init >= 0.0) {
            return Err(Error::setting("init", init, "it must be at least 0"));
        }
        self.shape(1).check()
    }

    /// Bytes of parameters, their slopes, what the optimiser remembers, averages and the best ones, and of a batch on its
    /// way; none if there are more than can be counted.
    pub fn bytes(&self, vocabulary: usize) -> Option<u64> {
        let training = self.training();
        let remembered = match training.optimiser {
            Method::AdamW => 2,
            Method::Sgd => 1,
        };
        let copies = 3 + remembered + 2 * u64::from(training.average > 0.0);
        let shape = self.shape(vocabulary);
        let tokens = (training.batch as u64).checked_mul(shape.context() as u64)?;
        let kept = shape.size()?.checked_mul(copies)?;
        kept.checked_add(shape.on_the_way(tokens)?)?.checked_mul(4)
    }
}
