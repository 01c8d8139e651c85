//! The tokens in the header of a GGUF file.

use induce_core::{Error, Result};

use super::header::Gguf;
use crate::language::tokens::{
    BytePairs, Kind, Scored, Tokenizer, begins, from_byte_pairs, from_pieces, spaced,
};

/// Tokens that end a text wherever they are one, by their names: llama.cpp's list.
const ENDS: [&str; 18] = [
    "<|eot_id|>",
    "<|im_end|>",
    "<|end|>",
    "<|return|>",
    "<|call|>",
    "<|calls|>",
    "<|flush|>",
    "<end_of_turn>",
    "<end_of_utterance>",
    "<|endoftext|>",
    "<|end_of_text|>",
    "<|eom_id|>",
    "<EOT>",
    "_<EOT>",
    "[EOT]",
    "[EOS]",
    "</s>",
    "<eos>",
];

/// The tokenizer of a file.
///
/// # Errors
/// If its kind is unknown, or something is missing.
pub fn tokens(gguf: &Gguf) -> Result<Tokenizer> {
    let pieces = gguf
        .texts("tokenizer.ggml.tokens")?
        .ok_or_else(|| missing(gguf, "tokens"))?;
    let kinds = kinds(gguf, pieces.len())?;
    // What fills up a table to a round number of rows is no token.
    let count = kinds
        .iter()
        .rposition(|kind| *kind != Kind::Unused)
        .map_or(0, |last| last + 1);
    let (pieces, kinds) = (&pieces[..count], &kinds[..count]);
    let own = match gguf.text("tokenizer.ggml.model")? {
        Some("gpt2") => byte_pairs(gguf, pieces, kinds),
        Some("llama") => scored(gguf, pieces, kinds),
        Some("rwkv") => characters(gguf, pieces),
        other => Err(Error::Model {
            file: gguf.file.into(),
            reason: format!("its tokenizer has the type `{}`", other.unwrap_or("")),
            hint: Some(
                "supported are `gpt2`, `llama`, and `rwkv` of characters; give another as `--tokenizer FILE`"
                    .into(),
            ),
        }),
    };
    Ok(own?.with_chat(gguf.text("tokenizer.chat_template")?))
}

fn missing(gguf: &Gguf, name: &str) -> Error {
    gguf.fault(format!("the key `tokenizer.ggml.{name}` is missing"))
}

/// The token id called `name`, of so many tokens.
fn id(gguf: &Gguf, name: &str, count: usize) -> Result<Option<u32>> {
    match gguf.count(&format!("tokenizer.ggml.{name}_token_id"))? {
        Some(id) if id >= count => Err(gguf.fault(format!(
            "the key `tokenizer.ggml.{name}_token_id` is {id}, and there are {count} tokens"
        ))),
        other => Ok(other.and_then(|id| u32::try_from(id).ok())),
    }
}

/// What begins texts, and what ends them: tokens that keys name, and those of known names. A file that says nothing of the
/// one or the other has the `usual` tokens of its type.
fn ends(gguf: &Gguf, pieces: &[&str], usual: [Option<u32>; 2]) -> Result<(Option<u32>, Vec<u32>)> {
    let there = |id: Option<u32>| id.filter(|id| (*id as usize) < pieces.len());
    let begin = id(gguf, "bos", pieces.len())?.or(there(usual[0]));
    let mut ends: Vec<u32> = id(gguf, "eos", pieces.len())?
        .or(there(usual[1]))
        .into_iter()
        .collect();
    for name in ["eot", "eom"] {
        ends.extend(id(gguf, name, pieces.len())?);
    }
    let named = (0..).zip(pieces).filter(|(_, piece)| ENDS.contains(piece));
    let named: Vec<u32> = named.map(|(id, _)| id).filter(|id| !ends.contains(id)).collect();
    ends.extend(named);
    Ok((begin, ends))
}

/// A tokenizer that is given, with what begins and ends texts by the file.
pub fn with_ends(gguf: &Gguf, own: Tokenizer) -> Result<Tokenizer> {
    let Some(pieces) = gguf.texts("tokenizer.ggml.tokens")? else {
        return Ok(own);
    };
    let (begin, ends) = ends(gguf, &pieces, [None; 2])?;
    let chat = gguf.text("tokenizer.chat_template")?;
    Ok(own.with_ends(begin, ends).with_chat(chat))
}

fn byte_pairs(gguf: &Gguf, pieces: &[&str], kinds: &[Kind]) -> Result<Tokenizer> {
    let merges = gguf
        .texts("tokenizer.ggml.merges")?
        .ok_or_else(|| missing(gguf, "merges"))?;
    let pre_tokenizer = gguf.text("tokenizer.ggml.pre")?.ok_or_else(|| Error::Model {
        file: gguf.file.into(),
        reason: "the key `tokenizer.ggml.pre` is missing: how texts are cut is not said".into(),
        hint: Some(
            "give its tokenizer as `--tokenizer FILE`, or convert it again with a newer llama.cpp".into(),
        ),
    })?;
    let (begin, ends) = ends(gguf, pieces, [None; 2])?;
    let adds_begin = gguf
        .flag("tokenizer.ggml.add_bos_token")?
        .unwrap_or_else(|| begins(pre_tokenizer));
    if adds_begin && begin.is_none() {
        return Err(missing(gguf, "bos_token_id"));
    }
    let pairs = BytePairs {
        pieces,
        kinds,
        merges: &merges,
        pre_tokenizer,
        begin,
        adds_begin,
        ends,
    };
    from_byte_pairs(gguf.file, pairs)
}

fn scored(gguf: &Gguf, pieces: &[&str], kinds: &[Kind]) -> Result<Tokenizer> {
    let scores = gguf
        .numbers("tokenizer.ggml.scores")?
        .filter(|s| s.len() >= pieces.len());
    let scores = scores.ok_or_else(|| missing(gguf, "scores"))?;
    let prefix = gguf.flag("tokenizer.ggml.add_space_prefix")?.unwrap_or(true);
    let begins = gguf.flag("tokenizer.ggml.add_bos_token")?.unwrap_or(true);
    let (begin, ends) = ends(gguf, pieces, [Some(1), Some(2)])?;
    let bytes: Vec<Box<[u8]>> = pieces
        .iter()
        .zip(kinds)
        .map(|(p, kind)| piece(p, *kind))
        .collect();
    let scores = scores.iter().take(pieces.len()).map(|s| *s as f32).collect();
    let scored = Scored::new(&bytes, scores, kinds.to_vec(), prefix).with_named(pieces);
    Ok(scored.tokens(bytes, begin, begins, ends))
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
fn kinds(gguf: &Gguf, count: usize) -> Result<Vec<Kind>> {
    let Some(said) = gguf.numbers("tokenizer.ggml.token_type")? else {
        return Ok(vec![Kind::Normal; count]);
    };
    if said.len() != count {
        return Err(gguf.fault(format!("there are {} types of {count} tokens", said.len())));
    }
    let kind = |number: &f64| match *number as i64 {
        0 | 1 => Ok(Kind::Normal),
        2 => Ok(Kind::Unknown),
        3 => Ok(Kind::Control),
        4 => Ok(Kind::Added),
        5 => Ok(Kind::Unused),
        6 => Ok(Kind::Byte),
        _ => Err(gguf.fault(format!("the type of a token is {number}, not in 1 to 6"))),
    };
    said.iter().map(kind).collect()
}
