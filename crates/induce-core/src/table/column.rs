//! One named column.

use std::sync::Arc;

use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Float32Array, Float64Array, Int64Array, UInt32Array,
};
use arrow_schema::DataType;

use super::column_type::ColumnType;
use super::notation::Notation;
use super::spelling::Spelling;
use super::{category, text, values};
use crate::error::{Error, Result};

/// A name, a [`ColumnType`] and an Arrow array.
///
/// | type | array |
/// |---|---|
/// | `Number` | `Int8` ... `UInt64`, `Float32`, `Float64` |
/// | `Boolean` | `Boolean` |
/// | `Category` | `Dictionary<UInt32, Utf8>` |
/// | `Date` | `Date32` or `Timestamp` |
/// | `Text` | `Utf8` |
///
/// Null is missing, and so is NaN in a float column.
#[derive(Debug, Clone)]
pub struct Column {
    name: String,
    column_type: ColumnType,
    data: ArrayRef,
    /// How booleans are written.
    spelling: Spelling,
    /// How numbers or dates were written, if not as they usually are.
    notation: Option<Notation>,
}

impl Column {
    /// A column of `data`.
    ///
    /// # Errors
    /// If `data` is not an array that holds `column_type`.
    pub fn new(name: impl Into<String>, column_type: ColumnType, data: ArrayRef) -> Result<Self> {
        let name = name.into();
        if !stores(column_type, data.data_type()) {
            return Err(Error::data(
                format!(
                    "column `{name}` of type {column_type} cannot be stored as {}",
                    data.data_type()
                ),
                "this is a type that induce does not read; cast the column before saving it",
            ));
        }
        if column_type == ColumnType::Category && !category::is_sound(&data) {
            return Err(Error::data(
                format!("the dictionary of column `{name}` holds a null"),
                "mark missing rows by null keys instead",
            ));
        }
        Ok(Self {
            name,
            column_type,
            data,
            spelling: Spelling::default(),
            notation: None,
        })
    }

    /// A column of a type that is right by construction.
    pub(crate) fn trusted(name: impl Into<String>, column_type: ColumnType, data: ArrayRef) -> Self {
        debug_assert!(stores(column_type, data.data_type()));
        Self {
            name: name.into(),
            column_type,
            data,
            spelling: Spelling::default(),
            notation: None,
        }
    }

    /// The same column, whose booleans are written as these words.
    #[must_use]
    pub(crate) fn spelt(self, spelling: Spelling) -> Self {
        Self { spelling, ..self }
    }

    /// The same column, whose values were written like this.
    #[must_use]
    pub(crate) fn written(self, notation: Notation) -> Self {
        Self {
            notation: Some(notation),
            ..self
        }
    }

    /// How its numbers or dates were written, if not as they usually are.
    pub fn notation(&self) -> Option<Notation> {
        self.notation
    }

    /// Whether its booleans are written in other words than true and false.
    pub fn has_words(&self) -> bool {
        self.column_type == ColumnType::Boolean && self.spelling != Spelling::default()
    }

    /// A column of whole numbers.
    pub fn from_whole(name: impl Into<String>, values: Vec<i64>) -> Self {
        Self::trusted(name, ColumnType::Number, Arc::new(Int64Array::from(values)))
    }

    /// A column of `f64`; NaN is missing.
    pub fn from_f64(name: impl Into<String>, values: Vec<f64>) -> Self {
        Self::trusted(name, ColumnType::Number, Arc::new(Float64Array::from(values)))
    }

    /// A column of `f32`; NaN is missing.
    pub fn from_f32(name: impl Into<String>, values: Vec<f32>) -> Self {
        Self::trusted(name, ColumnType::Number, Arc::new(Float32Array::from(values)))
    }

    /// Categories, their codes in the order of their names; `None` is missing.
    pub fn from_text(name: impl Into<String>, values: &[Option<&str>]) -> Self {
        Self::trusted(name, ColumnType::Category, category::encode(values))
    }

