//! The `tokenizer.bin` of llama2.c (Karpathy 2023, `tokenizer.py`): the longest length, then a score, a length and the bytes
//! of every token.
//!
//! The unknown, the beginning and the end come first, then all bytes, then pieces. `run.c` puts the beginning and a space
//! before a text, looks up its characters, or else their bytes, and merges neighbours by the scores of what they make.

use induce_core::{Error, Result};

use super::scored::{Kind, Scored, byte_piece};
use super::{Encoder, Tokenizer};
use crate::language::bytes::Cursor;

/// What begins texts.
const BEGIN: u32 = 1;
/// The token of byte 0.
const BYTES: u32 = 3;
/// `run.c` merges nothing of a score that is not above this.
const LEAST: f32 = -1e10;
/// What is no text: `run.c` reads no empty piece, and neither finds this one in a text nor prints it.
const FILLING: &[u8] = &[0xFF];

/// The tokenizer of so many tokens.
///
/// # Errors
/// If the file is damaged.
pub fn from_llama2c(file: &str, bytes: &[u8], vocabulary: usize) -> Result<Tokenizer> {
    let mut cursor = Cursor::new(file, "llama2.c tokenizer", bytes);
    cursor.u32("the longest length")?;
    let (mut pieces, mut scores, mut kinds) = (Vec::new(), Vec::new(), Vec::new());
    for id in 0..vocabulary {
        scores.push(cursor.f32("a score")?);
        let length = cursor.u32("a length")?;
        let piece = cursor.take(usize::try_from(length).unwrap_or(usize::MAX), "a piece")?;
        let (piece, kind): (Box<[u8]>, _) = match (id, byte_piece(piece)) {
            (0, _) => (piece.into(), Kind::Unknown),
            (1 | 2, _) => (piece.trim_ascii().into(), Kind::Control),
            (_, Some(byte)) => ([byte].into(), Kind::Byte),
            _ if piece == FILLING => (piece.into(), Kind::Unused),
            _ => (piece.into(), Kind::Normal),
        };
        pieces.push(piece);
        kinds.push(kind);
    }
    if cursor.left() > 0 {
        return Err(cursor.fault(format!("it has more tokens than the {vocabulary} of the model")));
    }
    let scored = Scored::new(&pieces, scores, kinds, true);
    Ok(scored.tokens(pieces, Some(BEGIN), true, vec![BEGIN, 2]))
}

impl Tokenizer {
    /// As `tokenizer.bin`, for a model of `rows` tokens.
    ///
    /// # Errors
    /// If `run.c`, reading that, would cut a text into other tokens: it can merge by scores only.
    pub fn to_llama2c(&self, rows: usize) -> Result<Vec<u8>> {
        let fault = |what: String| {
            Error::data(
                format!("llama2.c cannot reproduce this tokenizer: {what}"),
                "open it with its tokenizer as `--tokenizer FILE`; a folder of Hugging Face has that as `tokenizer.json`",
            )
        };
        let scored = match &self.encoder {
            Encoder::Scored(scored) => scored,
            Encoder::Table(_) => return Err(fault("characters and words have no scores".into())),
            Encoder::Crate(..) => return Err(fault("its merges have ranks and no scores".into())),
        };
        self.misfit(scored).map_or(Ok(()), |what| Err(fault(what)))?;
        let entry = |(id, (kind, score)): (u32, (Kind, f32))| (score, self.entry(scored, id, kind));
        // Rows without a token only fill the table up.
        let rest = std::iter::repeat_with(|| (0.0, FILLING.to_vec()));
        let entries = (0..).zip(scored.entries()).map(entry).chain(rest).take(rows);
        let entries: Vec<(f32, Vec<u8>)> = entries.collect();
        let longest = entries.iter().map(|(_, piece)| piece.len()).max().unwrap_or(0);
        let mut out = (longest as u32).to_le_bytes().to_vec();
        for (score, piece) in entries {
            out.extend(score.to_le_bytes());
            out.extend((piece.len() as u32).to_le_bytes());
            out.extend(piece);
        }
        Ok(out)
    }

    /// What `run.c` would do otherwise.
    fn misfit(&self, scored: &Scored) -> Option<String> {
        if self.begin != Some(BEGIN) || !self.begins || !scored.prefix() {
            return Some("texts do not begin with token 1 and a space".into());
        }
        let bytes = (0..=u8::MAX).zip(BYTES..);
        if let Some((byte, _)) = bytes
            .into_iter()
            .find(|(byte, id)| scored.byte(*byte) != Some(*id))
        {
            return Some(format!("byte {byte} is not token {}", BYTES + u32::from(byte)));
        }
        if scored.token(" ").is_none() {
            return Some("no token is a space".into());
        }
        if let Some((name, _)) = scored.named().find(|(_, kind)| *kind == Kind::Added) {
            return Some(format!("`{name}` is found before a text is cut"));
        }
        let pieces = self.pieces.iter().zip(scored.entries());
        let text = pieces.filter(|(_, (kind, _))| matches!(kind, Kind::Normal | Kind::Added));
        text.map(|(piece, (_, score))| (piece, score))
            .find_map(|(piece, score)| {
                let shown = String::from_utf8_lossy(piece);
                let known = |c: char| scored.token(c.encode_utf8(&mut [0; 4])).is_some();
                if score.is_nan() || score <= LEAST {
                    return Some(format!("the score of `{shown}` is {score}"));
                }
                // There a character is bytes before anything is merged; and strings end at 0.
                let whole = std::str::from_utf8(piece).is_ok_and(|text| text.chars().all(known));
                (!whole || piece.contains(&0))
                    .then(|| format!("`{shown}` is not made of characters that are tokens"))
            })
    }

    /// A token as the file has it.
    fn entry(&self, scored: &Scored, id: u32, kind: Kind) -> Vec<u8> {
        let piece = &self.pieces[id as usize];
        match (kind, &**piece) {
            (Kind::Byte, [byte]) => format!("<0x{byte:02X}>").into_bytes(),
            (Kind::Control | Kind::Unused, _) if id < BYTES => {
                format!("\n{}\n", scored.name(id).unwrap_or_default()).into_bytes()
            }
            (Kind::Control | Kind::Unused, _) | (_, []) => FILLING.to_vec(),
            (_, piece) => piece.to_vec(),
        }
    }
}
