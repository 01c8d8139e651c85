//! What a language model is taught and judged on, and what its file tells of that.

use induce_core::metrics::Score;
use induce_core::{Error, Fitted, Result};
use induce_deep::language::{Corpus, Trained, divide};
use serde_json::{Value, json};

use super::scores;
use crate::reports::Scored;
use crate::scores::metrics_json;

/// The share of a text that is held out, its tail, unless another is asked for.
pub const HOLDOUT: f64 = 0.1;

/// A text to learn from and one to be judged on, with the name of that.
pub struct Lesson {
    /// To learn from.
    pub train: String,
    /// To be judged on; empty if nothing is.
    pub judged: String,
    /// What that is called where scores are: `holdout` or `valid`.
    pub name: &'static str,
}

impl Lesson {
    /// A text whose tail is held out, a share of it.
    ///
    /// # Errors
    /// If the share is less than 0, or nothing is left to learn from.
    pub fn holding_out(text: &str, share: f64) -> Result<Self> {
        check_share(share)?;
        let (train, judged) = divide(text, share);
        Ok(Self {
            train: train.into(),
            judged: judged.into(),
            name: "holdout",
        })
    }

    /// Two texts.
    pub fn of_two(train: String, judged: String) -> Self {
        Self {
            train,
            judged,
            name: "valid",
        }
    }
}

/// Whether `share` of a text can be held out.
///
/// # Errors
/// If it is less than 0, or nothing would be left.
pub fn check_share(share: f64) -> Result<()> {
    if (0.0..1.0).contains(&share) {
        return Ok(());
    }
    Err(Error::data(
        format!("`--holdout {share}` is no share"),
        "it is at least 0 and below 1",
    ))
}

/// The losses in the end: on the text that was learnt from, as the last steps saw it, and on what judges, called `name`.
pub fn judged(fitted: &Fitted<Trained>, corpus: &Corpus, name: &str) -> Vec<Scored> {
    let trace = fitted.report.traces.iter().find(|trace| trace.split == "train");
    let last = trace.and_then(|trace| trace.points.last());
    let score = |name: &str, value: f64| Score {
        name: name.into(),
        value,
        low: None,
        high: None,
    };
    let train = last.map(|(_, loss)| vec![score("loss", *loss), score("perplexity", loss.exp())]);
    let held_out = fitted.model.held_out.as_ref();
    let held_out = held_out.map(|judged| scores(judged, corpus.held_out_bytes));
    let all = [("train", train), (name, held_out)];
    all.into_iter()
        .filter_map(|(name, scores)| Some((name.to_owned(), scores?, Vec::new())))
        .collect()
}

/// What a stranger should know of the model: no clock and no machine, so equal runs write equal bytes. `data` is what the
/// text is called.
pub fn card(data: Option<&str>, seed: u64, fitted: &Fitted<Trained>, scores: &[Scored]) -> Value {
    json!({
        "made_by": concat!("induce ", env!("CARGO_PKG_VERSION")),
        "data": data,
        "seed": seed,
        "outcome": fitted.outcome,
        "metrics": metrics_json(scores),
    })
}
