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
    /// Tokens that are found by their names before a text is cut, the longest first.
    named: Vec<(Box<str>, u32)>,
    /// Whether `▁` is a space in texts, as it is in pieces.
    underlined: bool,
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

/// What is left of a text to be cut.
enum Left<'a> {
    /// A part, and the first of the names that may be in it.
    Text(&'a str, usize),
    Token(u32),
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
            named: Vec::new(),
            underlined: false,
        }
    }

    /// As llama.cpp reads texts: tokens that are not made of text, or are no sum of others, are found by their names first,
    /// the longest before the others, and what follows one begins with a space as a text does.
    #[must_use]
    pub fn with_named(mut self, pieces: &[&str]) -> Self {
        let found = |kind: &Kind| matches!(kind, Kind::Control | Kind::Added | Kind::Unknown);
        let entries = (0_u32..).zip(pieces.iter().zip(&self.kinds));
        self.named = entries
            .filter(|(_, (name, kind))| found(kind) && !name.is_empty())
            .map(|(id, (name, _))| (Box::from(*name), id))
            .collect();
        self.named.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        self.underlined = true;
        self
    }

    /// Names of the tokens that are found before a text is cut.
    pub fn named(&self) -> impl Iterator<Item = (&str, Kind)> {
        let kind = |id: u32| self.kinds.get(id as usize).copied().unwrap_or(Kind::Unused);
        self.named.iter().map(move |(name, id)| (&**name, kind(*id)))
    }

    /// Add the tokens of `text`, the beginning of a text (`first`) or what follows; then whether the next would be a beginning.
    ///
    /// # Errors
    /// A character that no token stands for.
    pub fn encode(&self, text: &str, first: &mut bool, tokens: &mut Vec<u32>) -> Result<(), String> {
        // What stands between tokens with names, and which names are still to be looked for in it.
        let mut left = vec![Left::Text(text, 0)];
        while let Some(next) = left.pop() {
            match next {
                Left::Token(id) => {
                    tokens.push(id);
                    *first = true;
                }
                Left::Text(text, from) => match self.find(text, from) {
                    None => self.encode_plain(text, first, tokens)?,
                    Some(at) => {
                        let (name, id) = &self.named[at];
                        for (i, part) in text.rsplit(&**name).enumerate() {
                            left.extend((i > 0).then_some(Left::Token(*id)));
                            left.push(Left::Text(part, at + 1));
                        }
                    }
                },
            }
        }
        Ok(())
    }

    /// The place of the first name, from one on, that is in `text`.
    fn find(&self, text: &str, from: usize) -> Option<usize> {
        if text.is_empty() {
            return None;
        }
        (from..self.named.len()).find(|at| text.contains(&*self.named[*at].0))
    }

    fn encode_plain(&self, text: &str, first: &mut bool, tokens: &mut Vec<u32>) -> Result<(), String> {
        if text.is_empty() {
            return Ok(());
        }
        let before = if std::mem::take(first) && self.prefix {
            " "
        } else {
            ""
        };
        let spaced = match self.underlined {
            true => format!("{before}{}", text.replace('\u{2581}', " ")),
            false => format!("{before}{text}"),
        };
        let text = &spaced;
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
            chat: None,
            encoder: Encoder::Scored(self),
            pieces,
            begin,
            begins,
            ends,
        }
    }
}
