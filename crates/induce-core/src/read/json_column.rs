//! The values of one key of JSON objects, parsed.

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::cells::{Cells, NO_CODE, Values};
use super::infer::{Type, parse_any_boolean};
use super::intern::Interner;
use super::missing::Missing;
use super::moment;
use super::number::{Number, parse_number};
use crate::table::{ColumnType, Notation, Spelling};

pub(super) type Object = Map<String, Value>;

/// An object whose keys are all different: of two values of one key nobody knows which is meant.
pub(super) struct Unique(pub(super) Object);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Keys)
    }
}

struct Keys;

impl<'de> Visitor<'de> for Keys {
    type Value = Unique;

    fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Unique, A::Error> {
        let mut object = Object::new();
        while let Some((key, value)) = map.next_entry::<String, Value>()? {
            if object.contains_key(&key) {
                return Err(A::Error::custom(format_args!(
                    "the key `{key}` stands there twice"
                )));
            }
            object.insert(key, value);
        }
        Ok(Unique(object))
    }
}

/// The values of one key in some objects.
pub(super) struct Part<'a> {
    pub(super) key: &'a str,
    pub(super) objects: &'a [Object],
    pub(super) missing: &'a Missing,
    pub(super) pinned: Option<ColumnType>,
    pub(super) notation: Option<Notation>,
}

impl Part<'_> {
    /// The cells and their type, which is `least` or one above it; an error holds the row of a value
    /// that is no single one.
    pub(super) fn parse(&self, least: Type) -> Result<(Type, Cells), usize> {
        let of = match self.pinned {
            Some(ColumnType::Category | ColumnType::Text) => Type::Text,
            _ => self
                .rows()
                .map(|(row, value)| self.type_of(value).ok_or(row))
                .try_fold(least, |a, b| b.map(|b| a.join(b)))?,
        };
        // Nanoseconds of a year that they do not reach have no cells.
        Ok(match self.cells(of) {
            Some(cells) => (of, cells),
            None => (Type::Text, self.texts()),
        })
    }

    fn rows(&self) -> impl Iterator<Item = (usize, &Value)> {
        self.objects
            .iter()
            .map(|object| object.get(self.key).unwrap_or(&Value::Null))
            .enumerate()
    }

    /// The type of a value, `None` if it is no single one.
    fn type_of(&self, value: &Value) -> Option<Type> {
        Some(match value {
            Value::Null => Type::Empty,
            Value::Bool(_) => Type::Boolean(Spelling::default()),
            Value::Number(number)
                if self.pinned == Some(ColumnType::Boolean) && number.as_u64().is_some_and(|n| n < 2) =>
            {
                Type::Boolean(Spelling::default())
            }
            // More digits than a double has; without a type they are an identifier, as in CSV.
            Value::Number(number) if number.is_u64() && !number.is_i64() => match self.pinned {
                Some(ColumnType::Number) => Type::Float,
                _ => Type::Code,
            },
            Value::Number(number) => {
                if number.is_i64() {
                    Type::Integer
                } else {
                    Type::Float
                }
            }
            Value::String(text) => self.type_of_text(text.trim()),
            Value::Array(_) | Value::Object(_) => return None,
        })
    }

    fn type_of_text(&self, text: &str) -> Type {
        if self.missing.has(text.as_bytes()) {
            return Type::Empty;
        }
        match (self.pinned, Type::of(text.as_bytes())) {
            (Some(ColumnType::Boolean), _) if parse_any_boolean(text.as_bytes()).is_some() => {
                Type::Boolean(Spelling::default())
            }
            // `1.234` is 1234 among decimal commas.
            (Some(ColumnType::Number), _) if self.notation == Some(Notation::DecimalComma) => Type::Text,
            (Some(ColumnType::Number), Type::Code) => Type::Integer,
            (Some(ColumnType::Number), of) | (_, of @ (Type::Date | Type::Moment(_))) => of,
            _ => Type::Text,
        }
    }

    fn cells(&self, of: Type) -> Option<Cells> {
        let mut nulls = Vec::new();
        let values = match of {
            Type::Empty => {
                nulls.extend(0..self.objects.len() as u32);
                Values::Empty
            }
            Type::Boolean(_) => Values::Boolean(self.fill(&mut nulls, false, boolean)?),
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
            Type::Text | Type::Code => return Some(self.texts()),
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

    fn texts(&self) -> Cells {
        let mut nulls = Vec::new();
        let mut names = Interner::default();
        let mut codes = Vec::with_capacity(self.objects.len());
        // Texts that are to be numbers or dates in a notation of their own.
        let numbers = !matches!(self.pinned, None | Some(ColumnType::Category | ColumnType::Text));
        for (row, value) in self.rows() {
            let text = match value {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            // A string is as good as in quotes: among texts a marker is a name, as in formats that have nulls.
            if text.is_empty() || numbers && self.missing.has(text.trim().as_bytes()) {
                nulls.push(row as u32);
                codes.push(NO_CODE);
            } else {
                codes.push(names.code(text.as_bytes()));
            }
        }
        Cells {
            values: Values::Text(codes, names.sealed()),
            nulls,
        }
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
