//! The chunks of a column, joined to an Arrow array.

use std::sync::Arc;

use arrow_array::*;
use arrow_buffer::{BooleanBuffer, NullBuffer};

use super::cells::{Cells, Values};
use super::infer::Type;
use super::text_column::column_of_names;
use crate::error::Result;
use crate::table::{Column, ColumnType};

/// The column made of `chunks`, all of type `kind_of`, and why it is of its kind.
///
/// A `pinned` kind decides between category and text.
pub(crate) fn merge(
    name: &str,
    of: Type,
    chunks: Vec<Cells>,
    rows: &[usize],
    pinned: Option<ColumnType>,
    threads: usize,
) -> Result<(Column, String)> {
    let total = rows.iter().sum();
    let missing = Missing::gather(&chunks, rows);
    let column = |kind, data: ArrayRef| Column::new(name, kind, data);
    Ok(match of {
        Type::Empty => merge_empty(name, total, pinned)?,
        Type::Boolean(spelling) => {
            let values = BooleanBuffer::from(concat(chunks, total, booleans));
            let why = format!("all values are {}", spelling.words().join(" or "));
            (
                column(
                    ColumnType::Boolean,
                    Arc::new(BooleanArray::new(values, missing.nulls(total))),
                )?
                .spelt(spelling),
                why,
            )
        }
        Type::Integer => {
            let (data, why) = merge_integers(chunks, total, missing.nulls(total));
            (column(ColumnType::Number, data)?, why)
        }
        Type::Float => {
            let data = Arc::new(Float64Array::from(concat(chunks, total, floats)));
            (
                column(ColumnType::Number, data)?,
                "all values are numbers".to_string(),
            )
        }
        Type::Date => {
            let days = concat(chunks, total, times)
                .into_iter()
                .map(|days| days as i32)
                .collect::<Vec<_>>();
            let data = Arc::new(Date32Array::new(days.into(), missing.nulls(total)));
            (
                column(ColumnType::Date, data)?,
                "all values are dates".to_string(),
            )
        }
        Type::Moment(digits) => {
            let data = moments(concat(chunks, total, times), digits, missing.nulls(total));
            (
                column(ColumnType::Date, data)?,
                "all values are dates with a time".to_string(),
            )
        }
        Type::Text => merge_texts(name, chunks, pinned, threads)?,
        Type::Code => {
            let (column, _) = merge_texts(name, chunks, pinned.or(Some(ColumnType::Category)), threads)?;
            (
                column,
                format!("codes with leading zeros (`--type {name}=number` makes them numbers)"),
            )
        }
    })
}

/// Rows without a value, in order.
struct Missing(Vec<usize>);

impl Missing {
    fn gather(chunks: &[Cells], rows: &[usize]) -> Self {
        let mut all = Vec::with_capacity(chunks.iter().map(|cells| cells.nulls.len()).sum());
        let mut start = 0;
        for (cells, rows) in chunks.iter().zip(rows) {
            all.extend(cells.nulls.iter().map(|&row| start + row as usize));
            start += rows;
        }
        Self(all)
    }

    fn nulls(&self, total: usize) -> Option<NullBuffer> {
        if self.0.is_empty() {
            return None;
        }
        let mut valid = vec![u64::MAX; total.div_ceil(64)];
        for row in &self.0 {
            valid[row / 64] &= !(1 << (row % 64));
        }
        let bits = arrow_buffer::Buffer::from_vec(valid);
        Some(NullBuffer::new(BooleanBuffer::new(bits, 0, total)))
    }
}

/// The values of all chunks in one vector; each chunk is freed as soon as it is copied.
fn concat<T>(chunks: Vec<Cells>, total: usize, values: impl Fn(Values) -> Vec<T>) -> Vec<T> {
    let mut all = Vec::with_capacity(total);
    for cells in chunks {
        all.append(&mut values(cells.values));
    }
    all
}

fn booleans(values: Values) -> Vec<bool> {
    if let Values::Boolean(values) = values {
        values
    } else {
        Vec::new()
    }
}

fn floats(values: Values) -> Vec<f64> {
    if let Values::Float(values) = values {
        values
    } else {
        Vec::new()
    }
}

fn times(values: Values) -> Vec<i64> {
    if let Values::Time(values) = values {
        values
    } else {
        Vec::new()
    }
}

/// `Int32` if all values fit, else `Int64`.
fn merge_integers(chunks: Vec<Cells>, total: usize, nulls: Option<NullBuffer>) -> (ArrayRef, String) {
    let why = "all values are whole numbers".to_string();
    let wide = |cells: &Cells| matches!(cells.values, Values::Integer(_));
    let data: ArrayRef = if chunks.iter().any(wide) {
        Arc::new(Int64Array::new(
            concat(chunks, total, wide_integers).into(),
            nulls,
        ))
    } else {
        Arc::new(Int32Array::new(
            concat(chunks, total, narrow_integers).into(),
            nulls,
        ))
    };
    (data, why)
}

fn narrow_integers(values: Values) -> Vec<i32> {
    if let Values::Narrow(values) = values {
        values
    } else {
        Vec::new()
    }
}

fn wide_integers(values: Values) -> Vec<i64> {
    match values {
        Values::Narrow(values) => values.into_iter().map(i64::from).collect(),
        Values::Integer(values) => values,
        _ => Vec::new(),
    }
}

fn moments(counts: Vec<i64>, digits: u8, nulls: Option<NullBuffer>) -> ArrayRef {
    match digits {
        0 => Arc::new(TimestampSecondArray::new(counts.into(), nulls)),
        3 => Arc::new(TimestampMillisecondArray::new(counts.into(), nulls)),
        6 => Arc::new(TimestampMicrosecondArray::new(counts.into(), nulls)),
        _ => Arc::new(TimestampNanosecondArray::new(counts.into(), nulls)),
    }
}

/// A column without a single value is a number, unless the user says otherwise.
fn merge_empty(name: &str, total: usize, pinned: Option<ColumnType>) -> Result<(Column, String)> {
    let kind = pinned.unwrap_or(ColumnType::Number);
    let data: ArrayRef = match kind {
        ColumnType::Number => Arc::new(Float64Array::from(vec![f64::NAN; total])),
        ColumnType::Boolean => Arc::new(BooleanArray::new_null(total)),
        ColumnType::Date => Arc::new(Date32Array::new_null(total)),
        ColumnType::Category => {
            return Ok((
                Column::from_text(name, &vec![None; total]),
                "it has no value".into(),
            ));
        }
        ColumnType::Text => Arc::new(StringArray::new_null(total)),
    };
    Ok((Column::new(name, kind, data)?, "it has no value".into()))
}

fn merge_texts(
    name: &str,
    chunks: Vec<Cells>,
    pinned: Option<ColumnType>,
    threads: usize,
) -> Result<(Column, String)> {
    let texts = |cells: Cells| match cells.values {
        Values::Text(codes, names) => Some((codes, names)),
        _ => None,
    };
    let parts = chunks.into_iter().filter_map(texts).collect();
    column_of_names(name, parts, pinned, threads)
}
