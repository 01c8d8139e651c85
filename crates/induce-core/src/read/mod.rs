//! Files to tables.
//!
//! The format is told by the content, so a misnamed file reads as what it is.
//! Everything that is guessed is stated in [`Sniffed`], with the reason and
//! with the flag that pins it. A header is a claim: no reader allocates what a
//! header says before the length of the file has confirmed it.

mod bytes;
mod csv;
mod infer;
mod intern;
mod missing;
mod moment;
mod number;
mod options;
mod text_column;

pub use missing::MARKERS;
pub use options::{Format, ReadOptions, Sniffed, SniffedColumn, delimiter_name, parse_delimiter};

use std::borrow::Cow;
use std::path::Path;

use crate::error::{Error, Result};
use crate::run::Run;
use crate::table::Table;

/// The table in the file at `path` (`-` is standard input), and what was found out about it.
pub fn read(path: &Path, options: &ReadOptions, run: &Run) -> Result<(Table, Sniffed)> {
    let bytes = bytes::load(path)?;
    let name = if path == Path::new("-") { "stdin".into() } else { path.display().to_string() };
    read_bytes(&name, &bytes, options, run)
}

/// The table in `bytes`, the content of a file called `name`.
///
/// ```
/// use induce_core::{Run, read};
/// let (table, sniffed) = read::read_bytes("a.csv", b"x;y\n1;a\n2;b\n", &Default::default(), &Run::new(0))?;
/// assert_eq!((table.rows(), table.names()), (2, vec!["x".to_string(), "y".to_string()]));
/// assert_eq!(sniffed.delimiter, Some(b';'));
/// # Ok::<(), induce_core::Error>(())
/// ```
pub fn read_bytes(name: &str, bytes: &[u8], options: &ReadOptions, run: &Run) -> Result<(Table, Sniffed)> {
    read_chunked(name, bytes, options, run, csv::CHUNK)
}

/// As [`read_bytes`], with the chunk size of CSV files given, so that tests can show that it does not matter.
#[doc(hidden)]
pub fn read_chunked(
    name: &str,
    bytes: &[u8],
    options: &ReadOptions,
    run: &Run,
    chunk: usize,
) -> Result<(Table, Sniffed)> {
    let limit = run.memory().unwrap_or(bytes::INFLATED);
    let gzip = bytes::is_gzip(bytes);
    let bytes: Cow<[u8]> = if gzip { bytes::gunzip(name, bytes, limit)?.into() } else { bytes.into() };
    let format = Format::Csv;
    let read = csv::read(name, &bytes, options, run, chunk)?;
    let sniffed = Sniffed {
        file: name.into(),
        format,
        gzip,
        delimiter: Some(read.delimiter),
        header: Some(read.header),
        missing: options.missing.clone(),
        rows: read.table.rows(),
        columns: read.columns,
    };
    Ok((read.table, sniffed))
}
