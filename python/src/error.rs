//! Errors of the house as exceptions of Python, by what went wrong.

use induce::Error;
use pyo3::PyErr;
use pyo3::exceptions::{PyKeyError, PyKeyboardInterrupt, PyMemoryError, PyValueError};

/// The exception for an error, its hint in a second line.
pub fn raised(error: Error) -> PyErr {
    let hint = error.hint();
    if let Error::Io { source, path, action } = error {
        let text = format!("cannot {action} `{}`: {source}", path.display());
        // By the kind, so that a missing file is a FileNotFoundError.
        return std::io::Error::new(source.kind(), text).into();
    }
    let text = match hint {
        Some(hint) => format!("{}\nhint: {}", in_python(&error.to_string()), in_python(&hint)),
        None => in_python(&error.to_string()),
    };
    match error {
        Error::Interrupted => PyKeyboardInterrupt::new_err(text),
        Error::TooLarge { .. } => PyMemoryError::new_err(text),
        Error::UnknownColumn { .. } => PyKeyError::new_err(text),
        _ => PyValueError::new_err(text),
    }
}

/// A text of the command line in Python's words: `--type c=category` is `types={'c': 'category'}` of `induce.data.read`.
pub fn in_python(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("--") {
        let (before, flag) = rest.split_at(at);
        out.push_str(before);
        let name = flag[2..]
            .split(|c: char| !(c.is_ascii_lowercase() || c == '-'))
            .next()
            .unwrap_or_default();
        let after = &flag[2 + name.len()..];
        let (value, left) = after.strip_prefix(' ').map_or((None, after), value_of);
        match word(name, value) {
            Some(word) => {
                out.push_str(&word);
                rest = if value.is_some() && takes_value(name) {
                    left
                } else {
                    after
                };
            }
            None => {
                out.push_str(&flag[..2 + name.len()]);
                rest = after;
            }
        }
    }
    out + rest
}

/// The word after a flag, quoted or not, and what follows it.
fn value_of(text: &str) -> (Option<&str>, &str) {
    if let Some(quoted) = text.strip_prefix('\'')
        && let Some(end) = quoted.find('\'')
    {
        return (Some(&quoted[..end]), &quoted[end + 1..]);
    }
    let end = text.find([' ', '`', ',', ';', ')', '\n']).unwrap_or(text.len());
    match end {
        0 => (None, text),
        _ => (Some(&text[..end]), &text[end..]),
    }
}

fn takes_value(name: &str) -> bool {
    !matches!(name, "header" | "no-header")
}

/// A flag and its value as an argument in Python; `None` for a flag that Python has no word for.
fn word(name: &str, value: Option<&str>) -> Option<String> {
    let value = value.unwrap_or_default();
    Some(match name {
        "type" => {
            let (column, kind) = value.rsplit_once('=').unwrap_or((value, "KIND"));
            format!("types={{'{column}': '{kind}'}}")
        }
        "set" => value.to_owned(),
        "drop" => format!("drop=['{value}']"),
        "missing" => format!("missing=['{value}']"),
        "delimiter" => format!("delimiter='{value}'"),
        "target" => format!("target='{value}'"),
        "header" => "header=True".into(),
        "no-header" => "header=False".into(),
        "task" if value == "regression" => "a regressor".into(),
        "task" => "a classifier".into(),
        _ => return None,
    })
}