    /// Free text; `None` is missing.
    pub fn from_free_text(name: impl Into<String>, values: &[Option<&str>]) -> Self {
        let data: arrow_array::StringArray = values.iter().copied().collect();
        Self::trusted(name, ColumnType::Text, Arc::new(data))
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the values are.
    pub fn column_type(&self) -> ColumnType {
        self.column_type
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.data.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.data.is_empty()
    }

    /// How many rows are missing: null, or NaN.
    pub fn missing(&self) -> usize {
        values::missing(&self.data)
    }

    /// The Arrow array.
    pub fn data(&self) -> &ArrayRef {
        &self.data
    }

    /// Rows `start..start + out.len()` as `f64`, NaN where missing.
    ///
    /// Numbers are themselves, booleans 0 or 1, dates seconds since 1970 in UTC,
    /// categories their codes; text is NaN.
    ///
    /// # Panics
    /// If the rows asked for are not all in the column.
    pub fn read_f64(&self, start: usize, out: &mut [f64]) {
        values::read_f64(&self.data, start, out);
    }

    /// The values themselves, where they are kept as doubles none of which is null.
    ///
    /// NaN, which counts as missing too, may be among them.
    pub fn doubles(&self) -> Option<&[f64]> {
        values::doubles(&self.data)
    }

    /// Codes of rows `start..start + out.len()`, `u32::MAX` where missing.
    ///
    /// Booleans are 0 and 1; a column of another type has no codes and is all missing.
    ///
    /// # Panics
    /// If the rows asked for are not all in the column.
    pub fn read_codes(&self, start: usize, out: &mut [u32]) {
        values::read_codes(&self.data, start, out);
    }

    /// The names of the codes: `categories()[code]`; empty for types without codes.
    pub fn categories(&self) -> Vec<String> {
        match self.column_type {
            ColumnType::Category => category::names(&self.data),
            ColumnType::Boolean => self.spelling.words().map(String::from).into(),
            _ => Vec::new(),
        }
    }

    /// The value at `row` as a CSV file would have it; `None` if it is missing or beyond the end.
    pub fn text(&self, row: usize) -> Option<String> {
        let text = text::print(&self.data, row)?;
        Some(match self.column_type {
            ColumnType::Boolean => self.spelling.words()[usize::from(text == "true")].into(),
            _ => text,
        })
    }

    /// The rows numbered `rows`, in that order.
    ///
    /// # Panics
    /// If a number is not below [`len`](Self::len).
    #[must_use]
    pub fn take(&self, rows: &[usize]) -> Self {
        let rows = UInt32Array::from_iter_values(rows.iter().map(|&row| row as u32));
        let data = arrow_select::take::take(&self.data, &rows, None).expect("the rows are in the column");
        Self { data, ..self.clone() }
    }

    /// The rows of these numbers, and a missing value where there is no number.
    ///
    /// # Panics
    /// If a number is not below [`len`](Self::len).
    #[must_use]
    pub fn take_some(&self, rows: &[Option<usize>]) -> Self {
        let rows: UInt32Array = rows.iter().map(|row| row.map(|row| row as u32)).collect();
        let data = arrow_select::take::take(&self.data, &rows, None).expect("the rows are in the column");
        Self { data, ..self.clone() }
    }

    /// The same column, with these numbers where values are missing; whole numbers become doubles, booleans are what is nearer, dates the day. // (rows)
    ///
    /// # Errors
    /// Of a type that has no numbers, or of points in time that are finer than days.
    pub fn with_numbers(&self, values: &[f64]) -> Result<Self> {
        let mut own = vec![0.0; self.len()];
        self.read_f64(0, &mut own);
        let filled = own
            .iter()
            .zip(values)
            .map(|(x, y)| if x.is_nan() { *y } else { *x });
        let data: ArrayRef = match self.data.data_type() {
            DataType::Date32 => {
                let days = filled.map(|seconds| (seconds / 86_400.0).round() as i32);
                Arc::new(Date32Array::from_iter_values(days))
            }
            DataType::Boolean => Arc::new(BooleanArray::from(filled.map(|x| x > 0.5).collect::<Vec<bool>>())),
            _ if self.column_type == ColumnType::Number => {
                return Ok(Self::from_f64(&*self.name, filled.collect()));
            }
            _ => {
                return Err(Error::data(
                    format!(
                        "column `{}` of type {} cannot take a number for what is missing",
                        self.name, self.column_type
                    ),
                    format!("drop it before training (`--drop {}`)", self.name),
                ));
            }
        };
        Ok(Self { data, ..self.clone() })
    }

    /// The same column as categories, with these where values are missing. // (rows)
    ///
    /// # Errors
    /// Unless it holds categories, booleans or numbers.
    pub fn with_texts(&self, values: &[&str]) -> Result<Self> {
        let own: Vec<Option<String>> = (0..self.len()).map(|row| self.text(row)).collect();
        let filled = own
            .iter()
            .zip(values)
            .map(|(own, other)| Some(own.as_deref().unwrap_or(other)));
        Ok(Self::from_text(&*self.name, &filled.collect::<Vec<_>>()))
    }

    /// The same values under another name.
    #[must_use]
    pub fn renamed(&self, name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..self.clone()
        }
    }

    /// The same values as categories named by their printed text.
    ///
    /// Codes follow the numeric order for numbers, booleans and dates, and the
    /// order of the bytes for text. Whole floats lose their `.0`, so that the
    /// classes of a file are the same whether it stores them as `1` or `1.0`.
    #[must_use]
    pub fn to_category(&self) -> Self {
        match self.column_type {
            ColumnType::Category => self.clone(),
            ColumnType::Boolean => Self::trusted(
                &*self.name,
                ColumnType::Category,
                category::of_booleans(&self.data, self.spelling.words()),
            ),
            _ => Self::trusted(
                &*self.name,
                ColumnType::Category,
                category::from_values(&self.data),
            ),
        }
    }

    /// Bytes in memory.
    pub fn bytes(&self) -> usize {
        self.data.get_array_memory_size()
    }
}

/// Whether columns of `column_type` may be stored as `data`.
fn stores(column_type: ColumnType, data: &DataType) -> bool {
    match column_type {
        ColumnType::Number => data.is_numeric() && !data.is_decimal() && *data != DataType::Float16,
        ColumnType::Boolean => *data == DataType::Boolean,
        ColumnType::Category => {
            matches!(data, DataType::Dictionary(key, value) if **key == DataType::UInt32 && **value == DataType::Utf8)
        }
        ColumnType::Date => matches!(data, DataType::Date32 | DataType::Timestamp(..)),
        ColumnType::Text => *data == DataType::Utf8,
    }
}
