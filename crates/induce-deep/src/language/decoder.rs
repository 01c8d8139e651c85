//! A model reading a text: it reads tokens, and gives the logits of what follows.

use induce_core::parallel::Team;
use induce_core::words::counted;
use induce_core::{Error, Result};

use super::cache::Cache;
use super::fault::known;
use super::inference::LanguageModel;

/// A model and what it has read of a text.
pub struct Decoder<'m> {
    model: &'m LanguageModel,
    cache: Box<dyn Cache + 'm>,
    capacity: usize,
    tokens: Vec<u32>,
    logits: Vec<f32>,
    passes: u64,
}

impl<'m> Decoder<'m> {
    /// At the beginning of a text of at most `capacity` tokens, or as many as the model can tell apart if that is less.
    pub fn new(model: &'m LanguageModel, capacity: usize) -> Self {
        let capacity = model
            .context()
            .map_or(capacity, |context| capacity.clamp(1, context));
        Self {
            cache: model.cache(capacity),
            model,
            capacity,
            tokens: Vec::new(),
            logits: Vec::new(),
            passes: 0,
        }
    }

    /// The vocabulary size.
    pub fn vocab_size(&self) -> usize {
        self.model.vocab_size()
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
        self.capacity - self.tokens.len()
    }

    /// Passes over the weights so far.
    pub fn passes(&self) -> u64 {
        self.passes
    }

    /// Go back to where only the first `length` tokens were read.
    pub fn rewind(&mut self, length: usize) {
        self.tokens.truncate(length);
        self.cache.rewind(self.tokens.len());
    }

    /// Begin another text: where the past is a state, it is carried over.
    pub fn go_on(&mut self) {
        self.tokens.clear();
        self.cache.forget();
    }

    /// Read `tokens`; the logits that follow the last `wanted` of them, row by row.
    ///
    /// # Errors
    /// If they exceed the capacity, a token is none of the model's, or more rows are wanted than tokens are read.
    pub fn read(&mut self, team: &Team, tokens: &[u32], wanted: usize) -> Result<&[f32]> {
        let vocab_size = self.vocab_size();
        check(tokens, wanted, &self.tokens, self.capacity, vocab_size)?;
        self.logits.clear();
        let mut unread = tokens.len();
        for pass in tokens.chunks(self.cache.pass_limit()) {
            unread -= pass.len();
            self.cache.pass(team, self.tokens.len(), pass);
            self.tokens.extend_from_slice(pass);
            self.passes += 1;
            let rows = wanted.saturating_sub(unread).min(pass.len());
            if rows > 0 {
                let first = self.logits.len();
                self.logits.resize(first + rows * vocab_size, 0.0);
                self.cache.logits(team, rows, &mut self.logits[first..]);
            }
        }
        Ok(&self.logits)
    }
}

/// Whether `tokens` can be read after `read`.
fn check(tokens: &[u32], wanted: usize, read: &[u32], capacity: usize, vocab_size: usize) -> Result<()> {
    if tokens.len() > capacity - read.len() {
        return Err(Error::data(
            format!(
                "the context length of {capacity} has no room for {} after {}",
                counted(tokens.len(), "token"),
                read.len()
            ),
            "make the text shorter",
        ));
    }
    known(tokens, vocab_size)?;
    if wanted > tokens.len() {
        return Err(Error::data(
            format!("{wanted} rows of logits requested for {} tokens", tokens.len()),
            "read at least one token",
        ));
    }
    Ok(())
}
