//! Numbers and dates as people write them: `1.234,5`, `$1,000`, `10 %`, `5 kg`, `31.12.2024`, `1-Jan-24`.
//!
//! They are categories unless their column is called a number or a date, for a text does not say whether its comma is a
//! decimal point: all values of the column together do.

use std::sync::Arc;

use arrow_array::Date32Array;

use super::cells::{Cells, Values};
use super::infer::Type;
use super::merge::merge;
use super::moment::{self, days_of_month};
use crate::error::{Error, Result};
use crate::table::{Column, ColumnType, Notation, days_from_civil};

/// Values that are looked at to say what a column may be.
const LOOKED_AT: usize = 2000;

/// What is in front of or behind an amount.
const SIGNS: [char; 8] = ['$', '€', '£', '¥', '₹', '%', '\u{a0}', ' '];

/// What a column of texts may be in another notation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspicion {
    /// What the values may be: numbers or dates.
    pub kind: ColumnType,
    /// The flag that reads them; of two, where the values do not say which.
    pub flag: String,
    /// One of them.
    pub example: String,
}

/// What a column of texts would be if its notation were read.
pub fn suspected(column: &Column) -> Option<Suspicion> {
    if !matches!(column.column_type(), ColumnType::Category | ColumnType::Text) {
        return None;
    }
    let (texts, name) = (texts(column, LOOKED_AT), column.name());
    let example = texts.first()?.clone();
    let said = |kind: ColumnType, ways: usize| Suspicion {
        kind,
        flag: match (kind, ways) {
            (ColumnType::Date, 2) => format!("`--type {name}=day-first` or `--type {name}=month-first`"),
            _ => format!("`--type {name}={kind}`"),
        },
        example,
    };
    if numbers(&texts, None).is_some() {
        return Some(said(ColumnType::Number, 1));
    }
    let ways = date_notations(&texts).len();
    (ways > 0).then(|| said(ColumnType::Date, ways))
}

/// Whether values of a kind have other notations than ours.
pub(crate) fn has_others(kind: ColumnType) -> bool {
    matches!(kind, ColumnType::Number | ColumnType::Date)
}

