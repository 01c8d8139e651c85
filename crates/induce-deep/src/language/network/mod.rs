//! Networks that say what token comes next: on a tape, to learn; [`Model`] is what they become to write.

mod recurrent;
mod transformer;

use induce_core::{Error, Result};
use induce_tensor::{Parameters, Tape, Tensor};
use serde::{Deserialize, Serialize};

use super::reader::AnyModel;
use crate::layers::{Cell, Noise};
pub use recurrent::RecurrentNetwork;
pub use transformer::TransformerNetwork;

/// The shape of a network, beside its numbers all that is to be known of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Shape {
    /// GPT-2's (Radford et al. 2019).
    Gpt(TransformerShape),
    /// Llama's (Touvron et al. 2023).
    Llama(TransformerShape),
    /// Recurrent layers.
    Recurrent(RecurrentShape),
}

/// The shape of a transformer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TransformerShape {
    /// Tokens there are.
    pub vocabulary: usize,
    /// Layers.
    pub layers: usize,
    /// Heads of queries.
    pub heads: usize,
    /// Heads of keys and values.
    pub key_heads: usize,
    /// Numbers of a position between the layers.
    pub width: usize,
    /// Numbers within a feed-forward layer.
    pub hidden: usize,
    /// Most positions of a text.
    pub context: usize,
    /// Whether logits are products with the embeddings.
    pub tied: bool,
}

/// The shape of recurrent layers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecurrentShape {
    /// What a step computes.
    pub cell: Cell,
    /// Tokens there are.
    pub vocabulary: usize,
    /// Layers.
    pub layers: usize,
    /// Numbers of a state, and of an embedding.
    pub width: usize,
    /// Steps through which slopes go back.
    pub context: usize,
    /// Whether logits are products with the embeddings (Press & Wolf 2017).
    pub tied: bool,
}

impl Shape {
    /// The name of its kind: `gpt`, `llama`, `lstm`, `gru`, `rnn`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Gpt(_) => "gpt",
            Self::Llama(_) => "llama",
            Self::Recurrent(shape) => match shape.cell {
                Cell::Lstm => "lstm",
                Cell::Gru => "gru",
                Cell::Rnn => "rnn",
            },
        }
    }

    /// Tokens there are.
    pub fn vocabulary(&self) -> usize {
        match self {
            Self::Gpt(shape) | Self::Llama(shape) => shape.vocabulary,
            Self::Recurrent(shape) => shape.vocabulary,
        }
    }

    /// Tokens that are read at once.
    pub fn context(&self) -> usize {
        match self {
            Self::Gpt(shape) | Self::Llama(shape) => shape.context,
            Self::Recurrent(shape) => shape.context,
        }
    }

    /// Whether the numbers can belong to one network.
    ///
    /// # Errors
    /// The first setting that cannot be.
    pub fn check(&self) -> Result<()> {
        let (sizes, heads) = match self {
            Self::Gpt(s) | Self::Llama(s) => {
                let sizes = [
                    ("layers", s.layers),
                    ("heads", s.heads),
                    ("key_heads", s.key_heads),
                    ("width", s.width),
                    ("hidden", s.hidden),
                    ("context", s.context),
                ];
                (sizes.to_vec(), Some((s.heads, s.key_heads, s.width)))
            }
            Self::Recurrent(s) => {
                let sizes = [("layers", s.layers), ("width", s.width), ("context", s.context)];
                (sizes.to_vec(), None)
            }
        };
        if let Some((name, value)) = sizes.into_iter().find(|(_, v)| *v == 0 || *v > MOST) {
            return Err(Error::setting(
                name,
                value,
                format!("it must be from 1 to {MOST}"),
            ));
        }
        let Some((heads, key_heads, width)) = heads else {
            return Ok(());
        };
        if !width.is_multiple_of(heads) {
            return Err(Error::setting(
                "heads",
                heads,
                format!("it must divide the width {width}"),
            ));
        }
        if matches!(self, Self::Llama(_)) && !(width / heads).is_multiple_of(2) {
            let reason = format!(
                "rotary positions turn pairs, but heads would have {} numbers",
                width / heads
            );
            return Err(Error::setting("heads", heads, reason));
        }
        if !heads.is_multiple_of(key_heads) {
            let reason = format!("it must divide the number of heads, {heads}");
            return Err(Error::setting("key_heads", key_heads, reason));
        }
        Ok(())
    }

    /// How many numbers there are on the way through the network and back for so many tokens, roughly.
    pub fn on_the_way(&self, tokens: u64) -> Option<u64> {
        let each = match self {
            Self::Gpt(s) | Self::Llama(s) => s.layers as u64 * (24 * s.width as u64 + 6 * s.hidden as u64),
            Self::Recurrent(s) => s.layers as u64 * (6 + 2 * s.cell.gates() as u64) * s.width as u64,
        };
        each.checked_add(3 * self.vocabulary() as u64)?
            .checked_mul(tokens)
    }

    /// How many numbers the network learns, roughly; none if there are more than can be counted.
    pub fn size(&self) -> Option<u64> {
        let product = |a: usize, b: usize| (a as u64).checked_mul(b as u64);
        let (vocabulary, width, layers, each) = match self {
            Self::Gpt(s) | Self::Llama(s) => {
                let each = product(s.width, 4 * s.width)?.checked_add(3 * product(s.width, s.hidden)?)?;
                (s.vocabulary, s.width, s.layers, each)
            }
            Self::Recurrent(s) => {
                let each = 2 * product(s.width, s.cell.gates() * s.width)?;
                (s.vocabulary, s.width, s.layers, each)
            }
        };
        each.checked_mul(layers as u64)?
            .checked_add(2 * product(vocabulary, width)?)
    }
}

