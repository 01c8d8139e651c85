//! Arrow IPC: files (Feather) and streams.
//!
//! A file is a stream between a magic word and a footer that repeats what the
//! stream says, so both are read as streams and the footer is not trusted.

use std::sync::Mutex;

use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_buffer::Buffer;
use arrow_ipc::reader::StreamDecoder;
use arrow_ipc::{Message, RecordBatch as Header};

use super::options::ReadOptions;
use super::{arrow_column, guard};
use crate::error::{Error, Result};
use crate::parallel::map;
use crate::run::Run;
use crate::table::Column;

/// First bytes of a file.
pub(crate) const MAGIC: &[u8] = b"ARROW1";
/// First bytes of a message of a stream.
pub(crate) const CONTINUATION: &[u8] = &[0xFF; 4];

/// The columns of a file or stream, with the reasons for their types.
pub(crate) fn read(
    file: &str,
    bytes: &[u8],
    options: &ReadOptions,
    run: &Run,
) -> Result<Vec<(Column, String)>> {
    let limit = run.room();
    let stream = if bytes.starts_with(MAGIC) {
        after_magic(bytes)
    } else {
        bytes
    };
    let stream = checked(file, stream, limit)?;
    let batches = guard::no_panic(file, "Arrow", || decode(file, stream))?;
    if let Some(batch) = batches.first() {
        let schema = batch.schema();
        let names: Vec<String> = schema.fields().iter().map(|field| field.name().clone()).collect();
        options.check_names(&names)?;
    }
    columns(file, batches, options, run)
}

/// What follows the magic word and the zeros that fill it up to 8 or, in our own files, 64 bytes.
fn after_magic(bytes: &[u8]) -> &[u8] {
    let mut rest = bytes.get(8..).unwrap_or_default();
    while let Some(next) = rest.strip_prefix(&[0; 8]) {
        rest = next;
    }
    rest
}

/// The columns of record batches with one schema.
pub(crate) fn columns(
    file: &str,
    batches: Vec<RecordBatch>,
    options: &ReadOptions,
    run: &Run,
) -> Result<Vec<(Column, String)>> {
    let Some(first) = batches.first() else {
        return Err(guard::malformed(
            file,
            "Arrow",
            "it has no record batch",
            "check how the file was made",
        ));
    };
    let schema = first.schema();
    let names: Vec<String> = schema.fields().iter().map(|field| field.name().clone()).collect();
    let wanted: Vec<usize> = (0..names.len()).filter(|&i| options.wants(&names[i])).collect();
    for &column in &wanted {
        arrow_column::check_single(&names[column], schema.field(column).data_type())?;
    }
    check_spread(file, &batches, &wanted, run)?;
    // A column at a time, so that the batches go as the columns come.
    let parts = |&column: &usize| -> Vec<ArrayRef> {
        batches.iter().map(|batch| batch.column(column).clone()).collect()
    };
    let parts: Vec<_> = wanted.iter().map(parts).map(Mutex::new).collect();
    drop(batches);
    let convert = |i: usize| {
        let parts = std::mem::take(&mut *parts[i].lock().expect("each column is locked once"));
        guard::no_panic(file, "Arrow", || {
            let name = &names[wanted[i]];
            if parts.first().is_some_and(|part| part.data_type().is_string()) {
                return arrow_column::texts(name, &parts);
            }
            let whole = whole(file, &parts)?;
            drop(parts);
            arrow_column::column(name, &whole)
        })
    };
    map(run.threads(), wanted.len(), convert).into_iter().collect()
}

/// The parts of a column, one after the other.
fn whole(file: &str, parts: &[ArrayRef]) -> Result<ArrayRef> {
    if let [part] = parts {
        return Ok(part.clone());
    }
    let parts: Vec<&dyn Array> = parts.iter().map(AsRef::as_ref).collect();
    arrow_select::concat::concat(&parts).map_err(|error| failed(file, &error))
}

