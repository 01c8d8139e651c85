//! The tokens in the header of a GGUF file.

use induce_core::{Error, Result};

use super::header::Gguf;
use crate::language::tokens::{BytePairs, Kind, Scored, Tokenizer, from_byte_pairs, from_pieces, spaced};

/// The tokenizer of a file.
///
/// # Errors
/// If its kind is unknown, or something is missing.
pub fn tokens(gguf: &Gguf) -> Result<Tokenizer> {
    let missing = |name: &str| gguf.fault(format!("the key `tokenizer.ggml.{name}` is missing"));
    let pieces = gguf
        .texts("tokenizer.ggml.tokens")
        .ok_or_else(|| missing("tokens"))?;
    let kinds = kinds(gguf, pieces.len());
    // What fills up a table to a round number of rows is no token.
    let count = kinds
        .iter()
        .rposition(|kind| *kind != Kind::Unused)
        .map_or(0, |last| last + 1);
    let (pieces, kinds) = (&pieces[..count], &kinds[..count]);
    let id = |name: &str| {
        let id = gguf.count(&format!("tokenizer.ggml.{name}_token_id"));
        id.filter(|id| *id < pieces.len())
            .and_then(|id| u32::try_from(id).ok())
    };
    let begin = id("bos");
    let ends: Vec<u32> = ["eos", "eot", "eom"].into_iter().filter_map(id).collect();
    match gguf.text("tokenizer.ggml.model") {
        Some("gpt2") => {
            let merges = gguf
                .texts("tokenizer.ggml.merges")
                .ok_or_else(|| missing("merges"))?;
            let pairs = BytePairs {
                pieces,
                kinds,
                merges: &merges,
                pre_tokenizer: gguf.text("tokenizer.ggml.pre").unwrap_or("default"),
                begin,
                adds_begin: gguf.flag("tokenizer.ggml.add_bos_token").unwrap_or(false),
                ends,
            };
            from_byte_pairs(gguf.file, pairs)
        }
        Some("llama") => {
            let scores = gguf
                .numbers("tokenizer.ggml.scores")
                .filter(|s| s.len() >= pieces.len());
            let scores = scores.ok_or_else(|| missing("scores"))?;
            let prefix = gguf.flag("tokenizer.ggml.add_space_prefix").unwrap_or(true);
            let begins = gguf.flag("tokenizer.ggml.add_bos_token").unwrap_or(true);
            let bytes: Vec<Box<[u8]>> = pieces
                .iter()
                .zip(kinds)
                .map(|(p, kind)| piece(p, *kind))
                .collect();
            let scores = scores.iter().take(count).map(|s| *s as f32).collect();
            let scored = Scored::new(&bytes, scores, kinds.to_vec(), prefix);
            Ok(scored.tokens(bytes, begin, begins, ends))
        }
        Some("rwkv") => characters(gguf, pieces),
        other => Err(Error::Model {
            file: gguf.file.into(),
            reason: format!("its tokenizer has the type `{}`", other.unwrap_or("")),
            hint: Some(
                "supported are `gpt2`, `llama`, and `rwkv` of characters; give another as `--tokenizer FILE`"
                    .into(),
            ),
        }),
    }
}

/// Characters that are looked up; the longest piece is another thing where pieces have several.
fn characters(gguf: &Gguf, pieces: &[&str]) -> Result<Tokenizer> {
    let plain: Vec<String> = pieces.iter().map(|piece| unescaped(piece)).collect();
    if let Some(long) = plain.iter().find(|piece| piece.chars().count() != 1) {
        return Err(Error::Model {
            file: gguf.file.into(),
            reason: format!(
                "its tokenizer, of type `rwkv`, has the token `{}`",
                long.escape_debug()
            ),
            hint: Some(
                "of this type only single characters are supported; give another as `--tokenizer FILE`"
                    .into(),
            ),
        });
    }
    Ok(from_pieces(false, plain.iter().map(String::as_str)))
}

/// `\xHH` is a byte, `\t`, `\n` and `\r` are what they are elsewhere, and any other character after `\` is itself.
fn unescaped(piece: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), piece);
    while let Some((before, after)) = rest.split_once('\\') {
        bytes.extend(before.as_bytes());
        let code = after.strip_prefix('x').and_then(|hex| hex.get(..2));
        let byte = code.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        let Some(first) = after.chars().next() else {
            rest = after;
            break;
        };
        match (byte, first) {
            (Some(byte), _) => bytes.push(byte),
            (None, 't') => bytes.push(b'\t'),
            (None, 'n') => bytes.push(b'\n'),
            (None, 'r') => bytes.push(b'\r'),
            (None, other) => bytes.extend(other.to_string().as_bytes()),
        }
        rest = &after[if byte.is_some() { 3 } else { first.len_utf8() }..];
    }
    bytes.extend(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

fn piece(piece: &str, kind: Kind) -> Box<[u8]> {
    match kind {
        Kind::Control | Kind::Unused => piece.as_bytes().into(),
        _ => spaced(piece),
    }
}

/// What every token is; a normal one where nothing is said.
fn kinds(gguf: &Gguf, count: usize) -> Vec<Kind> {
    let said = gguf.numbers("tokenizer.ggml.token_type").unwrap_or_default();
    let kind = |number: Option<&f64>| match number.map(|n| *n as i64) {
        Some(2) => Kind::Unknown,
        Some(3) => Kind::Control,
        Some(4) => Kind::Added,
        Some(5) => Kind::Unused,
        Some(6) => Kind::Byte,
        _ => Kind::Normal,
    };
    (0..count).map(|i| kind(said.get(i))).collect()
}
