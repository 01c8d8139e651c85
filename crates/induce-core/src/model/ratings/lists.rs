//! Lists of items: the first of an order, and how good they are.

use crate::metrics::{ndcg_of, recall_of};

/// The places of the `count` largest values that are not left out, the largest first; of equal ones the first.
///
/// ```
/// use induce_core::model::ratings::largest;
/// assert_eq!(largest(&[1.0, 5.0, 2.0, 5.0], 2, |i| i == 1), [3, 2]);
/// ```
pub fn largest(values: &[f64], count: usize, left_out: impl Fn(usize) -> bool) -> Vec<usize> {
    let mut places: Vec<usize> = (0..values.len()).filter(|&i| !left_out(i)).collect();
    let order = |a: &usize, b: &usize| values[*b].total_cmp(&values[*a]).then(a.cmp(b));
    if count == 0 {
        return Vec::new();
    }
    if count < places.len() {
        places.select_nth_unstable_by(count - 1, order);
        places.truncate(count);
    }
    places.sort_unstable_by(order);
    places
}

/// Recall and NDCG at rank k of an order of items by falling `values`, of which some are relevant and some left out; nothing without any
/// that is relevant.
///
/// recall = relevant ones among the first k / all that are relevant; NDCG = sum over the first k ranks of relevance / log2(1 + rank), over the
/// largest that it can be (Järvelin & Kekäläinen 2002). Equal values share their ranks.
///
/// ```
/// use induce_core::model::ratings::ranked;
/// let (recall, ndcg) = ranked(&[3.0, 2.0, 1.0], &[0, 2], |_| false, 1).unwrap();
/// assert_eq!((recall, ndcg), (0.5, 1.0));
/// assert!(ranked(&[3.0], &[0], |_| true, 1).is_none());
/// ```
pub fn ranked(
    values: &[f64],
    relevant: &[usize],
    left_out: impl Fn(usize) -> bool,
    k: usize,
) -> Option<(f64, f64)> {
    let places: Vec<usize> = (0..values.len()).filter(|&i| !left_out(i)).collect();
    let mut truth = vec![0.0; values.len()];
    relevant.iter().for_each(|&i| truth[i] = 1.0);
    let all = places.iter().filter(|&&i| truth[i] > 0.0).count();
    if all == 0 || k == 0 {
        return None;
    }
    // Only the first k ranks count, and what is equal to the last of them.
    let least = largest(values, k, &left_out)
        .last()
        .map_or(f64::NEG_INFINITY, |&i| values[i]);
    let first: Vec<usize> = places.iter().copied().filter(|&i| values[i] >= least).collect();
    let found = first.iter().filter(|&&i| truth[i] > 0.0).count();
    // The others that are relevant come later, in whatever order.
    let scores: Vec<f64> = first
        .iter()
        .map(|&i| values[i])
        .chain(vec![f64::NEG_INFINITY; all - found])
        .collect();
    let truth: Vec<f64> = first
        .iter()
        .map(|&i| truth[i])
        .chain(vec![1.0; all - found])
        .collect();
    Some((recall_of(&truth, &scores, k), ndcg_of(&truth, &scores, k)))
}
