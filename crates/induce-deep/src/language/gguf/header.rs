//! The header of a file: metadata by name, and where tensors are.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use induce_core::Result;
use induce_tensor::inference::Weight;
use serde_json::{Value, json};

use super::blocks::Type;
use super::overlap::overlap;
use crate::language::bytes::Cursor;
use crate::language::fault::left_over;
use crate::language::transformer::assemble::Parts;

const MAGIC: &[u8] = b"GGUF";

/// Whether the bytes say so.
pub fn is(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

/// A metadata value.
#[derive(Debug, Clone, Copy)]
pub enum Fact<'a> {
    Integer(i128),
    Number(f64),
    Flag(bool),
    Text(&'a str),
    /// The kind of the items, how many there are, and where they begin.
    List(u32, usize, usize),
}

pub(super) struct Tensor {
    /// Values per row, then rows.
    pub(super) shape: [usize; 2],
    kind: Type,
    start: usize,
}

/// A parsed header over the bytes of the file.
pub struct Gguf<'a> {
    pub(super) file: &'a str,
    bytes: &'a [u8],
    facts: HashMap<&'a str, Fact<'a>>,
    pub(super) tensors: HashMap<&'a str, Tensor>,
    /// The names of those that were read.
    read: RefCell<BTreeSet<String>>,
}

const STRING: u32 = 8;
const ARRAY: u32 = 9;

/// A string: a length and its bytes.
fn text<'a>(cursor: &mut Cursor<'a>, what: &str) -> Result<&'a str> {
    let length = usize::try_from(cursor.u64(what)?).unwrap_or(usize::MAX);
    let bytes = cursor.take(length, what)?;
    std::str::from_utf8(bytes).map_err(|_| cursor.fault(format!("{what} is not UTF-8")))
}

/// Bytes of a metadata value of a type of fixed size.
fn size(kind: u32) -> Option<usize> {
    Some(match kind {
        0 | 1 | 7 => 1,
        2 | 3 => 2,
        4..=6 => 4,
        10..=12 => 8,
        _ => return None,
    })
}

fn fact<'a>(cursor: &mut Cursor<'a>, kind: u32) -> Result<Fact<'a>> {
    let what = "a metadata value";
    if kind == STRING {
        return Ok(Fact::Text(text(cursor, what)?));
    }
    if kind == ARRAY {
        return list(cursor);
    }
    let size = size(kind).ok_or_else(|| cursor.fault(format!("metadata type {kind} is unknown")))?;
    let mut wide = [0_u8; 8];
    wide[..size].copy_from_slice(cursor.take(size, what)?);
    let bits = u64::from_le_bytes(wide);
    Ok(match kind {
        1 => Fact::Integer((bits as i8).into()),
        3 => Fact::Integer((bits as i16).into()),
        5 => Fact::Integer((bits as i32).into()),
        6 => Fact::Number(f32::from_bits(bits as u32).into()),
        7 => Fact::Flag(bits != 0),
        11 => Fact::Integer((bits as i64).into()),
        12 => Fact::Number(f64::from_bits(bits)),
        _ => Fact::Integer(bits.into()),
    })
}

fn list<'a>(cursor: &mut Cursor<'a>) -> Result<Fact<'a>> {
    let kind = cursor.u32("a list")?;
    let count = usize::try_from(cursor.u64("a list")?).unwrap_or(usize::MAX);
    let start = cursor.at();
    match size(kind) {
        Some(size) => drop(cursor.take(count.saturating_mul(size), "a list")?),
        None if kind == STRING => {
            for _ in 0..count {
                text(cursor, "a text of a list")?;
            }
        }
        None => return Err(cursor.fault(format!("array type {kind} is unknown"))),
    }
    Ok(Fact::List(kind, count, start))
}

