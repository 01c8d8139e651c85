//! What JSON and UBJSON both spell: values, with arrays of numbers kept compact.

use std::borrow::Cow;

/// A reason why a file cannot be read; its name is added at the top.
pub type Read<T> = Result<T, String>;

/// Deepest nesting of arrays and objects that is followed.
pub const DEPTH: usize = 64;

/// A value of JSON or UBJSON.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Float(f64),
    /// A text.
    Text(String),
    /// An array of 32-bit floats.
    F32(Vec<f32>),
    /// An array of 64-bit floats; in JSON any array of numbers.
    F64(Vec<f64>),
    /// An array of bytes with a sign.
    I8(Vec<i8>),
    /// An array of bytes.
    U8(Vec<u8>),
    /// An array of 16-bit integers.
    I16(Vec<i16>),
    /// An array of 32-bit integers.
    I32(Vec<i32>),
    /// An array of 64-bit integers.
    I64(Vec<i64>),
    /// An array of anything.
    List(Vec<Value>),
    /// Named values, in the order of the file.
    Map(Vec<(String, Value)>),
}

impl Value {
    /// An object.
    pub fn map<const N: usize>(entries: [(&str, Value); N]) -> Self {
        Self::Map(
            entries
                .into_iter()
                .map(|(key, value)| (key.to_string(), value))
                .collect(),
        )
    }

    /// A text.
    pub fn text(text: &(impl ToString + ?Sized)) -> Self {
        Self::Text(text.to_string())
    }

    /// The value of `key`, if this is an object that has it.
    pub fn find(&self, key: &str) -> Option<&Value> {
        let Self::Map(entries) = self else { return None };
        entries.iter().find(|(k, _)| k == key).map(|(_, value)| value)
    }

    /// The value of `key`.
    pub fn get(&self, key: &str) -> Read<&Value> {
        self.find(key).ok_or_else(|| format!("`{key}` is missing"))
    }

    /// Whether an object, called `what`, has these keys only: one that is passed over could change what is computed.
    pub fn only(&self, what: &str, keys: &[&str]) -> Read<()> {
        let Self::Map(entries) = self else { return Ok(()) };
        match entries.iter().find(|(key, _)| !keys.contains(&key.as_str())) {
            None => Ok(()),
            Some((key, _)) => Err(unknown(key, what)),
        }
    }

    /// The text of `key`.
    pub fn str_of(&self, key: &str) -> Read<&str> {
        match self.get(key)? {
            Self::Text(text) => Ok(text),
            other => Err(format!("`{key}` is {}, not a text", other.name())),
        }
    }

    /// The whole number of `key`, which may be written as a text.
    pub fn count_of(&self, key: &str) -> Read<usize> {
        let bad = |shown: String| format!("`{key}` is {shown}, not a count");
        match self.get(key)? {
            Self::Text(text) => text.trim().parse().map_err(|_| bad(format!("`{text}`"))),
            Self::Integer(n) => usize::try_from(*n).map_err(|_| bad(n.to_string())),
            other => Err(bad(other.name().into())),
        }
    }

    /// The elements of the array under `key`, of any kind.
    pub fn list_of(&self, key: &str) -> Read<&[Value]> {
        match self.get(key)? {
            Self::List(items) => Ok(items),
            other if other.numbers().is_some_and(|n| n.is_empty()) => Ok(&[]),
            other => Err(format!("`{key}` is {}, not a list", other.name())),
        }
    }

    /// The values of the array under `key`.
    pub fn numbers_of(&self, key: &str) -> Read<Cow<'_, [f64]>> {
        let value = self.get(key)?;
        value
            .numbers()
            .ok_or_else(|| format!("`{key}` is {}, not a list of numbers", value.name()))
    }

    /// As [`Value::numbers_of`], of which there must be `n`.
    pub fn numbers_of_length(&self, key: &str, n: usize) -> Read<Cow<'_, [f64]>> {
        let numbers = self.numbers_of(key)?;
        if numbers.len() == n {
            return Ok(numbers);
        }
        Err(format!("`{key}` has {} elements where {n} belong", numbers.len()))
    }

    /// The texts of the array under `key`.
    pub fn texts_of(&self, key: &str) -> Read<Vec<String>> {
        let text = |item: &Value| match item {
            Self::Text(text) => Ok(text.clone()),
            other => Err(format!("`{key}` has {} among its texts", other.name())),
        };
        self.list_of(key)?.iter().map(text).collect()
    }

    /// The values of an array, whatever their type.
    fn numbers(&self) -> Option<Cow<'_, [f64]>> {
        Some(Cow::Owned(match self {
            Self::F64(v) => return Some(Cow::Borrowed(v)),
            Self::F32(v) => v.iter().map(|&x| x.into()).collect(),
            Self::I8(v) => v.iter().map(|&x| x.into()).collect(),
            Self::U8(v) => v.iter().map(|&x| x.into()).collect(),
            Self::I16(v) => v.iter().map(|&x| x.into()).collect(),
            Self::I32(v) => v.iter().map(|&x| x.into()).collect(),
            Self::I64(v) => v.iter().map(|&x| x as f64).collect(),
            Self::List(items) => items.iter().map(Self::number).collect::<Option<_>>()?,
            _ => return None,
        }))
    }

    /// The number that this is; old XGBoost wrote true and false for 1 and 0.
    pub fn number(&self) -> Option<f64> {
        match *self {
            Self::Integer(n) => Some(n as f64),
            Self::Float(x) => Some(x),
            Self::Bool(b) => Some(f64::from(u8::from(b))),
            _ => None,
        }
    }

    /// What to call the value in an error.
    fn name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "true or false",
            Self::Integer(_) | Self::Float(_) => "a number",
            Self::Text(_) => "a text",
            Self::Map(_) => "an object",
            _ => "a list",
        }
    }
}

/// A fact that no one here knows.
pub fn unknown(key: &str, what: &str) -> String {
    let key: String = key.chars().take(40).collect();
    format!("{what} says `{key}`, which is not known here and may change what it computes")
}

/// A number that must be an index below `bound`.
pub fn index(x: f64, bound: usize, what: &str) -> Read<usize> {
    if x >= 0.0 && x.fract() == 0.0 && x < bound as f64 {
        return Ok(x as usize);
    }
    Err(format!("{what} is {x}, it must be a whole number below {bound}"))
}
