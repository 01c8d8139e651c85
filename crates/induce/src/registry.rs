//! One row per model: from it come the command line, the documentation and the common tests.

pub use induce_core::Checkpoints;
use induce_core::metrics::Task;
use induce_core::model_file::ModelFile;
use induce_core::{Error, Fitted, Result, Run};
use serde_json::Value;

use crate::language;
use crate::model::Model;
use crate::models::{
    ADABOOST, BAGGING, BOOST, ELASTIC_NET, EXTRA_TREES, FOREST, GLM, LASSO, LINEAR, LOGISTIC, RANSAC, RIDGE,
    TREE,
};
use crate::problem::Problem;

/// A setting of a model.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Its name in the spec and after `--set`.
    pub name: &'static str,
    /// What it does, in one sentence.
    pub doc: &'static str,
    /// The values it may have.
    pub range: &'static str,
}

/// Values that a search draws from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Space {
    /// Any number between two.
    Uniform(f64, f64),
    /// Any number between two, uniform in its logarithm.
    Log(f64, f64),
    /// A whole number between two, uniform in its logarithm.
    Whole(u64, u64),
    /// One of these.
    OneOf(&'static [&'static str]),
}

impl Space {
    /// The value at `u` in [0, 1), as `--set` takes it.
    pub fn at(self, u: f64) -> String {
        match self {
            Self::Uniform(low, high) => rounded(low + u * (high - low)),
            Self::Log(low, high) => rounded(low * (high / low).powf(u)),
            Self::Whole(low, high) => {
                let (low, high) = (low as f64, high as f64 + 1.0);
                format!("{}", (low * (high / low).powf(u)).floor().min(high - 1.0))
            }
            Self::OneOf(names) => names[((u * names.len() as f64) as usize).min(names.len() - 1)].into(),
        }
    }
}

/// Three digits: nobody wants to read, or type, more of a random number.
fn rounded(x: f64) -> String {
    let digits = 2 - x.abs().max(1e-300).log10().floor() as i32;
    let scale = 10_f64.powi(digits);
    format!("{}", (x * scale).round() / scale)
}

/// How a fit is started.
pub type Train =
    fn(&Value, &Problem, Option<&Problem>, Option<&Checkpoints>, &mut Run) -> Result<Fitted<Box<dyn Model>>>;

/// What people are told of a model, whatever it learns from.
#[derive(Debug, Clone, Copy)]
pub struct Card {
    /// Its name after `-m`.
    pub name: &'static str,
    /// Its full name.
    pub title: &'static str,
    /// What it is good for, in a few sentences.
    pub about: &'static str,
    /// The idea: likelihood, prior, inference.
    pub idea: [&'static str; 3],
    /// What it can predict of tables; of texts the next token.
    pub tasks: &'static [Task],
    /// Its settings.
    pub settings: &'static [Setting],
    /// The default settings.
    pub defaults: fn() -> Value,
}

impl Card {
    /// Whether it learns from texts.
    pub fn of_texts(&self) -> bool {
        self.tasks.is_empty()
    }
}

/// A model of tables.
pub struct Row {
    /// What people are told of it.
    pub card: Card,
    /// The ranges that a search of settings draws from.
    pub search: &'static [(&'static str, Space)],
    /// Fit it.
    pub train: Train,
    /// Open it.
    pub load: fn(&ModelFile) -> Result<Box<dyn Model>>,
}

/// Every model of tables.
pub static MODELS: &[&Row] = &[
    &BOOST,
    &LINEAR,
    &RIDGE,
    &LASSO,
    &ELASTIC_NET,
    &LOGISTIC,
    &GLM,
    &TREE,
    &FOREST,
    &EXTRA_TREES,
    &BAGGING,
    &ADABOOST,
    &RANSAC,
];

/// Every model: those of tables, then those of texts.
pub fn cards() -> impl Iterator<Item = Card> {
    let tables = MODELS.iter().map(|row| row.card);
    let texts = language::MODELS.iter().map(|row| row.card);
    tables.chain(texts)
}

/// The card of the model called `name`.
///
/// # Errors
/// If there is none.
pub fn find_card(name: &str) -> Result<Card> {
    cards()
        .find(|card| card.name == name)
        .ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> Error {
    Error::UnknownName {
        what: "model",
        name: name.into(),
        known: cards().map(|card| card.name.to_string()).collect(),
    }
}

/// The row of a model of tables.
///
/// # Errors
/// If there is none, or it learns from texts.
pub fn find(name: &str) -> Result<&'static Row> {
    if let Some(row) = language::find(name) {
        return Err(Error::data(
            format!("`{name}` ({}) learns from texts, not from tables", row.card.title),
            format!("`induce train corpus.txt -m {name}`"),
        ));
    }
    let found = MODELS.iter().find(|row| row.card.name == name);
    found.copied().ok_or_else(|| unknown(name))
}

/// A setting, for tables of them.
pub(crate) const fn setting(name: &'static str, range: &'static str, doc: &'static str) -> Setting {
    Setting { name, doc, range }
}
