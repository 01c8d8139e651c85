//! Files to tables.
//!
//! The format is told by the content, so a misnamed file reads as what it is.
//! Everything that is guessed is stated in [`Sniffed`], with the reason and
//! with the flag that pins it. A header is a claim: no reader allocates what a
//! header says before the length of the file has confirmed it.

mod arrow;
mod arrow_column;
mod bytes;
mod cells;
mod contents;
mod csv;
mod distinct;
mod elements;
mod finish;
mod graph;
mod guard;
mod holds;
mod idx;
mod images;
mod infer;
mod intern;
mod json_column;
mod jsonl;
mod libsvm;
mod matrix;
mod merge;
mod missing;
mod moment;
mod names;
pub mod notation;
mod npy;
mod npz;
mod number;
mod options;
mod parquet;
mod sheet;
mod text;
mod text_column;

pub use contents::Contents;
pub use graph::{
    GraphFormat, GraphOptions, NodeFiles, Sense, begins_as_edges, both_ways, graph, graph_bytes, graph_format,
};
pub use holds::Holds;
pub use images::{are_images, images};
pub(crate) use infer::parse_any_boolean;
pub use missing::MARKERS;
pub use names::names;
pub use options::{Format, ReadOptions, Sniffed, SniffedColumn, delimiter_name, parse_delimiter};
pub use text::{looks_like_table, text, text_of};

use std::path::Path;

use arrow_array::RecordBatch;

use self::bytes::Bytes;
use self::bytes::Content;
use crate::error::{Error, Result};
use crate::run::Run;
use crate::table::{Column, Table};

