//! `tokenizer.json` of Hugging Face, read by the crate `tokenizers`.

use induce_core::{Error, Result};
use serde_json::Value;
use tokenizers::{ModelWrapper, Tokenizer as HfTokenizer};

use super::known::check_facts;
use super::pieces::guarded;
use super::scored::byte_piece;
use super::{Encoder, Tokenizer, bytes_of, table};

/// Token ids that may be missing between those there are.
const GAPS: usize = 1 << 16;

/// The tokenizer in `bytes`; what begins and ends texts is said by the folder's `config.json`.
///
/// # Errors
/// If they are damaged, or of a kind that is unknown.
pub fn from_json(file: &str, bytes: &[u8], begin: Option<u32>, ends: Vec<u32>) -> Result<Tokenizer> {
    from_parsed(file, bytes, &mut parsed(file, bytes)?, begin, ends)
}

/// What the file says.
///
/// # Errors
/// If it is no JSON.
pub fn parsed(file: &str, bytes: &[u8]) -> Result<Value> {
    serde_json::from_slice(bytes).map_err(|error| fault(file, error.to_string()))
}

fn fault(file: &str, reason: String) -> Error {
    Error::Malformed {
        file: file.into(),
        format: "tokenizer.json",
        reason,
        hint: Some("fetch the tokenizer of the model again".into()),
    }
}

/// As [`from_json`], of a file that is [`parsed`]; how its texts were cut off and filled up in training is taken out of it.
///
/// # Errors
/// As [`from_json`].
pub fn from_parsed(
    file: &str,
    bytes: &[u8],
    value: &mut Value,
    begin: Option<u32>,
    ends: Vec<u32>,
) -> Result<Tokenizer> {
    let fault = |reason: String| fault(file, reason);
    for taken_off in ["truncation", "padding"] {
        if let Some(own) = value.get_mut(taken_off) {
            *own = Value::Null;
        }
    }
    if let Some(own) = table::from_json(value) {
        return Ok(own);
    }
    check_facts(file, value)?;
    let decoder = &value["decoder"];
    let byte_level = says(decoder, "ByteLevel");
    let mut own = match guarded(|| HfTokenizer::from_bytes(bytes)) {
        Some(Ok(own)) => own,
        Some(Err(error)) => return Err(fault(error.to_string())),
        None => return Err(fault("its parts are inconsistent".into())),
    };
    plain(&mut own);
    let bytes = |piece: &str| match (byte_level, decoder.is_null()) {
        (true, _) => bytes_of(piece),
        // Where a file has no decoder, tokens are written as they are, with spaces between.
        (false, true) => format!(" {piece}").into_bytes().into(),
        (false, false) => decoded(piece, decoder),
    };
    let pieces = pieces(&own, bytes).ok_or_else(|| fault("its token ids are far apart".into()))?;
    Ok(Tokenizer {
        encoder: Encoder::Crate(Box::new(own), true),
        pieces,
        begin,
        begins: false,
        ends,
        spaced: !byte_level,
        chat: None,
    })
}

/// Take off what a file keeps of how a model was trained: texts that are cut off or filled up, and merges left out at random.
fn plain(own: &mut HfTokenizer) {
    // Without a limit there is nothing that could be wrong with it.
    let _ = own.with_truncation(None);
    own.with_padding(None);
    if let ModelWrapper::BPE(model) = own.get_model()
        && model.dropout.is_some()
    {
        let mut model = model.clone();
        model.dropout = None;
        own.with_model(model);
    }
}

/// Whether a part of the file, or a part of that, has this type.
fn says(part: &Value, name: &str) -> bool {
    part["type"] == name
        || part["decoders"]
            .as_array()
            .is_some_and(|parts| parts.iter().any(|part| part["type"] == name))
}

/// The bytes of every token, which `bytes` makes of its piece.
fn pieces(own: &HfTokenizer, bytes: impl Fn(&str) -> Box<[u8]>) -> Option<Vec<Box<[u8]>>> {
    let vocabulary = own.get_vocab(true);
    let last = vocabulary.values().max().map_or(0, |id| *id as usize);
    if last > vocabulary.len() + GAPS {
        return None;
    }
    let mut pieces = vec![Box::default(); last + 1];
    for (piece, id) in &vocabulary {
        pieces[*id as usize] = bytes(piece);
    }
    for (id, token) in own.get_added_tokens_decoder() {
        let shown = if token.special { "" } else { &token.content };
        *pieces.get_mut(id as usize)? = shown.as_bytes().into();
    }
    Some(pieces)
}

/// A piece as a decoder writes it: `▁` and `<0x0A>` are themselves where it does not speak of them.
fn decoded(piece: &str, decoder: &Value) -> Box<[u8]> {
    if says(decoder, "ByteFallback")
        && let Some(byte) = byte_piece(piece.as_bytes())
    {
        return [byte].into();
    }
    if says(decoder, "Metaspace") || says(decoder, "Replace") {
        return piece.replace('\u{2581}', " ").into_bytes().into();
    }
    piece.as_bytes().into()
}

/// A piece of SentencePiece: `▁` is a space, `<0x0A>` a byte.
pub fn spaced(piece: &str) -> Box<[u8]> {
    match byte_piece(piece.as_bytes()) {
        Some(byte) => [byte].into(),
        None => piece.replace('\u{2581}', " ").into_bytes().into(),
    }
}
