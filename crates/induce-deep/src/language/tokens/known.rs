//! What a `tokenizer.json` says, and what is not taken from it.

use induce_core::{Error, Result};
use serde_json::Value;

use crate::language::known::{Known, Means::Fine, check, of};

const FACTS: &[Known] = &[
    ("version", Fine),
    ("added_tokens", Fine),
    ("normalizer", Fine),
    ("pre_tokenizer", Fine),
    ("post_processor", Fine),
    ("decoder", Fine),
    ("model", Fine),
    // How texts were cut off and filled up in training: nobody asks for that here, so both are taken off.
    ("truncation", Fine),
    ("padding", Fine),
];

const MODEL: &[Known] = &[
    ("type", Fine),
    ("vocab", Fine),
    ("merges", Fine),
    ("unk_token", Fine),
    ("unk_id", Fine),
    ("continuing_subword_prefix", Fine),
    ("end_of_word_suffix", Fine),
    ("max_input_chars_per_word", Fine),
    ("fuse_unk", Fine),
    ("byte_fallback", Fine),
    ("ignore_merges", Fine),
    // Merges that are left out at random while a model learns: taken off.
    ("dropout", Fine),
];

/// How many times as long a normalizer may make a text.
const GROWTH: f64 = 64.0;
/// How many tokens or bytes may be put before and after a text.
const AROUND: usize = 1024;

/// Whether everything in a `tokenizer.json` is known, and no text would grow without bounds.
///
/// # Errors
/// The first that is not.
pub fn check_facts(file: &str, value: &Value) -> Result<()> {
    check(file, &[FACTS], of(value))?;
    check(file, &[MODEL], of(&value["model"]))?;
    let fault = |reason: String| {
        Err(Error::Model {
            file: file.into(),
            reason,
            hint: Some("give another tokenizer as `--tokenizer FILE`".into()),
        })
    };
    let growth = growth(&value["normalizer"], true) * growth(&value["pre_tokenizer"], false);
    if growth > GROWTH {
        return fault(format!(
            "its normalizer may make a text {growth:.0} times as long; {GROWTH} is the limit"
        ));
    }
    let around = around(&value["post_processor"]);
    if around > AROUND {
        return fault(format!(
            "it puts {around} tokens around every text; {AROUND} is the limit"
        ));
    }
    match texts(&value["post_processor"]) {
        1 => decoder(file, &value["decoder"]),
        times => fault(format!("its template has a text {times} times")),
    }
}

/// The parts of a part that is a sequence, or the part alone.
fn parts<'a>(part: &'a Value, name: &str) -> Vec<&'a Value> {
    match part[name].as_array() {
        Some(several) => several.iter().flat_map(|part| parts(part, name)).collect(),
        None => vec![part],
    }
}

/// How many times as long the parts make a text of some length, at most.
fn growth(whole: &Value, normalizer: bool) -> f64 {
    let name = if normalizer {
        "normalizers"
    } else {
        "pretokenizers"
    };
    let length = |value: &Value| value.as_str().map_or(0, str::len) as f64;
    let one = |part: &&Value| match part["type"].as_str() {
        Some("Replace") => {
            let found = length(&part["pattern"]["String"]).max(1.0);
            (length(&part["content"]) / found).max(1.0)
        }
        Some("Prepend") => (length(&part["prepend"]) / 3.0).max(1.0),
        _ => 1.0,
    };
    parts(whole, name).iter().map(one).product()
}

/// How many tokens are put around a text, at most.
fn around(whole: &Value) -> usize {
    let template = |part: &Value| -> usize {
        let special = |item: &Value| item["SpecialToken"]["id"].as_str().map(str::to_owned);
        let ids = |id: String| part["special_tokens"][id]["ids"].as_array().map_or(0, Vec::len);
        let items = part["single"].as_array().into_iter().flatten();
        items.filter_map(special).map(ids).sum()
    };
    parts(whole, "processors").into_iter().map(template).sum()
}

/// How many times a text stands in what is made of it.
fn texts(whole: &Value) -> usize {
    let one = |part: &Value| match part["single"].as_array() {
        None => 1,
        Some(items) => items.iter().filter(|item| item["Sequence"].is_object()).count(),
    };
    parts(whole, "processors").into_iter().map(one).product()
}

/// Whether tokens are bytes one after the other, as they are written here.
fn decoder(file: &str, whole: &Value) -> Result<()> {
    let plain = |part: &Value| {
        let space = part["pattern"]["String"] == "\u{2581}" && part["content"] == " ";
        match part["type"].as_str() {
            // Nothing is said: tokens with spaces between.
            None => part.is_null(),
            Some("ByteLevel" | "Metaspace" | "ByteFallback" | "Fuse") => true,
            Some("Replace") => space,
            // The space before a text.
            Some("Strip") => part["content"] == " " && part["stop"] == 0,
            Some(_) => false,
        }
    };
    match parts(whole, "decoders").into_iter().find(|part| !plain(part)) {
        None => Ok(()),
        Some(part) => Err(Error::Model {
            file: file.into(),
            reason: format!("its decoder is `{part}`, which is not supported"),
            hint: Some("supported are those of byte-level pairs and of SentencePiece".into()),
        }),
    }
}
