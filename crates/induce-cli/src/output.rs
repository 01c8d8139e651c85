//! What goes to the two outputs, and how errors look.

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use induce::core::metrics::SplitScores;
use induce::core::model::{Block, Section, TreeNode};
use induce::core::words::visible;
pub use induce::core::words::{count, number};
use serde_json::{Value, json};

pub use crate::grid::table;
use crate::prose;

/// Whether the errors of a line that cannot be read are to be JSON: it says so, or the environment does.
pub fn wants_json(arguments: &[OsString]) -> bool {
    let mut words = arguments.iter().filter_map(|own| own.to_str()).peekable();
    let mut said = std::env::var("INDUCE_FORMAT").ok();
    while let Some(word) = words.next() {
        match word.strip_prefix("--format") {
            Some("") => said = words.peek().map(|own| (*own).to_owned()),
            Some(value) => said = value.strip_prefix('=').map(str::to_owned),
            None => {}
        }
    }
    said.is_some_and(|own| own == "json")
}

/// Print an error with its chain of causes and its hint, on standard output as JSON too where that is asked for; exit code 2.
pub fn fail(error: &anyhow::Error, json: bool) -> ExitCode {
    let red = if io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none() {
        ("\x1b[1;31m", "\x1b[0m")
    } else {
        ("", "")
    };
    let own = error
        .chain()
        .find_map(|cause| cause.downcast_ref::<induce::Error>());
    let text = match own {
        Some(own) if error.chain().count() == own_depth(own) => own.to_string(),
        _ => format!("{error:#}"),
    };
    let hint = own.and_then(induce::Error::hint);
    if json {
        let _ = print_json(&json!({ "error": { "message": text, "hint": hint } }));
    }
    let said = prose::aside(&format!("error: {}", visible(&text)));
    let said = said.trim_start_matches("error");
    let _ = writeln!(io::stderr(), "{}error{}{said}", red.0, red.1);
    if let Some(hint) = hint {
        let hint = prose::aside(&format!("hint: {}", visible(&hint)));
        let _ = writeln!(io::stderr(), "\n{hint}");
    }
    if matches!(own, Some(induce::Error::Interrupted)) {
        ExitCode::from(130)
    } else {
        ExitCode::from(2)
    }
}

/// An error of ours, whose text already holds its source, and that source.
fn own_depth(error: &induce::Error) -> usize {
    1 + usize::from(std::error::Error::source(error).is_some())
}

/// Whether the reader of our output went away, which is no error.
pub fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let broken = |cause: &(dyn std::error::Error + 'static)| {
        let direct = cause
            .downcast_ref::<io::Error>()
            .is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe);
        let own = matches!(cause.downcast_ref::<induce::Error>(),
            Some(induce::Error::Io { source, .. }) if source.kind() == io::ErrorKind::BrokenPipe);
        direct || own
    };
    error.chain().any(broken)
}

/// Write to standard output.
/// That its reader went away ends nothing: what else is to be done is done, and the exit code is that of the verdict.
pub fn print(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

/// Print one JSON object.
pub fn print_json(value: &Value) -> anyhow::Result<()> {
    print(&format!("{}\n", serde_json::to_string_pretty(value)?))
}

/// The metrics of a training card, a line per split.
pub fn metrics_lines(metrics: &Value) -> String {
    let line = |(split, metrics): (&String, &Value)| {
        let shown = metrics.as_object().into_iter().flatten().map(|(name, m)| {
            format!(
                "{name} {}",
                m["value"].as_f64().map_or_else(|| "-".into(), number)
            )
        });
        format!("{split}: {}\n", shown.collect::<Vec<_>>().join(", "))
    };
    metrics.as_object().into_iter().flatten().map(line).collect()
}

/// An interval; nothing where none is known.
pub fn interval(ends: Option<(f64, f64)>) -> String {
    ends.map_or_else(String::new, |(low, high)| {
        format!("{} – {}", number(low), number(high))
    })
}

/// Metrics with their intervals, one block per split.
pub fn scores_table(scores: &[SplitScores]) -> String {
    let mut rows = Vec::new();
    for own in scores {
        for score in &own.scores {
            let interval = interval(score.low.zip(score.high));
            rows.push(vec![
                score.name.clone(),
                own.split.clone(),
                number(score.value),
                interval,
            ]);
        }
    }
    if rows.is_empty() {
        return "no metric: one cluster has none\n".into();
    }
    table(&["metric", "split", "value", "95 % interval"], &rows)
}

/// What a model tells of itself, as text; pictures are the page's.
pub fn sections(sections: &[Section]) -> String {
    sections
        .iter()
        .flat_map(|section| &section.blocks)
        .map(block)
        .collect()
}

fn block(block: &Block) -> String {
    match block {
        Block::Text(text) => format!("{}\n", prose::printed(text)),
        Block::Facts(facts) => {
            let rows: Vec<Vec<String>> = facts
                .iter()
                .map(|(name, value)| vec![name.clone(), value.clone()])
                .collect();
            table(&["what", "found"], &rows)
        }
        Block::Grid(grid) => {
            let head: Vec<&str> = grid.head.iter().map(String::as_str).collect();
            format!("\n{}", table(&head, &grid.rows))
        }
        Block::Tree(root) => {
            let mut out = String::new();
            outline(root, 0, "", &mut out);
            out
        }
        Block::Intervals(_) | Block::Lines(_) | Block::Points(_) | Block::Bars(_) | Block::Pictures(_) => {
            String::new()
        }
    }
}

/// A tree as an indented outline.
fn outline(node: &TreeNode, depth: usize, answer: &str, out: &mut String) {
    let indent = "  ".repeat(depth);
    let (text, note) = (visible(&node.text), visible(&node.note));
    *out += &format!("{indent}{answer}{text} ({note})\n");
    for (child, answer) in node.children.iter().zip(["yes: ", "no: "]) {
        outline(child, depth + 1, answer, out);
    }
}