/// The largest of any number of a shape: far above what anybody trains, far below what could overflow.
const MOST: usize = 1 << 20;

/// A network on a tape.
#[derive(Debug, Clone)]
pub enum Network {
    /// Attention.
    Transformer(TransformerNetwork),
    /// Recurrent layers.
    Recurrent(RecurrentNetwork),
}

/// Tokens that are read at once: `count` texts of `time` tokens, text by text.
#[derive(Debug, Clone, Copy)]
pub struct Texts<'x> {
    /// The tokens.
    pub tokens: &'x [u32],
    /// How many texts.
    pub count: usize,
}

impl Texts<'_> {
    /// Tokens of each.
    pub fn time(&self) -> usize {
        self.tokens.len() / self.count.max(1)
    }
}

impl Network {
    /// A network of this shape, its parameters as they begin.
    ///
    /// # Errors
    /// If the shape cannot be.
    pub fn new(shape: &Shape, start: f64, seed: Option<u64>) -> Result<(Self, Parameters)> {
        shape.check()?;
        let mut parameters = Parameters::default();
        let network = match shape {
            Shape::Gpt(own) => Self::Transformer(TransformerNetwork::gpt(own, &mut parameters, seed)),
            Shape::Llama(own) => Self::Transformer(TransformerNetwork::llama(own, &mut parameters, seed)),
            Shape::Recurrent(own) => {
                Self::Recurrent(RecurrentNetwork::new(own, &mut parameters, start, seed))
            }
        };
        Ok((network, parameters))
    }

    /// Logits of what follows every token, (tokens, vocabulary), text by text, and the state of a recurrent network after
    /// the last.
    pub fn logits<'t>(
        &self,
        tape: &'t Tape<'t>,
        texts: Texts,
        state: &[f32],
        noise: Option<Noise>,
    ) -> (Tensor<'t>, Vec<Tensor<'t>>) {
        match self {
            Self::Transformer(network) => (network.logits(tape, texts, noise), Vec::new()),
            Self::Recurrent(network) => network.logits(tape, texts, state, noise),
        }
    }

    /// The same network to write with.
    ///
    /// # Errors
    /// If the parameters are of another network.
    pub fn model(&self, parameters: &Parameters) -> Result<AnyModel> {
        Ok(match self {
            Self::Transformer(network) => AnyModel::Transformer(network.model(parameters)?),
            Self::Recurrent(network) => AnyModel::Recurrent(network.model(parameters)?),
        })
    }

    /// Whether what was read before is carried on in a state.
    pub fn carries(&self) -> bool {
        matches!(self, Self::Recurrent(_))
    }

    /// Numbers of the state of so many texts.
    pub fn state(&self, texts: usize) -> usize {
        match self {
            Self::Transformer(_) => 0,
            Self::Recurrent(network) => network.state(texts),
        }
    }
}
