//! `induce models`.

use std::fmt::Write;
use std::process::ExitCode;

use anyhow::Result;
use induce::registry::{self, MODELS, Row};
use serde_json::json;

use crate::args::Models;
use crate::output;
use crate::session::Session;

pub fn run(session: &Session, args: &Models) -> Result<ExitCode> {
    let rows: Vec<&Row> = match &args.name {
        Some(name) => vec![registry::find(name)?],
        None => MODELS.to_vec(),
    };
    if session.json() {
        let list = rows.iter().map(|row| {
            let defaults = (row.defaults)();
            let settings = row.settings.iter().map(|s| {
                json!({ "name": s.name, "default": defaults.get(s.name), "range": s.range, "doc": s.doc })
            });
            json!({ "name": row.name, "title": row.title, "about": row.about, "tasks": row.tasks,
                "settings": settings.collect::<Vec<_>>() })
        });
        output::print_json(&json!(list.collect::<Vec<_>>()))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut out = String::new();
    for row in rows {
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
