//! The verbs on texts, and on models that were learnt from them.

mod evaluate;
mod report;
mod train;

use std::path::Path;

use anyhow::Result;
use induce::deep::language;

use serde_json::Value;

use crate::args::{Columns, Reading};
use crate::output;
use crate::session::Session;

pub use evaluate::evaluate;
pub use report::report;
pub use train::train;

/// Whether a model is a language model, by what its file is.
pub fn is(model: &Path) -> bool {
    language::is(model)
}

/// `induce show` of a language model.
pub fn show(session: &Session, path: &Path) -> Result<()> {
    let about = language::open(path, None)?.about();
    if session.json() {
        return output::print_json(&about);
    }
    let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let rows = |object: &Value| -> Vec<Vec<String>> {
        let entries = object.as_object().into_iter().flatten();
        let scalars = entries.filter(|(_, value)| !value.is_object() && !value.is_null());
        scalars
            .map(|(name, value)| vec![name.clone(), plain(value)])
            .collect()
    };
    let mut text = output::table(&["what", "found"], &rows(&about));
    if about["settings"].is_object() {
        text += &format!(
            "\n{}",
            output::table(&["setting", "value"], &rows(&about["settings"]))
        );
    }
    if about["card"].is_object() {
        text += &format!("\n{}", output::table(&["trained", ""], &rows(&about["card"])));
        text += &output::metrics_lines(&about["card"]["metrics"]);
    }
    output::print(&text)
}

/// The flags that only tables have: none of them may be given.
fn of_tables(reading: &Reading, columns: &Columns, others: &[(&'static str, bool)]) -> Result<()> {
    let own = [
        ("--delimiter", reading.delimiter.is_some()),
        ("--header", reading.header),
        ("--no-header", reading.no_header),
        ("--input", reading.input.is_some()),
        ("--missing", !reading.missing.is_empty()),
        ("--type", !reading.types.is_empty()),
        ("--target", columns.target.is_some()),
        ("--weight", columns.weight.is_some()),
        ("--group", columns.group.is_some()),
        ("--drop", !columns.drop.is_empty()),
    ];
    match own.iter().chain(others).find(|(_, given)| *given) {
        Some((name, _)) => Err(induce::Error::data(
            format!("`{name}` is about tables, but this model is about texts"),
            "leave it out",
        )
        .into()),
        None => Ok(()),
    }
}
