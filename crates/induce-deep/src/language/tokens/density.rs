//! Tokens per byte of a text, with which losses per token become losses per byte.

use super::{Encoder, Tokenizer};

impl Tokenizer {
    /// How many tokens there are per byte of the same stretch: of the `judged` tokens of `text` after the first, which nothing
    /// foretells. None where the text cannot be had back from its tokens, as where one stands for all unknown words: then
    /// tokens say less than bytes do, and a loss per byte would be that of another text.
    pub fn tokens_per_byte(&self, tokens: &[u32], text: &str, judged: usize) -> Option<f64> {
        // Tokens that are no text are put before it, or stand in it by their names.
        let named_from = [usize::MAX, 0, 1];
        named_from
            .into_iter()
            .find_map(|named| self.bytes_of(tokens, text, judged, named))
            .map(|bytes| judged as f64 / bytes as f64)
    }

    /// As [`tokens_per_byte`](Self::tokens_per_byte), where the text is not known: none if a token stands for the unknown.
    pub fn tokens_per_byte_of(&self, tokens: &[u32]) -> Option<f64> {
        let unknown = match &self.encoder {
            Encoder::Table(table) => table.unknown(),
            _ => None,
        };
        if tokens.iter().any(|token| Some(*token) == unknown) {
            return None;
        }
        let first = tokens.first().map_or(0, |first| self.bytes(None, *first).len());
        let bytes = self.all_bytes(tokens).len().checked_sub(first)?;
        (bytes > 0).then(|| tokens.len().saturating_sub(1) as f64 / bytes as f64)
    }

    /// The bytes of the judged tokens, if all tokens together are `text`: from the one at `named` on, those that are no text
    /// by their names.
    fn bytes_of(&self, tokens: &[u32], text: &str, judged: usize, named: usize) -> Option<usize> {
        let (mut rest, mut sum, mut before) = (text.as_bytes(), 0, None);
        for (i, token) in tokens.iter().enumerate() {
            let name;
            let mut piece = self.bytes(before, *token);
            if piece.is_empty() && i >= named {
                name = self.name(*token)?;
                piece = name.as_bytes();
            }
            // The space before the first word is the tokenizer's own.
            if let (true, true, [b' ', word @ ..]) = (self.spaced, rest.len() == text.len(), piece)
                && !rest.starts_with(piece)
            {
                piece = word;
            }
            rest = rest.strip_prefix(piece)?;
            if (1..=judged).contains(&i) {
                sum += piece.len();
            }
            before = Some(*token);
        }
        (rest.is_empty() && sum > 0).then_some(sum)
    }

    /// What a token that is no text is called.
    fn name(&self, token: u32) -> Option<String> {
        match &self.encoder {
            Encoder::Crate(own, _) => own.id_to_token(token),
            Encoder::Scored(scored) => scored.name(token).map(str::to_owned),
            Encoder::Table(_) => None,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests {
    use super::*;
    use crate::language::tokens::TokenizerKind;

    fn density(kind: TokenizerKind, vocabulary: usize, learnt: &str, text: &str) -> Option<f64> {
        let tokens = Tokenizer::train(learnt, kind, vocabulary).unwrap();
        let ids = tokens.encode(text).unwrap();
        tokens.tokens_per_byte(&ids, text, ids.len() - 1)
    }

    /// Words that nobody knew cost nothing, and noise was 0.04 bits per byte: now there is no number.
    #[test]
    fn unknown_words_have_no_bits_per_byte() {
        let words = |vocabulary, text| density(TokenizerKind::Word, vocabulary, "a bc a\nbc a\n", text);
        assert_eq!(words(9, "a bc\nbc a\n"), Some(5.0 / 9.0));
        assert_eq!(words(9, "a xyz\n"), None);
        assert_eq!(words(9, "a  bc\n"), None);
        // Where it is in the text itself, it is a word.
        assert_eq!(words(9, "a <unk>\n"), Some(2.0 / 7.0));
    }

    #[test]
    fn tokens_and_bytes_are_of_the_same_stretch() {
        assert_eq!(density(TokenizerKind::Char, 9, "aä", "aää"), Some(2.0 / 4.0));
        // An end of a document is a token, and text by its name.
        let end = density(TokenizerKind::Bpe, 257, "ab", "ab<|endoftext|>c");
        assert_eq!(end, Some(3.0 / 15.0));
        let tokens = Tokenizer::train("abc", TokenizerKind::Char, 9).unwrap();
        assert_eq!(tokens.tokens_per_byte(&[0, 1, 2], "abc", 1), Some(1.0));
        assert_eq!(tokens.tokens_per_byte_of(&[0, 1, 2]), Some(1.0));
    }
}
