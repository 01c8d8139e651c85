//! The report page's data, from a model and what it was evaluated on: a builder per kind of data, and what they share.

pub mod plain;
pub mod rows;
mod terms;
pub mod text;

use induce_core::metrics::{Score, SplitScores};
use induce_core::model::Entry as Registered;
use induce_plot::{Entry, Metric, Note, NoteKind, Setting};
use serde_json::Value;

pub(crate) fn entries(pairs: &[(String, String)]) -> Vec<Entry> {
    pairs
        .iter()
        .map(|(name, value)| Entry::new(name, value))
        .collect()
}

pub(crate) fn metrics(scores: &[SplitScores]) -> Vec<Metric> {
    let row = |own: &SplitScores, score: &Score| Metric {
        split: own.split.clone(),
        name: score.name.clone(),
        value: score.value,
        low: score.low,
        high: score.high,
        folds: own.of_folds(&score.name),
    };
    let rows = scores
        .iter()
        .flat_map(|own| own.scores.iter().map(move |score| row(own, score)));
    rows.collect()
}

pub(crate) fn info(text: &str) -> Note {
    Note {
        kind: NoteKind::Info,
        text: text.into(),
    }
}

/// The settings of a model, as the page has them, of which nobody knows which ones a person gave.
pub(crate) fn settings(entry: &Registered, values: &Value) -> Vec<Setting> {
    changed(entry, values, None)
}

/// The settings of a model, as the page has them: changed are those that a person gave another value than the default
/// (`asked`). Where nobody knows what was given, a default that leaves the choice to the data was not changed by it.
pub(crate) fn changed(entry: &Registered, values: &Value, asked: Option<&Value>) -> Vec<Setting> {
    let defaults = (entry.defaults)();
    let text = |v: &Value| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
    let rows = entry.settings.iter().filter_map(|setting| {
        let (value, default) = (values.get(setting.name)?, defaults.get(setting.name));
        let open = default.is_some_and(|own| own.is_null() || own == "auto");
        let given = asked.map_or(Some(value), |asked| asked.get(setting.name));
        Some(Setting {
            name: setting.name.into(),
            value: text(value),
            default: given == default || (asked.is_none() && open),
            doc: setting.doc.into(),
        })
    });
    rows.collect()
}
