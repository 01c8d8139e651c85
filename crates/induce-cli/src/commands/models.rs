//! `induce models`.

use std::fmt::Write;
use std::process::ExitCode;

use anyhow::Result;
use induce::registry::{Card, cards, find_card};
use serde_json::json;

use crate::args::Models;
use crate::output;
use crate::session::Session;

pub fn run(session: &Session, args: &Models) -> Result<ExitCode> {
    let cards: Vec<Card> = match &args.name {
        Some(name) => vec![find_card(name)?],
        None => cards().collect(),
    };
    if session.json() {
        let list = cards.iter().map(|card| {
            let defaults = (card.defaults)();
            let settings = card.settings.iter().map(|s| {
                json!({ "name": s.name, "default": defaults.get(s.name), "range": s.range, "doc": s.doc })
            });
            let tasks = if card.of_texts() {
                json!(["language"])
            } else {
                json!(card.tasks)
            };
            json!({ "name": card.name, "title": card.title, "about": card.about, "tasks": tasks,
                "settings": settings.collect::<Vec<_>>() })
        });
        output::print_json(&json!(list.collect::<Vec<_>>()))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut out = String::new();
    for row in cards {
        writeln!(out, "{}: {}\n{}\n", row.name, row.title, row.about)?;
        let [likelihood, prior, inference] = row.idea;
        writeln!(
            out,
            "likelihood  {likelihood}\nprior       {prior}\ninference   {inference}\n"
        )?;
        let defaults = (row.defaults)();
        for setting in row.settings {
            let default = defaults
                .get(setting.name)
                .map_or_else(String::new, |v| format!(" [{v}]"));
            writeln!(
                out,
                "  {}{default}\n      {} ({})",
                setting.name, setting.doc, setting.range
            )?;
        }
    }
    output::print(&out)?;
    Ok(ExitCode::SUCCESS)
}
