//! `docs/reference` is written from the binary, the registry and the table of metrics.
//!
//! This test fails when a page is stale; `cargo xtask docs` (which sets
//! `INDUCE_BLESS`) writes the pages anew.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use induce::core::metrics::{METRICS, Task};
use serde_json::Value;

const NOTE: &str = "<!-- Written by `cargo xtask docs`; do not edit. -->\n\n";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference")
}

fn induce(words: &[&str]) -> String {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("induce"));
    command.args(words).env_remove("COLUMNS");
    for own in [
        "INDUCE_SEED",
        "INDUCE_THREADS",
        "INDUCE_FORMAT",
        "INDUCE_NO_PROGRESS",
    ] {
        command.env_remove(own);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "induce {words:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The names under `Commands:` of a help text.
fn commands(help: &str) -> Vec<String> {
    let list = help.split("Commands:\n").nth(1).unwrap_or_default();
    let names = list
        .lines()
        .take_while(|line| line.starts_with("  "))
        .filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != "help").map(str::to_owned).collect()
}

fn command_line() -> String {
    let mut page = format!("{NOTE}# The command line\n\n");
    page += "Data goes to standard output, everything else to standard error. Exit codes: 0 done, 1 a stated \
             requirement (`--require`) is not met, 2 error, 130 interrupted, with what there was to save saved.\n\n";
    let top = induce(&["--help"]);
    section(&mut page, "induce", &top);
    for verb in commands(&top) {
        let help = induce(&[&verb, "--help"]);
        section(&mut page, &format!("induce {verb}"), &help);
        for inner in commands(&help) {
            section(
                &mut page,
                &format!("induce {verb} {inner}"),
                &induce(&[&verb, &inner, "--help"]),
            );
        }
    }
    page.trim_end().to_owned() + "\n"
}

fn section(page: &mut String, title: &str, help: &str) {
    let lines: Vec<&str> = help.lines().map(str::trim_end).collect();
    writeln!(
        page,
        "## `{title}`\n\n```text\n{}\n```\n",
        lines.join("\n").trim()
    )
    .unwrap();
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A cell of a table: a bar would end it.
fn cell(value: &str) -> String {
    value.replace('|', "\\|")
}

fn model(model: &Value) -> String {
    let name = text(&model["name"]);
    let tasks: Vec<String> = model["tasks"].as_array().unwrap().iter().map(text).collect();
    let row = induce::registry::find(&name).unwrap().info;
    let mut page = format!(
        "{NOTE}# `{name}`: {}\n\n{}\n\n",
        text(&model["title"]),
        text(&model["about"])
    );
    writeln!(page, "Tasks: {}.\n", tasks.join(", ")).unwrap();
    writeln!(page, "| | |\n|---|---|").unwrap();
    for (what, idea) in ["likelihood", "prior", "inference"].iter().zip(row.idea) {
        writeln!(page, "| {what} | {} |", cell(idea)).unwrap();
    }
    writeln!(page, "\nEvery setting is given as `--set NAME=VALUE`.\n").unwrap();
    writeln!(
        page,
        "| setting | default | values | what it does |\n|---|---|---|---|"
    )
    .unwrap();
    for setting in model["settings"].as_array().unwrap() {
        let default = if setting["default"].is_null() {
            String::new()
        } else {
            format!("`{}`", text(&setting["default"]))
        };
        let [name, range, doc] = ["name", "range", "doc"].map(|key| cell(&text(&setting[key])));
        writeln!(page, "| `{name}` | {default} | {range} | {doc} |").unwrap();
    }
    page
}

fn metrics() -> String {
    let mut page = format!("{NOTE}# Metrics\n\n");
    page += "Names, definitions and values are scikit-learn's; every metric takes row weights. The first ones of each \
             table are shown without being asked for. A parameter stands after `@`.\n";
    for (task, title) in [
        (Task::Classification, "Classification"),
        (Task::Regression, "Regression"),
        (Task::Ranking, "Ranking"),
    ] {
        write!(page, "\n## {title}\n\n| metric | also called | better | shown | parameter | needs |\n|---|---|---|---|---|---|\n").unwrap();
        for m in METRICS.iter().filter(|m| m.task == task) {
            let aliases = m
                .aliases
                .iter()
                .map(|a| format!("`{a}`"))
                .collect::<Vec<_>>()
                .join(" ");
            let better = if m.greater_is_better { "greater" } else { "less" };
            let shown = if m.default { "yes" } else { "" };
            writeln!(
                page,
                "| `{}` | {aliases} | {better} | {shown} | {} | {} |",
                m.name,
                m.parameter.unwrap_or(""),
                m.needs
            )
            .unwrap();
        }
    }
    page
}

fn pages() -> BTreeMap<String, String> {
    let mut pages = BTreeMap::from([
        ("command-line.md".into(), command_line()),
        ("metrics.md".into(), metrics()),
    ]);
    let models: Value = serde_json::from_str(&induce(&["models", "--format", "json"])).unwrap();
    for one in models["models"].as_array().unwrap() {
        pages.insert(format!("model-{}.md", text(&one["name"])), model(one));
    }
    pages
}

#[test]
fn the_pages_say_what_the_code_says() {
    let (folder, pages) = (folder(), pages());
    if std::env::var_os("INDUCE_BLESS").is_some() {
        std::fs::create_dir_all(&folder).unwrap();
        pages
            .iter()
            .for_each(|(name, page)| std::fs::write(folder.join(name), page).unwrap());
    }
    for (name, page) in &pages {
        let there = std::fs::read_to_string(folder.join(name)).unwrap_or_default();
        assert!(
            &there == page,
            "docs/reference/{name} is stale; hint: `cargo xtask docs` writes it anew"
        );
    }
    for entry in std::fs::read_dir(&folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(
            pages.contains_key(&name),
            "docs/reference/{name} is of nothing that is there"
        );
    }
}

/// Who meets the old name of a setting finds it in the glossary.
#[test]
fn old_names_are_in_the_glossary() {
    let glossary = std::fs::read_to_string(folder().join("../concepts/glossary.md")).unwrap();
    let settings = induce::registry::MODELS.iter().flat_map(|entry| entry.settings);
    for setting in settings {
        for old in setting.aliases {
            let row = format!("| `{old}` | `{}` |", setting.name);
            assert!(
                glossary.contains(&row),
                "docs/concepts/glossary.md has no row {row}"
            );
        }
    }
}
