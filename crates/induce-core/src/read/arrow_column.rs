//! Foreign Arrow arrays as columns.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::*;
use arrow_schema::{DataType, TimeUnit};

use super::cells::NO_CODE;
use super::intern::Interner;
use super::text_column::column_of_names;
use crate::error::{Error, Result};
use crate::table::{Column, ColumnType};

/// A column of the values of `data`, and why it is of its kind.
///
/// Numbers keep their width; half floats become single, decimals double; text
/// becomes categories or free text, dictionaries categories; moments lose their
/// zone but not their instant.
pub(crate) fn column(name: &str, data: &ArrayRef) -> Result<(Column, String)> {
    let of = |kind, data: ArrayRef| Column::new(name, kind, data);
    let kept = |kind| of(kind, data.clone());
    let column = match data.data_type() {
        DataType::Null => of(
            ColumnType::Number,
            Arc::new(Float64Array::from(vec![f64::NAN; data.len()])),
        )?,
        DataType::Boolean => kept(ColumnType::Boolean)?,
        DataType::Float16 => {
            let wide: Float32Array = data.as_primitive::<Float16Type>().unary(f32::from);
            of(ColumnType::Number, Arc::new(wide))?
        }
        DataType::Decimal32(_, scale) => of(
            ColumnType::Number,
            decimal(data.as_primitive::<Decimal32Type>(), *scale, f64::from),
        )?,
        DataType::Decimal64(_, scale) => of(
            ColumnType::Number,
            decimal(data.as_primitive::<Decimal64Type>(), *scale, |v| v as f64),
        )?,
        DataType::Decimal128(_, scale) => of(
            ColumnType::Number,
            decimal(data.as_primitive::<Decimal128Type>(), *scale, |v| v as f64),
        )?,
        DataType::Date32 => kept(ColumnType::Date)?,
        DataType::Date64 => of(
            ColumnType::Date,
            reinterpret::<Date64Type, TimestampMillisecondType>(data),
        )?,
        DataType::Timestamp(unit, _) => of(ColumnType::Date, without_zone(data, *unit))?,
        DataType::Time32(TimeUnit::Second) => of(
            ColumnType::Number,
            reinterpret::<Time32SecondType, Int32Type>(data),
        )?,
        DataType::Time32(_) => of(
            ColumnType::Number,
            reinterpret::<Time32MillisecondType, Int32Type>(data),
        )?,
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => {
            return texts(name, std::slice::from_ref(data));
        }
        DataType::Dictionary(..) => return dictionary(name, data),
        other if other.is_numeric() && !other.is_decimal() => kept(ColumnType::Number)?,
        other => return Err(refused(name, other)),
    };
    Ok((column, format!("it is stored as {}", data.data_type())))
}

/// Bytes that the values of a column take beyond those it has: nulls and codes take few, and views may share theirs.
pub(crate) fn spread(data: &ArrayRef) -> u64 {
    let rows = data.len() as u64;
    match data.data_type() {
        DataType::Null => rows.saturating_mul(8),
        DataType::Dictionary(..) => rows.saturating_mul(16),
        DataType::Float16 => rows.saturating_mul(4),
        DataType::Decimal32(..) => rows.saturating_mul(8),
        DataType::Utf8View => {
            // The length of a text is in the lower half of its view.
            let lengths = data.as_string_view().views().iter();
            lengths.fold(rows * 8, |sum, view| sum.saturating_add(u64::from(*view as u32)))
        }
        _ => 0,
    }
}

/// An error if a column of this type has no single value per row.
pub(crate) fn check_single(name: &str, data: &DataType) -> Result<()> {
    if data.is_nested() && !matches!(data, DataType::Dictionary(..)) {
        return Err(refused(name, data));
    }
    Ok(())
}

fn refused(name: &str, data: &DataType) -> Error {
    Error::data(
        format!("column `{name}` is stored as {data}, which is not one value per row"),
        format!("leave it out with --drop '{name}', or spread it over several columns before saving"),
    )
}

fn decimal<T: ArrowPrimitiveType>(
    data: &PrimitiveArray<T>,
    scale: i8,
    convert: impl Fn(T::Native) -> f64,
) -> ArrayRef {
    let ten: f64 = 10.0;
    let values: Float64Array = data.unary(|value| convert(value) / ten.powi(i32::from(scale)));
    Arc::new(values)
}

