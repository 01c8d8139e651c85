//! A column as estimators take it.

use induce_core::{Column, ColumnType, Error, Result};
use induce_prob::information::Sample;

/// The values of a column, as estimators take them.
pub(super) enum Variable {
    /// NaN where missing.
    Numbers(Vec<f64>),
    /// `u32::MAX` where missing.
    Categories(Vec<u32>),
}

pub(super) fn known(column: &Column) -> Result<Variable> {
    Variable::of(column).map_err(|why| {
        let what = format!("column `{}` cannot be used: {why}", column.name());
        Error::data(
            what,
            format!("`--type {}=category` reads it as categories", column.name()),
        )
    })
}

impl Variable {
    pub(super) fn of(column: &Column) -> std::result::Result<Self, String> {
        match column.column_type() {
            ColumnType::Text => Err("it is free text".into()),
            ColumnType::Category | ColumnType::Boolean => {
                let mut codes = vec![0; column.len()];
                column.read_codes(0, &mut codes);
                Ok(Self::Categories(codes))
            }
            ColumnType::Number | ColumnType::Date => {
                let mut values = vec![0.0; column.len()];
                column.read_f64(0, &mut values);
                Ok(Self::Numbers(values))
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Numbers(values) => values.len(),
            Self::Categories(codes) => codes.len(),
        }
    }

    fn is_known(&self, row: usize) -> bool {
        match self {
            Self::Numbers(values) => values[row].is_finite(),
            Self::Categories(codes) => codes[row] != u32::MAX,
        }
    }

    pub(super) fn numbers(&self, rows: &[usize]) -> Option<Vec<f64>> {
        match self {
            Self::Numbers(values) => Some(rows.iter().map(|&row| values[row]).collect()),
            Self::Categories(_) => None,
        }
    }

    pub(super) fn codes(&self, rows: &[usize]) -> Option<Vec<u32>> {
        match self {
            Self::Numbers(_) => None,
            Self::Categories(codes) => Some(rows.iter().map(|&row| codes[row]).collect()),
        }
    }

    /// Points for neighbours.
    pub(super) fn sample(&self, rows: &[usize]) -> Result<Sample> {
        match (self.numbers(rows), self.codes(rows)) {
            (Some(values), _) => Ok(Sample::numbers(&values)?.standardised()),
            (None, codes) => Ok(Sample::categories(&codes.unwrap_or_default())),
        }
    }
}

/// Rows in which none of these lacks a value.
pub(super) fn complete(all: &[&Variable]) -> Vec<usize> {
    let rows = all.first().map_or(0, |own| own.len());
    (0..rows)
        .filter(|&row| all.iter().all(|own| own.is_known(row)))
        .collect()
}
