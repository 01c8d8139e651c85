//! Errors about the text of a CSV file.

use crate::error::{Error, Result};
use crate::words::counted;

const CSV: &str = "CSV";

fn malformed(file: &str, reason: String, hint: &str) -> Error {
    Error::Malformed {
        file: file.into(),
        format: CSV,
        reason,
        hint: Some(hint.into()),
    }
}

/// The number of the line that holds byte `at`, from 1.
pub(super) fn line(text: &[u8], at: usize, newline: u8) -> usize {
    memchr::memchr_iter(newline, &text[..at.min(text.len())]).count() + 1
}

/// Refuse what cannot be text at all.
pub(super) fn check_start(file: &str, text: &[u8]) -> Result<()> {
    if text.iter().all(u8::is_ascii_whitespace) {
        return Err(empty(file));
    }
    if text.starts_with(b"\xFF\xFE") || text.starts_with(b"\xFE\xFF") {
        let hint = "convert it with `iconv -f utf-16 -t utf-8`";
        return Err(malformed(file, "it is UTF-16, not UTF-8".into(), hint));
    }
    Ok(())
}

/// Refuse bytes that are not UTF-8, and NUL. `part` begins at byte `start` of `text`.
pub(super) fn check_text(file: &str, text: &[u8], start: usize, part: &[u8]) -> Result<()> {
    let nul = memchr::memchr(0, part);
    let wrong = std::str::from_utf8(part).err().map(|error| error.valid_up_to());
    match (nul, wrong) {
        (None, None) => Ok(()),
        (Some(nul), wrong) if wrong.is_none_or(|wrong| nul < wrong) => {
            let at = start + nul;
            let reason = format!("byte {at} (line {}) is NUL", line(text, at, b'\n'));
            Err(malformed(
                file,
                reason,
                "the file is binary or UTF-16; name its format with --input, or convert it",
            ))
        }
        (_, wrong) => {
            let at = start + wrong.unwrap_or(0);
            let byte = text[at];
            let reason = format!(
                "byte {at} (line {}) is 0x{byte:02X}, which is not UTF-8",
                line(text, at, b'\n')
            );
            Err(malformed(
                file,
                reason,
                "convert it, for example with `iconv -f latin1 -t utf-8`",
            ))
        }
    }
}

pub(super) fn empty(file: &str) -> Error {
    malformed(file, "it is empty".into(), "check how the file was made")
}

pub(super) fn header_only(file: &str, names: &[String]) -> Error {
    let reason = format!(
        "there is no row below the header of {}",
        counted(names.len(), "column")
    );
    malformed(file, reason, "say --no-header if the first line is data")
}

pub(super) fn twice(file: &str, name: &str) -> Error {
    let reason = format!("two columns are called `{name}`");
    malformed(
        file,
        reason,
        "rename one of them, or say --no-header if the first line is data",
    )
}

pub(super) fn open_quote(file: &str, line: usize) -> Error {
    let reason = format!("the quote that opens on line {line} is never closed");
    malformed(file, reason, "close it, or double it if it is part of the text")
}

pub(super) fn ragged(file: &str, line: usize, found: usize, expected: usize) -> Error {
    let reason = format!("line {line} has {found} fields, the first line has {expected}");
    malformed(
        file,
        reason,
        "quote values that hold the delimiter, or set it with --delimiter",
    )
}

pub(super) fn too_long(bytes: usize) -> Error {
    Error::TooLarge {
        what: "one record of the file".into(),
        needed: bytes as u64,
        limit: u64::from(u32::MAX),
    }
}

/// The error of a value that is not of the type that the user says its column is.
pub(super) fn not_a(column_type: crate::table::ColumnType, name: &str, line: usize, value: &str) -> Error {
    Error::data(
        format!("line {line}: `{value}` in column `{name}` is no {column_type}"),
        format!("say --type '{name}=category', or --missing '{value}' if it means that there is no value"),
    )
}
