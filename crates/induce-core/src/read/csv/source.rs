//! One column of one chunk, parsed.

use std::borrow::Cow;

use super::fields::Fields;
use crate::read::cells::{Cells, NO_CODE, Values};
use crate::read::infer::{Type, is_code, parse_any_boolean};
use crate::read::intern::Interner;
use crate::read::missing::Missing;
use crate::read::moment;
use crate::read::number::{Number, parse_number};
use crate::table::Spelling;

/// One column of a chunk of text.
pub(crate) struct Source<'a> {
    pub(crate) text: &'a [u8],
    pub(crate) fields: &'a Fields,
    pub(crate) column: usize,
    pub(crate) missing: &'a Missing,
    /// The user says that the column is boolean: `0 1 t f y n` are.
    pub(crate) boolean: bool,
    /// The user says that the column is of numbers: `007` is 7.
    pub(crate) number: bool,
}

impl Source<'_> {
    /// The cells and their type: the join of `guess` and the types of all values.
    pub(crate) fn parse(&self, guess: Type) -> (Type, Cells) {
        let mut guess = guess;
        loop {
            match self.try_as(guess) {
                Ok(cells) => return (guess, cells),
                Err(row) => guess = self.wider(guess, row),
            }
        }
    }

    /// The join of the types of the first `rows` rows.
    pub(crate) fn guess(&self, rows: usize) -> Type {
        let all = 0..rows.min(self.fields.rows());
        all.map(|row| self.type_at(row)).fold(Type::Empty, Type::join)
    }

    /// The trimmed text of a row without its quotes, and whether it had any.
    #[inline]
    pub(crate) fn text_at(&self, row: usize) -> (Cow<'_, [u8]>, bool) {
        let field = trim(self.fields.raw(self.text, row, self.column));
        if field.first() == Some(&b'"') {
            (unquote(field), true)
        } else {
            (Cow::Borrowed(field), false)
        }
    }

    /// The type of a row's value.
    pub(crate) fn type_at(&self, row: usize) -> Type {
        let (text, _) = self.text_at(row);
        let text = trim(&text);
        if self.missing.has(text) {
            Type::Empty
        } else if self.boolean && parse_any_boolean(text).is_some() {
            Type::Boolean(Spelling::default())
        } else {
            match Type::of(text) {
                Type::Code if self.number => Type::Integer,
                of => of,
            }
        }
    }

    /// A type above `guess` that holds the value at `row` too, which `guess` does not.
    fn wider(&self, guess: Type, row: usize) -> Type {
        let wider = guess.join(self.type_at(row));
        // Nanoseconds of a year that they do not reach join to themselves.
        if wider == guess { Type::Text } else { wider }
    }

    fn try_as(&self, guess: Type) -> Result<Cells, usize> {
        let mut nulls = Vec::new();
        let values = match guess {
            Type::Empty => {
                self.fill(&mut nulls, (), |_| None)?;
                Values::Empty
            }
            Type::Boolean(_) if self.boolean => {
                Values::Boolean(self.fill(&mut nulls, false, parse_any_boolean)?)
            }
            Type::Boolean(own) => Values::Boolean(self.fill(&mut nulls, false, |text| own.value(text))?),
            Type::Integer if self.number => Values::of_integers(self.fill(&mut nulls, 0, integer)?),
            Type::Integer => Values::of_integers(self.fill(&mut nulls, 0, no_code)?),
            Type::Float => Values::Float(self.fill(&mut nulls, f64::NAN, float)?),
            Type::Date => Values::Time(self.fill(&mut nulls, 0, date)?),
            Type::Moment(digits) => {
                let count = |text: &[u8]| moment::parse(text)?.count(digits);
                Values::Time(self.fill(&mut nulls, 0, count)?)
            }
            Type::Text | Type::Code => self.intern(&mut nulls),
        };
        Ok(Cells { values, nulls })
    }

    /// The parsed values, `blank` where missing; an error holds the first row that does not parse.
    fn fill<T: Copy>(
        &self,
        nulls: &mut Vec<u32>,
        blank: T,
        parse: impl Fn(&[u8]) -> Option<T>,
    ) -> Result<Vec<T>, usize> {
        let markers_first = self.missing.has_numbers();
        let mut out = Vec::with_capacity(self.fields.rows());
        for row in 0..self.fields.rows() {
            let field = trim(self.fields.raw(self.text, row, self.column));
            let value = if markers_first { None } else { parse(field) };
            out.push(match value {
                Some(value) => value,
                None => match self.parse_slowly(field, &parse).ok_or(row)? {
                    Some(value) => value,
                    None => {
                        nulls.push(row as u32);
                        blank
                    }
                },
            });
        }
        Ok(out)
    }

    /// `None` if the field is no such value, `Some(None)` if it is missing.
    fn parse_slowly<T>(&self, field: &[u8], parse: impl Fn(&[u8]) -> Option<T>) -> Option<Option<T>> {
        let text = if field.first() == Some(&b'"') {
            unquote(field)
        } else {
            Cow::Borrowed(field)
        };
        let text = trim(&text);
        if self.missing.has(text) {
            Some(None)
        } else {
            parse(text).map(Some)
        }
    }

    /// Names by code. A marker in quotes is a name, but an empty text never is.
    fn intern(&self, nulls: &mut Vec<u32>) -> Values {
        let mut names = Interner::default();
        let mut codes = Vec::with_capacity(self.fields.rows());
        for row in 0..self.fields.rows() {
            let (text, quoted) = self.text_at(row);
            if text.is_empty() || (!quoted && self.missing.has(&text)) {
                nulls.push(row as u32);
                codes.push(NO_CODE);
            } else {
                codes.push(names.code(&text));
            }
        }
        Values::Text(codes, names.sealed())
    }
}

