//! Lists of edges: two names a line, and a weight if there is one.

use std::borrow::Cow;

use super::head::Head;
use super::links::{Links, Sense, weight};
use super::names::Numbers;
use super::nodes::Parts;
use super::words::{broken, finite, lines};
use crate::words::{are, have};
use crate::{Error, Result};

const FORMAT: &str = "edge list";

/// Names between white space, commas or semicolons; nodes are numbered in the order in which they appear.
///
/// The first line names columns if `header` says so, or where nothing is said, if its words are usual, or the names in all other lines are numbers.
pub(super) fn read(file: &str, text: &str, header: Option<bool>) -> Result<Parts> {
    let (mut numbers, mut links) = (Numbers::of_text(text.len()), Links::default());
    let (mut further, mut commas) = (0, 0);
    let mut full = lines(text, true).filter(|(_, line)| !line.is_empty()).peekable();
    let guessed = header.is_none() && above_numbers(text);
    let head = match (header, full.peek()) {
        (Some(false), _) | (_, None) => None,
        (Some(true), Some((_, line))) => Some(columns_of(line)),
        (None, Some((_, line))) => head_of(line).or_else(|| guessed.then(|| columns_of(line))),
    };
    if head.is_some() {
        full.next();
    }
    for (line, content) in full {
        let edge = match &head {
            Some(head) => under(head, content),
            None => plain(content),
        };
        let edge = edge.map_err(|reason| fault(file, line, &reason))?;
        further += usize::from(edge.further);
        commas += usize::from(edge.comma);
        links.push(
            numbers.of(&edge.from, line),
            numbers.of(&edge.to, line),
            edge.weight,
        );
    }
    let decimal = (commas > 0).then(|| format!("{} written with a decimal comma", are(commas, "weight")));
    let said = (further > 0).then(|| {
        format!(
            "{} more than two names and a weight: the rest is left out",
            have(further, "line")
        )
    });
    Ok(Parts {
        sense: Sense::Unsaid,
        notes: head
            .and_then(|head| head.left_out())
            .into_iter()
            .chain(said)
            .chain(decimal)
            .chain(guessed.then(|| "the first line names the columns, for all others have numbers (--no-header takes it for an edge)".to_owned()))
            .collect(),
        ..Parts::new(FORMAT, numbers.names(), links)
    })
}

/// Whether the first line of a text names the columns of a list of edges, as `source,target` does.
pub(super) fn begins_with_head(text: &str) -> bool {
    lines(text, true)
        .map(|(_, line)| line)
        .find(|line| !line.is_empty())
        .is_some_and(|line| head_of(line).is_some())
}

/// The columns that a line names.
fn columns_of(line: &str) -> Head {
    let words: Vec<Cow<str>> = Fields::of(line).collect();
    Head::of(&words.iter().map(AsRef::as_ref).collect::<Vec<_>>())
}

/// The columns that a line names, if it names some.
fn head_of(line: &str) -> Option<Head> {
    let words: Vec<Cow<str>> = Fields::of(line).collect();
    Head::of_line(&words.iter().map(AsRef::as_ref).collect::<Vec<_>>())
}

struct Edge<'a> {
    from: Cow<'a, str>,
    to: Cow<'a, str>,
    weight: f64,
    /// Whether more stands in the line.
    further: bool,
    /// Whether the weight has a decimal comma.
    comma: bool,
}

/// Two names and, if it is there, a weight: a number, or a dictionary as networkx writes it.
fn plain(line: &str) -> Result<Edge<'_>, String> {
    let (names, dictionary) = match line.find('{') {
        Some(at) => line.split_at(at),
        None => (line, ""),
    };
    let mut fields = Fields::of(names).filter(|field| !field.is_empty());
    let (from, to) = (fields.next(), fields.next());
    let (Some(from), Some(to)) = (from, to) else {
        return Err("it names one node only".into());
    };
    let word = fields.next();
    let comma = word.as_ref().is_some_and(|word| word.contains(','));
    Ok(Edge {
        from,
        to,
        comma,
        weight: match word {
            Some(word) if comma => weight(&word.replace(',', "."))?,
            Some(word) => weight(&word)?,
            None => of_dictionary(dictionary)?,
        },
        further: fields.next().is_some(),
    })
}

