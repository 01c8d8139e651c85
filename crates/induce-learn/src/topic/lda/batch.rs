//! Coordinate ascent over all documents.

use induce_core::Run;

use super::fit::{Ended, Weighted, bound, ended, told};
use super::words::Words;
use super::{Bound, Documents, Local, Spec, Topics};

/// The topics of documents, from where they were, then those of words; the bound never falls.
pub fn batch(spec: &Spec, on: &Weighted, mut topics: Topics, run: &mut Run) -> Ended {
    let (threads, local) = (run.threads(), Local::of(spec));
    let words = Words::of(on.rows);
    let mut gamma = vec![1.0; on.rows.rows() * spec.n_components];
    let mut trace: Vec<Bound> = Vec::new();
    loop {
        let expected = topics.expected(threads);
        let found = Documents::of(on.rows, &gamma, &expected, &local, threads);
        let own = Bound {
            topics: topics.divergence(spec.eta(), threads),
            ..bound(&found, on.weight)
        };
        let rise = trace
            .last()
            .map_or(f64::INFINITY, |last| own.total() - last.total());
        trace.push(own);
        told(trace.len() - 1, &own, on, run);
        if let Some(outcome) = ended(trace.len() - 1, rise / on.words, spec, run) {
            return Ended {
                topics,
                trace,
                steps: 0,
                outcome,
            };
        }
        let sums = words.sums(&found, on.weight, &expected, threads);
        topics.lambda = sums.iter().map(|s| spec.eta() + s).collect();
        gamma = found.gamma;
    }
}
