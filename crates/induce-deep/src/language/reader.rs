//! Models of any kind, and how they read.

use induce_core::parallel::Team;
use induce_core::{Error, Result};

use super::decoder::TransformerDecoder;
use super::model::Model;
use super::recurrent::{RecurrentDecoder, RecurrentModel};

/// A language model in memory.
#[derive(Debug, Clone)]
#[expect(
    clippy::large_enum_variant,
    reason = "there are few of them, and none is moved about"
)]
pub enum AnyModel {
    /// With attention.
    Transformer(Model),
    /// With a state.
    Recurrent(RecurrentModel),
}

impl AnyModel {
    /// Tokens there are.
    pub fn vocabulary(&self) -> usize {
        match self {
            Self::Transformer(model) => model.spec.vocabulary,
            Self::Recurrent(model) => model.vocabulary(),
        }
    }

    /// Most tokens of a text; none where there is no end.
    pub fn context(&self) -> Option<usize> {
        match self {
            Self::Transformer(model) => Some(model.spec.context),
            Self::Recurrent(_) => None,
        }
    }

    /// Bytes of the weights in memory.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Transformer(model) => model.bytes(),
            Self::Recurrent(model) => model.bytes(),
        }
    }

    /// The same model in 8 bits a weight, where there is a product for that: of transformers.
    #[must_use]
    pub fn rounded(self) -> Self {
        match self {
            Self::Transformer(model) => Self::Transformer(model.rounded()),
            Self::Recurrent(model) => Self::Recurrent(model),
        }
    }

    /// The transformer it is.
    ///
    /// # Errors
    /// If it is none: `what` needs one.
    pub fn transformer(&self, what: &str) -> Result<&Model> {
        match self {
            Self::Transformer(model) => Ok(model),
            Self::Recurrent(model) => Err(Error::data(
                format!(
                    "{what} is for transformers, and this is a recurrent model ({})",
                    model.cell
                ),
                "train a `gpt` or a `llama`",
            )),
        }
    }
}

/// A model within a text.
pub enum Decoder<'m> {
    /// A transformer, with a cache of keys and values.
    Transformer(TransformerDecoder<'m>),
    /// A recurrent model, with its states.
    Recurrent(RecurrentDecoder<'m>),
}

macro_rules! either {
    ($self:ident, $decoder:ident => $what:expr) => {
        match $self {
            Self::Transformer($decoder) => $what,
            Self::Recurrent($decoder) => $what,
        }
    };
}

impl<'m> Decoder<'m> {
    /// At the beginning of a text of at most `room` tokens, or as many as the model can tell apart if that is less.
    pub fn new(model: &'m AnyModel, room: usize) -> Self {
        match model {
            AnyModel::Transformer(model) => Self::Transformer(TransformerDecoder::new(model, room)),
            AnyModel::Recurrent(model) => Self::Recurrent(RecurrentDecoder::new(model, room)),
        }
    }

    /// Tokens there are.
    pub fn vocabulary(&self) -> usize {
        match self {
            Self::Transformer(decoder) => decoder.model().spec.vocabulary,
            Self::Recurrent(decoder) => decoder.model().vocabulary(),
        }
    }

    /// Bytes of the weights.
    pub fn bytes(&self) -> usize {
        either!(self, decoder => decoder.model().bytes())
    }

    /// The tokens that were read.
    pub fn tokens(&self) -> &[u32] {
        either!(self, decoder => decoder.tokens())
    }

    /// How many tokens may still be read.
    pub fn left(&self) -> usize {
        either!(self, decoder => decoder.left())
    }

    /// Passes over the weights so far.
    pub fn passes(&self) -> u64 {
        either!(self, decoder => decoder.passes())
    }

    /// Go back to where only the first `length` tokens were read.
    pub fn rewind(&mut self, length: usize) {
        either!(self, decoder => decoder.rewind(length));
    }

    /// Read `tokens`; the logits that follow the last `wanted` of them, row by row.
    ///
    /// # Errors
    /// If there is no room for them, a token is none of the model's, or more rows are wanted than tokens are read.
    pub fn read(&mut self, team: &mut Team, tokens: &[u32], wanted: usize) -> Result<&[f32]> {
        either!(self, decoder => decoder.read(team, tokens, wanted))
    }

    /// Begin another text: where the past is a state, it is carried over.
    pub fn go_on(&mut self) {
        match self {
            Self::Transformer(decoder) => decoder.rewind(0),
            Self::Recurrent(decoder) => decoder.forget(),
        }
    }
}

/// Whether `tokens` can be read after `read`.
pub(super) fn check(
    tokens: &[u32],
    wanted: usize,
    read: &[u32],
    room: usize,
    vocabulary: usize,
) -> Result<()> {
    if tokens.len() > room - read.len() {
        return Err(Error::data(
            format!(
                "{} tokens after {} do not fit a context of {room}",
                tokens.len(),
                read.len()
            ),
            "make the text shorter",
        ));
    }
    if let Some(stranger) = tokens.iter().find(|token| **token as usize >= vocabulary) {
        return Err(Error::data(
            format!("token {stranger} is none of the model's {vocabulary}"),
            "the tokenizer belongs to another model",
        ));
    }
    if wanted > tokens.len() {
        return Err(Error::data(
            format!("{wanted} rows of logits of {} tokens", tokens.len()),
            "read at least one token",
        ));
    }
    Ok(())
}
