//! What `--set name=value` means.

use serde_json::{Map, Value};

use super::{Range, Setting};
use crate::{Error, Result};

/// Put `name=value` into the values of these settings; returns the setting's name.
///
/// The value is typed and held against its range here, before any data is read. `name.member=value` sets one entry of a
/// setting that maps names to values.
///
/// # Errors
/// If there is no such setting, or the value is of another type or outside of its range.
pub fn assign(values: &mut Value, settings: &[Setting], assignment: &str) -> Result<&'static str> {
    let (key, text) = assignment
        .split_once('=')
        .ok_or_else(|| Error::setting(assignment, "nothing", "write it as `key=value`"))?;
    let (key, text) = (key.trim(), text.trim());
    let (name, member) = match key.split_once('.') {
        Some((name, member)) => (name, Some(member)),
        None => (key, None),
    };
    let Some(setting) = settings.iter().find(|setting| setting.is(name)) else {
        return Err(Error::UnknownName {
            what: "setting",
            name: name.into(),
            known: settings.iter().map(|s| s.name.to_string()).collect(),
        });
    };
    let slot = &mut values[setting.name];
    match member {
        Some(member) => set_member(slot, setting, member, text)?,
        None => *slot = parse(slot, setting, text)?,
    }
    Ok(setting.name)
}

fn set_member(slot: &mut Value, setting: &Setting, member: &str, text: &str) -> Result<()> {
    let key = format!("{}.{member}", setting.name);
    if !matches!(setting.range, Range::Said(_)) {
        return Err(Error::setting(
            key,
            text,
            format!("`{}` has no entries by name", setting.name),
        ));
    }
    // Settings of another model may be words; all other entries are numbers.
    let word = || slot.is_object() && setting.name == NESTED;
    let value = match serde_json::from_str::<Value>(text) {
        Ok(value) => value,
        Err(_) if word() => text.into(),
        Err(_) => return Err(Error::setting(key, text, "it must be a number")),
    };
    if !slot.is_object() {
        *slot = Value::Object(Map::new());
    }
    slot[member] = value;
    Ok(())
}

/// The setting that holds those of another model.
pub const NESTED: &str = "base_settings";

/// A value of the setting's type: that of the value it replaces, within its range.
fn parse(like: &Value, setting: &Setting, text: &str) -> Result<Value> {
    let json = || serde_json::from_str::<Value>(text).ok();
    let wrong = |what: &str| Error::setting(setting.name, text, format!("it must be {what}"));
    match setting.range {
        Range::Whole { .. } => whole(setting, text.parse().ok(), text),
        Range::Real(..) | Range::Outside(..) | Range::NonZero => real(setting, text.parse().ok(), text),
        Range::Switch => switch(setting, text.parse().ok(), text),
        Range::OneOf(names) => one_of(setting.name, names, text),
        Range::Said(_) => match like {
            Value::String(_) => Ok(json().filter(Value::is_object).unwrap_or_else(|| text.into())),
            // Brackets may be left out: `hidden=200,100`.
            Value::Array(_) => json()
                .filter(Value::is_array)
                .or_else(|| serde_json::from_str(&format!("[{text}]")).ok())
                .ok_or_else(|| wrong("a JSON array")),
            Value::Object(_) => json()
                .filter(Value::is_object)
                .ok_or_else(|| wrong("a JSON object")),
            // A word beside numbers, such as `auto`: the type of the setting knows which there are.
            Value::Number(_) => Ok(json().unwrap_or_else(|| text.into())),
            _ => json().ok_or_else(|| wrong("JSON")),
        },
    }
}

/// A JSON value as one of the setting's type, within its range.
///
/// # Errors
/// If it is of another type, or outside.
pub(in crate::model) fn typed(setting: &Setting, value: &Value) -> Result<Value> {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match setting.range {
        Range::Whole { .. } => whole(setting, value.as_u64(), &text),
        Range::Real(..) | Range::Outside(..) | Range::NonZero => real(setting, value.as_f64(), &text),
        Range::Switch => switch(setting, value.as_bool(), &text),
        Range::OneOf(names) => one_of(setting.name, names, &text),
        Range::Said(_) => Ok(value.clone()),
    }
}

fn whole(setting: &Setting, value: Option<u64>, text: &str) -> Result<Value> {
    let wrong = || {
        Error::setting(
            setting.name,
            text,
            "it must be a whole number that is not negative",
        )
    };
    let value = value.ok_or_else(wrong)?;
    setting.range.check(setting.name, value as f64)?;
    Ok(value.into())
}

fn real(setting: &Setting, value: Option<f64>, text: &str) -> Result<Value> {
    let wrong = || Error::setting(setting.name, text, "it must be a number");
    let value = value.filter(|x| x.is_finite()).ok_or_else(wrong)?;
    setting.range.check(setting.name, value)?;
    Ok(value.into())
}

fn switch(setting: &Setting, value: Option<bool>, text: &str) -> Result<Value> {
    let wrong = || Error::setting(setting.name, text, "it must be true or false");
    value.map(Value::from).ok_or_else(wrong)
}

fn one_of(setting: &'static str, names: &[&'static str], text: &str) -> Result<Value> {
    if names.contains(&text) {
        return Ok(text.into());
    }
    Err(Error::UnknownName {
        what: setting,
        name: text.into(),
        known: names.iter().map(|name| (*name).to_owned()).collect(),
    })
}
