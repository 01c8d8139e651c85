//! The delimiter and the header of a CSV file, guessed from its first records.

use std::collections::HashSet;

use super::fields::{Dialect, Quoted, opens_field};
use super::source::{trim, unquote};
use crate::read::infer::Type;
use crate::read::missing::Missing;

/// Bytes and records that the guess looks at.
const BYTES: usize = 1 << 18;
const RECORDS: usize = 200;

/// Delimiters that are tried, the likelier first.
const DELIMITERS: [u8; 4] = [b',', b'\t', b';', b'|'];

/// A record: its fields, trimmed and without quotes.
pub(crate) type Record = Vec<String>;

/// The first records of `text`, blank lines left out, and where each of them ends.
pub(crate) fn first_records(text: &[u8], dialect: Dialect, most: usize) -> Vec<(Record, usize)> {
    let mut records = Vec::new();
    let mut at = 0;
    while records.len() < most && at < text.len() {
        let (record, end, blank) = one_record(text, at, dialect);
        if !blank {
            records.push((record, end));
        }
        at = end;
    }
    records
}

/// The record that begins at `start`, where the next one begins, and whether it is a blank line.
fn one_record(text: &[u8], start: usize, dialect: Dialect) -> (Record, usize, bool) {
    let mut fields = Vec::new();
    let mut field = start;
    let mut quoted = Quoted::default();
    let mut at = start;
    while at < text.len() {
        let byte = text[at];
        if byte == b'"' {
            quoted.quote(text, at, || opens_field(text, field, at));
        } else if !quoted.open && byte == dialect.newline {
            break;
        } else if !quoted.open && byte == dialect.delimiter {
            fields.push(clean(&text[field..at]));
            field = at + 1;
        }
        at += 1;
    }
    let blank = fields.is_empty() && trim(&text[start..at]).is_empty();
    fields.push(clean(&text[field..at]));
    (fields, (at + 1).min(text.len()), blank)
}

fn clean(field: &[u8]) -> String {
    let field = trim(field);
    let text = if field.first() == Some(&b'"') {
        unquote(field)
    } else {
        field.into()
    };
    String::from_utf8_lossy(&text).into_owned()
}

/// The delimiter that cuts the first records into the most fields, all into equally many;
/// a space if only that cuts evenly, and into numbers; else the delimiter that cuts the first
/// record into most; a comma if none cuts at all.
pub(crate) fn guess_delimiter(text: &[u8], newline: u8) -> u8 {
    let sample = &text[..text.len().min(BYTES)];
    let cut = |delimiter: u8| {
        let mut records = first_records(sample, Dialect { delimiter, newline }, RECORDS);
        // The sample may end within a record.
        if sample.len() < text.len() && records.len() > 1 {
            records.pop();
        }
        records
    };
    // The first of equals is the likelier, so walk backwards: `max_by_key` keeps the last.
    let best = DELIMITERS
        .into_iter()
        .rev()
        .max_by_key(|&delimiter| evenness(&cut(delimiter)));
    let best = best.unwrap_or(b',');
    let spaced = || {
        let records = cut(b' ');
        let (several, even, _) = evenness(&records);
        several
            && even
            && records.len() > 1
            && records[1..]
                .iter()
                .all(|(record, _)| record.iter().all(is_number))
    };
    let (several, even, _) = evenness(&cut(best));
    if !(several && even) && spaced() {
        b' '
    } else {
        best
    }
}

/// Whether there are several fields, whether all records have equally many, and how many the first has.
fn evenness(records: &[(Record, usize)]) -> (bool, bool, usize) {
    let width = records.first().map_or(0, |(record, _)| record.len());
    (
        width > 1,
        records.iter().all(|(record, _)| record.len() == width),
        width,
    )
}

fn is_number(cell: &String) -> bool {
    matches!(
        Type::of(cell.as_bytes()),
        Type::Integer | Type::Code | Type::Float
    )
}

