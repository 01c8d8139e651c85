//! What the page of a language model is made of.

use induce_core::metrics::SplitScores;
use induce_core::{FitReport, Outcome};
use induce_deep::language::{Pretrained, Settings};

/// What a page is made of.
pub struct Inputs<'a> {
    /// The model, as it was read from its file.
    pub language: &'a Pretrained,
    /// The text that judges it, as tokens; empty if there is none.
    pub judged: &'a [u32],
    /// Bytes of that text.
    pub bytes: usize,
    /// Tokens per byte of it, if it can be had back from its tokens.
    pub tokens_per_byte: Option<f64>,
    /// Name of the split it is, as in the metrics.
    pub split: &'a str,
    /// Scores per split.
    pub scores: &'a [SplitScores],
    /// How it was trained, if that has just been done.
    pub training: Option<Training<'a>>,
    /// Where the text came from.
    pub source: &'a str,
    /// Facts for the head of the page.
    pub facts: Vec<(String, String)>,
    /// Version, seed, threads.
    pub environment: Vec<(String, String)>,
    /// The command line.
    pub command: String,
}

/// A training and what it saw.
pub struct Training<'a> {
    /// Its settings.
    pub settings: Settings,
    /// The text that was learnt from, as tokens.
    pub text: &'a [u32],
    /// Bytes of that text.
    pub bytes: usize,
    /// How the texts were divided, in words.
    pub divided: String,
    /// Where tokens come from, in words.
    pub tokens: String,
    /// Numbers that were learnt.
    pub parameters: usize,
    /// Losses over time, of the whole training.
    pub report: &'a FitReport,
    /// How it ended.
    pub outcome: &'a Outcome,
    /// Losses of single steps, as far as they are known.
    pub losses: &'a [(u64, f64)],
    /// The step that it was resumed at; else 0.
    pub begun: u64,
    /// Seconds that it took, since then.
    pub seconds: f64,
}
