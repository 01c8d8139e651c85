//! Sections of `key=value` lines.

use std::str::FromStr;

use super::super::value::{Read, unknown};

/// The lines of one section.
pub struct Section<'a> {
    lines: Vec<(&'a str, &'a str)>,
}

impl<'a> Section<'a> {
    /// The section that begins at the first of `lines` and ends where `stop` says.
    pub fn take(lines: &mut std::iter::Peekable<std::str::Lines<'a>>, stop: impl Fn(&str) -> bool) -> Self {
        let mut own = Vec::new();
        while let Some(line) = lines.next_if(|line| !stop(line)) {
            own.push(line.split_once('=').unwrap_or((line, "")));
        }
        Self { lines: own }
    }

    /// Whether all keys are among these; lines without a value that are blank say nothing.
    pub fn only(&self, what: &str, keys: &[&str]) -> Read<()> {
        let stranger = |(key, _): &&(&str, &str)| !key.trim().is_empty() && !keys.contains(key);
        match self.lines.iter().find(stranger) {
            None => Ok(()),
            Some((key, _)) => Err(unknown(key, what)),
        }
    }

    /// The value of `key`, if it is there.
    pub fn find(&self, key: &str) -> Option<&'a str> {
        self.lines
            .iter()
            .find(|(k, _)| *k == key)
            .map(|(_, value)| value.trim())
    }

    /// The value of `key`.
    pub fn get(&self, key: &str) -> Read<&'a str> {
        self.find(key).ok_or_else(|| format!("`{key}` is missing"))
    }

    /// The number of `key`.
    pub fn number<T: FromStr>(&self, key: &str) -> Read<T> {
        let text = self.get(key)?;
        text.parse().map_err(|_| format!("`{key}` is `{}`", shown(text)))
    }

    /// The `n` numbers of `key`.
    pub fn numbers<T: FromStr>(&self, key: &str, n: usize) -> Read<Vec<T>> {
        let number = |text: &str| {
            text.parse()
                .map_err(|_| format!("`{key}` has `{}` among its numbers", shown(text)))
        };
        let numbers = self
            .get(key)?
            .split_ascii_whitespace()
            .map(number)
            .collect::<Read<Vec<T>>>()?;
        if numbers.len() == n {
            return Ok(numbers);
        }
        Err(format!("`{key}` has {} elements where {n} belong", numbers.len()))
    }

    /// As [`Section::numbers`], or `None` where the key is missing or empty.
    pub fn numbers_if_any<T: FromStr>(&self, key: &str, n: usize) -> Read<Option<Vec<T>>> {
        match self.find(key) {
            None | Some("") => Ok(None),
            Some(_) => self.numbers(key, n).map(Some),
        }
    }
}

/// The beginning of a text, for an error.
pub fn shown(text: &str) -> String {
    text.chars().take(40).collect()
}
