//! Numbers and dates as people write them: `1.234,5`, `$1,000`, `10 %`, `31.12.2024`.
//!
//! They are categories unless their column is called a number or a date, for a text does not say whether its comma is a
//! decimal point: all values of the column together do.

use std::sync::Arc;

use arrow_array::Date32Array;

use crate::error::{Error, Result};
use crate::table::{Column, ColumnType, days_from_civil};

/// Values that are looked at to say what a column may be.
const LOOKED_AT: usize = 2000;

/// What is in front of or behind an amount.
const SIGNS: [char; 8] = ['$', '€', '£', '¥', '₹', '%', '\u{a0}', ' '];

/// The type that a column of texts would have if its notation were read, with an example.
pub fn suspected(column: &Column) -> Option<(ColumnType, String)> {
    if !matches!(column.column_type(), ColumnType::Category | ColumnType::Text) {
        return None;
    }
    let texts = texts(column, LOOKED_AT);
    let example = texts.first()?.clone();
    if numbers(&texts).is_some() {
        return Some((ColumnType::Number, example));
    }
    dates(&texts).is_some().then_some((ColumnType::Date, example))
}

/// Whether all texts are of a kind in one notation.
pub(crate) fn are(texts: &[String], kind: ColumnType) -> bool {
    match kind {
        ColumnType::Date => dates(texts).is_some(),
        _ => numbers(texts).is_some(),
    }
}

/// The first distinct texts of a column.
fn texts(column: &Column, most: usize) -> Vec<String> {
    match column.column_type() {
        ColumnType::Category => column.categories().into_iter().take(most).collect(),
        _ => (0..column.len())
            .filter_map(|row| column.text(row))
            .take(most)
            .collect(),
    }
}

/// A column of texts as numbers or dates, as the user says that it is.
///
/// # Errors
/// If a value is neither in any notation that is known, or the values do not say which of two it is.
pub(crate) fn read_as(column: &Column, kind: ColumnType) -> Result<Column> {
    let rows: Vec<Option<String>> = (0..column.len()).map(|row| column.text(row)).collect();
    let texts: Vec<String> = rows.iter().flatten().cloned().collect();
    let fault = || {
        let example = texts.iter().find(|text| bare(text).1.is_none()).or(texts.first());
        Error::data(
            format!(
                "column `{}` cannot be read as {kind}: it holds `{}`",
                column.name(),
                example.map_or("", String::as_str)
            ),
            "mark texts that mean no value with `--missing`, or leave it a category",
        )
    };
    if kind == ColumnType::Date {
        let days = dates(&texts).ok_or_else(fault)?;
        let mut next = days.into_iter();
        let values: Date32Array = rows
            .iter()
            .map(|row| row.as_ref().and_then(|_| next.next()))
            .collect();
        return Column::new(column.name(), ColumnType::Date, Arc::new(values));
    }
    let numbers = numbers(&texts).ok_or_else(fault)?;
    let mut next = numbers.into_iter();
    let values = rows
        .iter()
        .map(|row| row.as_ref().map_or(f64::NAN, |_| next.next().unwrap_or(f64::NAN)));
    Ok(Column::from_f64(column.name(), values.collect()))
}

/// The texts as numbers, if all are in one notation.
fn numbers(texts: &[String]) -> Option<Vec<f64>> {
    let all =
        |decimal: char| -> Option<Vec<f64>> { texts.iter().map(|text| number(text, decimal)).collect() };
    // Where every comma stands before three digits, they are thousands.
    all('.').or_else(|| all(','))
}

/// A text without signs, brackets and blanks, whether brackets mean minus, and its digits if it has no other letters.
fn bare(text: &str) -> (bool, Option<String>) {
    let text = text.trim();
    let inner = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    let digits: String = inner
        .unwrap_or(text)
        .chars()
        .filter(|c| !SIGNS.contains(c) && *c != '\'')
        .collect();
    let known = |c: char| c.is_ascii_digit() || ".,+-".contains(c);
    let some = digits.chars().any(|c| c.is_ascii_digit());
    (
        inner.is_some(),
        Some(digits).filter(|digits| some && digits.chars().all(known)),
    )
}

