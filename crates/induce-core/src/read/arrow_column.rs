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
        DataType::Utf8 => return names(name, data.as_string::<i32>()),
        DataType::LargeUtf8 => return names(name, data.as_string::<i64>()),
        DataType::Utf8View => return names(name, data.as_string_view()),
        DataType::Dictionary(..) => return dictionary(name, data),
        other if other.is_numeric() && !other.is_decimal() => kept(ColumnType::Number)?,
        other => return Err(refused(name, other)),
    };
    Ok((column, format!("it is stored as {}", data.data_type())))
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

/// Categories or free text. Markers are not looked for: these formats have nulls.
fn names<'a>(name: &str, texts: impl IntoIterator<Item = Option<&'a str>>) -> Result<(Column, String)> {
    let mut names = Interner::default();
    let code = |text: Option<&str>| text.map_or(NO_CODE, |text| names.code(text.as_bytes()));
    let codes = texts.into_iter().map(code).collect();
    column_of_names(name, vec![(codes, names.sealed())], None, 1)
}

fn dictionary(name: &str, data: &ArrayRef) -> Result<(Column, String)> {
    let array = data.as_any_dictionary();
    let full = arrow_select::take::take(array.values(), array.keys(), None).map_err(|source| {
        Error::data(
            format!("the dictionary of column `{name}`: {source}"),
            "save the file again",
        )
    })?;
    let texts = matches!(
        full.data_type(),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View
    );
    let (flat, _) = column(name, &full)?;
    let column = if texts && flat.column_type() == ColumnType::Text {
        flat.to_category()
    } else {
        flat
    };
    Ok((column, "it is stored as a dictionary".into()))
}
