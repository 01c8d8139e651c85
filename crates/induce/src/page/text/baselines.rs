//! What models foretell that know less.

use std::collections::HashMap;

use induce_core::words::number;
use induce_deep::train::HeldOutLoss;
use induce_plot::{Metric, Note, NoteKind};

use super::super::metrics;
use super::inputs::Inputs;
use induce_core::metrics::SplitScores;
use induce_deep::language::scores;

/// Tokens of a group of losses, where the model has no windows.
const GROUP: usize = 64;

/// The model beside baselines on the whole text that judges: a token given the one before it (bigram), a token by itself
/// (unigram), any token alike (uniform). With n(x) the counts in the text that was learnt from, N their sum, V the size of
/// the vocabulary,
///
/// p(b | a) = (n(ab) + 1) / (n(a) + V),   p(b) = (n(b) + 1) / (N + V),   p = 1 / V
///
/// (Laplace's rule: what never came is still possible).
pub(super) fn beside(inputs: &Inputs) -> Vec<Metric> {
    let (vocabulary, judged) = (inputs.language.tokens.size(), inputs.judged);
    let own = inputs.scores.iter().find(|own| own.split == inputs.split);
    let mut all: Vec<SplitScores> = own
        .map(|own| SplitScores::new(OWN, own.scores.clone()))
        .into_iter()
        .collect();
    if let Some(training) = &inputs.training {
        let group = inputs.language.model.context().unwrap_or(GROUP);
        let counted = |losses: Vec<f64>| scores(&grouped(&losses, group), inputs.tokens_per_byte);
        all.push(SplitScores::new(
            "bigram",
            counted(bigram(training.text, judged, vocabulary)),
        ));
        all.push(SplitScores::new(
            "unigram",
            counted(unigram(training.text, judged, vocabulary)),
        ));
    }
    let count = (judged.len() - 1) as f64;
    let alike = HeldOutLoss {
        groups: vec![((vocabulary as f64).ln() * count, count)],
    };
    all.push(SplitScores::new(
        "uniform",
        scores(&alike, inputs.tokens_per_byte),
    ));
    metrics(&all)
}

/// A warning, if a model that knows less foretells the text better; of several the best.
pub(super) fn beaten(all: &[Metric]) -> Option<Note> {
    let losses = || all.iter().filter(|own| own.name == "loss");
    let own = losses().find(|own| own.split == OWN)?;
    let best = losses().min_by(|a, b| a.value.total_cmp(&b.value))?;
    (best.value < own.value).then(|| Note {
        kind: NoteKind::Warning,
        text: format!(
            "A {} model, which only counts, foretells the text better: {} nats per token against {}. More steps, or a larger \
             model, should change that.",
            best.split,
            number(best.value),
            number(own.value)
        ),
    })
}

/// What the model is called among those that know less.
const OWN: &str = "this model";

fn grouped(losses: &[f64], group: usize) -> HeldOutLoss {
    let groups = losses.chunks(group.max(1));
    HeldOutLoss {
        groups: groups.map(|own| (own.iter().sum(), own.len() as f64)).collect(),
    }
}

/// How often each token came.
fn counts(text: &[u32], vocabulary: usize) -> Vec<u64> {
    let mut counts = vec![0; vocabulary];
    text.iter().for_each(|token| counts[*token as usize] += 1);
    counts
}

/// -ln p(b) of every token of `judged` but the first.
fn unigram(text: &[u32], judged: &[u32], vocabulary: usize) -> Vec<f64> {
    let counts = counts(text, vocabulary);
    let all = (text.len() + vocabulary) as f64;
    let loss = |token: &u32| -((counts[*token as usize] + 1) as f64 / all).ln();
    judged.iter().skip(1).map(loss).collect()
}

/// -ln p(b | a) of every token b of `judged` that stands after an a. Counted are only pairs that are asked for.
fn bigram(text: &[u32], judged: &[u32], vocabulary: usize) -> Vec<f64> {
    let pair = |pair: &[u32]| (pair[0], pair[1]);
    let mut pairs: HashMap<(u32, u32), u64> = judged.windows(2).map(|own| (pair(own), 0)).collect();
    for own in text.windows(2) {
        if let Some(count) = pairs.get_mut(&pair(own)) {
            *count += 1;
        }
    }
    // What begins a pair: every token but the last.
    let counts = counts(text.split_last().map_or(&[], |(_, rest)| rest), vocabulary);
    let loss = |own: &[u32]| {
        let before = counts[own[0] as usize] as f64;
        -((pairs[&pair(own)] + 1) as f64 / (before + vocabulary as f64)).ln()
    };
    judged.windows(2).map(loss).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2.41 against the bigrams' 2.38 was drawn, and not said.
    #[test]
    fn a_model_that_counting_beats_is_told_so() {
        let loss = |split: &str, value| Metric {
            split: split.into(),
            name: "loss".into(),
            value,
            ..Metric::default()
        };
        let said = beaten(&[loss(OWN, 2.41), loss("unigram", 3.2), loss("bigram", 2.38)]);
        assert!(said.is_some_and(|own| own.text.contains("bigram") && own.text.contains("2.3800")));
        assert_eq!(beaten(&[loss(OWN, 2.3), loss("bigram", 2.38)]), None);
    }

    #[test]
    fn counts_are_laplaces() {
        let (text, judged) = ([0, 1, 0, 1, 2], [0, 1, 2, 2]);
        let close = |own: Vec<f64>, p: [f64; 3]| {
            assert!(
                own.iter().zip(p).all(|(loss, p)| (loss + p.ln()).abs() < 1e-12),
                "{own:?}"
            );
            assert_eq!(own.len(), 3);
        };
        close(unigram(&text, &judged, 4), [3.0 / 9.0, 2.0 / 9.0, 2.0 / 9.0]);
        close(bigram(&text, &judged, 4), [3.0 / 6.0, 2.0 / 6.0, 1.0 / 4.0]);
        close(bigram(&[], &judged, 4), [0.25; 3]);
    }
}
