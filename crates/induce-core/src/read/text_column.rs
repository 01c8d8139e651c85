//! Columns of names from codes and an interner.

use std::sync::Arc;

use arrow_array::{StringArray, UInt32Array};
use arrow_buffer::{NullBuffer, OffsetBuffer};

use super::intern::Interner;
use crate::error::{Error, Result};
use crate::table::{Column, Kind, dictionary};

/// Code of a row without a name.
const NO_CODE: u32 = u32::MAX;

/// Texts by code, [`u32::MAX`] where missing.
pub(crate) struct Names {
    pub(crate) codes: Vec<u32>,
    pub(crate) names: Interner,
}

/// A `Category` or `Text` column; codes follow the order of the names' bytes.
pub(crate) fn column_of_names(name: &str, kind: Kind, of: &Names) -> Result<Column> {
    if kind == Kind::Text {
        let text = strings(name, of.codes.iter().copied(), &of.names)?;
        return Ok(Column::trusted(name, kind, Arc::new(text)));
    }
    let order = sorted(&of.names);
    let mut rank = vec![0_u32; order.len()];
    for (place, &code) in order.iter().enumerate() {
        rank[code as usize] = place as u32;
    }
    let values = strings(name, order.into_iter(), &of.names)?;
    let keys = of
        .codes
        .iter()
        .map(|&code| rank.get(code as usize).copied().unwrap_or(0))
        .collect::<Vec<u32>>();
    let keys = UInt32Array::new(keys.into(), nulls(&of.codes));
    Ok(Column::trusted(name, Kind::Category, dictionary(keys, values)))
}

/// Codes in the order of the names' bytes.
///
/// Sorted by the first 16 bytes as one number, which is in the cache, and only among equals by
/// the whole name, which is not: four times as fast for half a million names.
fn sorted(names: &Interner) -> Vec<u32> {
    let prefix = |name: &[u8]| {
        let mut first = [0; 16];
        let length = name.len().min(16);
        first[..length].copy_from_slice(&name[..length]);
        u128::from_be_bytes(first)
    };
    let mut order: Vec<(u128, u32)> = (0..names.len())
        .map(|code| (prefix(names.name(code)), code as u32))
        .collect();
    let name = |code: u32| names.name(code as usize);
    order.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| name(a.1).cmp(name(b.1))));
    order.into_iter().map(|(_, code)| code).collect()
}

fn nulls(codes: &[u32]) -> Option<NullBuffer> {
    let missing = codes.contains(&NO_CODE);
    missing.then(|| codes.iter().map(|&code| code != NO_CODE).collect())
}

/// The texts of `codes`, in that order.
fn strings(name: &str, codes: impl Iterator<Item = u32> + Clone, names: &Interner) -> Result<StringArray> {
    let length = |code: u32| {
        if code == NO_CODE {
            0
        } else {
            names.name(code as usize).len()
        }
    };
    let bytes: usize = codes.clone().map(length).sum();
    if i32::try_from(bytes).is_err() {
        return Err(Error::TooLarge {
            what: format!("the text of column `{name}`"),
            needed: bytes as u64,
            limit: i32::MAX as u64,
        });
    }
    let mut text = Vec::with_capacity(bytes);
    let offsets = OffsetBuffer::from_lengths(codes.clone().map(length));
    for code in codes.clone().filter(|&code| code != NO_CODE) {
        text.extend_from_slice(names.name(code as usize));
    }
    let valid: Vec<bool> = codes.map(|code| code != NO_CODE).collect();
    let valid = valid.contains(&false).then(|| NullBuffer::from(valid));
    StringArray::try_new(offsets, text.into(), valid).map_err(|source| {
        Error::data(
            format!("column `{name}` is not text: {source}"),
            "convert the file with `iconv -t utf-8`",
        )
    })
}
