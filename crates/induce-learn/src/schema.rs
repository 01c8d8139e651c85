//! What a fitted model remembers of its table: columns, categories, classes.

use std::collections::HashMap;

use induce_core::table::{Column, ColumnType};
use induce_core::{Error, Result, Table};
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
    /// The schema of `table`'s columns; a text column is an error.
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
    Ok(Feature {
        name: column.name().into(),
        feature_type,
    })
}

/// A column of some table, read with the codes of a schema.
pub struct Source<'a> {
    column: &'a Column,
    /// For categories: the schema's code of each of the column's codes.
    recode: Option<Vec<u32>>,
}

fn source<'a>(feature: &Feature, table: &'a Table) -> Result<Source<'a>> {
    let column = table.column(&feature.name)?;
    match (&feature.feature_type, column.column_type()) {
        (FeatureType::Number, ColumnType::Number | ColumnType::Boolean | ColumnType::Date) => {
            Ok(Source { column, recode: None })
        }
        (FeatureType::Category(known), ColumnType::Category) => Ok(Source {
            column,
            recode: Some(recode(known, &column.categories())),
        }),
        // A column without a single value has no type of its own.
        (FeatureType::Number, _) if column.missing() == column.len() => Ok(Source { column, recode: None }),
        (FeatureType::Number, column_type) => Err(mismatch(feature, "a number", column_type, column)),
        (FeatureType::Category(_), column_type) => Err(mismatch(feature, "a category", column_type, column)),
    }
}

fn mismatch(feature: &Feature, expected: &str, column_type: ColumnType, column: &Column) -> Error {
    let example = (0..column.len())
        .find_map(|row| column.text(row))
        .unwrap_or_default();
    let want = if expected == "a number" {
        "number"
    } else {
        "category"
    };
    Error::data(
        format!(
            "column `{}` was {expected} in training, here it is {column_type:?}, such as `{example}`",
            feature.name
        ),
        format!(
            "pin its type with `--type {}={want}`, or mark its missing values with `--missing`",
            feature.name
        ),
    )
}

fn recode(known: &[String], here: &[String]) -> Vec<u32> {
    let code: HashMap<&str, u32> = known
        .iter()
        .enumerate()
        .map(|(i, name)| (name.as_str(), i as u32))
        .collect();
    here.iter()
        .map(|name| code.get(name.as_str()).copied().unwrap_or(UNSEEN))
        .collect()
}

#[cfg(test)]
impl<'a> Source<'a> {
    /// The numbers of a column.
    pub fn number(column: &'a Column) -> Self {
        Self { column, recode: None }
    }
}

impl<'a> Source<'a> {
    /// The numbers where they lie, if they are doubles without nulls.
    pub fn doubles(&self) -> Option<&'a [f64]> {
        self.column.doubles()
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
