//! In which of two notations the numbers or dates of a column are written.

use super::column_type::ColumnType;
use crate::choices;

choices! {
    /// What a text like `1,234` or `3/4/2024` does not say by itself; all values of a column may.
    pub enum Notation {
        /// `1,234.5`
        DecimalPoint = "decimal-point",
        /// `1.234,5`
        DecimalComma = "decimal-comma",
        /// `31.12.2024`
        DayFirst = "day-first",
        /// `12/31/2024`
        MonthFirst = "month-first",
    }
}

impl Notation {
    /// What it is a notation of.
    pub const fn column_type(self) -> ColumnType {
        match self {
            Self::DecimalPoint | Self::DecimalComma => ColumnType::Number,
            Self::DayFirst | Self::MonthFirst => ColumnType::Date,
        }
    }

    /// The other notation of the same.
    pub const fn other(self) -> Self {
        match self {
            Self::DecimalPoint => Self::DecimalComma,
            Self::DecimalComma => Self::DecimalPoint,
            Self::DayFirst => Self::MonthFirst,
            Self::MonthFirst => Self::DayFirst,
        }
    }
}
