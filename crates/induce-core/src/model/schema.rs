//! What a fitted model remembers of its table: columns, categories, classes.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::read::{notation, parse_any_boolean};
use crate::table::{Column, ColumnType, Notation};
use crate::{Error, Result, Table};
use serde::{Deserialize, Serialize};

/// How a model reads a feature.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FeatureType {
    /// A quantity: numbers, booleans as 0 and 1, dates as seconds since 1970.
    Number,
    /// One of these categories; the code of a category is its position.
    Category(Vec<String>),
}

/// A feature: the name of its column and how it is read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Feature {
    /// Column name.
    pub name: String,
    /// How its values are read.
    #[serde(rename = "meaning")]
    pub feature_type: FeatureType,
    /// What a column of numbers was in training: numbers, booleans or dates; unknown in files of earlier versions. Of categories text, if they
    /// are names that any column may hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_as: Option<ColumnType>,
    /// How its numbers or dates were written in training, if not as they usually are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notation: Option<Notation>,
}

/// The columns a model was fitted on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Schema {
    /// The features, in the order of the model's feature indices.
    pub features: Vec<Feature>,
    /// The name of the target column, if known.
    pub target: Option<String>,
    /// The names of the classes, by class index; empty for a quantity.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<String>,
}

/// The code of a missing value.
pub const MISSING: u32 = u32::MAX;
/// The code of a category that the schema does not have.
pub const UNSEEN: u32 = u32::MAX - 1;

impl Schema {
    /// That of nothing.
    pub const fn empty() -> Self {
        Self {
            features: Vec::new(),
            target: None,
            classes: Vec::new(),
        }
    }

    /// The schema of `table`'s columns; text columns have no meaning to a model and are an error.
    pub fn of(table: &Table) -> Result<Self> {
        let features = table.columns().iter().map(feature).collect::<Result<_>>()?;
        Ok(Self {
            features,
            ..Self::default()
        })
    }

    /// The columns of `table` in the order and with the codes of this schema.
    pub fn align<'a>(&self, table: &'a Table) -> Result<Vec<Source<'a>>> {
        self.features.iter().map(|f| source(f, table)).collect()
    }

    /// The names of the features.
    pub fn names(&self) -> Vec<String> {
        self.features.iter().map(|f| f.name.clone()).collect()
    }
}

/// Values of a feature that training had not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unseen {
    /// The column.
    pub column: String,
    /// Rows that hold such a value.
    pub rows: usize,
    /// The first of them.
    pub example: String,
}

impl Schema {
    /// The categories of a table that training had not.
    ///
    /// # Errors
    /// If a column is missing, or is of another type.
    pub fn unseen(&self, table: &Table) -> Result<Vec<Unseen>> {
        let mut all = Vec::new();
        for (feature, source) in self.features.iter().zip(self.align(table)?) {
            let mut codes = vec![0; source.len()];
            source.read_codes(0, &mut codes);
            let mut rows = (0..codes.len()).filter(|&row| codes[row] == UNSEEN);
            if let Some(first) = rows.next() {
                all.push(Unseen {
                    column: feature.name.clone(),
                    rows: 1 + rows.count(),
                    example: source.column.text(first).unwrap_or_default(),
                });
            }
        }
        Ok(all)
    }
}

fn feature(column: &Column) -> Result<Feature> {
    let feature_type = match column.column_type() {
        ColumnType::Number | ColumnType::Boolean | ColumnType::Date => FeatureType::Number,
        ColumnType::Category => FeatureType::Category(column.categories()),
        ColumnType::Text => {
            return Err(Error::data(
                format!("column `{}` is free text, which trees cannot use", column.name()),
                format!(
                    "drop it, or read it as categories with `--type {}=category`",
                    column.name()
                ),
            ));
        }
    };
    let read_as = Some(column.column_type()).filter(|_| feature_type == FeatureType::Number);
    Ok(Feature {
        name: column.name().into(),
        feature_type,
        read_as,
        notation: column.notation(),
    })
}

/// A column of some table, read with the codes of a schema.
pub struct Source<'a> {
    column: Cow<'a, Column>,
    /// For categories: the schema's code of each of the column's codes.
    recode: Option<Vec<u32>>,
}

/// The column of this name; LightGBM's files have `_` for blanks.
fn named<'a>(name: &str, table: &'a Table) -> Result<&'a Column> {
    table.column(name).or_else(|error| {
        let same = |column: &&Column| column.name().replace(char::is_whitespace, "_") == name;
        let mut all = table.columns().iter().filter(same);
        all.next().filter(|_| all.next().is_none()).ok_or(error)
    })
}

/// The column of a feature, as numbers or codes: what another reader made of the same values is converted, or refused.
fn source<'a>(feature: &Feature, table: &'a Table) -> Result<Source<'a>> {
    let column = named(&feature.name, table)?;
    match &feature.feature_type {
        FeatureType::Category(known) => {
            let column = match column.column_type() {
                ColumnType::Category => Cow::Borrowed(column),
                // What is read as text are names, whatever they look like.
                ColumnType::Text | ColumnType::Date if feature.read_as != Some(ColumnType::Text) => {
                    return Err(mismatch(feature, "a category", column));
                }
                // `1` and `2` are numbers to a reader that was not told otherwise.
                _ => Cow::Owned(column.to_category()),
            };
            let recode = Some(recode(known, &column.categories()));
            Ok(Source { column, recode })
        }
        FeatureType::Number => {
            let column = as_numbers(feature, column)?;
            Ok(Source { column, recode: None })
        }
    }
}