/// The table in the file at `path` (`-` is standard input), and what was found out about it.
///
/// # Errors
/// If the file cannot be read, is damaged, does not hold what `options` pin, or is larger than the run allows.
pub fn read(path: &Path, options: &ReadOptions, run: &Run) -> Result<(Table, Sniffed)> {
    let content = Content::Shared(bytes::load(path)?.into());
    let name = if path == Path::new("-") {
        "stdin".into()
    } else {
        path.display().to_string()
    };
    read_content(&name, content, options, run, None)
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
///
/// # Errors
/// If the content is damaged, does not hold what `options` pin, or is larger than the run allows.
pub fn read_bytes(name: &str, bytes: &[u8], options: &ReadOptions, run: &Run) -> Result<(Table, Sniffed)> {
    read_content(name, Content::Borrowed(bytes), options, run, None)
}

/// As [`read_bytes`], with the chunk size of CSV and JSON files given, so that tests can show that it does not matter.
///
/// # Errors
/// As [`read_bytes`].
#[doc(hidden)]
pub fn read_chunked(
    name: &str,
    bytes: &[u8],
    options: &ReadOptions,
    run: &Run,
    chunk: usize,
) -> Result<(Table, Sniffed)> {
    read_content(name, Content::Borrowed(bytes), options, run, Some(chunk))
}

/// The table of Arrow record batches with one schema; `name` is used in errors. A single batch is not copied.
///
/// # Errors
/// If a column is of a type that induce does not read, or two have the same name.
pub fn from_batches(name: &str, batches: Vec<RecordBatch>, run: &Run) -> Result<Table> {
    let options = ReadOptions::default();
    let columns = arrow::columns(name, batches, &options, run)?;
    finish::finish(columns, &options).map(|(table, _)| table)
}

fn read_content(
    name: &str,
    content: Content,
    options: &ReadOptions,
    run: &Run,
    chunk: Option<usize>,
) -> Result<(Table, Sniffed)> {
    let limit = run.room();
    let gzip = bytes::is_gzip(&content);
    let bytes = if gzip {
        Content::Shared(Bytes::Owned(bytes::gunzip(name, &content, limit)?).into())
    } else {
        content
    };
    if options.format.is_none() {
        check_table(name, &bytes)?;
    }
    let format = options.format.unwrap_or_else(|| sniff(&bytes));
    let (table, columns, layout, notes) = match format {
        Format::Csv => {
            let csv = csv::read(
                name,
                &bytes,
                options,
                run,
                chunk.unwrap_or_else(|| csv::chunk(bytes.len())),
            )?;
            let layout = Some((csv.delimiter, csv.header));
            (csv.table, csv.columns, layout, csv.notes)
        }
        _ => {
            let (columns, notes) = typed(name, &bytes, format, options, run, chunk)?;
            let (table, columns) = finish::finish(columns, options)?;
            (table, columns, None, notes)
        }
    };
    let (delimiter, header) = layout.unzip();
    let text = matches!(format, Format::Csv | Format::Jsonl);
    let sniffed = Sniffed {
        file: name.into(),
        format,
        gzip,
        delimiter,
        header,
        missing: if text { options.missing.clone() } else { Vec::new() },
        rows: table.rows(),
        columns,
        notes,
    };
    Ok((table, sniffed))
}

/// An error for a file that is no table, whatever its name.
fn check_table(name: &str, bytes: &[u8]) -> Result<()> {
    let (what, hint) = match Holds::of(bytes) {
        Holds::Model(format) => (
            format!("a model ({format})"),
            "the model comes first, then the data: `induce predict MODEL DATA`; `induce show MODEL` says what it is",
        ),
        Holds::Picture(format) => (
            format!("a picture ({format})"),
            "pictures can be stitched so far: `induce stitch A B -o OUT.png`",
        ),
        Holds::Graph(format) => (
            format!("a graph ({format})"),
            "`induce train GRAPH -m spectral` divides it; `induce data show GRAPH` says what it is",
        ),
        Holds::Foreign(kind) => (
            kind.into(),
            "write it as CSV or Parquet with the program that made it",
        ),
        Holds::Table(_) | Holds::Text | Holds::Unknown => return Ok(()),
    };
    Err(Error::data(format!("`{name}` is {what}, not a table"), hint))
}

/// The format that the content has; text that is nothing else is CSV.
fn sniff(bytes: &[u8]) -> Format {
    let text = bytes
        .strip_prefix(b"\xEF\xBB\xBF")
        .unwrap_or(bytes)
        .trim_ascii_start();
    match bytes {
        _ if bytes.starts_with(parquet::MAGIC) => Format::Parquet,
        _ if bytes.starts_with(arrow::MAGIC) || bytes.starts_with(arrow::CONTINUATION) => Format::Arrow,
        _ if bytes.starts_with(npy::MAGIC) => Format::Npy,
        _ if bytes.starts_with(npz::MAGIC) => Format::Npz,
        _ if idx::is_idx(bytes) => Format::Idx,
        _ if text.starts_with(b"{") || is_array_of_objects(text) => Format::Jsonl,
        _ if libsvm::is_libsvm(bytes) => Format::Libsvm,
        _ => Format::Csv,
    }
}

/// `[` and `{`, with or without spaces between them.
fn is_array_of_objects(text: &[u8]) -> bool {
    text.strip_prefix(b"[")
        .is_some_and(|rest| rest.trim_ascii_start().starts_with(b"{"))
}

/// The columns of a format that knows its layout, with the reasons for their types, and notes.
fn typed(
    name: &str,
    bytes: &Content,
    format: Format,
    options: &ReadOptions,
    run: &Run,
    chunk: Option<usize>,
) -> Result<npz::Noted> {
    let plain = |columns: Vec<(Column, String)>| (columns, Vec::new());
    let (columns, notes) = match format {
        Format::Jsonl => {
            return jsonl::read(name, bytes, options, run, chunk.unwrap_or(jsonl::CHUNK)).map(plain);
        }
        Format::Parquet => return parquet::read(name, bytes, options, run).map(plain),
        Format::Arrow => return arrow::read(name, bytes, options, run).map(plain),
        Format::Npy => plain(npy::read(name, bytes, run)?),
        Format::Npz => npz::read(name, bytes, run)?,
        Format::Idx => plain(idx::read(name, bytes, run)?),
        _ => plain(libsvm::read(name, bytes, run)?),
    };
    let names: Vec<String> = columns
        .iter()
        .map(|(column, _)| column.name().to_string())
        .collect();
    options.check_names(&names)?;
    Ok((columns, notes))
}
