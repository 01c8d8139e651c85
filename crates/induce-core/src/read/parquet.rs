//! Apache Parquet: row groups are read in parallel.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arrow_array::RecordBatch;
use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use parquet::basic::{Encoding, Type};
use parquet::column::page::{Page, PageReader};
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};
use parquet::file::serialized_reader::SerializedPageReader;

use super::bytes::Content;
use super::options::ReadOptions;
use super::{arrow, arrow_column, guard};
use crate::error::{Error, Result};
use crate::parallel::map;
use crate::run::Run;
use crate::table::Column;

/// First and last bytes of a file.
pub(crate) const MAGIC: &[u8] = b"PAR1";

/// Rows decoded at a time.
const BATCH: usize = 1 << 16;
/// Bytes that the texts of these may come to by repetition.
const TEXT: u64 = 64 << 20;

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
    let wanted: Vec<usize> = (0..names.len()).filter(|&i| options.wants(&names[i])).collect();
    for &column in &wanted {
        arrow_column::check_single(&names[column], metadata.schema().field(column).data_type())?;
    }
    let source = Source {
        file,
        bytes,
        mask: ProjectionMask::roots(metadata.parquet_schema(), wanted),
        metadata: &metadata,
        read: AtomicU64::new(0),
        limit: run.room(),
    };
    source.check_rows()?;
    let group = |group| {
        guard::no_panic(file, "Parquet", || {
            let batches = source.group(group);
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

/// What is to be read from where.
struct Source<'a> {
    file: &'a str,
    bytes: Bytes,
    metadata: &'a ArrowReaderMetadata,
    mask: ProjectionMask,
    /// Bytes of all batches so far.
    read: AtomicU64,
    /// Bytes that the table may take.
    limit: u64,
}

impl Source<'_> {
    /// The columns of a group that are wanted, leaf by leaf.
    fn leaves(&self, group: usize) -> impl Iterator<Item = &ColumnChunkMetaData> {
        let columns = self.metadata.metadata().row_group(group).columns();
        let wanted = |(leaf, column)| self.mask.leaf_included(leaf).then_some(column);
        columns.iter().enumerate().filter_map(wanted)
    }

    /// A run of equal values takes a few bytes whatever its length, and what is compressed says how long it will be: an error
    /// if that is too much.
    fn check_rows(&self) -> Result<()> {
        let of = |column: &ColumnChunkMetaData| {
            let values = u64::try_from(column.num_values()).unwrap_or(u64::MAX);
            let claimed = u64::try_from(column.uncompressed_size()).unwrap_or(u64::MAX);
            values.saturating_mul(width(column)).max(claimed)
        };
        let metadata = self.metadata.metadata();
        let groups = 0..metadata.num_row_groups();
        let claimed = groups.clone().flat_map(|group| self.leaves(group).map(of));
        let needed = claimed.fold(0, u64::saturating_add);
        let rows =
            groups.map(|group| u64::try_from(metadata.row_group(group).num_rows()).unwrap_or(u64::MAX));
        self.within(needed.max(rows.fold(0, u64::saturating_add)))
    }

    fn within(&self, needed: u64) -> Result<()> {
        guard::within(format!("`{}` as a table", self.file), needed, self.limit)
    }

    fn group(&self, group: usize) -> Result<Vec<RecordBatch>> {
        let fail = |error| failed(self.file, &error);
        let rows = self.rows_at_a_time(group)?;
        let (bytes, metadata) = (self.bytes.clone(), self.metadata.clone());
        let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(bytes, metadata)
            .with_row_groups(vec![group])
            .with_projection(self.mask.clone())
            .with_batch_size(rows)
            .build()
            .map_err(fail)?;
        let counted = |batch: RecordBatch| {
            let own = batch.get_array_memory_size() as u64;
            self.within(own.saturating_add(self.read.fetch_add(own, Ordering::Relaxed)))?;
            Ok(batch)
        };
        reader
            .map(|batch| batch.map_err(|error| failed(self.file, &error)).and_then(counted))
            .collect()
    }

    /// So few rows that the longest texts that a group can repeat do not take much memory before they are counted.
    fn rows_at_a_time(&self, group: usize) -> Result<usize> {
        let mut longest = 0_u64;
        for column in self
            .leaves(group)
            .filter(|column| column.column_type() == Type::BYTE_ARRAY)
        {
            longest = longest.saturating_add(self.longest(column)?);
        }
        Ok((TEXT / longest.max(1)).clamp(1, BATCH as u64) as usize)
    }

    /// Bytes of the longest text that takes only a number, or a length, where it is repeated.
    fn longest(&self, column: &ColumnChunkMetaData) -> Result<u64> {
        let fail = |error| failed(self.file, &error);
        if column
            .encodings()
            .any(|encoding| encoding == Encoding::DELTA_BYTE_ARRAY)
        {
            return Ok(u64::try_from(column.uncompressed_size()).unwrap_or(u64::MAX));
        }
        if column.dictionary_page_offset().is_none() {
            return Ok(0);
        }
        let bytes = Arc::new(self.bytes.clone());
        let mut pages = SerializedPageReader::new(bytes, column, 0, None).map_err(fail)?;
        Ok(match pages.get_next_page().map_err(fail)? {
            Some(Page::DictionaryPage { buf, .. }) => longest_of(&buf),
            _ => 0,
        })
    }
}

/// Bytes of a value in memory.
fn width(column: &ColumnChunkMetaData) -> u64 {
    match column.column_type() {
        Type::BOOLEAN => 1,
        Type::INT32 | Type::FLOAT => 4,
        Type::INT64 | Type::DOUBLE | Type::BYTE_ARRAY => 8,
        Type::INT96 => 12,
        Type::FIXED_LEN_BYTE_ARRAY => u64::from(column.column_descr().type_length().unsigned_abs()),
    }
}

/// The longest of texts that lie one after the other, each behind its length.
fn longest_of(mut texts: &[u8]) -> u64 {
    let mut longest = 0;
    while let Some((length, rest)) = texts.split_first_chunk::<4>() {
        let length = u32::from_le_bytes(*length);
        longest = longest.max(length);
        texts = rest.get(length as usize..).unwrap_or_default();
    }
    u64::from(longest)
}

/// The columns of a group are done with; a file that is mapped must not stand beside its whole table.
fn release_group(content: &Content, metadata: &ParquetMetaData, group: usize) {
    for column in metadata.row_group(group).columns() {
        let (start, length) = column.byte_range();
        let range = start as usize..start.saturating_add(length) as usize;
        content.release(content.get(range).unwrap_or_default());
    }
}

pub(super) fn failed(file: &str, error: &dyn std::fmt::Display) -> Error {
    guard::malformed(
        file,
        "Parquet",
        error,
        "the file is damaged or was cut off; write it again",
    )
}
