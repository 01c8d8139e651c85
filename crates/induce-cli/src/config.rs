//! A configuration file stands for options: flag > environment > file > default.

use std::ffi::OsString;
use std::path::Path;

use anyhow::{Context, Result};
use clap::CommandFactory;
use induce::Error;
use toml::Value;

use crate::args::Cli;

/// The arguments with those of `--config FILE` put in where the command line has none.
pub fn with_file(mut arguments: Vec<OsString>) -> Result<Vec<OsString>> {
    let Some(path) = config_path(&arguments) else {
        return Ok(arguments);
    };
    let path = Path::new(&path);
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let table: toml::Table = text
        .parse()
        .with_context(|| format!("`{}` is not valid TOML", path.display()))?;
    let verb = arguments
        .iter()
        .skip(1)
        .find_map(|a| a.to_str().filter(|a| known_verb(a)).map(str::to_owned));
    let Some(verb) = verb else { return Ok(arguments) };
    let known = options_of(&verb);
    let given: Vec<String> = arguments
        .iter()
        .filter_map(|a| a.to_str())
        .map(str::to_owned)
        .collect();
    for (key, value) in &table {
        let name = key.replace('_', "-");
        if !known.contains(&name) {
            let unknown = Error::UnknownName {
                what: "option",
                name: key.clone(),
                known: known.clone(),
            };
            return Err(unknown.within(path.display().to_string()).into());
        }
        let flag = format!("--{name}");
        let is_given = given
            .iter()
            .any(|a| *a == flag || a.starts_with(&format!("{flag}=")));
        // Single settings on the command line come after those of the file and win one by one.
        if name != "set" && is_given {
            continue;
        }
        let place = arguments
            .iter()
            .position(|a| a.to_str() == Some(&verb))
            .map_or(1, |p| p + 1);
        arguments.splice(place..place, flags(&flag, value)?.into_iter().map(OsString::from));
    }
    Ok(arguments)
}

fn config_path(arguments: &[OsString]) -> Option<OsString> {
    let place = arguments.iter().position(|a| a == "--config");
    let inline = arguments
        .iter()
        .find_map(|a| a.to_str()?.strip_prefix("--config=").map(OsString::from));
    place.and_then(|p| arguments.get(p + 1).cloned()).or(inline)
}

fn known_verb(name: &str) -> bool {
    Cli::command().find_subcommand(name).is_some()
}

fn options_of(verb: &str) -> Vec<String> {
    let command = Cli::command();
    let own = command
        .find_subcommand(verb)
        .into_iter()
        .flat_map(clap::Command::get_arguments);
    let all = own
        .chain(command.get_arguments())
        .filter_map(|a| a.get_long().map(str::to_owned));
    all.filter(|name| !["config", "help", "version"].contains(&name.as_str()))
        .collect()
}

fn flags(flag: &str, value: &Value) -> Result<Vec<String>> {
    Ok(match value {
        Value::Boolean(true) => vec![flag.to_owned()],
        Value::Boolean(false) => Vec::new(),
        Value::Array(items) => items
            .iter()
            .map(|item| format!("{flag}={}", scalar(item)))
            .collect(),
        Value::Table(table) => table
            .iter()
            .map(|(key, item)| format!("{flag}={key}={}", scalar(item)))
            .collect(),
        Value::Datetime(_) => {
            return Err(Error::data(format!("`{flag}` cannot be a date"), "write it in quotes").into());
        }
        other => vec![format!("{flag}={}", scalar(other))],
    })
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Table(_) | Value::Array(_) => serde_json::to_string(value).unwrap_or_default(),
        other => other.to_string(),
    }
}
