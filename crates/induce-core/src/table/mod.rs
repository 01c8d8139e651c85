//! Tables: named columns of equal length on Arrow arrays.
//!
//! Arrow because Parquet, Feather, pandas and polars speak it, so most data
//! arrives without a copy. A column keeps the narrow type that it was stored
//! in and is widened to `f64` only where a model reads it
//! ([`Column::read_f64`]): a million rows of `u8` pixels stay a million bytes.

mod category;
mod column;
mod column_type;
mod notation;
mod spelling;
mod text;
mod values;

pub(crate) use category::dictionary;
use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

pub use column::Column;
pub use column_type::ColumnType;
pub use notation::Notation;
pub use spelling::Spelling;
pub use text::{civil_from_days, days_from_civil};

use crate::error::{Error, Result};

/// Columns of equal length with different names.
#[derive(Debug, Clone, Default)]
pub struct Table {
    columns: Vec<Column>,
    rows: usize,
    /// Index of each name, built at the first look-up in a wide table.
    places: OnceLock<HashMap<String, usize>>,
}

/// Up to this many columns names are searched linearly.
const FEW: usize = 16;

impl Table {
    /// A table of `columns`.
    ///
    /// # Errors
    /// If their lengths differ or a name occurs twice.
    pub fn new(columns: Vec<Column>) -> Result<Self> {
        let rows = columns.first().map_or(0, Column::len);
        let mut names = HashSet::with_capacity(columns.len());
        for column in &columns {
            if column.len() != rows {
                return Err(unequal(&columns[0], column));
            }
            if !names.insert(column.name()) {
                return Err(duplicate(column.name()));
            }
        }
        Ok(Self::of(columns, rows))
    }

    fn of(columns: Vec<Column>, rows: usize) -> Self {
        Self {
            columns,
            rows,
            places: OnceLock::new(),
        }
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The columns in their order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The column called `name`.
    ///
    /// # Errors
    /// If there is none; the hint suggests the nearest name.
    pub fn column(&self, name: &str) -> Result<&Column> {
        Ok(&self.columns[self.index_of(name)?])
    }

    /// The position of the column called `name`.
    ///
    /// # Errors
    /// If there is none; the hint suggests the nearest name.
    pub fn index_of(&self, name: &str) -> Result<usize> {
        let place = if self.columns.len() <= FEW {
            self.columns.iter().position(|column| column.name() == name)
        } else {
            self.places().get(name).copied()
        };
        place.ok_or_else(|| Error::UnknownColumn {
            name: name.to_string(),
            known: self.names(),
        })
    }

    fn places(&self) -> &HashMap<String, usize> {
        let place = |(i, column): (usize, &Column)| (column.name().to_string(), i);
        self.places
            .get_or_init(|| self.columns.iter().enumerate().map(place).collect())
    }

    /// The rows numbered `rows`, in that order; a row may come more than once.
    #[must_use]
    pub fn take(&self, rows: &[usize]) -> Self {
        Self::of(
            self.columns.iter().map(|column| column.take(rows)).collect(),
            rows.len(),
        )
    }

    /// Two parts of the rows, each in its order; a column is freed as soon as it is divided.
    ///
    /// # Panics
    /// If a number is not below [`rows`](Self::rows).
    #[must_use]
    pub fn divide(self, first: &[usize], second: &[usize]) -> (Self, Self) {
        let halves = |column: Column| (column.take(first), column.take(second));
        let (left, right) = self.columns.into_iter().map(halves).unzip();
        let part = |columns, rows: &[usize]| Self::of(columns, rows.len());
        (part(left, first), part(right, second))
    }

    /// The table without the columns called `names` (unknown names are ignored).
    #[must_use]
    pub fn without(&self, names: &[&str]) -> Self {
        let kept = |column: &&Column| !names.contains(&column.name());
        Self::of(self.columns.iter().filter(kept).cloned().collect(), self.rows)
    }

    /// The columns called `names` only, in that order.
    ///
    /// # Errors
    /// If there is no column of one of the names, or a name occurs twice.
    pub fn select(&self, names: &[&str]) -> Result<Self> {
        let columns: Result<Vec<_>> = names.iter().map(|name| self.column(name).cloned()).collect();
        Ok(Self::of(columns?, self.rows))
    }

    /// The table with `column` at its end, or in the place of its namesake.
    ///
    /// # Errors
    /// If the column has another number of rows.
    pub fn with(&self, column: Column) -> Result<Self> {
        let mut columns = self.columns.clone();
        match columns.iter().position(|c| c.name() == column.name()) {
            Some(place) => columns[place] = column,
            None => columns.push(column),
        }
        Self::new(columns)
    }

    /// The names of the columns in their order.
    pub fn names(&self) -> Vec<String> {
        self.columns
            .iter()
            .map(|column| column.name().to_string())
            .collect()
    }

    /// Bytes in memory, buffers shared with other tables included.
    pub fn bytes(&self) -> usize {
        self.columns.iter().map(Column::bytes).sum()
    }
}

fn unequal(first: &Column, other: &Column) -> Error {
    Error::data(
        format!(
            "column `{}` has {} rows, `{}` has {}",
            other.name(),
            other.len(),
            first.name(),
            first.len()
        ),
        "all columns of a table need the same number of rows",
    )
}

/// Two columns with one name.
pub(crate) fn duplicate(name: &str) -> Error {
    Error::data(
        format!("two columns are called `{name}`"),
        "rename one of them, or say --no-header if the first line is data",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        Table::new(vec![
            Column::from_f64("x", vec![1.0, f64::NAN, 3.0]),
            Column::from_text("c", &[Some("b"), None, Some("a")]),
        ])
        .unwrap()
    }

    #[test]
    fn divided_is_taken_twice() {
        let (left, right) = table().divide(&[2, 0], &[1]);
        assert_eq!((left.rows(), right.rows()), (2, 1));
        assert_eq!(left.columns()[1].text(0).as_deref(), Some("a"));
        assert_eq!(left.columns()[0].text(1), table().columns()[0].text(0));
        assert_eq!(right.columns()[1].missing(), 1);
    }

    #[test]
    fn rows_are_taken_in_the_order_asked_for() {
        let taken = table().take(&[2, 2, 0]);
        let mut codes = [0; 3];
        taken.column("c").unwrap().read_codes(0, &mut codes);
        assert_eq!(codes, [0, 0, 1]);
        let mut values = [0.0; 2];
        taken.column("x").unwrap().read_f64(1, &mut values);
        assert_eq!(values, [3.0, 1.0]);
    }

    #[test]
    fn unequal_lengths_and_equal_names_are_refused() {
        let short = Column::from_f64("y", vec![1.0]);
        assert!(table().with(short).is_err());
        let twin = vec![Column::from_f64("x", vec![]), Column::from_f64("x", vec![])];
        assert!(Table::new(twin).unwrap_err().to_string().contains("`x`"));
    }

    #[test]
    fn columns_come_go_and_are_replaced() {
        let table = table().with(Column::from_f64("x", vec![0.0; 3])).unwrap();
        assert_eq!(table.names(), ["x", "c"]);
        assert_eq!(table.without(&["x"]).names(), ["c"]);
        assert_eq!(
            table.column("X").unwrap_err().hint().as_deref(),
            Some("did you mean `x`?")
        );
    }
}
