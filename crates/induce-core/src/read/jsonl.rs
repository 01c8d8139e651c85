//! JSON: one object per line, or one array of objects.
//!
//! The columns are the keys in the order of their first appearance; a key that
//! an object lacks is missing. Numbers and booleans are what they are; a string
//! is a date, a marker for missing, or text, but never a number.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::cells::{Cells, NO_CODE, Values};
use super::guard;
use super::infer::{Type, parse_any_boolean};
use super::intern::Interner;
use super::merge::merge;
use super::missing::Missing;
use super::moment;
use super::number::{Number, parse_number};
use super::options::ReadOptions;
use crate::error::{Error, Result};
use crate::parallel::map;
use crate::run::Run;
use crate::table::{Column, Kind};

/// Bytes of text that one thread parses at a time.
const CHUNK: usize = 1 << 20;

type Object = Map<String, Value>;

/// The columns of a file, with the reasons for their kinds.
pub(crate) fn read(
    file: &str,
    text: &[u8],
    options: &ReadOptions,
    run: &Run,
) -> Result<Vec<(Column, String)>> {
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    let objects = objects(file, text, run.threads())?;
    if objects.is_empty() {
        return Err(broken(file, "it has no object"));
    }
    let keys = keys(&objects);
    if keys.len() > super::npy::COLUMNS {
        return Err(broken(file, &format!("it has {} different keys", keys.len())));
    }
    options.check_names(&keys)?;
    let cells = (keys.len() as u64).saturating_mul(objects.len() as u64);
    guard::within(
        format!("`{file}` as a table"),
        cells.saturating_mul(8),
        run.memory().unwrap_or(super::bytes::INFLATED),
    )?;
    let missing = Missing::new(&options.missing);
    let wanted: Vec<&String> = keys.iter().filter(|key| options.wants(key)).collect();
    let column = |i: usize| {
        let part = Part {
            file,
            key: wanted[i],
            objects: &objects,
            missing: &missing,
            pinned: options.pinned(wanted[i]),
        };
        part.column()
    };
    map(run.threads(), wanted.len(), column).into_iter().collect()
}

fn broken(file: &str, reason: &str) -> Error {
    guard::malformed(
        file,
        "JSON",
        reason,
        "a line is one object `{\"name\": value, ...}`; or the file is one array of objects",
    )
}

fn objects(file: &str, text: &[u8], threads: usize) -> Result<Vec<Object>> {
    if text.trim_ascii_start().starts_with(b"[") {
        return serde_json::from_slice(text).map_err(|error| broken(file, &error.to_string()));
    }
    let mut cuts = vec![0];
    while let Some(&last) = cuts.last()
        && last < text.len()
    {
        let from = (last + CHUNK).min(text.len());
        cuts.push(memchr::memchr(b'\n', &text[from..]).map_or(text.len(), |at| from + at + 1));
    }
    let parts = map(threads, cuts.len() - 1, |i| {
        lines(file, text, cuts[i], cuts[i + 1])
    });
    Ok(parts
        .into_iter()
        .collect::<Result<Vec<_>>>()?
        .into_iter()
        .flatten()
        .collect())
}

fn lines(file: &str, text: &[u8], start: usize, end: usize) -> Result<Vec<Object>> {
    let mut objects = Vec::new();
    let mut at = start;
    for line in text[start..end].split(|&byte| byte == b'\n') {
        if !line.trim_ascii().is_empty() {
            objects.push(serde_json::from_slice(line).map_err(|error| {
                let number = memchr::memchr_iter(b'\n', &text[..at]).count() + 1;
                let error = error.to_string();
                // The library counts lines too, but sees one line only.
                let error = error.split(" at line ").next().unwrap_or_default().to_string();
                broken(file, &format!("line {number}: {error}"))
            })?);
        }
        at += line.len() + 1;
    }
    Ok(objects)
}

fn keys(objects: &[Object]) -> Vec<String> {
    let mut known: HashMap<&str, ()> = HashMap::new();
    let mut keys = Vec::new();
    for key in objects.iter().flat_map(Map::keys) {
        if known.insert(key, ()).is_none() {
            keys.push(key.clone());
        }
    }
    keys
}

/// The values of one key.
struct Part<'a> {
    file: &'a str,
    key: &'a str,
    objects: &'a [Object],
    missing: &'a Missing,
    pinned: Option<Kind>,
}

