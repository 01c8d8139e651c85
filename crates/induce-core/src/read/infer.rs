//! What a text says it is, and the least type that holds a whole column.
//!
//! The type of a column is the join of the types of its values. A join does
//! not depend on the order, so neither chunks nor threads can change a guess.

use super::moment::{self, Moment};
use super::number::{Number, parse_number};
use crate::table::{ColumnType, Spelling};

/// The types of text values, from the least to the greatest within each chain:
/// `Empty < Boolean < Text`, `Empty < Integer < Code < Float < Text`, `Empty < Date < Moment < Text`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    /// Nothing but missing values.
    Empty,
    /// `true`, `false`, `yes`, `no`, in one spelling.
    Boolean(Spelling),
    /// Whole numbers that fit `i64`.
    Integer,
    /// Whole numbers of which some begin with 0: `01234` is a code, which as a number would be another one.
    Code,
    /// Numbers.
    Float,
    /// Days.
    Date,
    /// Days with a time; the digits of a second that are kept: 0, 3, 6 or 9.
    Moment(u8),
    /// Anything.
    Text,
}

impl Type {
    /// The least type that holds the values of both.
    pub(crate) fn join(self, other: Self) -> Self {
        use Type::*;
        match (self, other) {
            (a, b) if a == b => a,
            (Empty, a) | (a, Empty) => a,
            (Integer | Code, Float) | (Float, Integer | Code) => Float,
            (Integer, Code) | (Code, Integer) => Code,
            (Boolean(a), Boolean(b)) => a.join(b).map_or(Text, Boolean),
            (Date, Moment(digits)) | (Moment(digits), Date) => Moment(digits),
            (Moment(a), Moment(b)) => Moment(a.max(b)),
            _ => Text,
        }
    }

    /// Whether values of this type can stand in a column of `kind`.
    pub(crate) fn is_of(self, kind: ColumnType) -> bool {
        match kind {
            ColumnType::Number => matches!(self, Self::Empty | Self::Integer | Self::Float),
            ColumnType::Boolean => matches!(self, Self::Empty | Self::Boolean(_)),
            ColumnType::Date => matches!(self, Self::Empty | Self::Date | Self::Moment(_)),
            ColumnType::Category | ColumnType::Text => true,
        }
    }

    /// The least type of one trimmed text that is not missing.
    pub(crate) fn of(text: &[u8]) -> Self {
        match parse_number(text) {
            Number::Integer(_) if is_code(text) => return Self::Code,
            Number::Integer(_) => return Self::Integer,
            Number::Float(_) => return Self::Float,
            Number::None => {}
        }
        if let Some((spelling, _)) = Spelling::of(text) {
            return Self::Boolean(spelling);
        }
        match moment::parse(text) {
            Some(Moment { clock: None, .. }) => Self::Date,
            Some(moment) => Self::Moment(moment.digits()),
            None => Self::Text,
        }
    }
}

/// `true yes` or `false no`, in any case.
fn parse_boolean(text: &[u8]) -> Option<bool> {
    match text.len() {
        2 if text.eq_ignore_ascii_case(b"no") => Some(false),
        3 if text.eq_ignore_ascii_case(b"yes") => Some(true),
        4 if text.eq_ignore_ascii_case(b"true") => Some(true),
        5 if text.eq_ignore_ascii_case(b"false") => Some(false),
        _ => None,
    }
}

/// Whether a whole number begins with a 0 that as a number it would lose.
#[inline]
pub(crate) fn is_code(text: &[u8]) -> bool {
    text.len() > 1 && text[0] == b'0'
}

/// More spellings, for a column that the user says is boolean: also `t f y n 1 0`.
pub(crate) fn parse_any_boolean(text: &[u8]) -> Option<bool> {
    match text {
        b"1" | b"t" | b"T" | b"y" | b"Y" => Some(true),
        b"0" | b"f" | b"F" | b"n" | b"N" => Some(false),
        _ => parse_boolean(text),
    }
}

/// Whether names are free text or identifiers rather than categories, and why.
///
/// `rows` values are present, `distinct` of them differ, and they have `bytes` bytes together.
pub(crate) fn free_text(rows: usize, distinct: usize, bytes: u64) -> Option<String> {
    if distinct > 1000 && distinct * 2 > rows {
        return Some(format!("{distinct} distinct values in {rows} rows"));
    }
    let mean = bytes as f64 / rows.max(1) as f64;
    (mean > 60.0).then(|| format!("{mean:.0} bytes in the mean"))
}

#[cfg(test)]
mod tests {
    use super::Type::*;
    use super::*;

    fn all() -> [Type; 12] {
        [
            Empty,
            Boolean(Spelling::default()),
            Type::of(b"No"),
            Type::of(b"yes"),
            Integer,
            Code,
            Float,
            Date,
            Moment(0),
            Moment(3),
            Moment(9),
            Text,
        ]
    }

    #[test]
    fn joins_commute_and_associate() {
        for a in all() {
            for b in all() {
                assert_eq!(a.join(b), b.join(a));
                for c in all() {
                    assert_eq!(a.join(b).join(c), a.join(b.join(c)), "{a:?} {b:?} {c:?}");
                }
            }
        }
    }

    #[test]
    fn texts_have_the_types_that_people_expect() {
        let of = |text: &str| Type::of(text.as_bytes());
        for text in ["0", "-7", "+5", "9223372036854775807", "-9223372036854775808"] {
            assert_eq!(of(text), Integer, "{text}");
        }
        for text in [
            "1e300",
            "inf",
            "-inf",
            "Infinity",
            "1.",
            ".5",
            "-0.0",
            "9223372036854775808",
            "1E-5",
        ] {
            assert_eq!(of(text), Float, "{text}");
        }
        for text in [
            "1_000", "0x10", "1,5", "+-5", "--1", ".", "e5", "1e", "+", "-", "5 %", "infx", "1 2",
        ] {
            assert_eq!(of(text), Text, "{text}");
        }
        assert!(matches!(of("YES"), Boolean(_)));
        assert_eq!(of("007"), Code);
        assert_eq!(of("0"), Integer);
        assert_eq!(of("No").join(of("yes")), of("no"));
        assert_eq!(of("No").join(of("true")), Text, "words of two pairs are words");
        assert_eq!(of("2024-02-29"), Date);
        assert_eq!(of("2023-02-29"), Text);
        assert_eq!(of("2001/01/14 21:55"), Moment(0));
        assert_eq!(of("2024-01-31T10:20:30.125Z"), Moment(3));
    }
}
