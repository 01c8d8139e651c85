//! The parsed values of one column, before they are an Arrow array.

use super::infer::Type;
use super::intern::Interner;

/// Code of a missing text.
pub(crate) const NO_CODE: u32 = u32::MAX;

/// The values of one column of one chunk; `nulls` lists the missing rows (floats are NaN there as well).
#[derive(Debug)]
pub(crate) struct Cells {
    pub(crate) values: Values,
    pub(crate) nulls: Vec<u32>,
}

/// Values of one [`Type`](super::infer::Type).
#[derive(Debug)]
pub(crate) enum Values {
    Empty,
    Boolean(Vec<bool>),
    /// Integers that all fit; most do, and take half the memory.
    Narrow(Vec<i32>),
    Integer(Vec<i64>),
    Float(Vec<f64>),
    /// Days, or units of 10^-digits seconds; the type says which.
    Time(Vec<i64>),
    /// Codes of names; [`NO_CODE`] is missing.
    Text(Vec<u32>, Interner),
}

impl Cells {
    /// Rows of which none has a value, in a column of type `of`.
    pub(crate) fn blank(of: Type, rows: usize) -> Self {
        let values = match of {
            Type::Empty => Values::Empty,
            Type::Boolean(_) => Values::Boolean(vec![false; rows]),
            Type::Integer => Values::Narrow(vec![0; rows]),
            Type::Float => Values::Float(vec![f64::NAN; rows]),
            Type::Date | Type::Moment(_) => Values::Time(vec![0; rows]),
            Type::Text | Type::Code => Values::Text(vec![NO_CODE; rows], Interner::default()),
        };
        Self {
            values,
            nulls: (0..rows as u32).collect(),
        }
    }
}

impl Values {
    /// Integers, narrow if all of them are.
    pub(crate) fn of_integers(values: Vec<i64>) -> Self {
        if values.iter().any(|&value| i32::try_from(value).is_err()) {
            return Self::Integer(values);
        }
        Self::Narrow(values.iter().map(|&value| value as i32).collect())
    }
}
