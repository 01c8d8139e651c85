//! Tables to files: CSV, JSON lines, Parquet, Arrow IPC.
//!
//! What is written here reads back as the same table, except that CSV and JSON
//! have no types: a category that looks like a number comes back as a number.

mod csv;
mod json;

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_schema::{Field, Schema};

use crate::error::{Error, Result};
use crate::place;
use crate::read::Format;
use crate::table::{Column, Table};

/// Write `table` to `path` in `format`.
///
/// The file appears whole or not at all: it is written beside its place and renamed.
///
/// # Errors
/// If the file cannot be written, or the format cannot hold a column.
pub fn write(path: &Path, table: &Table, format: Format) -> Result<()> {
    place::put(path, |mut out| write_to(&mut out, table, format))
}

/// The formats that are written, each with the endings that ask for it, the usual one first.
pub const FORMATS: [(Format, &[&str]); 4] = [
    (Format::Csv, &["csv", "txt"]),
    (Format::Jsonl, &["jsonl", "json", "ndjson"]),
    (Format::Parquet, &["parquet"]),
    (Format::Arrow, &["arrow", "feather", "ipc"]),
];

/// The format that the ending of `path` asks for; CSV without one.
///
/// ```
/// use induce_core::{read::Format, write};
/// assert_eq!(write::format_of("scores.PARQUET".as_ref())?, Format::Parquet);
/// assert!(write::format_of("scores.npy".as_ref()).is_err()); // read, but not written
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If tables are not written in the format of this ending.
pub fn format_of(path: &Path) -> Result<Format> {
    let Some(ending) = path.extension() else {
        return Ok(Format::Csv);
    };
    let asks = |endings: &[&str]| endings.iter().any(|own| ending.eq_ignore_ascii_case(own));
    FORMATS
        .into_iter()
        .find(|(_, endings)| asks(endings))
        .map(|(format, _)| format)
        .ok_or_else(|| {
            Error::data(
                format!(
                    "cannot write `{}`: no format of tables that induce writes ends in `.{}`",
                    path.display(),
                    ending.display()
                ),
                format!("it writes {}", usual_endings()),
            )
        })
}

/// `.csv, .jsonl, ...`.
fn usual_endings() -> String {
    FORMATS.map(|(_, endings)| format!(".{}", endings[0])).join(", ")
}

/// Write `table` to `out` in `format`: one of [`FORMATS`].
///
/// # Errors
/// If `out` cannot be written to, or the format cannot hold a column.
pub fn write_to(out: &mut (impl Write + Send), table: &Table, format: Format) -> Result<()> {
    let fail = |source| Error::io("write", "output", source);
    match format {
        Format::Csv => csv::write(out, table).map_err(fail),
        Format::Jsonl => json::write(out, table).map_err(fail),
        Format::Parquet => write_parquet(out, table).map_err(|error| fail(std::io::Error::other(error))),
        Format::Arrow => write_arrow(out, table).map_err(|error| fail(std::io::Error::other(error))),
        other => Err(Error::data(
            format!("induce does not write {}", other.title()),
            format!("it writes {}", usual_endings()),
        )),
    }
}

/// All columns in one record batch.
pub fn record_batch(table: &Table) -> Result<RecordBatch> {
    // Words of booleans are kept as words.
    let worded = |column: &Column| {
        if column.has_words() {
            column.to_category()
        } else {
            column.clone()
        }
    };
    let all: Vec<Column> = table.columns().iter().map(worded).collect();
    let fields: Vec<Field> = all
        .iter()
        .map(|column| Field::new(column.name(), column.data().data_type().clone(), true))
        .collect();
    let columns: Vec<ArrayRef> = all.iter().map(|column| column.data().clone()).collect();
    let options = RecordBatchOptions::new().with_row_count(Some(table.rows()));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &options).map_err(|error| {
        Error::data(
            format!("the table is no record batch: {error}"),
            "this is a bug of induce",
        )
    })
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn write_parquet(out: &mut (impl Write + Send), table: &Table) -> std::result::Result<(), Failure> {
    use parquet::basic::{Compression, ZstdLevel};
    let batch = record_batch(table)?;
    let properties = parquet::file::properties::WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .build();
    let mut writer = parquet::arrow::ArrowWriter::try_new(out, batch.schema(), Some(properties))?;
    writer.write(&batch)?;
    writer.close()?;
    Ok(())
}

fn write_arrow(out: &mut impl Write, table: &Table) -> std::result::Result<(), Failure> {
    let batch = record_batch(table)?;
    let mut writer = arrow_ipc::writer::FileWriter::try_new(out, &batch.schema())?;
    writer.write(&batch)?;
    writer.finish()?;
    Ok(())
}