impl<'a> Gguf<'a> {
    /// The header of `bytes`.
    ///
    /// # Errors
    /// If it is damaged, of an unknown version, or a tensor is not within the file.
    pub fn parse(file: &'a str, bytes: &'a [u8]) -> Result<Self> {
        let mut cursor = Cursor::new(file, "GGUF", bytes);
        cursor.take(MAGIC.len(), "the header")?;
        let version = cursor.u32("the header")?;
        if !(2..=3).contains(&version) {
            return Err(cursor.fault(format!("version {version} is not supported; 2 and 3 are")));
        }
        let (tensors, facts) = (cursor.u64("the header")?, cursor.u64("the header")?);
        let mut own = Self {
            file,
            bytes,
            facts: HashMap::new(),
            tensors: HashMap::new(),
            read: RefCell::default(),
        };
        for _ in 0..facts {
            let name = text(&mut cursor, "a metadata key")?;
            let kind = cursor.u32("a metadata value")?;
            if own.facts.insert(name, fact(&mut cursor, kind)?).is_some() {
                return Err(cursor.fault(format!("the key `{name}` is there twice")));
            }
        }
        for _ in 0..tensors {
            let name = text(&mut cursor, "the name of a tensor")?;
            let tensor = Self::tensor(&mut cursor, name)?;
            if own.tensors.insert(name, tensor).is_some() {
                return Err(cursor.fault(format!("the tensor `{name}` is there twice")));
            }
        }
        own.place(&cursor)?;
        Ok(own)
    }

    fn tensor(cursor: &mut Cursor, name: &str) -> Result<Tensor> {
        let dimensions = cursor.u32("a tensor")?;
        if !(1..=4).contains(&dimensions) {
            return Err(cursor.fault(format!("`{name}` has {dimensions} dimensions")));
        }
        let mut shape = [1_usize, 1];
        for d in 0..dimensions {
            let length = usize::try_from(cursor.u64("a tensor")?).unwrap_or(usize::MAX);
            let place = &mut shape[usize::from(d > 0)];
            *place = place.saturating_mul(length);
        }
        let kind = cursor.u32("a tensor")?;
        let kind = Type::of(kind).ok_or_else(|| {
            cursor.fault(format!("`{name}` has type {kind}; supported are {}", Type::KNOWN))
        })?;
        let start = usize::try_from(cursor.u64("a tensor")?).unwrap_or(usize::MAX);
        Ok(Tensor { shape, kind, start })
    }

    /// Tensors are counted from the first multiple of the alignment after the header; every one is within the file.
    fn place(&mut self, cursor: &Cursor) -> Result<()> {
        let alignment = self.count("general.alignment")?.unwrap_or(32);
        let base = match alignment {
            0 => return Err(cursor.fault("its alignment is 0")),
            _ => cursor
                .at()
                .checked_next_multiple_of(alignment)
                .unwrap_or(usize::MAX),
        };
        let mut ranges = Vec::new();
        for (name, tensor) in &mut self.tensors {
            let [columns, rows] = tensor.shape;
            let bytes = tensor
                .kind
                .bytes(columns)
                .and_then(|bytes| bytes.checked_mul(rows));
            let start = base.checked_add(tensor.start);
            let end = bytes
                .zip(start)
                .and_then(|(bytes, start)| start.checked_add(bytes));
            match (start, end) {
                (Some(start), Some(end)) if end <= self.bytes.len() => {
                    tensor.start = start;
                    ranges.push((start, end, *name));
                }
                _ => {
                    return Err(cursor.fault(format!(
                        "`{name}`, {rows} x {columns}, lies beyond the {} bytes of the file",
                        self.bytes.len()
                    )));
                }
            }
        }
        match overlap(ranges) {
            None => Ok(()),
            Some((a, b)) => Err(cursor.fault(format!("`{a}` and `{b}` lie on the same bytes"))),
        }
    }

    /// All metadata, as JSON: lists without their items.
    pub(super) fn json(&self) -> impl Iterator<Item = (&'a str, Value)> {
        let value = |fact: &Fact| match *fact {
            Fact::Integer(n) => i64::try_from(n).map_or_else(|_| json!(n as f64), Value::from),
            Fact::Number(x) => json!(x),
            Fact::Flag(flag) => json!(flag),
            Fact::Text(text) => json!(text),
            Fact::List(_, 0, _) => json!([]),
            Fact::List(_, count, _) => json!([format!("{count} items")]),
        };
        self.facts.iter().map(move |(name, fact)| (*name, value(fact)))
    }