impl Part<'_> {
    fn column(&self) -> Result<(Column, String)> {
        let mut of = match self.pinned {
            Some(Kind::Category | Kind::Text) => Type::Text,
            _ => self
                .rows()
                .map(|(row, value)| self.type_of(row, value))
                .try_fold(Type::Empty, |a, b| b.map(|b| a.join(b)))?,
        };
        let mut cells = self.cells(of);
        if cells.is_none() {
            // Moments that nanoseconds do not reach.
            of = Type::Text;
            cells = self.cells(of);
        }
        let fits = match self.pinned {
            Some(Kind::Number) => matches!(of, Type::Empty | Type::Integer | Type::Float),
            Some(Kind::Boolean) => matches!(of, Type::Empty | Type::Boolean),
            Some(Kind::Date) => matches!(of, Type::Empty | Type::Date | Type::Moment(_)),
            _ => true,
        };
        match cells.filter(|_| fits) {
            Some(cells) => {
                let (column, why) = merge(self.key, of, vec![cells], &[self.objects.len()], self.pinned, 1)?;
                Ok((
                    column,
                    if self.pinned.is_some() {
                        "the user says so".into()
                    } else {
                        why
                    },
                ))
            }
            None => Err(Error::data(
                format!(
                    "not all values of `{}` are of the kind that was asked for",
                    self.key
                ),
                "any column can be read as category or text",
            )),
        }
    }

    fn rows(&self) -> impl Iterator<Item = (usize, &Value)> {
        self.objects
            .iter()
            .map(|object| object.get(self.key).unwrap_or(&Value::Null))
            .enumerate()
    }

    fn type_of(&self, row: usize, value: &Value) -> Result<Type> {
        Ok(match value {
            Value::Null => Type::Empty,
            Value::Bool(_) => Type::Boolean,
            Value::Number(number)
                if self.pinned == Some(Kind::Boolean) && number.as_u64().is_some_and(|n| n < 2) =>
            {
                Type::Boolean
            }
            Value::Number(number) => {
                if number.is_i64() {
                    Type::Integer
                } else {
                    Type::Float
                }
            }
            Value::String(text) => self.type_of_text(text.trim()),
            Value::Array(_) | Value::Object(_) => {
                let reason = format!("`{}` of object {} is no single value", self.key, row + 1);
                let hint = format!(
                    "leave it out with --exclude '{}', or spread it over several keys",
                    self.key
                );
                return Err(guard::malformed(self.file, "JSON", reason, hint));
            }
        })
    }

    fn type_of_text(&self, text: &str) -> Type {
        if self.missing.has(text.as_bytes()) {
            return Type::Empty;
        }
        match (self.pinned, Type::of(text.as_bytes())) {
            (Some(Kind::Boolean), _) if parse_any_boolean(text.as_bytes()).is_some() => Type::Boolean,
            (Some(Kind::Number), of) | (_, of @ (Type::Date | Type::Moment(_))) => of,
            _ => Type::Text,
        }
    }

    fn cells(&self, of: Type) -> Option<Cells> {
        let mut nulls = Vec::new();
        let values =
            match of {
                Type::Empty => {
                    nulls.extend(0..self.objects.len() as u32);
                    Values::Empty
                }
                Type::Boolean => Values::Boolean(self.fill(&mut nulls, false, boolean)?),
                Type::Integer => Values::of_integers(self.fill(&mut nulls, 0, |value| {
                    match text_or(value, Value::as_i64) {
                        Ok(value) => value,
                        Err(text) => match parse_number(text) {
                            Number::Integer(value) => Some(value),
                            _ => None,
                        },
                    }
                })?),
                Type::Float => Values::Float(self.fill(&mut nulls, f64::NAN, |value| {
                    match text_or(value, Value::as_f64) {
                        Ok(value) => value,
                        Err(text) => match parse_number(text) {
                            Number::Integer(value) => Some(value as f64),
                            Number::Float(value) => Some(value),
                            Number::None => None,
                        },
                    }
                })?),
                Type::Date => Values::Time(self.fill(&mut nulls, 0, |value| {
                    Some(moment::parse(value.as_str()?.trim().as_bytes())?.days)
                })?),
                Type::Moment(digits) => Values::Time(self.fill(&mut nulls, 0, |value| {
                    moment::parse(value.as_str()?.trim().as_bytes())?.count(digits)
                })?),
                Type::Text => self.intern(&mut nulls),
            };
        Some(Cells { values, nulls })
    }

    fn fill<T: Copy>(
        &self,
        nulls: &mut Vec<u32>,
        blank: T,
        parse: impl Fn(&Value) -> Option<T>,
    ) -> Option<Vec<T>> {
        let mut out = Vec::with_capacity(self.objects.len());
        for (row, value) in self.rows() {
            let missing = value.is_null()
                || value
                    .as_str()
                    .is_some_and(|text| self.missing.has(text.trim().as_bytes()));
            if missing {
                nulls.push(row as u32);
            }
            out.push(if missing { blank } else { parse(value)? });
        }
        Some(out)
    }

    fn intern(&self, nulls: &mut Vec<u32>) -> Values {
        let mut names = Interner::default();
        let mut codes = Vec::with_capacity(self.objects.len());
        for (row, value) in self.rows() {
            let text = match value {
                Value::Null => String::new(),
                Value::String(text) => text.trim().to_string(),
                other => other.to_string(),
            };
            if self.missing.has(text.as_bytes()) {
                nulls.push(row as u32);
                codes.push(NO_CODE);
            } else {
                codes.push(names.code(text.as_bytes()));
            }
        }
        Values::Text(codes, names.sealed())
    }
}

fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        Value::Number(number) => Some(number.as_u64()? == 1),
        Value::String(text) => parse_any_boolean(text.trim().as_bytes()),
        _ => None,
    }
}

/// The trimmed text of a string, or what `get` makes of any other value.
fn text_or<T>(value: &Value, get: impl Fn(&Value) -> Option<T>) -> Result<Option<T>, &[u8]> {
    match value {
        Value::String(text) => Err(text.trim().as_bytes()),
        other => Ok(get(other)),
    }
}
