//! What one pass over documents has in common, whatever it makes of them.

use induce_core::linalg::Csr;
use induce_core::words::number;
use induce_core::{Outcome, Run};

use super::{Bound, Documents, Spec, Topics};

/// Documents that count.
pub struct Weighted<'a> {
    /// Their counts.
    pub rows: &'a Csr,
    /// How often each counts.
    pub weight: &'a [f64],
    /// Words of all documents, as often as these count.
    pub words: f64,
}

/// What passes came to.
pub struct Ended {
    /// The topics.
    pub topics: Topics,
    /// The bound after every pass.
    pub trace: Vec<Bound>,
    /// Mini-batches so far.
    pub steps: u64,
    /// Why it ended.
    pub outcome: Outcome,
}

/// Words of documents, as often as these count.
pub fn total(rows: &Csr, weight: &[f64]) -> f64 {
    let of = |d: usize| weight[d] * rows.row(d).map(|own| own.1).sum::<f64>();
    (0..rows.rows()).map(of).sum()
}

/// Why passes end after so many, if they do.
pub fn ended(done: usize, rise: f64, spec: &Spec, run: &Run) -> Option<Outcome> {
    if done > 0 && rise < spec.tol {
        let reason = format!(
            "the ELBO rose by {} per word after {done} passes (`tol`)",
            number(rise)
        );
        return Some(Outcome::Converged { reason });
    }
    if done >= spec.max_iter {
        let reason = format!("all {} passes are done (`max_iter`)", spec.max_iter);
        return Some(Outcome::Exhausted { reason });
    }
    run.stopped()
}

/// Tell of a pass that is done; of the start there is nothing to tell.
pub fn told(done: usize, bound: &Bound, on: &Weighted, run: &mut Run) {
    if done > 0 {
        let elbo = bound.total() / on.words;
        run.monitor().step(done as u64, &[("elbo".into(), elbo)]);
    }
}

/// The bound without what topics diverge from their prior.
pub fn bound(found: &Documents, weight: &[f64]) -> Bound {
    let sum = |all: &[f64]| all.iter().zip(weight).map(|(x, w)| x * w).sum();
    Bound {
        likelihood: sum(&found.likelihood),
        documents: sum(&found.divergence),
        topics: 0.0,
    }
}
