//! What stands between a hostile file and the process.

use crate::error::{Error, Result};
use crate::panics;

/// A broken file, why, and what to do about it.
pub(crate) fn malformed(
    file: &str,
    format: &'static str,
    reason: impl std::fmt::Display,
    hint: impl Into<String>,
) -> Error {
    Error::Malformed {
        file: file.into(),
        format,
        reason: reason.to_string(),
        hint: Some(hint.into()),
    }
}

/// An error if `needed` is more than `limit` bytes.
pub(crate) fn within(what: impl Into<String>, needed: u64, limit: u64) -> Result<()> {
    if needed <= limit {
        return Ok(());
    }
    Err(Error::TooLarge {
        what: what.into(),
        needed,
        limit,
    })
}

/// Bytes of a column beside its values: its name, its type and its place in a table.
const COLUMN: u64 = 512;

/// Bytes of a table of `rows` by `columns` whose cells take `each`.
pub(crate) fn cells(rows: usize, columns: usize, each: u64) -> u64 {
    let column = (rows as u64).saturating_mul(each).saturating_add(COLUMN);
    column.saturating_mul(columns as u64)
}

/// `f()`, its panic turned into an error.
///
/// The decoders of Arrow and Parquet check most of what they read but assert
/// the rest, and a broken file must not end the process.
pub(crate) fn no_panic<T>(file: &str, format: &'static str, f: impl FnOnce() -> Result<T>) -> Result<T> {
    panics::caught(f).unwrap_or_else(|reason| {
        Err(malformed(
            file,
            format,
            reason,
            "the file is damaged; write it again",
        ))
    })
}
