//! Clusters read off an embedding.

mod discretize;
mod kmeans;
mod polar;
mod qr;

use induce_core::{Result, Run};

use super::spec::{Assign, Spec};

/// The cluster of each row of an embedding; some of the `k` may stay empty. // rows: (n, width)
///
/// # Errors
/// As k-means.
pub(super) fn assign(rows: &[f64], width: usize, k: usize, spec: &Spec, run: &Run) -> Result<Vec<u32>> {
    Ok(match spec.assign_labels {
        Assign::Kmeans => kmeans::kmeans(rows, width, k, spec.n_init, run)?,
        Assign::Discretize => discretize::discretize(rows, width, run),
        Assign::ClusterQr => qr::cluster_qr(rows, width),
    })
}

/// Where the largest of some numbers is, the first of equals.
fn largest(values: impl Iterator<Item = f64>) -> usize {
    let best = values
        .enumerate()
        .reduce(|best, next| if next.1 > best.1 { next } else { best });
    best.map_or(0, |(k, _)| k)
}
