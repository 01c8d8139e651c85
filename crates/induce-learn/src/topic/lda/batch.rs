//! Coordinate ascent over all documents.

use induce_core::Run;

use super::pass::{Ended, Weighted, bound, ended, told};
use super::words::Words;
use super::{Bound, Documents, Local, Spec, Topics};

/// The topics of documents, then those of words; the bound never falls.
///
/// A document goes on from where it was, and begins anew with all topics alike; of both ends the better counts. Going on alone keeps
/// documents at what they took for their topics while these were noise.
pub fn batch(spec: &Spec, on: &Weighted, mut topics: Topics, known: bool, run: &mut Run) -> Ended {
    let threads = run.threads();
    let words = Words::of(on.rows);
    let alike = vec![1.0; on.rows.rows() * spec.n_components];
    let mut gamma: Option<Vec<f64>> = None;
    let mut trace: Vec<Bound> = Vec::new();
    loop {
        let expected = topics.expected(threads);
        let local = match known {
            true => Local::of(spec),
            false => Local::of(spec).early(trace.len() as u64),
        };
        let anew = Documents::of(on.rows, &alike, &expected, &local, threads);
        let found = match &gamma {
            Some(gamma) => {
                Documents::of(on.rows, gamma, &expected, &local, threads).or_better(&anew, on.rows)
            }
            None => anew,
        };
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
        gamma = Some(found.gamma);
    }
}
