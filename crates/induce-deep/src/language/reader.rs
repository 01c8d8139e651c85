//! Models of any kind, and how they read.

use induce_core::parallel::Team;
use induce_core::{Error, Result};

use super::decoder::Attended;
use super::model::Model;
use super::recurrent::{RecurrentModel, States};

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

/// What a network keeps of the tokens that it has read, and how it goes on from there.
pub(super) trait Past: Send + Sync {
    /// Most tokens of one pass.
    fn most(&self) -> usize;

    /// All layers over `tokens`, which follow `past` others.
    fn pass(&mut self, team: &Team, past: usize, tokens: &[u32]);

    /// The logits that follow the last `rows` tokens of the last pass.
    fn logits(&mut self, team: &Team, rows: usize, logits: &mut [f32]);

    /// Go back to where only the first `length` tokens were read.
    fn rewind(&mut self, length: usize);

    /// Begin another text; what does not depend on its length is carried over.
    fn forget(&mut self);
}

/// A model within a text.
pub struct Decoder<'m> {
    model: &'m AnyModel,
    past: Box<dyn Past + 'm>,
    room: usize,
    tokens: Vec<u32>,
    logits: Vec<f32>,
    passes: u64,
}

impl<'m> Decoder<'m> {
    /// At the beginning of a text of at most `room` tokens, or as many as the model can tell apart if that is less.
    pub fn new(model: &'m AnyModel, room: usize) -> Self {
        let room = model.context().map_or(room, |context| room.clamp(1, context));
        Self {
            past: match model {
                AnyModel::Transformer(model) => Box::new(Attended::new(model, room)),
                AnyModel::Recurrent(model) => Box::new(States::new(model)),
            },
            model,
            room,
            tokens: Vec::new(),
            logits: Vec::new(),
            passes: 0,
        }
    }

    /// Tokens there are.
    pub fn vocabulary(&self) -> usize {
        self.model.vocabulary()
    }

    /// Bytes of the weights.
    pub fn bytes(&self) -> usize {
        self.model.bytes()
    }

    /// The tokens that were read.
    pub fn tokens(&self) -> &[u32] {
        &self.tokens
    }

    /// How many tokens may still be read.
    pub fn left(&self) -> usize {
        self.room - self.tokens.len()
    }

    /// Passes over the weights so far.
    pub fn passes(&self) -> u64 {
        self.passes
    }

    /// Go back to where only the first `length` tokens were read.
    pub fn rewind(&mut self, length: usize) {
        self.tokens.truncate(length);
        self.past.rewind(self.tokens.len());
    }

    /// Begin another text: where the past is a state, it is carried over.
    pub fn go_on(&mut self) {
        self.tokens.clear();
        self.past.forget();
    }

    /// Read `tokens`; the logits that follow the last `wanted` of them, row by row.
    ///
    /// # Errors
    /// If there is no room for them, a token is none of the model's, or more rows are wanted than tokens are read.
    pub fn read(&mut self, team: &Team, tokens: &[u32], wanted: usize) -> Result<&[f32]> {
        let vocabulary = self.vocabulary();
        check(tokens, wanted, &self.tokens, self.room, vocabulary)?;
        self.logits.clear();
        let mut unread = tokens.len();
        for pass in tokens.chunks(self.past.most()) {
            unread -= pass.len();
            self.past.pass(team, self.tokens.len(), pass);
            self.tokens.extend_from_slice(pass);
            self.passes += 1;
            let rows = wanted.saturating_sub(unread).min(pass.len());
            if rows > 0 {
                let first = self.logits.len();
                self.logits.resize(first + rows * vocabulary, 0.0);
                self.past.logits(team, rows, &mut self.logits[first..]);
            }
        }
        Ok(&self.logits)
    }
}

/// Whether `tokens` can be read after `read`.
fn check(tokens: &[u32], wanted: usize, read: &[u32], room: usize, vocabulary: usize) -> Result<()> {
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
    known(tokens, vocabulary)?;
    if wanted > tokens.len() {
        return Err(Error::data(
            format!("{wanted} rows of logits of {} tokens", tokens.len()),
            "read at least one token",
        ));
    }
    Ok(())
}

/// Whether all of them are tokens of a model that has so many.
pub(super) fn known(tokens: &[u32], vocabulary: usize) -> Result<()> {
    match tokens.iter().find(|token| **token as usize >= vocabulary) {
        None => Ok(()),
        Some(stranger) => Err(Error::data(
            format!("token {stranger} is none of the model's {vocabulary}"),
            "the tokenizer belongs to another model",
        )),
    }
}
