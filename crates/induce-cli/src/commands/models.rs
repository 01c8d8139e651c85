//! `induce models`.

use std::fmt::Write;
use std::process::ExitCode;

use anyhow::Result;
use induce::core::model::{DataKind, Entry};
use induce::registry::{MODELS, find};
use serde_json::{Value, json};

use crate::args::Models;
use crate::output;
use crate::prose;
use crate::session::Session;

pub fn run(session: &Session, args: &Models) -> Result<ExitCode> {
    let entries: Vec<&Entry> = match &args.name {
        Some(name) => vec![find(name)?],
        None => MODELS.to_vec(),
    };
    if session.json() {
        let list: Vec<Value> = entries.into_iter().map(as_json).collect();
        output::print_json(&json!({ "models": list }))?;
    } else {
        match &args.name {
            Some(_) => {
                let text = entries.into_iter().map(as_text).collect::<Result<String>>()?;
                output::print(&prose::printed(&text))?;
            }
            None => {
                let row = |entry: &Entry| {
                    vec![
                        entry.info.name.to_owned(),
                        entry.info.title.to_owned(),
                        kinds(entry),
                        entry.task_names().join(", "),
                    ]
                };
                let rows: Vec<Vec<String>> = entries.into_iter().map(row).collect();
                output::print(&output::table(
                    &["model", "title", "learns from", "predicts"],
                    &rows,
                ))?;
                session.say("\n`induce models MODEL` says what a model is, and lists its settings");
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The kinds of data that a model learns from.
fn kinds(entry: &Entry) -> String {
    let all: Vec<&str> = std::iter::once(entry.input)
        .chain(entry.also.iter().copied())
        .map(DataKind::plural)
        .collect();
    all.join(", ")
}

fn as_json(entry: &Entry) -> Value {
    let defaults = (entry.defaults)();
    let settings = entry.all_settings().into_iter().map(|s| {
        let range = s.accepts();
        json!({ "name": s.name, "default": defaults.get(s.name), "range": range, "doc": s.doc })
    });
    json!({
        "name": entry.info.name,
        "title": entry.info.title,
        "about": entry.info.about,
        "idea": entry.info.idea,
        "input": entry.input.plural(),
        "tasks": entry.task_names(),
        "settings": settings.collect::<Vec<_>>(),
    })
}

fn as_text(entry: &Entry) -> Result<String> {
    let mut out = String::new();
    let info = &entry.info;
    writeln!(out, "{}: {}\n{}\n", info.name, info.title, info.about)?;
    let [likelihood, prior, inference] = info.idea;
    writeln!(
        out,
        "likelihood  {likelihood}\nprior       {prior}\ninference   {inference}\n"
    )?;
    let defaults = (entry.defaults)();
    for setting in entry.all_settings() {
        let default = defaults.get(setting.name);
        let default = default.map_or_else(String::new, |v| format!(" [{v}]"));
        writeln!(
            out,
            "  {}{default}\n      {} ({})",
            setting.name,
            setting.doc,
            setting.accepts()
        )?;
    }
    Ok(out)
}