/// Whether all texts are of a kind in one notation.
pub(crate) fn are(texts: &[String], kind: ColumnType, notation: Option<Notation>) -> bool {
    match kind {
        ColumnType::Date => !date_notations(texts).is_empty(),
        _ => numbers(texts, notation).is_some(),
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

/// A column of texts as numbers or dates, as the user says that it is, in this notation or in the one that all values
/// have in common. The column remembers which.
///
/// # Errors
/// If a value is neither in any notation that is known, or the values do not say which of two it is.
pub(crate) fn read_as(column: &Column, kind: ColumnType, notation: Option<Notation>) -> Result<Column> {
    let notation = notation.filter(|own| own.column_type() == kind);
    let rows: Vec<Option<String>> = (0..column.len()).map(|row| column.text(row)).collect();
    let texts: Vec<String> = rows.iter().flatten().cloned().collect();
    if kind == ColumnType::Date
        && let Some(iso) = as_iso(column.name(), &rows)
    {
        return iso;
    }
    if kind == ColumnType::Date {
        let notation = order_of_dates(column.name(), &texts, notation)?;
        let days =
            dates(&texts, notation).ok_or_else(|| fault(column.name(), &texts, kind, Some(notation)))?;
        let mut next = days.into_iter();
        let values: Date32Array = rows
            .iter()
            .map(|row| row.as_ref().and_then(|_| next.next()))
            .collect();
        let column = Column::new(column.name(), ColumnType::Date, Arc::new(values))?;
        return Ok(column.written(notation));
    }
    let (numbers, notation) =
        numbers(&texts, notation).ok_or_else(|| fault(column.name(), &texts, kind, notation))?;
    let mut next = numbers.into_iter();
    let values = rows
        .iter()
        .map(|row| row.as_ref().map_or(f64::NAN, |_| next.next().unwrap_or(f64::NAN)));
    Ok(Column::from_f64(column.name(), values.collect()).written(notation))
}

/// Texts that are all ISO dates or moments, of a format that keeps text as it is.
fn as_iso(name: &str, rows: &[Option<String>]) -> Option<Result<Column>> {
    let types = rows.iter().flatten().map(|text| Type::of(text.trim().as_bytes()));
    let of = types.fold(Type::Empty, Type::join);
    let (mut times, mut nulls) = (Vec::with_capacity(rows.len()), Vec::new());
    for (row, text) in rows.iter().enumerate() {
        let moment = text.as_ref().map(|text| moment::parse(text.trim().as_bytes()));
        times.push(match (moment, of) {
            (None, _) => {
                nulls.push(row as u32);
                0
            }
            (Some(own), Type::Date) => own?.days,
            (Some(own), Type::Moment(digits)) => own?.count(digits)?,
            _ => return None,
        });
    }
    let cells = Cells {
        values: Values::Time(times),
        nulls,
    };
    let is_time = matches!(of, Type::Date | Type::Moment(_));
    is_time.then(|| Ok(merge(name, of, vec![cells], &[rows.len()], None, 1)?.0))
}

/// An error with a text that is no number or date in this notation.
fn fault(name: &str, texts: &[String], kind: ColumnType, notation: Option<Notation>) -> Error {
    let fits = |text: &&String| match (kind, notation) {
        (ColumnType::Date, Some(notation)) => dates(std::slice::from_ref(*text), notation).is_some(),
        (ColumnType::Date, None) => named(text).or_else(|| date_parts(text)).is_some(),
        _ => numbers(std::slice::from_ref(*text), notation).is_some(),
    };
    let example = texts.iter().find(|text| !fits(text)).or(texts.first());
    let written = notation.map_or_else(String::new, |own| format!(", {own}"));
    Error::data(
        format!(
            "column `{name}` cannot be read as {kind}{written}: it holds `{}`",
            example.map_or("", String::as_str)
        ),
        match notation {
            Some(own) => format!(
                "`--type {name}={}` reads the other notation; mark texts that mean no value with `--missing`",
                own.other()
            ),
            None => "mark texts that mean no value with `--missing`, or leave it a category".into(),
        },
    )
}

/// Which of day and month comes first: as is said, or as all dates of the column allow.
fn order_of_dates(name: &str, texts: &[String], said: Option<Notation>) -> Result<Notation> {
    if let Some(said) = said {
        return Ok(said);
    }
    match date_notations(texts)[..] {
        [only] => Ok(only),
        [] => Err(fault(name, texts, ColumnType::Date, None)),
        _ => Err(Error::data(
            format!(
                "the dates of column `{name}`, such as `{}`, do not say whether day or month comes first",
                texts.first().map_or("", String::as_str)
            ),
            format!("`--type {name}=day-first` or `--type {name}=month-first` says it"),
        )),
    }
}

/// The texts as numbers, if all are in this notation, or in one.
fn numbers(texts: &[String], notation: Option<Notation>) -> Option<(Vec<f64>, Notation)> {
    let all = |own: Notation| -> Option<(Vec<f64>, Notation)> {
        let decimal = if own == Notation::DecimalComma { ',' } else { '.' };
        let unit = unit(texts);
        let values: Option<Vec<f64>> = texts
            .iter()
            .map(|text| number(text.trim().strip_suffix(unit)?, decimal))
            .collect();
        Some((values?, own))
    };
    match notation {
        Some(own) => all(own),
        // Where every comma stands before three digits, they are thousands.
        None => all(Notation::DecimalPoint).or_else(|| all(Notation::DecimalComma)),
    }
}

/// The letters at the end of all texts, as `kg` is at the end of `5 kg`; else nothing.
fn unit(texts: &[String]) -> &str {
    let first = texts.first().map_or("", |text| text.trim());
    let letters = |c: char| c.is_alphabetic() || "°²³/".contains(c);
    let unit = &first[first.trim_end_matches(letters).len()..];
    let common = texts.iter().all(|text| text.trim().ends_with(unit));
    if common && unit.chars().count() <= LONGEST_UNIT {
        unit
    } else {
        ""
    }
}

/// Letters of a unit.
const LONGEST_UNIT: usize = 6;

/// A text without signs, brackets and blanks, whether brackets mean minus, and its digits if it has no other letters.
fn bare(text: &str) -> (bool, Option<String>) {
    let text = text.trim();
    let inner = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    let digits: String = inner
        .unwrap_or(text)
        .chars()
        .filter(|c| !SIGNS.contains(c) && *c != '\'')
        .map(|c| if c == '\u{2212}' { '-' } else { c })
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

/// The notations in which all texts are dates; points between the parts have the day first.
fn date_notations(texts: &[String]) -> Vec<Notation> {
    let clear = |text: &String| text.contains('.') || named(text).is_some();
    let ways = [Notation::DayFirst, Notation::MonthFirst];
    let ways = ways.into_iter().take(if texts.iter().all(clear) { 1 } else { 2 });
    ways.filter(|way| !texts.is_empty() && dates(texts, *way).is_some())
        .collect()
}

/// The texts as days since 1970, if all are dates of this order.
fn dates(texts: &[String], order: Notation) -> Option<Vec<i32>> {
    let day = |text: &String| {
        let [day, month, year] = named(text).or_else(|| {
            let [a, b, year] = date_parts(text)?;
            Some(if order == Notation::DayFirst {
                [a, b, year]
            } else {
                [b, a, year]
            })
        })?;
        let sound = (1..=12).contains(&month) && (1..=days_of_month(year, month)?).contains(&day);
        let days = days_from_civil(i64::from(year), month, day);
        i32::try_from(days).ok().filter(|_| sound)
    };
    texts.iter().map(day).collect()
}

/// Day, month and year of `1-Jan-24`, `1 January 2024` or `Jan 1, 2024`; of two digits a year is one from 1969 to 2068, as in
/// POSIX.
fn named(text: &str) -> Option<[u32; 3]> {
    let mut parts = text
        .split([' ', '-', '/', ',', '.'])
        .filter(|part| !part.is_empty());
    let three = [parts.next()?, parts.next()?, parts.next()?];
    let number = |part: &str| part.parse::<u32>().ok().filter(|_| part.len() <= 4);
    let (day, month) = match (number(three[0]), number(three[1])) {
        (Some(day), None) => (day, month_of(three[1])?),
        (None, Some(day)) => (day, month_of(three[0])?),
        _ => return None,
    };
    let year = match (number(three[2])?, three[2].len()) {
        (year, 4) => year,
        (year, 2) => year + if year < 69 { 2000 } else { 1900 },
        _ => return None,
    };
    parts.next().is_none().then_some([day, month, year])
}

/// The number of a month by its English name, or the first three letters of it.
fn month_of(name: &str) -> Option<u32> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let name = name.to_lowercase();
    let at = MONTHS
        .iter()
        .position(|month| name == *month || name.len() == 3 && month.starts_with(&name))?;
    Some(at as u32 + 1)
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

    fn owned(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    fn of(texts: &[&str]) -> Option<Vec<f64>> {
        numbers(&owned(texts), None).map(|(values, _)| values)
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
        assert_eq!(of(&["5 kg", "-1.5 kg"]), Some(vec![5.0, -1.5]));
        assert_eq!(of(&["5 kg", "1 lb"]), None);
        assert_eq!(of(&["\u{2212}5", "3"]), Some(vec![-5.0, 3.0]));
        assert_eq!(of(&["1,5", "x"]), None);
        assert_eq!(of(&["1,2,3"]), None);
    }

    #[test]
    fn dates_are_read_if_their_order_is_clear_or_said() {
        let column = |texts: &[&str]| {
            let texts: Vec<Option<&str>> = texts.iter().map(|text| Some(*text)).collect();
            Column::from_text("d", &texts)
        };
        let said = |texts: &[&str], order| {
            let read = read_as(&column(texts), ColumnType::Date, order)?;
            Ok::<_, Error>((read.text(0).unwrap_or_default(), read.notation()))
        };
        let (day, month) = (Some(Notation::DayFirst), Some(Notation::MonthFirst));
        let of = |texts: &[&str]| said(texts, None).ok();
        assert_eq!(of(&["31.12.1970"]), Some(("1970-12-31".into(), day)));
        assert_eq!(of(&["2/1/1970", "1/31/1970"]), Some(("1970-02-01".into(), month)));
        assert_eq!(of(&["1/2/1970", "31/1/1970"]), Some(("1970-02-01".into(), day)));
        assert_eq!(of(&["1-Feb-70", "02 Mar 1970"]), Some(("1970-02-01".into(), day)));
        assert_eq!(of(&["February 1, 1970"]), Some(("1970-02-01".into(), day)));
        assert_eq!(of(&["1-Foo-70"]), None);
        assert_eq!(of(&["31/1/1970", "1/31/1970"]), None);
        assert_eq!(of(&["31/2/1970"]), None, "there is no such day");
        let fault = said(&["1/2/1970", "3/4/1970"], None).unwrap_err().to_string();
        assert!(
            fault.contains("do not say whether day or month comes first"),
            "{fault}"
        );
        assert_eq!(said(&["1/2/1970"], day).unwrap().0, "1970-02-01");
        assert_eq!(said(&["1/2/1970"], month).unwrap().0, "1970-01-02");
        assert!(said(&["31/1/1970"], month).is_err());
        let flag = suspected(&column(&["1/2/1970", "3/4/1970"])).unwrap().flag;
        assert!(
            flag.contains("d=day-first") && flag.contains("d=month-first"),
            "{flag}"
        );
    }

    #[test]
    fn a_notation_that_is_said_decides() {
        let read = |texts: &[&str], notation| {
            let found = numbers(&owned(texts), notation);
            found.map(|(values, _)| values)
        };
        let (point, comma) = (Some(Notation::DecimalPoint), Some(Notation::DecimalComma));
        assert_eq!(read(&["1,234"], None), Some(vec![1234.0]));
        assert_eq!(read(&["1,234"], point), Some(vec![1234.0]));
        assert_eq!(read(&["1,234"], comma), Some(vec![1.234]));
        assert_eq!(read(&["1.234"], comma), Some(vec![1234.0]));
        assert_eq!(read(&["1.5"], comma), None);
    }
}
