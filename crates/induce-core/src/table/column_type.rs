//! What the values of a column are.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// What the values of a column are, which decides what a model may do with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnType {
    /// A quantity: integers and floats of any width.
    Number,
    /// True or false.
    Boolean,
    /// One of a finite set of names.
    Category,
    /// A day, or a moment in UTC.
    Date,
    /// Free text or identifiers; no model uses it as it is.
    Text,
}

impl ColumnType {
    /// All types, in the order in which a reader tries them.
    pub const ALL: [Self; 5] = [
        Self::Number,
        Self::Boolean,
        Self::Date,
        Self::Category,
        Self::Text,
    ];

    /// The lower-case name, as in `--type NAME=TYPE`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Category => "category",
            Self::Date => "date",
            Self::Text => "text",
        }
    }
}

impl std::fmt::Display for ColumnType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl std::str::FromStr for ColumnType {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        let same = |column_type: &Self| column_type.name().eq_ignore_ascii_case(name);
        Self::ALL
            .into_iter()
            .find(same)
            .ok_or_else(|| Error::UnknownName {
                what: "kind of column",
                name: name.into(),
                known: Self::ALL.iter().map(ToString::to_string).collect(),
            })
    }
}
