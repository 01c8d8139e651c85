//! What models foretell that know less: how often tokens and pairs of them came in the text that was learnt from.

use std::collections::HashMap;

use crate::train::HeldOutLoss;

/// Tokens of a group of losses, where the model has no windows.
const GROUP: usize = 64;

/// The losses of baselines on the tokens `judged`, two or more: a token given the one before it (bigram), a token by itself
/// (unigram), any token alike (uniform). With n(x) the counts in `text`, N their sum, V the size of the `vocabulary`,
///
/// p(b | a) = (n(ab) + 1) / (n(a) + V),   p(b) = (n(b) + 1) / (N + V),   p = 1 / V
///
/// (Laplace's rule: what never came is still possible). Without a text to count in, only the last is there. Losses are in
/// groups of `context` tokens, where the model has windows.
pub fn baselines(
    text: &[u32],
    judged: &[u32],
    vocabulary: usize,
    context: Option<usize>,
) -> Vec<(&'static str, HeldOutLoss)> {
    let count = judged.len().saturating_sub(1) as f64;
    let uniform = HeldOutLoss {
        groups: vec![((vocabulary as f64).ln() * count, count)],
    };
    let group = context.unwrap_or(GROUP);
    let counted =
        |losses: fn(&[u32], &[u32], usize) -> Vec<f64>| grouped(&losses(text, judged, vocabulary), group);
    let mut all = Vec::new();
    if !text.is_empty() {
        all.push(("bigram", counted(bigram)));
        all.push(("unigram", counted(unigram)));
    }
    all.push(("uniform", uniform));
    all
}

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
