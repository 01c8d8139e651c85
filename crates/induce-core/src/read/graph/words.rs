//! Lines of numbers and names.

use super::super::guard::malformed;
use crate::Error;

/// Lines that are no comments, with their numbers from 1; `%` begins a comment, and `#` where it is asked.
pub(super) fn lines(text: &str, hash: bool) -> impl Iterator<Item = (usize, &str)> {
    let comment = move |line: &str| line.starts_with('%') || (hash && line.starts_with('#'));
    let numbered = text.lines().enumerate().map(|(i, line)| (i + 1, line.trim()));
    numbered.filter(move |(_, line)| !comment(line))
}

/// A line that is not what it should be.
pub(super) fn broken(file: &str, format: &'static str, line: usize, reason: &str, hint: &str) -> Error {
    malformed(file, format, format!("line {line}: {reason}"), hint)
}

/// A finite number.
pub(super) fn finite(word: &str) -> Option<f64> {
    word.parse::<f64>().ok().filter(|x| x.is_finite())
}
