//! How often a class and a cluster meet.

use std::collections::HashMap;

use super::Predictions;

/// n_ij, the weight of the rows of class i in cluster j, with its margins.
///
/// Rows whose class is not known (NaN) are left out. A weight is a repetition.
///
/// ```
/// use induce_core::metrics::{Contingency, Predictions};
/// let p = Predictions::clustering(&[0.0, 0.0, 1.0, f64::NAN], &[5.0, 7.0, 7.0, 7.0]);
/// let table = Contingency::new(&p).expect("three classes are known");
/// assert_eq!((table.total, table.classes, table.clusters), (3.0, vec![2.0, 1.0], vec![1.0, 2.0]));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Contingency {
    /// Cells that are not empty: class, cluster, weight; in the order of classes, then clusters.
    pub cells: Vec<(usize, usize, f64)>,
    /// Weight of every class. // (classes)
    pub classes: Vec<f64>,
    /// Weight of every cluster. // (clusters)
    pub clusters: Vec<f64>,
    /// Weight of all rows.
    pub total: f64,
}

impl Contingency {
    /// The table of these rows; `None` if no class is known.
    pub fn new(p: &Predictions) -> Option<Self> {
        let known: Vec<usize> = (0..p.truth.len())
            .filter(|&row| p.truth[row].is_finite() && p.weight(row) > 0.0)
            .collect();
        let (classes, class_of) = numbered(known.iter().map(|&row| p.truth[row]));
        let (clusters, cluster_of) = numbered(known.iter().map(|&row| p.values[row]));
        let mut table = Self {
            cells: Vec::new(),
            classes: vec![0.0; classes],
            clusters: vec![0.0; clusters],
            total: 0.0,
        };
        let mut cells: HashMap<(usize, usize), f64> = HashMap::new();
        for (at, &row) in known.iter().enumerate() {
            let (i, j, w) = (class_of[at], cluster_of[at], p.weight(row));
            *cells.entry((i, j)).or_default() += w;
            table.classes[i] += w;
            table.clusters[j] += w;
            table.total += w;
        }
        table.cells = cells.into_iter().map(|((i, j), w)| (i, j, w)).collect();
        table.cells.sort_unstable_by_key(|cell| (cell.0, cell.1));
        (table.total > 0.0).then_some(table)
    }
}

/// How many different values there are, and the rank of each among them.
pub(super) fn numbered(values: impl Iterator<Item = f64> + Clone) -> (usize, Vec<usize>) {
    // A zero has two signs.
    let mut sorted: Vec<f64> = values.clone().map(|value| value + 0.0).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted.dedup();
    let rank: HashMap<u64, usize> = sorted.iter().enumerate().map(|(r, v)| (v.to_bits(), r)).collect();
    (
        sorted.len(),
        values.map(|value| rank[&(value + 0.0).to_bits()]).collect(),
    )
}
