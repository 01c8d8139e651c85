//! A text.

use crate::Fingerprint;
use crate::{Error, Result};

/// A text, as it was written or as tokens.
#[derive(Debug, Clone)]
pub enum Content {
    /// As it was written.
    Plain(String),
    /// As tokens of the tokenizer that comes with it.
    Tokens(Vec<u32>),
}

/// A text to learn from or to be evaluated on.
#[derive(Debug, Clone)]
pub struct Text {
    /// The text.
    pub content: Content,
    /// A tokenizer to be used, as a `tokenizer.json`; without one the model learns its own.
    pub tokenizer: Option<String>,
}

impl Text {
    /// A text as it was written.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            content: Content::Plain(text.into()),
            tokenizer: None,
        }
    }

    /// With a tokenizer, as a `tokenizer.json`.
    #[must_use]
    pub fn with_tokenizer(self, json: Option<String>) -> Self {
        Self {
            tokenizer: json,
            ..self
        }
    }

    /// The text as it was written.
    ///
    /// # Errors
    /// If it is given as tokens.
    pub fn plain(&self) -> Result<&str> {
        match &self.content {
            Content::Plain(text) => Ok(text),
            Content::Tokens(_) => Err(Error::data(
                "the text is given as tokens",
                "give the text itself, or a tokenizer for both texts",
            )),
        }
    }

    /// Bytes, or tokens.
    pub fn len(&self) -> usize {
        match &self.content {
            Content::Plain(text) => text.len(),
            Content::Tokens(tokens) => tokens.len(),
        }
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The beginning and a tail: a fraction of the text, from the beginning of a character on.
    pub(super) fn divide(self, fraction: f64) -> (Self, Self) {
        let tokenizer = self.tokenizer;
        let (train, test) = match self.content {
            Content::Plain(mut text) => {
                let tail = text.split_off(cut(&text, fraction));
                (Content::Plain(text), Content::Plain(tail))
            }
            Content::Tokens(mut tokens) => {
                let at = ((1.0 - fraction) * tokens.len() as f64) as usize;
                let tail = tokens.split_off(at);
                (Content::Tokens(tokens), Content::Tokens(tail))
            }
        };
        let with = |content| Self {
            content,
            tokenizer: tokenizer.clone(),
        };
        (with(train), with(test))
    }

    pub(super) fn sum_up(&self, sum: &mut Fingerprint) {
        match &self.content {
            Content::Plain(text) => sum.bytes(text.as_bytes()),
            Content::Tokens(tokens) => tokens.iter().for_each(|&token| sum.word(token.into())),
        }
        self.tokenizer.iter().for_each(|json| sum.bytes(json.as_bytes()));
    }
}

/// Where the tail begins that is a fraction of the text, between two characters.
fn cut(text: &str, fraction: f64) -> usize {
    let at = ((1.0 - fraction.clamp(0.0, 1.0)) * text.len() as f64) as usize;
    text.floor_char_boundary(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_divided_between_two_characters() {
        let (train, tail) = Text::new("häuser").divide(0.5);
        assert_eq!((train.plain().unwrap(), tail.plain().unwrap()), ("hä", "user"));
    }
}
