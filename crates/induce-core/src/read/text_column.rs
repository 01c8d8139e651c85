//! Columns of names from codes and interners.

use std::sync::Arc;

use arrow_array::{StringArray, UInt32Array};
use arrow_buffer::{NullBuffer, OffsetBuffer};

use super::cells::NO_CODE;
use super::distinct::{Distinct, Place};
use super::infer::free_text;
use super::intern::Interner;
use crate::error::{Error, Result};
use crate::parallel::for_each_chunk;
use crate::table::{Column, ColumnType, dictionary};
use crate::words::counted;

/// The texts of some rows: codes of names, [`NO_CODE`] where missing.
pub(crate) type Part = (Vec<u32>, Interner);

/// A `Category` or `Text` column of the rows of all `parts`, and why it is which.
///
/// Codes follow the order of the names' bytes. A `pinned` kind decides.
pub(crate) fn column_of_names(
    name: &str,
    parts: Vec<Part>,
    pinned: Option<ColumnType>,
    threads: usize,
) -> Result<(Column, String)> {
    if pinned == Some(ColumnType::Text) {
        return Ok((text(name, &parts)?, String::new()));
    }
    let names: Vec<&Interner> = parts.iter().map(|(_, names)| names).collect();
    let distinct = Distinct::of(&names, threads);
    let count = distinct.places.len();
    let (rows, bytes) = parts.iter().map(size).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    if let (None, Some(why)) = (pinned, free_text(rows, count, bytes)) {
        return Ok((text(name, &parts)?, why));
    }
    let why = counted(count, "distinct text");
    Ok((category(name, parts, distinct, threads)?, why))
}

/// How many rows have a text, and the bytes of all of these.
fn size((codes, names): &Part) -> (usize, u64) {
    let present = codes.iter().filter(|&&code| code != NO_CODE);
    present.fold((0, 0), |(rows, bytes), &code| {
        (rows + 1, bytes + names.length(code as usize) as u64)
    })
}

fn text(name: &str, parts: &[Part]) -> Result<Column> {
    let present = |(codes, names): &'_ Part| -> Vec<usize> {
        let length = |&code: &u32| {
            if code == NO_CODE {
                0
            } else {
                names.length(code as usize)
            }
        };
        codes.iter().map(length).collect()
    };
    let lengths: Vec<usize> = parts.iter().flat_map(present).collect();
    let valid = nulls(parts);
    let texts = parts.iter().flat_map(|(codes, names)| {
        let codes = codes.iter().filter(|&&code| code != NO_CODE);
        codes.map(|&code| names.name(code as usize))
    });
    let text = strings(name, &lengths, texts, valid)?;
    Ok(Column::trusted(name, ColumnType::Text, Arc::new(text)))
}

fn category(name: &str, parts: Vec<Part>, distinct: Distinct, threads: usize) -> Result<Column> {
    let text = |(part, code): Place| parts[part as usize].1.name(code as usize);
    let order = sorted(&distinct.places, text, threads);
    let in_order = || order.iter().map(|&number| text(distinct.places[number as usize]));
    let lengths: Vec<usize> = in_order().map(<[u8]>::len).collect();
    let values = strings(name, &lengths, in_order(), None)?;
    let mut rank = vec![0_u32; order.len()];
    for (place, &number) in order.iter().enumerate() {
        rank[number as usize] = place as u32;
    }
    drop((order, lengths));
    let nulls = nulls(&parts);
    let mut keys = Vec::with_capacity(parts.iter().map(|(codes, _)| codes.len()).sum());
    for ((codes, names), numbers) in parts.into_iter().zip(distinct.numbers) {
        drop(names);
        let rank: Vec<u32> = numbers.iter().map(|&number| rank[number as usize]).collect();
        keys.extend(
            codes
                .iter()
                .map(|&code| rank.get(code as usize).copied().unwrap_or(0)),
        );
    }
    let keys = UInt32Array::new(keys.into(), nulls);
    Ok(Column::trusted(
        name,
        ColumnType::Category,
        dictionary(keys, values),
    ))
}

/// The numbers of the places in the order of their texts' bytes.
///
/// Sorted by the eight bytes behind what all texts begin with, as one number
/// that is in the cache, and only among equals by the whole text, which is not.
fn sorted<'t>(places: &[Place], text: impl Fn(Place) -> &'t [u8] + Sync, threads: usize) -> Vec<u32> {
    let Some(&first) = places.first() else {
        return Vec::new();
    };
    let common = places
        .iter()
        .fold(text(first), |common, &place| shared_start(common, text(place)));
    let key = |(number, &place): (usize, &Place)| {
        let rest = &text(place)[common.len()..];
        let mut bytes = [0; 8];
        let length = rest.len().min(8);
        bytes[..length].copy_from_slice(&rest[..length]);
        (u64::from_be_bytes(bytes), number as u32)
    };
    let mut order: Vec<(u64, u32)> = places.iter().enumerate().map(key).collect();
    let texts = |number: u32| text(places[number as usize]);
    let compare = |a: &(u64, u32), b: &(u64, u32)| a.0.cmp(&b.0).then_with(|| texts(a.1).cmp(texts(b.1)));
    // Each thread sorts a run; a stable sort finds the runs and only merges them.
    let size = order.len().div_ceil(threads.max(1)).max(4096);
    for_each_chunk(threads, &mut order, size, |_, run| run.sort_unstable_by(compare));
    if order.len() > size {
        order.sort_by(compare);
    }
    order.into_iter().map(|(_, number)| number).collect()
}

/// What both texts begin with.
fn shared_start<'t>(a: &'t [u8], b: &[u8]) -> &'t [u8] {
    if b.starts_with(a) {
        return a;
    }
    let differ = a.iter().zip(b).position(|(a, b)| a != b);
    &a[..differ.unwrap_or(a.len().min(b.len()))]
}

fn nulls(parts: &[Part]) -> Option<NullBuffer> {
    let missing = parts.iter().any(|(codes, _)| codes.contains(&NO_CODE));
    let codes = || parts.iter().flat_map(|(codes, _)| codes);
    missing.then(|| codes().map(|&code| code != NO_CODE).collect())
}

/// Texts of these lengths, one after the other; a row that is not `valid` has none.
fn strings<'t>(
    name: &str,
    lengths: &[usize],
    texts: impl Iterator<Item = &'t [u8]>,
    valid: Option<NullBuffer>,
) -> Result<StringArray> {
    let bytes: usize = lengths.iter().sum();
    if i32::try_from(bytes).is_err() {
        return Err(Error::TooLarge {
            what: format!("the text of column `{name}`"),
            needed: bytes as u64,
            limit: i32::MAX as u64,
        });
    }
    let mut all = Vec::with_capacity(bytes);
    for text in texts {
        all.extend_from_slice(text);
    }
    let offsets = OffsetBuffer::from_lengths(lengths.iter().copied());
    StringArray::try_new(offsets, all.into(), valid).map_err(|source| {
        Error::data(
            format!("column `{name}` is not text: {source}"),
            "convert the file with `iconv -t utf-8`",
        )
    })
}
