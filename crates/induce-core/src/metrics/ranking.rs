//! Orders within groups. The weight of a group is that of its first row.

use std::ops::Range;

use super::interval::{Estimate, mean};
use super::precision_recall::precision_area;
use super::predictions::Predictions;
use super::ranked::tied;

/// Consecutive rows of one group; one group if there are none.
fn groups(predictions: &Predictions) -> Vec<Range<usize>> {
    let Some(groups) = predictions.groups else {
        return std::iter::once(0..predictions.rows()).collect();
    };
    let mut start = 0;
    let range = |group: &[u32]| {
        start += group.len();
        start - group.len()..start
    };
    groups.chunk_by(|a, b| a == b).map(range).collect()
}

/// The mean of `value(group)` over groups with weight; interval of the mean.
fn over_groups(predictions: &Predictions, value: impl Fn(Range<usize>) -> f64) -> Option<Estimate> {
    let groups = groups(predictions);
    let weight = |group: usize| predictions.weight(groups[group].start);
    let values: Vec<f64> = groups.iter().cloned().map(value).collect();
    let weighted = (0..groups.len()).any(|group| weight(group) > 0.0);
    weighted.then(|| mean(groups.len(), weight, |group| values[group], 0.0).map(|value| value.min(1.0)))
}

/// `DCG / best DCG` with `DCG = sum_rank truth / log2(1 + rank)` over the first `k` ranks, the mean over groups.
///
/// Rows with equal scores share the mean of their discounts (F. McSherry, M. Najork, ECIR 2008),
/// and a group without relevant rows counts 0, as in scikit-learn. Undefined if a truth is negative.
pub(super) fn ndcg(predictions: &Predictions, k: Option<f64>) -> Option<Estimate> {
    let k = k.map_or(usize::MAX, |k| k as usize);
    if k == 0 || predictions.truth.iter().any(|truth| *truth < 0.0) {
        return None;
    }
    over_groups(predictions, |rows| {
        let (truth, values) = (&predictions.truth[rows.clone()], &predictions.values[rows]);
        let best = dcg(truth, truth, k);
        if best > 0.0 {
            dcg(truth, values, k) / best
        } else {
            0.0
        }
    })
}

/// The normalized discounted gain of one group, whose largest relevance is above 0.
pub fn ndcg_of(truth: &[f64], scores: &[f64], k: usize) -> f64 {
    dcg(truth, scores, k) / dcg(truth, truth, k)
}

/// The part of the relevant rows, those with a truth above 0, that is among the first `k` of one group; 0 without any.
///
/// Rows with equal scores share their ranks.
pub fn recall_of(truth: &[f64], scores: &[f64], k: usize) -> f64 {
    let (mut rank, mut found, mut all) = (0, 0.0, 0.0);
    for tie in tied(scores) {
        let relevant = tie.iter().filter(|&&row| truth[row] > 0.0).count() as f64;
        let room = k.saturating_sub(rank).min(tie.len()) as f64;
        found += relevant * room / tie.len() as f64;
        all += relevant;
        rank += tie.len();
    }
    if all > 0.0 { found / all } else { 0.0 }
}

/// [`recall_of`] in the mean over groups.
pub(super) fn recall(predictions: &Predictions, k: Option<f64>) -> Option<Estimate> {
    let k = k.map_or(usize::MAX, |k| k as usize);
    if k == 0 {
        return None;
    }
    over_groups(predictions, |rows| {
        recall_of(&predictions.truth[rows.clone()], &predictions.values[rows], k)
    })
}

fn dcg(truth: &[f64], scores: &[f64], k: usize) -> f64 {
    let discount = |rank: usize| {
        if rank < k {
            1.0 / (rank as f64 + 2.0).log2()
        } else {
            0.0
        }
    };
    let (mut rank, mut sum) = (0, 0.0);
    for tie in tied(scores) {
        let gain = tie.iter().map(|&row| truth[row]).sum::<f64>() / tie.len() as f64;
        sum += gain * (rank..rank + tie.len()).map(discount).sum::<f64>();
        rank += tie.len();
    }
    sum
}

/// The mean over groups of the average precision, rows with a truth above 0 being relevant.
pub(super) fn map(predictions: &Predictions) -> Option<Estimate> {
    over_groups(predictions, |rows| {
        let truth: Vec<bool> = predictions.truth[rows.clone()]
            .iter()
            .map(|truth| *truth > 0.0)
            .collect();
        precision_area(&truth, &predictions.values[rows])
    })
}
