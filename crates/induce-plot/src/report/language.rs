//! What only language models have to show, as plain data, and how the page sees it.

use serde::{Deserialize, Serialize};

use super::{Entry, Metric};
use crate::chart::LearningCurve;
use crate::text;

/// What a language model adds to a page. What is empty or `None` is left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LanguageReport {
    /// The model in words: likelihood, prior, inference.
    pub idea: Vec<Entry>,
    /// Its shape: layers, width, context, memory.
    pub shape: Vec<Entry>,
    /// The text and how it was cut.
    pub corpus: Vec<Entry>,
    /// The size of steps, by step.
    pub rate: Option<LearningCurve>,
    /// The model beside those that know less: the split is the name of a model.
    pub baselines: Vec<Metric>,
    /// The loss by the number of tokens that could be looked back on.
    pub positions: Option<LearningCurve>,
    /// Which part of the text the charts are of, as a sentence.
    pub examined: String,
    /// The tokens that cost most.
    pub tokens: Vec<TokenRow>,
    /// Texts that it wrote.
    pub samples: Vec<Sample>,
}

/// What a token costs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TokenRow {
    /// The token, with signs for what cannot be seen.
    pub token: String,
    /// How often it came.
    pub count: u64,
    /// The mean loss where it came.
    pub loss: f64,
    /// Its fraction of the loss of all tokens.
    pub share: f64,
    /// What was likeliest most often where it came.
    pub guess: String,
    /// How often that was.
    pub guessed: u64,
}

/// A text that a model wrote.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sample {
    /// How it was drawn: `temperature 0.8, seed 0`.
    pub drawn: String,
    /// What it was given.
    pub prompt: String,
    /// What it wrote.
    pub text: String,
}

/// A row of the table of tokens.
#[derive(Serialize)]
pub(super) struct TokenCells<'a> {
    token: &'a str,
    guess: &'a str,
    count: String,
    loss: String,
    share: String,
    guessed: String,
    raw: [f64; 4],
}

/// The tokens in their order.
pub(super) fn tokens(rows: &[TokenRow]) -> Vec<TokenCells<'_>> {
    rows.iter().map(cells).collect()
}

fn cells(row: &TokenRow) -> TokenCells<'_> {
    let guessed = row.guessed as f64 / row.count.max(1) as f64;
    let raw = [row.count as f64, row.loss, row.share, guessed];
    TokenCells {
        token: &row.token,
        guess: &row.guess,
        count: text::count(row.count),
        loss: text::short(row.loss),
        share: text::percent(row.share),
        guessed: text::percent(guessed.min(1.0)),
        raw: raw.map(|value| if value.is_finite() { value } else { -1e300 }),
    }
}
