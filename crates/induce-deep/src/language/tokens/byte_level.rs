//! Byte-level byte-pair encoding: GPT-2's (Radford et al. 2019, `encoder.py`), whose pieces are bytes in disguise.
//!
//! Every byte is written as a character that can be seen: those that can be seen already as themselves, the others as
//! the characters from U+0100 on.

use std::collections::HashMap;

use induce_core::{Error, Result};
use tokenizers::models::bpe::BPE;
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::digits::Digits;
use tokenizers::pre_tokenizers::sequence::Sequence;
use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
use tokenizers::{
    AddedToken, OffsetReferential, OffsetType, PreTokenizedString, PreTokenizer, PreTokenizerWrapper,
    SplitDelimiterBehavior, Tokenizer as HfTokenizer,
};

use super::pieces::guarded;
use super::{Encoder, Kind, Tokenizer};

/// The characters that bytes are written as, in their order: that of GPT-2's vocabulary.
pub fn alphabet() -> Vec<char> {
    let mut alphabet: Vec<char> = ByteLevel::alphabet().into_iter().collect();
    alphabet.sort_unstable();
    alphabet
}

/// What GPT-2's regular expression cuts `text` into, in disguise.
///
/// # Errors
/// If the expression gives up on the text.
pub fn disguised(text: &str) -> Result<Vec<String>> {
    let fault = || Error::data("the text cannot be pre-tokenized", "give a text in UTF-8");
    let mut cut = PreTokenizedString::from(text);
    let done = guarded(|| ByteLevel::new(false, true, true).pre_tokenize(&mut cut));
    done.and_then(std::result::Result::ok).ok_or_else(fault)?;
    let splits = cut.get_splits(OffsetReferential::Normalized, OffsetType::Byte);
    Ok(splits.into_iter().map(|(piece, _, _)| piece.to_owned()).collect())
}

/// The byte that a character of a piece stands for.
fn byte_of(c: char) -> Option<u8> {
    let seen = |b: u8| matches!(b, b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF);
    match u8::try_from(u32::from(c)) {
        Ok(byte) => seen(byte).then_some(byte),
        Err(_) => {
            let place = u32::from(c).checked_sub(256)? as usize;
            (0..=255_u8).filter(|b| !seen(*b)).nth(place)
        }
    }
}

/// The bytes of a piece; one that is not in disguise stands for itself.
pub fn bytes_of(piece: &str) -> Box<[u8]> {
    let bytes: Option<Vec<u8>> = piece.chars().map(byte_of).collect();
    bytes.unwrap_or_else(|| piece.as_bytes().to_vec()).into()
}

/// How texts are cut before pairs are merged, by the name that GGUF has for it.
fn cuts(name: &str) -> Option<Vec<PreTokenizerWrapper>> {
    let level = |regex| PreTokenizerWrapper::from(ByteLevel::new(false, true, regex));
    let split = |regex: &str| {
        let pattern = SplitPattern::Regex(regex.into());
        Split::new(pattern, SplitDelimiterBehavior::Isolated, false).map(PreTokenizerWrapper::from)
    };
    Some(match name {
        "gpt-2" | "gpt2" => vec![level(true)],
        "default" => {
            let all = DEFAULT.iter().map(|regex| split(regex).ok());
            all.chain([Some(level(false))]).collect::<Option<_>>()?
        }
        "smollm" => vec![Digits::new(true).into(), level(true)],
        "llama-bpe" | "llama3" => vec![split(LLAMA_3).ok()?, level(false)],
        "qwen2" => vec![split(QWEN_2).ok()?, level(false)],
        _ => return None,
    })
}

/// Whether texts get their beginning where a file does not say it: Llama 3's way.
pub fn begins(name: &str) -> bool {
    whole(name)
}

/// Whether a word that is a piece is that piece, whatever its pairs are: Llama 3's way.
pub fn whole(name: &str) -> bool {
    matches!(name, "llama-bpe" | "llama3")
}

/// The name that GGUF has for how a tokenizer cuts texts, if all that it does to them is known.
pub fn name(tokenizer: &HfTokenizer) -> Option<&'static str> {
    let plain = tokenizer.get_normalizer().is_none()
        && tokenizer.get_truncation().is_none()
        && tokenizer.get_padding().is_none();
    let own: Vec<PreTokenizerWrapper> = match tokenizer.get_pre_tokenizer()? {
        PreTokenizerWrapper::Sequence(all) => all.as_ref().iter().map(untrimmed).collect(),
        one => vec![untrimmed(one)],
    };
    let names = ["gpt-2", "smollm", "llama-bpe", "qwen2"];
    names
        .into_iter()
        .find(|name| plain && cuts(name).as_ref() == Some(&own))
}

