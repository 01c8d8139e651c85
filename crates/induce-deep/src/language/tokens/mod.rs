//! Texts as tokens, and tokens as bytes.

mod byte_level;
mod from_json;
mod pieces;
mod scored;

use induce_core::Result;

pub use byte_level::{bytes_of, from_vocabulary};
pub use from_json::{from_json, spaced};
pub use scored::{Kind, Scored, from_llama2c};

/// A tokenizer.
pub struct Tokens {
    encoder: Encoder,
    /// The bytes of every token; none for what controls a model.
    pieces: Vec<Box<[u8]>>,
    /// What a text begins with, if it needs a beginning.
    begin: Option<u32>,
    /// Whether texts get it.
    begins: bool,
    /// What ends a text.
    ends: Vec<u32>,
    /// Whether the space before the first word is the tokenizer's own.
    spaced: bool,
}

enum Encoder {
    Scored(Scored),
    /// Of the crate, and whether it says itself what a text begins with.
    Crate(Box<tokenizers::Tokenizer>, bool),
}

impl Tokens {
    /// How many there are.
    pub fn size(&self) -> usize {
        self.pieces.len()
    }

    /// What ends a text.
    pub fn ends(&self) -> &[u32] {
        &self.ends
    }

    /// The tokens of a text, after the one that begins texts, if there is such.
    ///
    /// # Errors
    /// If the text has what no token stands for.
    pub fn encode(&self, text: &str) -> Result<Vec<u32>> {
        let mut tokens: Vec<u32> = self.begin.filter(|_| self.begins).into_iter().collect();
        match &self.encoder {
            Encoder::Scored(scored) => scored.encode(text, &mut tokens)?,
            Encoder::Crate(own, whole) => tokens.extend(pieces::encode(own, text, *whole)?),
        }
        Ok(tokens)
    }

    /// What stands for an empty text: the token that begins texts, or else one that ends them.
    pub fn nothing(&self) -> Option<u32> {
        self.begin.or(self.ends.first().copied())
    }

    /// The bytes of `token` after `before`; a character may need several tokens.
    pub fn bytes(&self, before: Option<u32>, token: u32) -> &[u8] {
        let piece = self.pieces.get(token as usize).map_or(&[][..], |piece| piece);
        let first = self.spaced && before.is_some() && before == self.begin;
        match piece {
            [b' ', rest @ ..] if first => rest,
            _ => piece,
        }
    }

    /// Whether both have the same tokens, so that one model can draft for the other.
    pub fn same(&self, other: &Self) -> bool {
        self.pieces == other.pieces
    }
}
