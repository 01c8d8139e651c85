//! `induce doctor`.

use std::process::ExitCode;

use anyhow::Result;
use induce::core::simd;
use serde_json::{Value, json};

use crate::output;
use crate::session::Session;

pub fn run(session: &Session) -> Result<ExitCode> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let rows = [
        ("induce", env!("CARGO_PKG_VERSION").to_string()),
        (
            "system",
            format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        ),
        ("cores", threads.to_string()),
        ("threads used", session.run().threads().to_string()),
        ("instruction set", simd::level().name().to_string()),
        (
            "readers",
            induce::core::read::Format::ALL
                .map(induce::core::read::Format::name)
                .join(" "),
        ),
        (
            "models",
            induce::registry::MODELS
                .iter()
                .map(|entry| entry.info.name)
                .collect::<Vec<_>>()
                .join(" "),
        ),
    ];
    if session.json() {
        let map = rows
            .iter()
            .map(|(name, value)| (name.replace(' ', "_"), typed(name, value)))
            .collect::<serde_json::Map<_, _>>();
        output::print_json(&Value::Object(map))?;
    } else {
        let rows: Vec<Vec<String>> = rows
            .iter()
            .map(|(name, value)| vec![(*name).to_string(), value.clone()])
            .collect();
        output::print(&output::table(&["what", "found"], &rows))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Counts as numbers, lists as lists.
fn typed(name: &str, value: &str) -> Value {
    match name {
        "readers" | "models" => value.split(' ').collect(),
        _ => value.parse::<u64>().map_or_else(|_| json!(value), Value::from),
    }
}