/// A number with this decimal point; the other of point and comma groups thousands.
fn number(text: &str, decimal: char) -> Option<f64> {
    let (negative, digits) = bare(text);
    let digits = digits?;
    let (whole, fraction) = digits.split_once(decimal).unwrap_or((&digits, ""));
    let group = if decimal == '.' { ',' } else { '.' };
    let unsigned = whole.trim_start_matches(['+', '-']);
    let mut groups = unsigned.split(group);
    let first = groups.next()?;
    let grouped = unsigned.contains(group);
    let right = groups.all(|own| own.len() == 3) && (!grouped || (1..=3).contains(&first.len()));
    if !right || fraction.contains(['.', ',']) || digits.matches(decimal).count() > 1 {
        return None;
    }
    let plain = format!("{}.{fraction}0", whole.replace(group, ""));
    let value: f64 = plain.parse().ok()?;
    Some(if negative { -value } else { value })
}

/// The texts as days since 1970, if all are dates of one order: by a part above 12, or by points as separators.
fn dates(texts: &[String]) -> Option<Vec<i32>> {
    let parts: Vec<[u32; 3]> = texts.iter().map(|text| date_parts(text)).collect::<Option<_>>()?;
    if parts.is_empty() {
        return None;
    }
    let points = texts.iter().all(|text| text.contains('.'));
    let day_first = points || parts.iter().any(|part| part[0] > 12);
    let month_first = parts.iter().any(|part| part[1] > 12);
    if day_first == month_first {
        return None;
    }
    let days = parts.iter().map(|&[a, b, year]| {
        let (day, month) = if day_first { (a, b) } else { (b, a) };
        let sound = (1..=12).contains(&month) && (1..=31).contains(&day);
        let days = days_from_civil(i64::from(year), month, day);
        i32::try_from(days).ok().filter(|_| sound)
    });
    days.collect()
}

/// `31.12.2024` or `12/31/2024`, a time of day left out.
fn date_parts(text: &str) -> Option<[u32; 3]> {
    let mut parts = text.trim().split(['.', '/', '-']);
    let mut next = |longest: usize| -> Option<u32> {
        let part = parts.next()?;
        let digits = part.len() <= longest && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse().ok().filter(|_| digits)
    };
    let found = [next(2)?, next(2)?, next(4).filter(|year| *year > 999)?];
    parts.next().is_none().then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(texts: &[&str]) -> Option<Vec<f64>> {
        numbers(&texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn numbers_are_read_in_the_notation_of_their_column() {
        assert_eq!(of(&["1,5", "2,25", "3"]), Some(vec![1.5, 2.25, 3.0]));
        assert_eq!(
            of(&["1,234", "12", "1,234,567.5"]),
            Some(vec![1234.0, 12.0, 1_234_567.5])
        );
        assert_eq!(of(&["1.234,5", "12,0"]), Some(vec![1234.5, 12.0]));
        assert_eq!(of(&["$1,000", "-$5", "($7)"]), Some(vec![1000.0, -5.0, -7.0]));
        assert_eq!(of(&["10 %", "5,5%"]), Some(vec![10.0, 5.5]));
        assert_eq!(of(&["1'234", "5"]), Some(vec![1234.0, 5.0]));
        assert_eq!(of(&["1,5", "x"]), None);
        assert_eq!(of(&["1,2,3"]), None);
    }

    #[test]
    fn dates_are_read_if_their_order_is_clear() {
        let of = |texts: &[&str]| dates(&texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
        assert_eq!(of(&["31.12.1970"]), Some(vec![364]));
        assert_eq!(of(&["1/31/1970", "2/1/1970"]), Some(vec![30, 31]));
        assert_eq!(of(&["31/1/1970", "1/2/1970"]), Some(vec![30, 31]));
        assert_eq!(of(&["1/2/1970", "3/4/1970"]), None, "day or month first?");
        assert_eq!(of(&["31/1/1970", "1/31/1970"]), None);
    }
}
