//! Tokenizers that are learnt from a text.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::convert::Infallible;

use induce_core::{Error, Result, choices};
use tokenizers::Tokenizer as HfTokenizer;

use super::byte_level::{BytePairs, alphabet, disguised, from_byte_pairs, name};
use super::table::{LINE, UNKNOWN, each, from_pieces};
use super::{Kind, Tokenizer, corpus, merges};

/// What ends a document, in GPT-2 and where it is in a text.
const END: &str = "<|endoftext|>";

choices! {
    /// The kind of tokenizer.
    pub enum TokenizerKind {
        /// Characters, as in nanoGPT.
        Char = "char",
        /// Byte-level byte pairs, as in GPT-2.
        Bpe = "bpe",
        /// Words between white space, and line ends, as Zaremba et al. (2014) count them in PTB.
        Word = "word",
    }
}

impl Tokenizer {
    /// Learn a tokenizer of at most `vocabulary` tokens from `text`.
    ///
    /// - `Char`: the characters of the text by code point. One that is not in the text is an error when it is encoded.
    /// - `Bpe`: all 256 bytes, then pairs of tokens, most frequent first, within what GPT-2's regular expression cuts
    ///   (Radford et al. 2019), then `<|endoftext|>`, which ends documents. Every text can be encoded.
    /// - `Word`: the most frequent words, most frequent first; a line's end is the word `\n`, and `<unk>` stands for
    ///   all others, also if the text has it already.
    ///
    /// The same text gives the same tokenizer.
    ///
    /// ```
    /// use induce_deep::language::{Tokenizer, TokenizerKind};
    /// let tokens = Tokenizer::train("abba", TokenizerKind::Char, 100)?;
    /// assert_eq!(tokens.encode("bab")?, [1, 0, 1]);
    /// # Ok::<(), induce_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the text is empty, has more characters than `vocabulary`, or `vocabulary` has no room for all bytes, or for
    /// a word beside `\n` and `<unk>`.
    pub fn train(text: &str, cut: TokenizerKind, vocabulary: usize) -> Result<Self> {
        if text.is_empty() {
            return Err(Error::data(
                "the text to train the tokenizer on is empty",
                "give a text with at least one character",
            ));
        }
        match cut {
            TokenizerKind::Char => characters(text, vocabulary),
            TokenizerKind::Bpe => pairs(text, vocabulary),
            TokenizerKind::Word => words(text, vocabulary),
        }
    }
}

fn too_small(vocabulary: usize, reason: String) -> Error {
    Error::setting("vocabulary", vocabulary, reason)
}

fn characters(text: &str, vocabulary: usize) -> Result<Tokenizer> {
    let all: BTreeSet<char> = text.chars().collect();
    if all.len() > vocabulary {
        return Err(too_small(
            vocabulary,
            format!(
                "the text has {} different characters; use the tokenizer `bpe`, or allow as many",
                all.len()
            ),
        ));
    }
    let pieces: Vec<String> = all.into_iter().map(String::from).collect();
    Ok(from_pieces(false, pieces.iter().map(String::as_str)))
}

fn words(text: &str, vocabulary: usize) -> Result<Tokenizer> {
    if vocabulary < 3 {
        return Err(too_small(
            vocabulary,
            "words, `\\n` and `<unk>` need at least 3".into(),
        ));
    }
    // Both have a place whether the text has them or not.
    let mut counts = HashMap::from([(LINE, 0_u64), (UNKNOWN, 0)]);
    let Ok(()) = each(true, text, |word| {
        *counts.entry(word).or_default() += 1;
        Ok::<(), Infallible>(())
    });
    let always = |word: &str| word == LINE || word == UNKNOWN;
    let mut order: Vec<(&str, u64)> = counts.into_iter().collect();
    order.sort_unstable_by_key(|(word, count)| (!always(word), Reverse(*count), *word));
    order.truncate(vocabulary);
    order.sort_unstable_by_key(|(word, count)| (Reverse(*count), *word));
    Ok(from_pieces(true, order.into_iter().map(|(word, _)| word)))
}

fn pairs(text: &str, vocabulary: usize) -> Result<Tokenizer> {
    let alphabet = alphabet();
    if vocabulary <= alphabet.len() {
        let least = alphabet.len() + 1;
        return Err(too_small(
            vocabulary,
            format!("all bytes and `{END}` need at least {least} tokens"),
        ));
    }
    let mut counts = BTreeMap::<String, u64>::new();
    for part in text.split(END).flat_map(corpus::parts) {
        for word in disguised(part)? {
            *counts.entry(word).or_default() += 1;
        }
    }
    let learnt = merges::learn(&alphabet, &counts, vocabulary - 1);
    let merges: Vec<String> = learnt
        .pairs
        .iter()
        .map(|(a, b)| format!("{} {}", learnt.pieces[*a as usize], learnt.pieces[*b as usize]))
        .collect();
    let merges: Vec<&str> = merges.iter().map(String::as_str).collect();
    let mut pieces: Vec<&str> = learnt.pieces.iter().map(String::as_str).collect();
    let end = pieces.len() as u32;
    pieces.push(END);
    let mut kinds = vec![Kind::Normal; pieces.len()];
    kinds[end as usize] = Kind::Control;
    let begin = line(|piece| pieces.iter().position(|own| *own == piece));
    from_byte_pairs(
        "the text",
        BytePairs {
            pieces: &pieces,
            kinds: &kinds,
            merges: &merges,
            pre_tokenizer: "gpt-2",
            begin,
            adds_begin: false,
            ends: vec![end],
        },
    )
}

/// The token of a line's end, of pieces that are found by `place`: an empty text begins like a line.
fn line(place: impl Fn(&str) -> Option<usize>) -> Option<u32> {
    let end = disguised(LINE).ok()?.concat();
    place(&end).and_then(|id| u32::try_from(id).ok())
}

/// What begins and ends texts in a file that was learnt here, which does not say so itself.
pub fn begin_and_ends(own: &HfTokenizer) -> (Option<u32>, Vec<u32>) {
    let end = own.token_to_id(END).filter(|_| name(own).is_some());
    let begin = line(|piece| own.token_to_id(piece).map(|id| id as usize));
    (begin.filter(|_| end.is_some()), end.into_iter().collect())
}
