//! A text to learn from, and its held-out end.

use induce_core::Result;

use super::fault::known;
use super::tokens::{Tokenizer, TokenizerKind};

/// Tokens to learn from, and those held out.
pub struct Corpus {
    /// The tokenizer.
    pub tokens: Tokenizer,
    /// To learn from.
    pub train: Vec<u32>,
    /// Held out; empty if nothing is held out.
    pub held_out: Vec<u32>,
    /// Tokens per byte of the text that is held out, if it can be had back from its tokens.
    pub tokens_per_byte: Option<f64>,
}

impl Corpus {
    /// Cut `train` and `held_out` into tokens, which are learnt first: characters from both texts, words and pairs of
    /// bytes from the first alone.
    ///
    /// # Errors
    /// If there is no text, or a `vocabulary` that cannot be.
    pub fn new(train: &str, held_out: &str, cut: TokenizerKind, vocabulary: usize) -> Result<Self> {
        let both;
        let learnt_from = match cut {
            TokenizerKind::Char => {
                both = [train, held_out].concat();
                &both
            }
            TokenizerKind::Bpe | TokenizerKind::Word => train,
        };
        let tokens = Tokenizer::train(learnt_from, cut, vocabulary)?;
        Self::with(tokens, train, held_out)
    }

    /// Cut `train` and `held_out` into tokens that are known.
    ///
    /// # Errors
    /// If a text has what no token stands for.
    pub fn with(tokens: Tokenizer, train: &str, held_out: &str) -> Result<Self> {
        let judged = if held_out.is_empty() {
            Vec::new()
        } else {
            tokens.encode_all(held_out)?
        };
        Ok(Self {
            train: tokens.encode_all(train)?,
            tokens_per_byte: tokens.tokens_per_byte(&judged, held_out, judged.len().saturating_sub(1)),
            held_out: judged,
            tokens,
        })
    }

    /// Texts that are tokenized already: `train` and `held_out` are ids of `tokens`.
    ///
    /// # Errors
    /// If one is none of them.
    pub fn of_tokens(tokens: Tokenizer, train: Vec<u32>, held_out: Vec<u32>) -> Result<Self> {
        known(&train, tokens.size())?;
        known(&held_out, tokens.size())?;
        Ok(Self {
            tokens_per_byte: tokens.tokens_per_byte_of(&held_out),
            train,
            held_out,
            tokens,
        })
    }
}

/// The beginning of a text, and its tail: a fraction of it, cut between two characters.
///
/// ```
/// # use induce_deep::language::divide;
/// assert_eq!(divide("häuser", 0.5), ("hä", "user"));
/// ```
pub fn divide(text: &str, share: f64) -> (&str, &str) {
    let at = ((1.0 - share.clamp(0.0, 1.0)) * text.len() as f64) as usize;
    text.split_at(text.floor_char_boundary(at))
}