/// The same buffers under another type of the same width.
fn reinterpret<From: ArrowPrimitiveType, To: ArrowPrimitiveType<Native = From::Native>>(
    data: &ArrayRef,
) -> ArrayRef {
    let array = data.as_primitive::<From>();
    Arc::new(PrimitiveArray::<To>::new(
        array.values().clone(),
        array.nulls().cloned(),
    ))
}

fn without_zone(data: &ArrayRef, unit: TimeUnit) -> ArrayRef {
    match unit {
        TimeUnit::Second => reinterpret::<TimestampSecondType, TimestampSecondType>(data),
        TimeUnit::Millisecond => reinterpret::<TimestampMillisecondType, TimestampMillisecondType>(data),
        TimeUnit::Microsecond => reinterpret::<TimestampMicrosecondType, TimestampMicrosecondType>(data),
        TimeUnit::Nanosecond => reinterpret::<TimestampNanosecondType, TimestampNanosecondType>(data),
    }
}

/// As [`column`], of the parts of a column of texts: one after the other they could be more than an array holds.
pub(crate) fn texts(name: &str, parts: &[ArrayRef]) -> Result<(Column, String)> {
    match parts.first().map(Array::data_type) {
        Some(DataType::LargeUtf8) => names(name, parts.iter().flat_map(AsArray::as_string::<i64>)),
        Some(DataType::Utf8View) => names(name, parts.iter().flat_map(AsArray::as_string_view)),
        _ => names(name, parts.iter().flat_map(AsArray::as_string::<i32>)),
    }
}

/// Categories or free text. Markers are not looked for: these formats have nulls.
fn names<'a>(name: &str, texts: impl IntoIterator<Item = Option<&'a str>>) -> Result<(Column, String)> {
    let mut names = Interner::default();
    let code = |text: Option<&str>| text.map_or(NO_CODE, |text| names.code(text.as_bytes()));
    let codes = texts.into_iter().map(code).collect();
    column_of_names(name, vec![(codes, names.sealed())], None, 1)
}

fn dictionary(name: &str, data: &ArrayRef) -> Result<(Column, String)> {
    let array = data.as_any_dictionary();
    let why = "it is stored as a dictionary".to_string();
    match array.values().data_type() {
        DataType::Utf8 => return Ok((categories(name, array, array.values().as_string::<i32>())?, why)),
        DataType::LargeUtf8 => return Ok((categories(name, array, array.values().as_string::<i64>())?, why)),
        DataType::Utf8View => return Ok((categories(name, array, array.values().as_string_view())?, why)),
        other if other.is_primitive() || matches!(other, DataType::Null | DataType::Boolean) => {}
        // Before it is spread.
        other => return Err(refused(name, other)),
    }
    let full = arrow_select::take::take(array.values(), array.keys(), None).map_err(|source| {
        Error::data(
            format!("the dictionary of column `{name}`: {source}"),
            "save the file again",
        )
    })?;
    let (flat, _) = column(name, &full)?;
    Ok((flat, why))
}

/// The codes of the rows of a dictionary: each of its texts is read once, however many rows have it.
fn categories<'a>(
    name: &str,
    array: &'a dyn AnyDictionaryArray,
    texts: impl ArrayAccessor<Item = &'a str> + Copy,
) -> Result<Column> {
    const UNSEEN: u32 = NO_CODE - 1;
    let mut names = Interner::default();
    let mut codes_of = vec![UNSEEN; texts.len()];
    let mut code = |key: usize| {
        if texts.is_null(key) {
            return NO_CODE;
        }
        if codes_of[key] == UNSEEN {
            codes_of[key] = names.code(texts.value(key).as_bytes());
        }
        codes_of[key]
    };
    let valid = |row: usize| array.keys().is_valid(row);
    let keys = if texts.is_empty() {
        vec![0; array.len()]
    } else {
        array.normalized_keys()
    };
    let keys = keys.into_iter().enumerate();
    let codes = keys
        .map(|(row, key)| if valid(row) { code(key) } else { NO_CODE })
        .collect();
    let parts = vec![(codes, names.sealed())];
    Ok(column_of_names(name, parts, Some(ColumnType::Category), 1)?.0)
}
