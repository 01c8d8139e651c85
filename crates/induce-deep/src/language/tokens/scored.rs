//! Byte-pair encoding by scores: SentencePiece's (Kudo & Richardson 2018), of Llama 2 and llama2.c.
//!
//! Characters, or bytes where there is no such character, are merged two at a time, the pair with the highest score
//! first and the leftmost of those. A heap of pairs makes that n log n.

use std::cmp::Ordering;
use std::collections::{BinaryHeap, HashMap};

use super::{Encoder, Tokenizer};

/// Pieces and scores.
pub struct Scored {
    ids: HashMap<Box<[u8]>, u32>,
    scores: Vec<f32>,
    kinds: Vec<Kind>,
    /// What tokens are called that are no text.
    names: HashMap<u32, Box<[u8]>>,
    /// The token of every byte, or the one for all that is unknown.
    bytes: Box<[Option<u32>; 256]>,
    unknown: Option<u32>,
    /// Whether a text gets a space before it.
    prefix: bool,
}

/// What a token is, as GGUF has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A piece of text.
    Normal,
    /// What is not a piece of text.
    Control,
    /// What stands for the unknown.
    Unknown,
    /// One byte.
    Byte,
    /// Nothing: it only fills a table up.
    Unused,
    /// A piece of text that is found before the text is cut.
    Added,
}

impl Kind {
    /// Its number in GGUF.
    pub fn number(self) -> i32 {
        match self {
            Self::Normal => 1,
            Self::Unknown => 2,
            Self::Control => 3,
            Self::Added => 4,
            Self::Unused => 5,
            Self::Byte => 6,
        }
    }
}

/// A pair that could be merged.
#[derive(PartialEq)]
struct Pair {
    score: f32,
    left: usize,
    right: usize,
    /// Bytes of both when the pair was found: if they changed, it is stale.
    length: usize,
    token: u32,
}

impl Eq for Pair {}

impl Ord for Pair {
    fn cmp(&self, other: &Self) -> Ordering {
        self.score
            .total_cmp(&other.score)
            .then(other.left.cmp(&self.left))
    }
}

impl PartialOrd for Pair {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A piece of the text, in a list from left to right.
#[derive(Clone, Copy)]
struct Symbol {
    start: usize,
    end: usize,
    token: Option<u32>,
    before: Option<usize>,
    after: Option<usize>,
}

impl Scored {
    /// From pieces as bytes, their scores and their kinds.
    pub fn new(pieces: &[Box<[u8]>], scores: Vec<f32>, kinds: Vec<Kind>, prefix: bool) -> Self {
        let (mut ids, mut bytes) = (HashMap::new(), Box::new([None; 256]));
        let (mut unknown, mut names) = (None, HashMap::new());
        for (id, (piece, kind)) in (0_u32..).zip(pieces.iter().zip(&kinds)) {
            match (kind, &**piece) {
                (Kind::Normal | Kind::Added, _) => drop(ids.entry(piece.clone()).or_insert(id)),
                (Kind::Byte, [byte]) => bytes[usize::from(*byte)] = Some(id),
                (Kind::Unknown, _) => unknown = Some(id),
                (Kind::Control | Kind::Unused, _) => drop(names.insert(id, piece.clone())),
                (Kind::Byte, _) => {}
            }
        }
        Self {
            ids,
            scores,
            kinds,
            names,
            bytes,
            unknown,
            prefix,
        }
    }

    /// Add the tokens of `text`, the `first` of a text or what follows.
    ///
    /// # Errors
    /// A character that no token stands for.
    pub fn encode(&self, text: &str, first: bool, tokens: &mut Vec<u32>) -> Result<(), String> {
        let spaced;
        let text = if first && self.prefix && !text.is_empty() {
            spaced = format!(" {text}");
            &spaced
        } else {
            text
        };
        let symbols = self.merged(text.as_bytes(), self.characters(text));
        let mut next = (!symbols.is_empty()).then_some(0);
        while let Some(at) = next {
            let symbol = symbols[at];
            match symbol.token {
                Some(token) => tokens.push(token),
                None => self.fall_back(&text[symbol.start..symbol.end], tokens)?,
            }
            next = symbol.after;
        }
        Ok(())
    }

