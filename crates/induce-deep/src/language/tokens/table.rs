//! Tokens that are looked up: the characters of a text, or its words.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{Encoder, Tokenizer};

/// What stands for words that are not in the table; PTB has it in its text already.
pub const UNKNOWN: &str = "<unk>";
/// The word that ends a line.
pub const LINE: &str = "\n";

/// How the crate `tokenizers` has to cut texts to get the pieces of [`each`]. Both of its engines know these patterns.
const CHARACTER: &str = r"[\s\S]";
const WORD: &str = r"\n|\S+";

/// Characters or words, and their token ids.
pub struct Table {
    words: bool,
    ids: HashMap<Box<str>, u32>,
    unknown: Option<u32>,
}

/// Hand `f` the characters of `text`, or its words: what stands between white space, and every line's end.
///
/// # Errors
/// The first that `f` has.
pub fn each<'a, E>(words: bool, text: &'a str, mut f: impl FnMut(&'a str) -> Result<(), E>) -> Result<(), E> {
    if !words {
        let mut characters = text.char_indices();
        return characters.try_for_each(|(at, c)| f(&text[at..at + c.len_utf8()]));
    }
    for line in text.split_inclusive('\n') {
        line.split_whitespace().try_for_each(&mut f)?;
        if line.ends_with('\n') {
            f(LINE)?;
        }
    }
    Ok(())
}

impl Table {
    /// Add the tokens of `text`.
    ///
    /// # Errors
    /// The first character that is not in the table, if nothing stands for such.
    pub fn encode(&self, text: &str, tokens: &mut Vec<u32>) -> Result<(), String> {
        each(self.words, text, |piece| {
            let id = self.ids.get(piece).copied().or(self.unknown);
            tokens.push(id.ok_or_else(|| piece.to_owned())?);
            Ok(())
        })
    }

    /// What stands for words that are not in the table.
    pub fn unknown(&self) -> Option<u32> {
        self.unknown
    }

    /// Whether they are words.
    pub fn words(&self) -> bool {
        self.words
    }

    /// As `tokenizer.json`: `pieces` by number, cut by a regular expression, and nothing else.
    pub fn to_json(&self) -> Value {
        let mut pieces: Vec<(&str, u32)> = self.ids.iter().map(|(piece, id)| (&**piece, *id)).collect();
        pieces.sort_unstable_by_key(|(_, id)| *id);
        let vocabulary: serde_json::Map<String, Value> = pieces
            .into_iter()
            .map(|(piece, id)| (piece.to_owned(), id.into()))
            .collect();
        // Of words the matches are kept and what is between them is removed.
        let (pattern, behaviour) = if self.words {
            (WORD, "Removed")
        } else {
            (CHARACTER, "Isolated")
        };
        json!({
            "version": "1.0",
            "truncation": null,
            "padding": null,
            "added_tokens": [],
            "normalizer": null,
            "pre_tokenizer": {
                "type": "Split",
                "pattern": {"Regex": pattern},
                "behavior": behaviour,
                "invert": self.words,
            },
            "post_processor": null,
            "decoder": if self.words { Value::Null } else { json!({"type": "Fuse"}) },
            "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": UNKNOWN},
        })
    }
}

/// A tokenizer of these pieces, numbered in their order.
///
/// An empty text begins like a line. Words bring the space before them, but for the first of a line.
pub fn from_pieces<'a>(words: bool, pieces: impl IntoIterator<Item = &'a str>) -> Tokenizer {
    let pieces: Vec<&str> = pieces.into_iter().collect();
    let ids: HashMap<Box<str>, u32> = (0_u32..)
        .zip(&pieces)
        .map(|(id, piece)| (Box::from(*piece), id))
        .collect();
    let bytes = |piece: &&str| match *piece {
        LINE => LINE.as_bytes().into(),
        word if words => format!(" {word}").into_bytes().into(),
        character => character.as_bytes().into(),
    };
    Tokenizer {
        pieces: pieces.iter().map(bytes).collect(),
        begin: ids.get(LINE).copied(),
        begins: false,
        ends: Vec::new(),
        spaced: words,
        chat: None,
        encoder: Encoder::Table(Table {
            words,
            unknown: words.then(|| ids.get(UNKNOWN).copied()).flatten(),
            ids,
        }),
    }
}

/// The tokenizer that [`Table::to_json`] wrote; nothing if the file is another's.
pub fn from_json(value: &Value) -> Option<Tokenizer> {
    let vocabulary = value["model"]["vocab"].as_object()?;
    let mut pieces = vec![None; vocabulary.len()];
    for (piece, id) in vocabulary {
        *pieces.get_mut(usize::try_from(id.as_u64()?).ok()?)? = Some(piece.as_str());
    }
    let pieces: Vec<&str> = pieces.into_iter().collect::<Option<_>>()?;
    let words = value["pre_tokenizer"]["pattern"]["Regex"] == WORD;
    let tokens = from_pieces(words, pieces);
    let Encoder::Table(table) = &tokens.encoder else {
        return None;
    };
    (table.to_json() == *value).then_some(tokens)
}
