//! What a reader knows of the facts of another program's file: every one is used, harmless, or refused, and one that is none
//! of these is an error. A fact that was passed over in silence would be another model than the one that was written.

use induce_core::{Error, Result};
use serde_json::Value;

/// What a fact means to a reader.
#[derive(Clone, Copy)]
pub enum Means {
    /// It is looked at elsewhere, or changes neither numbers nor tokens.
    Fine,
    /// It is what the reader does with one of these values, in JSON; every other is refused.
    Only(&'static [&'static str]),
}

use Means::{Fine, Only};

/// The name of a fact, or the beginning of its name and `*`, and what it means.
pub type Known = (&'static str, Means);

/// A switch that is off.
pub const OFF: Means = Only(&["null", "false"]);
/// What there is none of.
pub const NONE: Means = Only(&["null", "0", "[]", "{}"]);

/// Whether all facts of `file` are known, and have no value that is refused. One that is `null` says nothing.
///
/// # Errors
/// The first that is unknown or refused, with its value.
pub fn check<'a>(
    file: &str,
    known: &[&[Known]],
    facts: impl IntoIterator<Item = (&'a str, Value)>,
) -> Result<()> {
    for (name, value) in facts {
        let found = known.iter().flat_map(|table| *table).find(|own| is(own.0, name));
        match found.map(|own| own.1) {
            Some(Fine) => {}
            Some(Only(values)) if values.iter().any(|own| same(own, &value)) => {}
            None if value.is_null() => {}
            Some(Only(values)) => return Err(refused(file, name, &value, values)),
            None => return Err(unknown(file, name, &value)),
        }
    }
    Ok(())
}

/// The facts of an object of JSON; another value has none.
pub fn of(object: &Value) -> impl Iterator<Item = (&str, Value)> {
    let pairs = object.as_object().into_iter().flatten();
    pairs.map(|(name, value)| (name.as_str(), value.clone()))
}

fn is(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => pattern == name,
    }
}

/// Whether a value is what a table says, 1 being 1.0.
fn same(own: &str, value: &Value) -> bool {
    match (serde_json::from_str::<Value>(own), value) {
        (Ok(Value::Number(own)), Value::Number(value)) => own.as_f64() == value.as_f64(),
        (own, value) => own.is_ok_and(|own| own == *value),
    }
}

/// The beginning of a value, as it can be read.
fn shown(value: &Value) -> String {
    const MOST: usize = 60;
    let whole = value.to_string();
    match whole.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}...", &whole[..at]),
        None => whole,
    }
}

fn refused(file: &str, name: &str, value: &Value, values: &[&str]) -> Error {
    let supported: Vec<&str> = values.iter().copied().filter(|own| *own != "null").collect();
    let hint = match &supported[..] {
        [] => format!("a file without `{name}` is"),
        some => format!("supported is `{}`", some.join("`, `")),
    };
    Error::Model {
        file: file.into(),
        reason: format!("`{name}` is `{}`, which is not supported", shown(value)),
        hint: Some(hint),
    }
}

fn unknown(file: &str, name: &str, value: &Value) -> Error {
    Error::Model {
        file: file.into(),
        reason: format!(
            "it says that `{name}` is `{}`, and that is not known here",
            shown(value)
        ),
        hint: Some("it may change what the model computes; if it does not, take it out of the file".into()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests {
    use serde_json::json;

    use super::*;

    /// A fact is used, harmless or refused, and nothing is passed over.
    #[test]
    fn every_fact_is_known_or_an_error() {
        const KNOWN: &[Known] = &[
            ("a", Fine),
            ("b", Only(&["1", "null"])),
            ("c.*", Fine),
            ("d", OFF),
        ];
        let judge = |value: Value| check("f", &[KNOWN], of(&value)).map_err(|error| error.to_string());
        for fine in [
            json!({"a": [1], "b": 1.0, "c.x": 3, "d": false}),
            json!({"b": null, "new": null}),
        ] {
            judge(fine).unwrap();
        }
        for (bad, said) in [
            (json!({"b": 2}), "`b` is `2`, which is not supported"),
            (json!({"d": true}), "`d` is `true`"),
            (json!({"c": 1}), "`c` is `1`, and that is not known"),
            (json!({"new": "x".repeat(99)}), "xxx..."),
        ] {
            let error = judge(bad).unwrap_err();
            assert!(error.contains(said), "{error}");
        }
    }
}
