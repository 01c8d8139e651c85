//! The header of a file: metadata by name, and where tensors are.

use std::collections::HashMap;

use induce_core::Result;
use induce_tensor::inference::Weight;

use super::blocks::Type;
use crate::language::bytes::Cursor;
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
        };
        for _ in 0..facts {
            let name = text(&mut cursor, "a metadata key")?;
            let kind = cursor.u32("a metadata value")?;
            own.facts.insert(name, fact(&mut cursor, kind)?);
        }
        for _ in 0..tensors {
            let name = text(&mut cursor, "the name of a tensor")?;
            let tensor = Self::tensor(&mut cursor, name)?;
            own.tensors.insert(name, tensor);
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
        let alignment = self.count("general.alignment").unwrap_or(32);
        let base = match alignment {
            0 => return Err(cursor.fault("its alignment is 0")),
            _ => cursor
                .at()
                .checked_next_multiple_of(alignment)
                .unwrap_or(usize::MAX),
        };
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
                (Some(start), Some(end)) if end <= self.bytes.len() => tensor.start = start,
                _ => {
                    return Err(cursor.fault(format!(
                        "`{name}`, {rows} x {columns}, lies beyond the {} bytes of the file",
                        self.bytes.len()
                    )));
                }
            }
        }
        Ok(())
    }

    /// A metadata value that is a count.
    pub(super) fn count(&self, name: &str) -> Option<usize> {
        match self.facts.get(name)? {
            Fact::Integer(n) => usize::try_from(*n).ok(),
            _ => None,
        }
    }

    pub(super) fn number(&self, name: &str) -> Option<f64> {
        match self.facts.get(name)? {
            Fact::Number(x) => Some(*x),
            Fact::Integer(n) => Some(*n as f64),
            _ => None,
        }
    }

    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        match self.facts.get(name)? {
            Fact::Flag(flag) => Some(*flag),
            _ => None,
        }
    }

    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        match self.facts.get(name)? {
            Fact::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A list of texts.
    pub(super) fn texts(&self, name: &str) -> Option<Vec<&'a str>> {
        let Fact::List(STRING, count, start) = *self.facts.get(name)? else {
            return None;
        };
        let mut cursor = Cursor::new(self.file, "GGUF", self.bytes.get(start..)?);
        (0..count).map(|_| text(&mut cursor, name).ok()).collect()
    }

    /// A list of values.
    pub(super) fn numbers(&self, name: &str) -> Option<Vec<f64>> {
        let Fact::List(kind, count, start) = *self.facts.get(name)? else {
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
