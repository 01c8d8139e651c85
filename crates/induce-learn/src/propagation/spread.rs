//! Passes over the edges until nothing changes.

use induce_core::graph::{normalized, random_walk};
use induce_core::linalg::{Csr, LANES, Symmetric};
use induce_core::parallel::Team;

use super::spec::{Method, Spec};

/// Rows that are done by one worker.
const ROWS: usize = 1024;

/// F of every node, how many passes it took, and whether it came to rest. // F: (nodes, classes)
pub fn spread(
    spec: &Spec,
    weights: &Csr,
    seeds: &[Option<usize>],
    classes: usize,
    threads: usize,
) -> (Vec<f64>, usize, bool) {
    let n = weights.rows();
    let width = classes.next_multiple_of(LANES);
    let (matrix, keep) = match spec.method {
        Method::Spreading => (normalized(weights, 0.0), spec.alpha),
        Method::Harmonic => (random_walk(&with_edges(weights), 0.0), 1.0),
    };
    let mut field = vec![0.0; n * width];
    for i in 0..n {
        if let Some(class) = seeds[i] {
            field[i * width + class] = 1.0;
        }
    }
    let mut next = vec![0.0; n * width];
    let (mut passes, mut rest) = (0, false);
    Team::with(threads, |team| {
        while passes < spec.max_iter && !rest {
            team.for_each_chunk(&mut next, ROWS * width, |chunk, next| {
                let first = chunk * ROWS;
                matrix.multiply_rows(first..(first + ROWS).min(n), &field, width, next);
                for (i, row) in next.chunks_exact_mut(width).enumerate() {
                    row.iter_mut().for_each(|x| *x *= keep);
                    match (spec.method, seeds[first + i]) {
                        (_, None) => {}
                        (Method::Spreading, Some(class)) => row[class] += 1.0 - keep,
                        (Method::Harmonic, Some(class)) => {
                            row.fill(0.0);
                            row[class] = 1.0;
                        }
                    }
                }
            });
            let change = field
                .iter()
                .zip(&next)
                .fold(0.0, |most: f64, (a, b)| most.max((a - b).abs()));
            std::mem::swap(&mut field, &mut next);
            passes += 1;
            rest = change < spec.tolerance;
        }
    });
    let rows = field.chunks_exact(width).flat_map(|row| &row[..classes]);
    (rows.copied().collect(), passes, rest)
}

/// Nodes without edges have no mean of neighbours: an edge to themselves, by which they stay as they are.
fn with_edges(weights: &Csr) -> Csr {
    let n = weights.rows();
    let mut entries: Vec<(u32, u32, f64)> = induce_core::graph::entries(weights)
        .map(|(i, j, w)| (i as u32, j as u32, w))
        .collect();
    let lone = (0..n).filter(|&i| weights.starts()[i] == weights.starts()[i + 1]);
    entries.extend(lone.map(|i| (i as u32, i as u32, 1.0)));
    Csr::from_entries(n, n, entries).unwrap_or_else(|_| weights.clone())
}
