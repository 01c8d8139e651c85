//! The values that arguments may have, where they are neither files nor clap's own.

use clap::{Arg, Command, CommandFactory};
use induce::core::metrics::{METRICS, Task};
use induce::core::model::{Entry, Range, Setting};
use induce::core::read::Format;
use induce::core::{ColumnType, Notation};
use induce::registry::{MODELS, find};

use super::line::Line;
use crate::args::Cli;

/// A value, or the beginning of one.
pub struct Known {
    pub text: String,
    pub about: Option<String>,
}

/// What there is to choose from, given the line and the word that is being typed.
pub type Values = fn(&Line, &str) -> Vec<Known>;

/// The setting that holds those of another model, and the one that names it.
const NESTED: (&str, &str) = ("base_settings.", "base");

/// What completes the values of an argument.
pub fn of(arg: &Arg) -> Option<Values> {
    // A model with a flag is one of the registry, one without is a file.
    Some(match (arg.get_id().as_str(), arg.get_long().is_some()) {
        ("model", true) | ("models", _) => models,
        ("name", false) => names,
        ("verb", false) => verbs,
        ("set", _) => settings,
        (
            "target" | "labels" | "weight" | "group" | "drop" | "keep" | "stratify" | "given" | "x" | "y",
            _,
        ) => columns,
        ("types", _) => types,
        ("task", _) => |_, _| {
            // Clusters are a matter of the model.
            let asked = Task::ALL.iter().filter(|task| **task != Task::Clustering);
            asked.map(|task| plain(task.name())).collect()
        },
        ("input", _) => |_, _| {
            Format::ALL
                .iter()
                .map(|own| told(own.name(), own.title()))
                .collect()
        },
        ("delimiter", _) => |_, _| ["comma", "tab", "semicolon", "bar"].map(plain).into(),
        ("require", _) => conditions,
        _ => return None,
    })
}

fn plain(text: impl Into<String>) -> Known {
    Known {
        text: text.into(),
        about: None,
    }
}

fn told(text: impl Into<String>, about: &str) -> Known {
    Known {
        text: text.into(),
        about: Some(about.to_owned()),
    }
}

/// Values that all begin with `before`.
fn after(before: &str, values: Vec<Known>) -> Vec<Known> {
    let whole = |own: Known| Known {
        text: format!("{before}{}", own.text),
        ..own
    };
    values.into_iter().map(whole).collect()
}

fn verbs(_: &Line, _: &str) -> Vec<Known> {
    let about = |own: &Command| own.get_about().map(ToString::to_string);
    let own = |own: &Command| Known {
        text: own.get_name().to_owned(),
        about: about(own),
    };
    Cli::command().get_subcommands().map(own).collect()
}

fn names(_: &Line, _: &str) -> Vec<Known> {
    let own = |entry: &&Entry| told(entry.info.name, entry.info.title);
    MODELS.iter().map(own).collect()
}

/// Models, and behind a colon their settings.
fn models(line: &Line, current: &str) -> Vec<Known> {
    let Some((before, begun)) = current.rsplit_once(':') else {
        return names(line, current);
    };
    let entry = before.split(':').next().and_then(|name| find(name).ok());
    let settings = entry.map(|entry| of_entry(entry, line, begun));
    after(&format!("{before}:"), settings.unwrap_or_default())
}

fn settings(line: &Line, current: &str) -> Vec<Known> {
    let entry = line.model();
    entry.map_or_else(Vec::new, |entry| of_entry(entry, line, current))
}

/// `name=` of every setting of a model; behind that its choices, behind `name.` its members.
fn of_entry(entry: &Entry, line: &Line, current: &str) -> Vec<Known> {
    let all = entry.all_settings();
    let one = |name: &str| all.iter().find(|own| own.name == name);
    if let Some(begun) = current.strip_prefix(NESTED.0) {
        let base = line.setting(NESTED.1).and_then(|name| find(name).ok());
        return base.map_or_else(Vec::new, |base| after(NESTED.0, of_entry(base, line, begun)));
    }
    if let Some((name, _)) = current.split_once('=') {
        return one(name).map_or_else(Vec::new, |own| after(&format!("{name}="), choices(own, line)));
    }
    if let Some((name, _)) = current.split_once('.') {
        let columns = line.columns().into_iter();
        return columns.map(|column| plain(format!("{name}.{column}="))).collect();
    }
    let names = |own: &Setting| told(own.name.to_owned() + ending(own), &about(own));
    all.iter().map(names).collect()
}

/// What follows the name of a setting: its value, or the name of a member.
fn ending(setting: &Setting) -> &'static str {
    match setting.range {
        Range::Said(said) if said.starts_with('{') => ".",
        _ => "=",
    }
}

fn about(setting: &Setting) -> String {
    format!("{} ({})", setting.doc, setting.accepts())
}

fn choices(setting: &Setting, line: &Line) -> Vec<Known> {
    match setting.range {
        Range::OneOf(words) => words.iter().copied().map(plain).collect(),
        Range::Switch => ["true", "false"].map(plain).into(),
        _ if setting.name == NESTED.1 => names(line, ""),
        _ => Vec::new(),
    }
}

fn columns(line: &Line, _: &str) -> Vec<Known> {
    line.columns().into_iter().map(plain).collect()
}

/// `COL=`, and behind it what a column may be read as.
fn types(line: &Line, current: &str) -> Vec<Known> {
    let Some((column, _)) = current.rsplit_once('=') else {
        return line.columns().into_iter().map(|own| plain(own + "=")).collect();
    };
    let kinds = ColumnType::ALL.iter().map(|own| own.name());
    let kinds = kinds.chain(Notation::NAMES.iter().copied()).map(plain);
    after(&format!("{column}="), kinds.collect())
}

/// The metrics that are shown, with the bound that means better.
fn conditions(_: &Line, _: &str) -> Vec<Known> {
    let shown = METRICS.iter().filter(|own| own.default);
    let bound = |greater| if greater { ">=" } else { "<=" };
    let own = shown.map(|own| {
        told(
            format!("{}{}", own.name, bound(own.greater_is_better)),
            own.task.name(),
        )
    });
    own.collect()
}
