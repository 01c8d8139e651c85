//! Tokenizers as GGUF keeps them: lists of pieces, kinds, scores or merges.

use induce_core::{Error, Result};
use serde_json::Value;
use tokenizers::Tokenizer as HfTokenizer;

use super::byte_level::{name, whole};
use super::scored::Scored;
use super::{Encoder, Kind, Tokenizer};

/// What `tokenizer.ggml` says.
pub struct Vocabulary {
    /// How pieces are found: `gpt2` by merges, `llama` by scores, `rwkv` the longest that the text goes on with.
    pub model: &'static str,
    /// How texts are cut before, if by merges.
    pub cuts: Option<&'static str>,
    pub pieces: Vec<String>,
    pub kinds: Vec<Kind>,
    pub scores: Vec<f32>,
    pub merges: Vec<String>,
    /// Whether a text gets a space before it.
    pub prefix: bool,
    /// Whether a text gets the token that begins texts.
    pub begins: bool,
}

impl Vocabulary {
    /// The piece of a row that is no token: where any piece is found in a text, one that none has, as no text has byte 255.
    pub fn filling(&self, id: usize) -> String {
        if self.model == LONGEST {
            format!("\\xff{id}")
        } else {
            format!("[PAD{id}]")
        }
    }
}

/// The model of tokenizers that take the longest piece.
const LONGEST: &str = "rwkv";

fn fault(what: &str) -> Error {
    Error::data(
        format!("GGUF cannot keep this tokenizer: {what}"),
        "write a folder of Hugging Face",
    )
}

impl Tokenizer {
    /// The lists of GGUF.
    ///
    /// # Errors
    /// If the format has no way to say what the tokenizer does.
    pub fn vocabulary(&self) -> Result<Vocabulary> {
        match &self.encoder {
            Encoder::Scored(scored) => self.scored(scored),
            Encoder::Crate(own, _) => self.merged(own),
            Encoder::Table(table) if table.words() => {
                Err(fault("words between white space have no model there"))
            }
            Encoder::Table(_) => self.characters(),
        }
    }

    fn scored(&self, scored: &Scored) -> Result<Vocabulary> {
        let (kinds, scores): (Vec<Kind>, Vec<f32>) = scored.entries().unzip();
        let piece = |(id, kind): (u32, &Kind)| match (kind, &*self.pieces[id as usize]) {
            (Kind::Byte, [byte]) => Ok(format!("<0x{byte:02X}>")),
            (Kind::Unknown, _) => Ok("<unk>".to_owned()),
            (Kind::Control | Kind::Unused, _) => {
                let name = scored.name(id).map(str::to_owned);
                name.ok_or_else(|| fault("the name of one of its tokens is not UTF-8"))
            }
            (_, bytes) => std::str::from_utf8(bytes)
                .map(|piece| piece.replace(' ', "\u{2581}"))
                .map_err(|_| fault("one of its pieces is not UTF-8")),
        };
        Ok(Vocabulary {
            model: "llama",
            cuts: None,
            pieces: (0..).zip(&kinds).map(piece).collect::<Result<_>>()?,
            kinds,
            scores,
            merges: Vec::new(),
            prefix: scored.prefix(),
            begins: self.begins,
        })
    }

    /// Characters, each the longest piece where it stands. Programs do not end where a text has another character with the
    /// same first byte, so there are only such of one byte.
    fn characters(&self) -> Result<Vocabulary> {
        let escaped = |piece: &[u8]| match piece {
            [b'\\'] => Ok("\\\\".to_owned()),
            [byte @ b' '..=b'~'] => Ok(char::from(*byte).to_string()),
            [byte] => Ok(format!("\\x{byte:02x}")),
            more => Err(fault(&format!(
                "characters are looked up there only if all are of ASCII, and `{}` is not",
                String::from_utf8_lossy(more)
            ))),
        };
        Ok(Vocabulary {
            model: LONGEST,
            cuts: None,
            pieces: self
                .pieces
                .iter()
                .map(|piece| escaped(piece))
                .collect::<Result<_>>()?,
            kinds: vec![Kind::Normal; self.pieces.len()],
            scores: Vec::new(),
            merges: Vec::new(),
            prefix: false,
            begins: false,
        })
    }

    fn merged(&self, own: &HfTokenizer) -> Result<Vocabulary> {
        let cuts = name(own).ok_or_else(|| fault("its pre-tokenizer has no name there"))?;
        let model = serde_json::to_value(own.get_model()).unwrap_or(Value::Null);
        let plain = ["continuing_subword_prefix", "end_of_word_suffix", "dropout"];
        if model["type"] != "BPE" || plain.iter().any(|name| !model[name].is_null()) {
            return Err(fault("its pieces are not merged bytes"));
        }
        if model["ignore_merges"] != whole(cuts) {
            return Err(fault(
                "words that are pieces are cut in another way than its name says",
            ));
        }
        let pair = |pair: &Value| Some(format!("{} {}", pair[0].as_str()?, pair[1].as_str()?));
        let merges: Option<Vec<String>> = model["merges"]
            .as_array()
            .into_iter()
            .flatten()
            .map(pair)
            .collect();
        let added = own.get_added_tokens_decoder();
        let entry = |id| match (added.get(&id), own.id_to_token(id)) {
            (Some(added), _) if added.special => (added.content.clone(), Kind::Control),
            (Some(added), _) => (added.content.clone(), Kind::Added),
            (None, Some(piece)) => (piece, Kind::Normal),
            (None, None) => (format!("[PAD{id}]"), Kind::Unused),
        };
        let (pieces, kinds) = (0..self.pieces.len() as u32).map(entry).unzip();
        // Some say in the file itself that a text gets its beginning.
        let first = self.encode("")?.first().copied();
        Ok(Vocabulary {
            model: "gpt2",
            cuts: Some(cuts),
            pieces,
            kinds,
            scores: Vec::new(),
            merges: merges.ok_or_else(|| fault("one of its merges is not a pair"))?,
            prefix: false,
            begins: first.is_some() && first == self.begin,
        })
    }
}