    fn characters(&self, text: &str) -> Vec<Symbol> {
        let count = text.chars().count();
        let characters = text.char_indices().enumerate();
        characters
            .map(|(i, (start, c))| {
                let end = start + c.len_utf8();
                Symbol {
                    start,
                    end,
                    token: self.ids.get(&text.as_bytes()[start..end]).copied(),
                    before: i.checked_sub(1),
                    after: (i + 1 < count).then_some(i + 1),
                }
            })
            .collect()
    }

    fn merged(&self, text: &[u8], mut symbols: Vec<Symbol>) -> Vec<Symbol> {
        let mut pairs = BinaryHeap::new();
        for left in 0..symbols.len() {
            pairs.extend(self.pair(text, &symbols, Some(left)));
        }
        while let Some(pair) = pairs.pop() {
            let (left, right) = (symbols[pair.left], symbols[pair.right]);
            let gone = left.after != Some(pair.right) || left.end == left.start;
            if gone || right.end - left.start != pair.length {
                continue;
            }
            symbols[pair.left].end = right.end;
            symbols[pair.left].token = Some(pair.token);
            symbols[pair.left].after = right.after;
            if let Some(after) = right.after {
                symbols[after].before = Some(pair.left);
            }
            symbols[pair.right].end = symbols[pair.right].start;
            symbols[pair.right].after = None;
            pairs.extend(self.pair(text, &symbols, left.before));
            pairs.extend(self.pair(text, &symbols, Some(pair.left)));
        }
        symbols
    }

    /// The symbol at `left` with the one after it, if that is a piece.
    fn pair(&self, text: &[u8], symbols: &[Symbol], left: Option<usize>) -> Option<Pair> {
        let left = left?;
        let right = symbols[left].after?;
        let (start, end) = (symbols[left].start, symbols[right].end);
        let token = *self.ids.get(&text[start..end])?;
        Some(Pair {
            score: *self.scores.get(token as usize)?,
            left,
            right,
            length: end - start,
            token,
        })
    }

    /// A character that is no piece: its bytes, or the unknown.
    fn fall_back(&self, character: &str, tokens: &mut Vec<u32>) -> Result<(), String> {
        let bytes: Option<Vec<u32>> = character.bytes().map(|b| self.bytes[usize::from(b)]).collect();
        match (bytes, self.unknown) {
            (Some(bytes), _) => tokens.extend(bytes),
            (None, Some(unknown)) => tokens.push(unknown),
            (None, None) => return Err(character.to_owned()),
        }
        Ok(())
    }
}

/// `<0x0A>` is a byte.
pub(super) fn byte_piece(piece: &[u8]) -> Option<u8> {
    let digits = piece.strip_prefix(b"<0x")?.strip_suffix(b">")?;
    let digits = std::str::from_utf8(digits).ok().filter(|d| d.len() == 2)?;
    u8::from_str_radix(digits, 16).ok()
}

impl Scored {
    /// What every token is, and its score.
    pub fn entries(&self) -> impl Iterator<Item = (Kind, f32)> {
        self.kinds.iter().copied().zip(self.scores.iter().copied())
    }

    /// What a token is called that is no text.
    pub fn name(&self, token: u32) -> Option<&str> {
        std::str::from_utf8(self.names.get(&token)?).ok()
    }

    /// The token of a character or piece.
    pub fn token(&self, piece: &str) -> Option<u32> {
        self.ids.get(piece.as_bytes()).copied()
    }

    /// The token of a byte of characters that have none.
    pub fn byte(&self, byte: u8) -> Option<u32> {
        self.bytes[usize::from(byte)]
    }

    /// Whether a text gets a space before it.
    pub fn prefix(&self) -> bool {
        self.prefix
    }

    /// With what begins and ends texts.
    pub fn tokens(
        self,
        mut pieces: Vec<Box<[u8]>>,
        begin: Option<u32>,
        begins: bool,
        ends: Vec<u32>,
    ) -> Tokenizer {
        self.names
            .keys()
            .for_each(|id| pieces[*id as usize] = Box::default());
        Tokenizer {
            spaced: self.prefix,
            encoder: Encoder::Scored(self),
            pieces,
            begin,
            begins,
            ends,
        }
    }
}
