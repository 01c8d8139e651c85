//! Texts as tokens, and tokens as bytes.

mod byte_level;
mod corpus;
mod density;
mod from_json;
mod known;
mod llama2c;
mod merges;
mod pieces;
mod scored;
mod table;
#[cfg(test)]
mod tests;
mod to_json;
mod train;
mod vocabulary;

use std::path::Path;

use induce_core::read::Contents;
use induce_core::{Error, Result};

pub use byte_level::{BytePairs, begins, bytes_of, from_byte_pairs};
pub use from_json::{from_json, from_parsed, parsed, spaced};
pub use llama2c::from_llama2c;
pub use scored::{Kind, Scored};
pub use table::from_pieces;
pub use train::TokenizerKind;
pub use vocabulary::Vocabulary;

/// A tokenizer.
pub struct Tokenizer {
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
    /// How programs write conversations, in Jinja: nothing is done with it here, but it goes along into other formats.
    chat: Option<Box<str>>,
}

enum Encoder {
    Scored(Scored),
    /// Of the crate, and whether it says itself what a text begins with.
    Crate(Box<tokenizers::Tokenizer>, bool),
    Table(table::Table),
}

impl Tokenizer {
    /// The tokenizer in the bytes of a `tokenizer.json`, called `file` in errors. What begins and ends texts is kept
    /// elsewhere; where nothing is said, it is as in a tokenizer that was [trained](Self::train).
    ///
    /// # Errors
    /// If the file is damaged.
    pub fn from_json(file: &str, bytes: &[u8], begin: Option<u32>, ends: Vec<u32>) -> Result<Self> {
        let mut tokens = from_json(file, bytes, begin, ends)?;
        if let (Encoder::Crate(own, _), None, []) = (&tokens.encoder, tokens.begin, &tokens.ends[..]) {
            (tokens.begin, tokens.ends) = train::begin_and_ends(own);
        }
        Ok(tokens)
    }

    /// As [`from_json`](Self::from_json), of the file at `path`.
    ///
    /// # Errors
    /// If it cannot be read, or is damaged.
    pub fn open(path: &Path) -> Result<Self> {
        Self::from_json(
            &path.display().to_string(),
            &Contents::of(path)?,
            None,
            Vec::new(),
        )
    }

    /// This tokenizer, for a model that says itself what begins and ends texts.
    #[must_use]
    pub fn with_ends(mut self, begin: Option<u32>, ends: Vec<u32>) -> Self {
        self.begin = begin.or(self.begin);
        if !ends.is_empty() {
            self.ends = ends;
        }
        self
    }

    /// This tokenizer, with how programs write conversations, in Jinja.
    #[must_use]
    pub fn with_chat(mut self, template: Option<&str>) -> Self {
        self.chat = template.map(Box::from);
        self
    }

    /// How programs write conversations, in Jinja.
    pub fn chat(&self) -> Option<&str> {
        self.chat.as_deref()
    }

    /// The vocabulary size.
    pub fn size(&self) -> usize {
        self.pieces.len()
    }

    /// What an empty text begins with.
    pub fn begin(&self) -> Option<u32> {
        self.begin
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
        self.encode_parts(text, [text])
    }

    /// As [`encode`](Self::encode), the same tokens, of a text as long as a corpus.
    ///
    /// # Errors
    /// If the text has what no token stands for.
    pub fn encode_all(&self, text: &str) -> Result<Vec<u32>> {
        let local = match &self.encoder {
            Encoder::Scored(scored) => {
                let named = scored.named().map(|(name, _)| name.as_bytes());
                corpus::within(self.pieces.iter().map(|piece| &**piece).chain(named))
            }
            Encoder::Crate(own, _) => corpus::local(own),
            Encoder::Table(_) => false,
        };
        if local {
            self.encode_parts(text, corpus::parts(text))
        } else {
            self.encode(text)
        }
    }

    fn encode_parts<'a>(&self, text: &'a str, parts: impl IntoIterator<Item = &'a str>) -> Result<Vec<u32>> {
        let mut tokens: Vec<u32> = self.begin.filter(|_| self.begins).into_iter().collect();
        let mut first = true;
        for part in parts {
            let known = match &self.encoder {
                Encoder::Scored(scored) => scored.encode(part, &mut first, &mut tokens),
                Encoder::Table(table) => table.encode(part, &mut tokens),
                Encoder::Crate(own, whole) => {
                    tokens.extend(pieces::encode(own, part, *whole)?);
                    Ok(())
                }
            };
            known.map_err(|character| stranger(text, &character))?;
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

    /// The tokens that a model goes on from: those of `text`, or what stands for an empty one.
    ///
    /// # Errors
    /// If the text has what no token stands for.
    pub fn opening(&self, text: &str) -> Result<Vec<u32>> {
        let tokens = self.encode(text)?;
        Ok(if tokens.is_empty() {
            self.nothing().into_iter().collect()
        } else {
            tokens
        })
    }

    /// The bytes that `tokens` stand for, as a text; those that are no character become U+FFFD.
    pub fn decode(&self, tokens: &[u32]) -> String {
        String::from_utf8_lossy(&self.all_bytes(tokens)).into_owned()
    }

    /// The bytes that `tokens` stand for.
    pub fn all_bytes(&self, tokens: &[u32]) -> Vec<u8> {
        let before = std::iter::once(None).chain(tokens.iter().copied().map(Some));
        let pieces = before
            .zip(tokens)
            .map(|(before, token)| self.bytes(before, *token));
        pieces.flatten().copied().collect()
    }

    /// Whether both have the same tokens, so that one model can draft for the other.
    pub fn same(&self, other: &Self) -> bool {
        self.pieces == other.pieces
    }
}

/// A character of `text` that no token stands for.
fn stranger(text: &str, character: &str) -> Error {
    let before = text.find(character).map_or(text, |at| &text[..at]);
    let (line, column) = (
        before.matches('\n').count(),
        before.rsplit('\n').next().unwrap_or("").chars().count(),
    );
    let code = character.chars().next().map_or(0, u32::from);
    Error::data(
        format!(
            "no token stands for `{}` (U+{code:04X}), character {} of line {}",
            character.escape_debug(),
            column + 1,
            line + 1
        ),
        "remove it from the text, or use a tokenizer trained on a text that contains it",
    )
}
