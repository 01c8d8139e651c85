//! Apache Parquet: row groups are read in parallel.

use arrow_array::RecordBatch;
use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use parquet::file::metadata::ParquetMetaData;

use super::bytes::Content;
use super::options::ReadOptions;
use super::{arrow, guard};
use crate::error::{Error, Result};
use crate::parallel::map;
use crate::run::Run;
use crate::table::Column;

/// First and last bytes of a file.
pub(crate) const MAGIC: &[u8] = b"PAR1";

/// Rows decoded at a time.
const BATCH: usize = 1 << 16;

/// The columns of a file, with the reasons for their types.
pub(crate) fn read(
    file: &str,
    content: &Content,
    options: &ReadOptions,
    run: &Run,
) -> Result<Vec<(Column, String)>> {
    let bytes = content.shared();
    let metadata = guard::no_panic(file, "Parquet", || {
        ArrowReaderMetadata::load(&bytes, ArrowReaderOptions::new()).map_err(|error| failed(file, &error))
    })?;
    let names: Vec<String> = metadata
        .schema()
        .fields()
        .iter()
        .map(|field| field.name().clone())
        .collect();
    options.check_names(&names)?;
    check_rows(file, metadata.metadata(), run)?;
    let group = |group| {
        guard::no_panic(file, "Parquet", || {
            let batches = read_group(file, &bytes, &metadata, group, &names, options);
            release_group(content, metadata.metadata(), group);
            batches
        })
    };
    let groups = map(run.threads(), metadata.metadata().num_row_groups(), group);
    let mut batches: Vec<RecordBatch> = groups.into_iter().collect::<Result<Vec<_>>>()?.concat();
    if batches.is_empty() {
        batches.push(RecordBatch::new_empty(metadata.schema().clone()));
    }
    arrow::columns(file, batches, options, run)
}

/// A run of equal values takes a few bytes whatever its length, so the claimed rows need a limit.
fn check_rows(file: &str, metadata: &ParquetMetaData, run: &Run) -> Result<()> {
    let rows = |group: usize| u64::try_from(metadata.row_group(group).num_rows()).unwrap_or(u64::MAX);
    let total = (0..metadata.num_row_groups()).fold(0_u64, |sum, group| sum.saturating_add(rows(group)));
    let leaves = metadata.file_metadata().schema_descr().num_columns() as u64;
    let limit = run.memory().unwrap_or(super::bytes::INFLATED);
    guard::within(format!("`{file}`"), total.saturating_mul(leaves), limit)
}

fn read_group(
    file: &str,
    bytes: &Bytes,
    metadata: &ArrowReaderMetadata,
    group: usize,
    names: &[String],
    options: &ReadOptions,
) -> Result<Vec<RecordBatch>> {
    let wanted = (0..names.len()).filter(|&i| options.wants(&names[i]));
    let mask = ProjectionMask::roots(metadata.parquet_schema(), wanted);
    let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(bytes.clone(), metadata.clone())
        .with_row_groups(vec![group])
        .with_projection(mask)
        .with_batch_size(BATCH)
        .build()
        .map_err(|error| failed(file, &error))?;
    reader
        .map(|batch| batch.map_err(|error| failed(file, &error)))
        .collect()
}

/// The columns of a group are done with; a file that is mapped must not stand beside its whole table.
fn release_group(content: &Content, metadata: &ParquetMetaData, group: usize) {
    for column in metadata.row_group(group).columns() {
        let (start, length) = column.byte_range();
        let range = start as usize..start.saturating_add(length) as usize;
        content.release(content.get(range).unwrap_or_default());
    }
}

fn failed(file: &str, error: &dyn std::fmt::Display) -> Error {
    guard::malformed(
        file,
        "Parquet",
        error,
        "the file is damaged or was cut off; write it again",
    )
}