/// Whether the first record holds names, and why.
pub(crate) fn guess_header(text: &[u8], dialect: Dialect, missing: &Missing) -> (bool, String) {
    let sample = &text[..text.len().min(BYTES)];
    let records = first_records(sample, dialect, RECORDS);
    let Some(((first, _), rest)) = records.split_first() else {
        return (false, "the file is empty".into());
    };
    let below = |column: usize| {
        let cells = rest.iter().filter_map(|(record, _)| record.get(column));
        cells
            .map(|cell| type_of(cell, missing))
            .fold(Type::Empty, Type::join)
    };
    let is_value = |column: &usize| match type_of(&first[*column], missing) {
        Type::Text => false,
        // `No` is the name of a column above numbers, and a value above `yes` and `no`.
        Type::Boolean(_) => matches!(below(*column), Type::Boolean(_) | Type::Text),
        _ => !first[*column].is_empty(),
    };
    let typed = |column: usize| !matches!(below(column), Type::Empty | Type::Text);
    // `country,2019,2020,grew`: a word above numbers is a name, and so are the years beside it.
    let names_numbers = is_named(first, typed, missing);
    if let Some(column) = (0..first.len()).find(is_value).filter(|_| !names_numbers) {
        return (
            false,
            format!("the first line holds the value `{}`", first[column]),
        );
    }
    if first.iter().all(String::is_empty) {
        return (false, "the first line is empty".into());
    }
    if let Some(column) = (0..first.len()).find(|&column| !first[column].is_empty() && typed(column)) {
        return (
            true,
            format!("`{}` stands above values that are no text", first[column]),
        );
    }
    guess_among_texts(first, rest)
}

/// All cells are text: names differ from each other and from what is below them.
/// Whether a word stands above values that are none, and all numbers beside it are whole and different, as years are.
fn is_named(first: &Record, typed: impl Fn(usize) -> bool, missing: &Missing) -> bool {
    let of = |column: usize| type_of(&first[column], missing);
    let word = (0..first.len()).any(|column| of(column) == Type::Text && typed(column));
    let mut numbers = HashSet::new();
    let plain = |column: usize| match of(column) {
        Type::Text | Type::Empty | Type::Boolean(_) => true,
        Type::Integer => numbers.insert(&first[column]),
        _ => false,
    };
    word && (0..first.len()).all(plain)
}

fn guess_among_texts(first: &Record, rest: &[(Record, usize)]) -> (bool, String) {
    let distinct: HashSet<&String> = first.iter().collect();
    if distinct.len() < first.len() {
        return (
            false,
            "all columns are text and the first line repeats itself".into(),
        );
    }
    let recurs = |column: &usize| {
        let cell = &first[*column];
        rest.iter().any(|(record, _)| record.get(*column) == Some(cell))
    };
    match (0..first.len()).find(recurs) {
        Some(column) => (
            false,
            format!("`{}` of the first line comes again below", first[column]),
        ),
        None => (true, "the texts of the first line do not come again below".into()),
    }
}

/// The type of a cell, `Empty` for markers.
fn type_of(cell: &str, missing: &Missing) -> Type {
    if missing.has(cell.as_bytes()) {
        Type::Empty
    } else {
        Type::of(cell.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::missing::MARKERS;

    fn delimiter(text: &str) -> char {
        guess_delimiter(text.as_bytes(), b'\n').into()
    }

    fn header(text: &str) -> bool {
        let dialect = Dialect {
            delimiter: b',',
            newline: b'\n',
        };
        guess_header(text.as_bytes(), dialect, &Missing::new(&MARKERS)).0
    }

    #[test]
    fn the_even_cut_wins() {
        assert_eq!(delimiter("a;b\n1,5;2,5\n3;4\n"), ';');
        assert_eq!(delimiter("a\tb\n1\t2\n"), '\t');
        assert_eq!(delimiter("a|\"b,c\"\n1|2\n"), '|');
        assert_eq!(delimiter("a,b;c\n1,2\n"), ',');
        assert_eq!(delimiter("just text\nmore\n"), ',');
        assert_eq!(delimiter(""), ',');
        assert_eq!(delimiter("Weight Waist\n191 36\n189 37\n"), ' ');
        assert_eq!(delimiter("two words\nand more\n"), ',');
    }

    #[test]
    fn names_stand_above_values() {
        assert!(header("a,b\n1,x\n"));
        assert!(header(",a\nr1,2\nr2,3\n"));
        assert!(header("name,city\nann,rome\nbob,oslo\n"));
        assert!(!header("ann,rome\nbob,oslo\nann,bonn\n"));
        assert!(!header("39, State-gov\n50, Private\n"));
        assert!(!header("M,0.4\nF,0.5\n"));
        assert!(!header("p,p\nx,y\n"));
        assert!(!header("?,a\nb,c\n"));
        assert!(!header("yes,a\nno,c\n"));
        // The Beijing air-quality data of UCI: `No` is a number of a row, not a boolean.
        assert!(header("No,year\n1,2010\n"));
        // Years are names of columns if a word beside them is one.
        assert!(header("country,2019,2020,grew\nA,1.1,2.1,1\nB,3.1,2.2,0\n"));
        assert!(!header("5.1,3.5,x\n4.9,3.0,2\n"));
    }
}