/// Offsets may be trimmed or not: nobody asks for them.
fn untrimmed(cut: &PreTokenizerWrapper) -> PreTokenizerWrapper {
    match cut {
        PreTokenizerWrapper::ByteLevel(level) => level.trim_offsets(true).into(),
        other => other.clone(),
    }
}

/// llama.cpp's, where a file names none: every cut is cut again by the next.
const DEFAULT: [&str; 4] = [
    r"[\p{P}\$\+<=>\^~\|]+",
    r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)",
    r"\p{N}+",
    r"[0-9][0-9][0-9]",
];
/// Llama 3's.
const LLAMA_3: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
/// Qwen 2's.
const QWEN_2: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

/// What a tokenizer of byte pairs is made of.
pub struct BytePairs<'a> {
    /// The pieces, by token id.
    pub pieces: &'a [&'a str],
    /// What each of them is.
    pub kinds: &'a [Kind],
    /// Pairs that are merged, as `a b`, best first.
    pub merges: &'a [&'a str],
    /// The name of the pre-tokenizer, as llama.cpp has it.
    pub pre_tokenizer: &'a str,
    /// The token that a text begins with, if there is one.
    pub begin: Option<u32>,
    /// Whether texts get it.
    pub adds_begin: bool,
    /// The tokens that end a text.
    pub ends: Vec<u32>,
}

/// The tokenizer of byte pairs in `file`.
///
/// # Errors
/// If its pre-tokenizer is unknown, or a merge is none of its pieces.
pub fn from_byte_pairs(file: &str, pairs: BytePairs) -> Result<Tokenizer> {
    let BytePairs {
        pieces,
        kinds,
        merges,
        pre_tokenizer: name,
        ..
    } = pairs;
    let fault = |reason: String| Error::Model {
        file: file.into(),
        reason,
        hint: Some("give the tokenizer of the model as `--tokenizer FILE`".into()),
    };
    let cuts =
        cuts(name).ok_or_else(|| fault(format!("its pre-tokenizer is `{name}`, which is not supported")))?;
    let vocabulary: HashMap<String, u32> = (0_u32..)
        .zip(pieces)
        .map(|(id, p)| ((*p).to_owned(), id))
        .collect();
    let merges: Option<Vec<(String, String)>> = merges
        .iter()
        .map(|m| m.split_once(' ').map(|(a, b)| (a.to_owned(), b.to_owned())))
        .collect();
    let merges = merges.ok_or_else(|| fault("one of its merges is not a pair".into()))?;
    let build = || {
        BPE::builder()
            .vocab_and_merges(
                vocabulary.into_iter().collect::<tokenizers::models::bpe::Vocab>(),
                merges,
            )
            .ignore_merges(whole(name))
            .build()
    };
    let model = match guarded(build) {
        Some(Ok(model)) => model,
        Some(Err(error)) => return Err(fault(error.to_string())),
        None => return Err(fault("its merges contain unknown tokens".into())),
    };
    let mut own = HfTokenizer::new(model);
    own.with_pre_tokenizer(Some(Sequence::new(cuts)));
    own.with_decoder(Some(ByteLevel::default()));
    let of = |kind: Kind| {
        let pairs = pieces.iter().zip(kinds).filter(move |(_, own)| **own == kind);
        let added = pairs.map(move |(piece, _)| AddedToken::from(*piece, kind == Kind::Control));
        added.collect::<Vec<_>>()
    };
    guarded(|| {
        let _ = own.add_special_tokens(of(Kind::Control));
        let _ = own.add_tokens(of(Kind::Added));
    });
    let bytes = |(piece, kind): (&&str, &Kind)| match kind {
        Kind::Control | Kind::Unused => Box::default(),
        Kind::Added => piece.as_bytes().into(),
        _ => bytes_of(piece),
    };
    Ok(Tokenizer {
        encoder: Encoder::Crate(Box::new(own), false),
        pieces: pieces.iter().zip(kinds).map(bytes).collect(),
        begin: pairs.begin,
        begins: pairs.adds_begin,
        ends: pairs.ends,
        spaced: false,
        chat: None,
    })
}
