//! Small files that claim much: what they say is counted in bytes, after every multiplication, before it is made.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::sync::Arc;

use arrow_array::types::Int8Type;
use arrow_array::{
    ArrayRef, DictionaryArray, Int8Array, Int64Array, LargeStringArray, RecordBatch, StringArray,
    StringViewArray,
};
use induce_core::read::{ReadOptions, read_bytes};
use induce_core::{ColumnType, Error, Result, Run, Table};

const MIB: u64 = 1 << 20;

fn read(content: &[u8], memory: u64) -> Result<Table> {
    let run = Run::new(0).with_memory(memory).with_threads(2);
    read_bytes("claims", content, &ReadOptions::default(), &run).map(|(table, _)| table)
}

/// That it is refused for its size, with a hint.
fn too_large(content: &[u8], memory: u64) {
    let error = read(content, memory).expect_err("it claims more than the limit");
    assert!(matches!(error, Error::TooLarge { .. }), "{error}");
    assert!(error.hint().is_some_and(|hint| hint.contains("--memory")));
}

fn batch(column: ArrayRef) -> RecordBatch {
    RecordBatch::try_from_iter([("a", column)]).unwrap()
}

fn arrow(batch: &RecordBatch) -> Vec<u8> {
    let mut out = Vec::new();
    let mut writer = arrow_ipc::writer::StreamWriter::try_new(&mut out, &batch.schema()).unwrap();
    writer.write(batch).unwrap();
    writer.finish().unwrap();
    drop(writer);
    out
}

fn parquet(batch: &RecordBatch) -> Vec<u8> {
    let mut out = Vec::new();
    let mut writer = parquet::arrow::ArrowWriter::try_new(&mut out, batch.schema(), None).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
    out
}

/// One text of 1 MiB was copied for every one of 200,000 rows: an abort from a file of 900 bytes, compressed.
#[test]
fn a_dictionary_is_not_spread_over_its_rows() {
    let text: ArrayRef = Arc::new(LargeStringArray::from(vec!["x".repeat(1 << 20)]));
    let keys = Int8Array::from(vec![0; 200_000]);
    let column = DictionaryArray::<Int8Type>::try_new(keys, text).unwrap();
    let table = read(&arrow(&batch(Arc::new(column))), 64 * MIB).unwrap();
    assert_eq!(table.rows(), 200_000);
    assert_eq!(table.column("a").unwrap().column_type(), ColumnType::Category);
}

#[test]
fn a_dictionary_has_missing_rows_and_texts_that_no_row_has() {
    let text: ArrayRef = Arc::new(StringArray::from(vec![
        Some("b"),
        None,
        Some("unused"),
        Some("a"),
    ]));
    let keys = Int8Array::from(vec![Some(0), None, Some(1), Some(3), Some(0)]);
    let column = DictionaryArray::<Int8Type>::try_new(keys, text).unwrap();
    let table = read(&arrow(&batch(Arc::new(column))), MIB).unwrap();
    let column = table.column("a").unwrap();
    let texts: Vec<_> = (0..5).map(|row| column.text(row)).collect();
    let texts: Vec<_> = texts.iter().map(|text| text.as_deref()).collect();
    assert_eq!(texts, [Some("b"), None, None, Some("a"), Some("b")]);
    assert_eq!(column.categories(), ["a", "b"]);
}

/// Views of one text cost 16 bytes each, whatever its length.
#[test]
fn views_of_one_text_count_as_what_they_show() {
    let mut views = StringViewArray::from(vec!["y".repeat(1 << 20)]);
    let index = arrow_array::UInt32Array::from(vec![0; 10_000]);
    views =
        arrow_array::cast::AsArray::as_string_view(&arrow_select::take::take(&views, &index, None).unwrap())
            .clone();
    let content = arrow(&batch(Arc::new(views)));
    assert!(content.len() < 4 << 20);
    too_large(&content, 512 * MIB);
}

#[test]
fn texts_that_parquet_repeats_are_counted_as_they_are_read() {
    let text = "z".repeat(1 << 14);
    let column = StringArray::from(vec![text.as_str(); 20_000]);
    let content = parquet(&batch(Arc::new(column)));
    assert!(content.len() < 1 << 20);
    too_large(&content, 64 * MIB);
    assert_eq!(read(&content, 1024 * MIB).unwrap().rows(), 20_000);
}

/// A cell counted as one byte.
#[test]
fn a_run_of_equal_numbers_counts_with_the_width_of_a_number() {
    let content = parquet(&batch(Arc::new(Int64Array::from(vec![7; 2_000_000]))));
    too_large(&content, 15 * MIB);
    assert_eq!(read(&content, 64 * MIB).unwrap().rows(), 2_000_000);
}

#[test]
fn a_list_per_row_is_refused_before_it_is_read() {
    let values = Int64Array::from(vec![1; 6]);
    let offsets = arrow_buffer::OffsetBuffer::from_lengths([2, 4]);
    let field = Arc::new(arrow_schema::Field::new(
        "item",
        arrow_schema::DataType::Int64,
        true,
    ));
    let lists = arrow_array::ListArray::new(field, offsets, Arc::new(values), None);
    let batch = batch(Arc::new(lists));
    for content in [arrow(&batch), parquet(&batch)] {
        let error = read(&content, MIB).unwrap_err();
        assert!(
            error.hint().is_some_and(|hint| hint.contains("--drop 'a'")),
            "{error}"
        );
    }
}

#[test]
fn sparse_rows_count_with_all_columns() {
    let content = format!("0 99999:1\n{}", "0 1:1\n".repeat(900));
    too_large(content.as_bytes(), 512 * MIB);
}

/// Every line has a key of its own, and every key a cell in every row.
#[test]
fn a_new_key_per_line_is_refused_before_the_table_is_made() {
    let lines: String = (0..5000).map(|i| format!("{{\"k{i}\":{i}}}\n")).collect();
    too_large(lines.as_bytes(), 512 * MIB);
}

#[test]
fn an_array_of_empty_objects_counts_as_objects() {
    let content = format!("[{}{{}}]", "{},".repeat(1_000_000));
    too_large(content.as_bytes(), 128 * MIB);
}

#[test]
fn short_texts_of_numpy_count_as_texts() {
    let header = "{'descr': '|S1', 'fortran_order': False, 'shape': (1000000,), }\n";
    let mut content = b"\x93NUMPY\x01\x00".to_vec();
    content.extend((header.len() as u16).to_le_bytes());
    content.extend(header.bytes());
    content.extend([b'a'; 1_000_000]);
    too_large(&content, 32 * MIB);
    assert_eq!(read(&content, 256 * MIB).unwrap().rows(), 1_000_000);
}