    /// The metadata value called `name` as `what` `of` it makes; one that is of another type is an error.
    fn get<T>(&self, name: &str, what: &str, of: impl Fn(&Fact<'a>) -> Option<T>) -> Result<Option<T>> {
        let Some(fact) = self.facts.get(name) else {
            return Ok(None);
        };
        match of(fact) {
            None => Err(self.fault(format!("the key `{name}` is not {what}"))),
            found => Ok(found),
        }
    }

    pub(super) fn count(&self, name: &str) -> Result<Option<usize>> {
        self.get(name, "a count", |fact| match fact {
            Fact::Integer(n) => usize::try_from(*n).ok(),
            _ => None,
        })
    }

    pub(super) fn number(&self, name: &str) -> Result<Option<f64>> {
        self.get(name, "a number", |fact| match fact {
            Fact::Number(x) => Some(*x),
            Fact::Integer(n) => Some(*n as f64),
            _ => None,
        })
    }

    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>> {
        self.get(name, "true or false", |fact| match fact {
            Fact::Flag(flag) => Some(*flag),
            _ => None,
        })
    }

    pub(super) fn text(&self, name: &str) -> Result<Option<&'a str>> {
        self.get(name, "a text", |fact| match fact {
            Fact::Text(text) => Some(*text),
            _ => None,
        })
    }

    /// A list of texts.
    pub(super) fn texts(&self, name: &str) -> Result<Option<Vec<&'a str>>> {
        self.get(name, "a list of texts", |fact| {
            let Fact::List(STRING, count, start) = *fact else {
                return None;
            };
            let mut cursor = Cursor::new(self.file, "GGUF", self.bytes.get(start..)?);
            (0..count).map(|_| text(&mut cursor, name).ok()).collect()
        })
    }

    /// A list of values.
    pub(super) fn numbers(&self, name: &str) -> Result<Option<Vec<f64>>> {
        self.get(name, "a list of numbers", |one| {
            let Fact::List(kind, count, start) = *one else {
                return None;
            };
            let mut cursor = Cursor::new(self.file, "GGUF", self.bytes.get(start..)?);
            let number = |_| match fact(&mut cursor, kind).ok()? {
                Fact::Integer(n) => Some(n as f64),
                Fact::Number(x) => Some(x),
                Fact::Flag(flag) => Some(f64::from(u8::from(flag))),
                _ => None,
            };
            (0..count).map(number).collect()
        })
    }

    /// Whether every tensor was read.
    ///
    /// # Errors
    /// The first that was not.
    pub(super) fn all_read(&self) -> Result<()> {
        let read = self.read.borrow();
        let mut names: Vec<&str> = self.tensors.keys().copied().collect();
        names.retain(|name| !read.contains(*name));
        match names.iter().min() {
            None => Ok(()),
            Some(first) => Err(left_over(self.file, first, names.len())),
        }
    }

    pub(super) fn fault(&self, reason: impl Into<String>) -> induce_core::Error {
        Cursor::new(self.file, "GGUF", &[]).fault(reason)
    }

    fn find(&self, name: &str, rows: usize, columns: usize) -> Result<(&Tensor, &'a [u8])> {
        let tensor = self
            .tensors
            .get(name)
            .ok_or_else(|| self.fault(format!("there is no tensor `{name}`")))?;
        if tensor.shape != [columns, rows] {
            let [own_columns, own_rows] = tensor.shape;
            return Err(self.fault(format!(
                "`{name}` is {own_rows} x {own_columns}, but the header implies {rows} x {columns}"
            )));
        }
        self.read.borrow_mut().insert(name.to_owned());
        let length = tensor.kind.bytes(columns).unwrap_or(0) * rows;
        Ok((tensor, &self.bytes[tensor.start..tensor.start + length]))
    }
}

impl Parts for Gguf<'_> {
    fn has(&self, name: &str) -> bool {
        self.tensors.contains_key(name)
    }

    fn matrix(&self, name: &str, rows: usize, columns: usize) -> Result<Weight> {
        let (tensor, bytes) = self.find(name, rows, columns)?;
        tensor
            .kind
            .weight(bytes, rows, columns)
            .ok_or_else(|| self.fault(format!("`{name}` has broken blocks")))
    }

    fn vector(&self, name: &str, length: usize) -> Result<Vec<f32>> {
        let (tensor, bytes) = self.find(name, 1, length)?;
        Ok(tensor.kind.values(bytes))
    }
}