/// An edge of a list whose first line names its columns.
fn under<'a>(head: &Head, line: &'a str) -> Result<Edge<'a>, String> {
    let (mut from, mut to, mut own) = (None, None, Some(1.0));
    if head.weight.is_some() {
        own = None;
    }
    for (k, field) in Fields::of(line).enumerate() {
        if k == head.from {
            from = Some(field);
        } else if k == head.to {
            to = Some(field);
        } else if Some(k) == head.weight {
            own = Some(weight(&field)?);
        }
    }
    let full = |name: Option<Cow<'a, str>>| name.filter(|name| !name.is_empty());
    match (full(from), full(to), own) {
        (Some(from), Some(to), Some(weight)) => Ok(Edge {
            from,
            to,
            weight,
            further: false,
            comma: false,
        }),
        (Some(_), Some(_), None) => Err("it has no weight, which the first line names".into()),
        _ => Err("it names one node only".into()),
    }
}

/// The weight in a dictionary, `{'weight': 2.5}`; 1 if there is none.
fn of_dictionary(text: &str) -> Result<f64, String> {
    let Some((_, after)) = text.split_once("weight") else {
        return Ok(1.0);
    };
    let value = after.trim_start_matches(|c: char| c.is_whitespace() || "'\":".contains(c));
    let word = value.split([',', '}']).next().unwrap_or_default().trim();
    finite(word).ok_or_else(|| format!("its weight `{word}` is no finite number"))
}

/// The fields of a line: between tabs if there is one, else commas, else semicolons, else white space; quotes around one hide them, and two of them are one.
struct Fields<'a> {
    rest: Option<&'a str>,
    mark: u8,
}

impl<'a> Fields<'a> {
    fn of(line: &'a str) -> Self {
        let found = |mark: &&u8| memchr::memchr(**mark, line.as_bytes()).is_some();
        let mark = b"\t,;".iter().find(found).copied().unwrap_or(b' ');
        let mark = if mark == b',' && has_decimal_comma(line) {
            b' '
        } else {
            mark
        };
        Self {
            rest: Some(line),
            mark,
        }
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Cow<'a, str>;

    /// A field without the white space beside it; it may be empty between two marks.
    fn next(&mut self) -> Option<Cow<'a, str>> {
        let rest = self.rest?.trim_start();
        if let Some(quoted) = rest.strip_prefix('"') {
            let (field, after) = unquoted(quoted);
            let next = memchr::memchr(self.mark, after.as_bytes());
            self.rest = next.map(|at| &after[at + 1..]);
            return Some(field);
        }
        let end = match self.mark {
            b' ' => rest.find(char::is_whitespace),
            mark => memchr::memchr(mark, rest.as_bytes()),
        };
        let field = rest[..end.unwrap_or(rest.len())].trim();
        // White space may take more bytes than one.
        self.rest = end.map(|at| match self.mark {
            b' ' => &rest[at..],
            _ => &rest[at + 1..],
        });
        (self.mark != b' ' || !field.is_empty()).then_some(Cow::Borrowed(field))
    }
}

/// Whether the only comma of a line is that of a weight: `a b 1,5`.
fn has_decimal_comma(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let (Some(_), Some(_), Some(last), None) = (words.next(), words.next(), words.next(), words.next())
    else {
        return false;
    };
    let number = |word: &str| !word.ends_with(',') && finite(&word.replace(',', ".")).is_some();
    line.matches(',').count() == 1 && last.contains(',') && number(last)
}

/// Whether the first line of a text has words where all others that are looked at have numbers.
fn above_numbers(text: &str) -> bool {
    /// Lines that are looked at.
    const LINES: usize = 1_000;
    let mut full = lines(text, true).map(|own| own.1).filter(|line| !line.is_empty());
    let numbers = |line: &str| -> Vec<bool> {
        let ends = Fields::of(line).take(2);
        ends.map(|word| word.parse::<f64>().is_ok()).collect()
    };
    let words = full.next().is_some_and(|line| numbers(line) == [false, false]);
    let mut others = full.take(LINES).peekable();
    words && others.peek().is_some() && others.all(|line| numbers(line) == [true, true])
}

/// What stands before the closing quote, and what after it.
fn unquoted(text: &str) -> (Cow<'_, str>, &str) {
    let (mut from, mut field) = (0, Cow::Borrowed(""));
    while let Some(at) = memchr::memchr(b'"', &text.as_bytes()[from..]).map(|at| from + at) {
        let twice = text[at + 1..].starts_with('"');
        field += &text[from..at + usize::from(twice)];
        if !twice {
            return (field, &text[at + 1..]);
        }
        from = at + 2;
    }
    (field + &text[from..], "")
}

fn fault(file: &str, line: usize, reason: &str) -> Error {
    broken(
        file,
        FORMAT,
        line,
        reason,
        "write an edge a line: two names, and a weight if there is one",
    )
}
