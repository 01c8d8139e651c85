//! Losses of texts as people compare them.

use induce_core::Fitted;
use induce_core::metrics::{Score, SplitScores};

use super::fit::Trained;
use crate::train::HeldOutLoss;

/// The metrics of language models, in the order they are shown.
pub const METRICS: [&str; 3] = ["loss", "perplexity", "bits_per_byte"];

/// Losses as values that people compare, with 95 % intervals: nats per token, e to that, and bits per byte of a text with so
/// many tokens per byte, if that is known ([`Tokenizer::tokens_per_byte`](super::Tokenizer::tokens_per_byte)).
pub fn scores(judged: &HeldOutLoss, tokens_per_byte: Option<f64>) -> Vec<Score> {
    let interval = judged.interval();
    // An interval without an end of the loss has none of what is made of it: e to minus infinity would look like one.
    let finite = |x: &f64| x.is_finite();
    let end = |f: &dyn Fn(f64) -> f64, x: f64| Some(x).filter(finite).map(f).filter(finite);
    let score = |name: &str, f: &dyn Fn(f64) -> f64| Score {
        name: name.into(),
        value: f(interval[0]),
        error: None,
        low: end(f, interval[1]),
        high: end(f, interval[2]),
    };
    let mut all = vec![score("loss", &|x| x), score("perplexity", &f64::exp)];
    all.extend(tokens_per_byte.map(|density| {
        let bits = density / std::f64::consts::LN_2;
        score("bits_per_byte", &|x| x * bits)
    }));
    all
}

/// The losses in the end: on the text that was learnt from, as the last steps saw it, and on the held-out text.
pub(super) fn trained_scores(fitted: &Fitted<Trained>, tokens_per_byte: Option<f64>) -> Vec<SplitScores> {
    let trace = fitted.report.traces.iter().find(|trace| trace.split == "train");
    let last = trace.and_then(|trace| trace.points.last());
    let score = |name: &str, value: f64| Score {
        name: name.into(),
        value,
        error: None,
        low: None,
        high: None,
    };
    let train = last.map(|(_, loss)| vec![score("loss", *loss), score("perplexity", loss.exp())]);
    let held_out = fitted.model.held_out.as_ref();
    let held_out = held_out.map(|judged| scores(judged, tokens_per_byte));
    let all = [("train", train), ("valid", held_out)];
    all.into_iter()
        .filter_map(|(name, scores)| Some(SplitScores::new(name, scores?)))
        .collect()
}