#[inline]
fn integer(text: &[u8]) -> Option<i64> {
    match parse_number(text) {
        Number::Integer(value) => Some(value),
        _ => None,
    }
}

/// A whole number that loses nothing as one.
#[inline]
fn no_code(text: &[u8]) -> Option<i64> {
    integer(text).filter(|_| !is_code(text))
}

#[inline]
fn float(text: &[u8]) -> Option<f64> {
    match parse_number(text) {
        Number::Float(value) => Some(value),
        Number::Integer(value) => Some(value as f64),
        Number::None => None,
    }
}

#[inline]
fn date(text: &[u8]) -> Option<i64> {
    moment::parse(text)
        .filter(|moment| moment.clock.is_none())
        .map(|moment| moment.days)
}

/// Without spaces, tabs and carriage returns on either side.
#[inline]
pub(crate) fn trim(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] = text {
        text = rest;
    }
    while let [rest @ .., b' ' | b'\t' | b'\r'] = text {
        text = rest;
    }
    text
}

/// The text of a trimmed field that opens with a quote: `"a""b"c` is `a"bc`.
#[inline]
pub(crate) fn unquote(field: &[u8]) -> Cow<'_, [u8]> {
    let inner = &field[1..];
    match memchr::memchr(b'"', inner) {
        Some(end) if end + 1 == inner.len() => Cow::Borrowed(&inner[..end]),
        _ => Cow::Owned(unquote_slowly(inner)),
    }
}

fn unquote_slowly(inner: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(inner.len());
    let mut bytes = inner.iter().copied().peekable();
    let mut open = true;
    while let Some(byte) = bytes.next() {
        if !open || byte != b'"' {
            out.push(byte);
        } else if bytes.next_if_eq(&b'"').is_some() {
            out.push(b'"');
        } else {
            open = false;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_come_off() {
        for (field, text) in [
            (r#""a""#, "a"),
            (r#""""#, ""),
            (r#""a""b""#, "a\"b"),
            (r#""a""b"c""d"#, "a\"bc\"\"d"),
            (r#"""""""#, "\"\""),
        ] {
            assert_eq!(unquote(field.as_bytes()), text.as_bytes(), "{field}");
        }
    }
}
