//! Natural gradients on mini-batches.

use induce_core::random::Stream;
use induce_core::words::number;
use induce_core::{Outcome, Run};

use super::cavi::singular;
use super::sums::{blend, moved};
use super::{Bound, Ended, Limits, Posterior, Prior};
use crate::mixture::gmm::expect;
use crate::mixture::statistics::Statistics;
use crate::points::Points;

/// The step rho = (t + offset)^-decay (Robbins & Monro 1951).
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    /// kappa.
    pub decay: f64,
    /// What is added to the number of a step.
    pub offset: f64,
    /// Rows of a mini-batch.
    pub batch: usize,
}

impl Rate {
    /// rho of step `t`, from 1.
    pub fn at(&self, t: u64) -> f64 {
        (t as f64 + self.offset).powf(-self.decay)
    }
}

/// Iterate from `posterior` (Hoffman, Blei, Wang & Paisley 2013).
///
/// The natural parameters of a conjugate posterior are those of its prior plus statistics, so that a step along the natural gradient
/// is a weighted mean: S <- (1 - rho) S + rho (n / n_batch) S_batch. The bounds of the trace are the means of what mini-batches say over
/// a pass; it has ended when these rise by less than `tol`.
pub fn svi(
    points: &Points,
    prior: &Prior,
    mut posterior: Posterior,
    rate: &Rate,
    limits: &Limits,
    stream: Stream,
    run: &Run,
) -> Ended {
    let (rows, mass) = (points.rows(), points.mass());
    let origin = vec![vec![0.0; points.width]; posterior.means.len()];
    let mut all: Option<Statistics> = None;
    let (mut trace, mut t): (Vec<Bound>, u64) = (Vec::new(), 0);
    let outcome = 'passes: loop {
        let order = stream.child(trace.len() as u64).permutation(rows);
        let (mut likelihood, mut entropy, mut seen) = (0.0, 0.0, 0.0);
        for batch in order.chunks(rate.batch) {
            let few = points.take(batch);
            let part = few.mass();
            if part <= 0.0 {
                continue;
            }
            let under = posterior.surrogate(prior.kind);
            let found = match expect(&few, &under, prior.kind, 1.0, run.threads()) {
                Ok(found) => found,
                Err(component) => break 'passes singular(component),
            };
            likelihood += found.log_likelihood - found.entropy;
            entropy += found.entropy;
            seen += part;
            let found = moved(found, &posterior.means, &origin);
            t += 1;
            match &mut all {
                Some(all) => blend(all, 1.0 - rate.at(t), &found, rate.at(t) * mass / part),
                // Nothing is forgotten by the first.
                None => {
                    let mut first = found.clone();
                    blend(&mut first, mass / part, &found, 0.0);
                    all = Some(first);
                }
            }
            if let Some(all) = &all {
                posterior = Posterior::of(prior, all, &origin);
            }
            if let Some(stopped) = run.stopped() {
                break 'passes stopped;
            }
        }
        let scale = mass / seen;
        let bound = Bound::of(scale * likelihood, scale * entropy, &posterior, prior);
        let rise = trace
            .last()
            .map_or(f64::INFINITY, |own: &Bound| bound.total() - own.total());
        trace.push(bound);
        if (rise / mass).abs() < limits.tol {
            let reason = format!(
                "the estimated ELBO changed by {} per row (`tol`)",
                number(rise / mass)
            );
            break Outcome::Converged { reason };
        }
        if trace.len() >= limits.max_iter {
            let reason = format!("all {} passes are done (`max_iter`)", limits.max_iter);
            break Outcome::Exhausted { reason };
        }
    };
    Ended {
        posterior,
        trace,
        moves: 0,
        outcome,
    }
}