/// An error if columns that say much with few bytes would take more than the limit once they are spread over their rows.
fn check_spread(file: &str, batches: &[RecordBatch], wanted: &[usize], run: &Run) -> Result<()> {
    let columns = batches
        .iter()
        .flat_map(|batch| wanted.iter().map(|&column| batch.column(column)));
    let needed = columns.fold(0_u64, |sum, column| {
        sum.saturating_add(arrow_column::spread(column))
    });
    guard::within(format!("`{file}` as a table"), needed, run.room())
}

fn decode(file: &str, stream: &[u8]) -> Result<Vec<RecordBatch>> {
    let mut buffer = Buffer::from(stream);
    let mut decoder = StreamDecoder::new();
    let mut batches = Vec::new();
    while let Some(batch) = decoder
        .decode(&mut buffer)
        .map_err(|error| failed(file, &error))?
    {
        batches.push(batch);
    }
    if batches.is_empty()
        && let Some(schema) = decoder.schema()
    {
        batches.push(RecordBatch::new_empty(schema));
    }
    Ok(batches)
}

fn failed(file: &str, error: &dyn std::fmt::Display) -> Error {
    guard::malformed(
        file,
        "Arrow",
        error,
        "the file is damaged or was cut off; write it again",
    )
}

/// The messages up to the end mark, once their compressed buffers were found to claim no more than `limit` bytes.
///
/// The footer of a file comes behind the end mark, where the decoder would take it for a message.
fn checked<'s>(file: &str, stream: &'s [u8], limit: u64) -> Result<&'s [u8]> {
    let mut needed = 0_u64;
    let mut left = stream;
    while let Some((message, body, rest)) = next_message(file, left)? {
        let batch = message
            .header_as_record_batch()
            .or_else(|| message.header_as_dictionary_batch()?.data());
        if let Some(batch) = batch {
            needed = needed.saturating_add(inflated(file, &batch, body)?);
        }
        guard::within(format!("`{file}`, inflated,"), needed, limit)?;
        left = rest;
    }
    Ok(&stream[..stream.len() - left.len()])
}

/// A message, its body, and what follows.
type Piece<'s> = (Message<'s>, &'s [u8], &'s [u8]);

/// The next message, its body, and what follows; `None` at the end of the stream.
fn next_message<'s>(file: &str, stream: &'s [u8]) -> Result<Option<Piece<'s>>> {
    let short = || failed(file, &"it ends within a message");
    let stream = stream.strip_prefix(CONTINUATION).unwrap_or(stream);
    let Some((length, rest)) = stream.split_at_checked(4) else {
        return if stream.is_empty() { Ok(None) } else { Err(short()) };
    };
    let length = u32::from_le_bytes(length.try_into().unwrap_or_default()) as usize;
    if length == 0 {
        return Ok(None);
    }
    let (header, rest) = rest.split_at_checked(length).ok_or_else(short)?;
    let message = arrow_ipc::root_as_message(header).map_err(|error| failed(file, &error))?;
    let body =
        usize::try_from(message.bodyLength()).map_err(|_| failed(file, &"a body has a negative length"))?;
    let (body, rest) = rest.split_at_checked(body).ok_or_else(short)?;
    Ok(Some((message, body, rest)))
}

/// Bytes that the compressed buffers of a batch say they inflate to.
fn inflated(file: &str, batch: &Header, body: &[u8]) -> Result<u64> {
    if batch.compression().is_none() {
        return Ok(0);
    }
    let mut needed = 0_u64;
    for buffer in batch
        .buffers()
        .into_iter()
        .flatten()
        .filter(|buffer| buffer.length() > 0)
    {
        let start = usize::try_from(buffer.offset()).ok();
        let length = start.and_then(|start| body.get(start..)?.get(..8)?.try_into().ok());
        let length = length
            .map(i64::from_le_bytes)
            .ok_or_else(|| failed(file, &"a buffer lies outside of its body"))?;
        needed = needed.saturating_add(u64::try_from(length).unwrap_or(0));
    }
    Ok(needed)
}