/// A column of numbers, booleans or dates, as it was in training.
fn as_numbers<'a>(feature: &Feature, column: &'a Column) -> Result<Cow<'a, Column>> {
    use ColumnType::{Boolean, Category, Date, Number, Text};
    // A column without a single value has no type of its own.
    if column.missing() == column.len() {
        return Ok(Cow::Borrowed(column));
    }
    match (feature.read_as, column.column_type()) {
        (Some(Number | Boolean), Date) | (Some(Date), Number | Boolean) => {
            Err(mismatch(feature, trained_as(feature), column))
        }
        (Some(Boolean), Number) if !is_binary(column) => Err(mismatch(feature, "true or false", column)),
        (Some(kind @ (Date | Number)), Category | Text) if kind == Date || feature.notation.is_some() => {
            notation::read_as(column, kind, feature.notation).map(Cow::Owned)
        }
        (_, Text) => Err(mismatch(feature, trained_as(feature), column)),
        (_, Category) => words_as_numbers(column)
            .map(Cow::Owned)
            .ok_or_else(|| mismatch(feature, trained_as(feature), column)),
        _ => Ok(Cow::Borrowed(column)),
    }
}

fn trained_as(feature: &Feature) -> &'static str {
    match feature.read_as {
        Some(ColumnType::Date) => "a date",
        Some(ColumnType::Boolean) => "true or false",
        _ => "a number",
    }
}

/// Whether all values are 0 and 1.
fn is_binary(column: &Column) -> bool {
    let mut values = vec![0.0; column.len()];
    column.read_f64(0, &mut values);
    values
        .iter()
        .all(|value| value.is_nan() || *value == 0.0 || *value == 1.0)
}

/// Words that are all numbers, or all yes and no, as numbers.
fn words_as_numbers(column: &Column) -> Option<Column> {
    let names = column.categories();
    let numbers: Option<Vec<f64>> = names.iter().map(|name| name.trim().parse().ok()).collect();
    let booleans = || -> Option<Vec<f64>> {
        let value = |name: &String| parse_any_boolean(name.trim().as_bytes()).map(f64::from);
        names.iter().map(value).collect()
    };
    let values = numbers.or_else(booleans)?;
    let mut codes = vec![0; column.len()];
    column.read_codes(0, &mut codes);
    let value = |code: &u32| values.get(*code as usize).copied().unwrap_or(f64::NAN);
    Some(Column::from_f64(column.name(), codes.iter().map(value).collect()))
}

fn mismatch(feature: &Feature, expected: &str, column: &Column) -> Error {
    let example = (0..column.len())
        .find_map(|row| column.text(row))
        .unwrap_or_default();
    let want = match expected {
        "a number" => "number",
        "a date" => "date",
        "true or false" => "boolean",
        _ => "category",
    };
    let here = match column.column_type() {
        ColumnType::Number => "numbers",
        ColumnType::Boolean => "booleans",
        ColumnType::Category => "categories",
        ColumnType::Date => "dates",
        ColumnType::Text => "free text",
    };
    Error::data(
        format!(
            "column `{}` was {expected} in training, here it holds {here}, such as `{example}`",
            feature.name
        ),
        format!(
            "write it as in training; `--type {}={want}` reads other notations, `--missing TEXT` says what means no value",
            feature.name
        ),
    )
}

/// The training code of every category here; numbers are the same however their reader wrote them: `1`, `1.0`.
fn recode(known: &[String], here: &[String]) -> Vec<u32> {
    let codes = || known.iter().zip(0..);
    let exact: HashMap<&str, u32> = codes().map(|(name, code)| (name.as_str(), code)).collect();
    let loose: HashMap<&str, u32> = codes().map(|(name, code)| (whole(name), code)).collect();
    let code = |name: &String| {
        exact
            .get(name.as_str())
            .or_else(|| loose.get(whole(name)))
            .copied()
    };
    here.iter().map(|name| code(name).unwrap_or(UNSEEN)).collect()
}

/// A whole number without its point: `1.0` is 1. Anything else as it is.
fn whole(name: &str) -> &str {
    let (digits, zeros) = name.split_once('.').unwrap_or((name, ""));
    let plain = digits.trim_start_matches('-');
    let is_whole = !plain.is_empty() && plain.bytes().all(|byte| byte.is_ascii_digit());
    if is_whole && zeros.bytes().all(|byte| byte == b'0') {
        digits
    } else {
        name
    }
}

impl<'a> Source<'a> {
    /// The values of a column, read as numbers.
    pub fn number(column: &'a Column) -> Self {
        Self {
            column: Cow::Borrowed(column),
            recode: None,
        }
    }

    /// The numbers where they lie, if they are doubles without nulls.
    pub fn doubles(&self) -> Option<&'a [f64]> {
        match &self.column {
            Cow::Borrowed(column) => column.doubles(),
            Cow::Owned(_) => None,
        }
    }

    /// Numbers from row `start` on, NaN where missing.
    pub fn read_f64(&self, start: usize, out: &mut [f64]) {
        self.column.read_f64(start, out);
    }

    /// Category codes from row `start` on; [`MISSING`], [`UNSEEN`].
    pub fn read_codes(&self, start: usize, out: &mut [u32]) {
        let Some(recode) = &self.recode else {
            return out.fill(MISSING);
        };
        self.column.read_codes(start, out);
        for code in out {
            *code = recode.get(*code as usize).copied().unwrap_or(MISSING);
        }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.column.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
