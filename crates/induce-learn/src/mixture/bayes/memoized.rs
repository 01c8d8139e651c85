//! Coordinate ascent with the statistics of every batch kept.

use induce_core::random::Stream;
use induce_core::{Outcome, Run};

use super::cavi::{ended, singular};
use super::moves::{Move, all_moves};
use super::sums::{blend, by_size, expected, moved, reordered};
use super::{Bound, Concentration, Ended, Limits, Posterior, Prior};
use crate::mixture::gmm::expect;
use crate::mixture::statistics::Statistics;
use crate::points::Points;

/// Passes that a move is tried for before its bound is compared.
const TRIAL: usize = 3;

/// What is kept of every batch, and the posterior that it makes.
#[derive(Clone)]
struct Memo<'a> {
    batches: &'a [Points],
    prior: &'a Prior,
    /// Statistics about the mean of all rows; `log_likelihood` is what is left of it besides the expected scores: entropies.
    kept: Vec<Statistics>,
    /// Their sum.
    all: Statistics,
    /// The posterior for the sum.
    posterior: Posterior,
    /// The bound.
    bound: Bound,
}

impl<'a> Memo<'a> {
    /// All batches under `posterior`, then the posterior that they make.
    fn begin(
        batches: &'a [Points],
        prior: &'a Prior,
        posterior: Posterior,
        run: &Run,
    ) -> Result<Self, usize> {
        let kept: Vec<Statistics> = batches
            .iter()
            .map(|own| local(own, prior, &posterior, run))
            .collect::<Result<_, _>>()?;
        let all = kept[0].clone();
        let mut own = Self {
            batches,
            prior,
            kept,
            all,
            posterior,
            bound: Bound::default(),
        };
        own.settle()?;
        Ok(own)
    }

    /// One visit to every batch, each with a new posterior after it (Hughes & Sudderth 2013, algorithm 1).
    fn pass(&mut self, run: &Run) -> Result<(), usize> {
        for b in 0..self.batches.len() {
            let new = local(&self.batches[b], self.prior, &self.posterior, run)?;
            blend(&mut self.all, 1.0, &new, 1.0);
            blend(&mut self.all, 1.0, &self.kept[b], -1.0);
            self.kept[b] = new;
            // What is left of taking away may be below 0 by its rounding.
            self.all.mass.iter_mut().for_each(|n| *n = n.max(0.0));
            self.posterior = Posterior::of(self.prior, &self.all, &self.origin());
        }
        self.settle()
    }

    /// The sum without the rounding of updates, sticks in order, and the exact bound.
    fn settle(&mut self) -> Result<(), usize> {
        self.sum();
        if self.prior.weights == Concentration::Process {
            let order = by_size(&self.all.mass);
            self.kept.iter_mut().for_each(|own| *own = reordered(own, &order));
            self.sum();
        }
        self.posterior = Posterior::of(self.prior, &self.all, &self.origin());
        let under = self.posterior.surrogate(self.prior.kind);
        let about = moved(self.all.clone(), &self.origin(), &self.posterior.means);
        let both = expected(&about, &under)? + self.all.log_likelihood;
        self.bound = Bound::of(
            both - self.all.entropy,
            self.all.entropy,
            &self.posterior,
            self.prior,
        );
        Ok(())
    }

    fn sum(&mut self) {
        let mut all = self.kept[0].clone();
        self.kept[1..].iter().for_each(|own| all.add(own));
        self.all = all;
    }

    fn origin(&self) -> Vec<Vec<f64>> {
        vec![vec![0.0; self.batches[0].width]; self.all.mass.len()]
    }

    /// Another state, if its bound is higher.
    fn tried(&self, change: Move, run: &Run) -> Option<Self> {
        let changed = change.applied(&self.all, &self.posterior)?;
        let from = Posterior::of(self.prior, &changed, &self.origin());
        let mut other = Self::begin(self.batches, self.prior, from, run).ok()?;
        for _ in 0..TRIAL {
            if other.bound.total() > self.bound.total() {
                break;
            }
            other.pass(run).ok()?;
        }
        (other.bound.total() > self.bound.total()).then_some(other)
    }
}

/// Statistics of a batch about the mean of all rows.
fn local(points: &Points, prior: &Prior, posterior: &Posterior, run: &Run) -> Result<Statistics, usize> {
    let under = posterior.surrogate(prior.kind);
    let mut found = expect(points, &under, prior.kind, 1.0, run.threads())?;
    found.log_likelihood -= expected(&found, &under)?;
    let origin = vec![vec![0.0; points.width]; posterior.means.len()];
    Ok(moved(found, &posterior.means, &origin))
}

/// Iterate from `posterior`; with `moves` components are born and merged, wherever that raises the bound.
pub fn memoized(
    points: &Points,
    prior: &Prior,
    posterior: Posterior,
    batch: usize,
    limits: &Limits,
    stream: Stream,
    run: &Run,
) -> Ended {
    let order = stream.permutation(points.rows());
    let batches: Vec<Points> = order.chunks(batch).map(|rows| points.take(rows)).collect();
    let mass = points.mass();
    let mut memo = match Memo::begin(&batches, prior, posterior.clone(), run) {
        Ok(memo) => memo,
        Err(component) => {
            return Ended {
                posterior,
                trace: vec![Bound::default()],
                moves: 0,
                outcome: singular(component),
            };
        }
    };
    let (mut trace, mut moves, mut waiting) = (vec![memo.bound], 0, None);
    let outcome = loop {
        if let Err(component) = memo.pass(run) {
            break singular(component);
        }
        let rise = memo.bound.total() - trace[trace.len() - 1].total();
        trace.push(memo.bound);
        let Some(outcome) = ended(trace.len() - 1, rise / mass, limits, run) else {
            continue;
        };
        if !matches!(outcome, Outcome::Converged { .. }) {
            break outcome;
        }
        // Moves are tried where passes lead no further, each until one is taken.
        let left: &mut Vec<Move> = waiting.get_or_insert_with(|| all_moves(&memo.all, &memo.posterior));
        let mut taken = None;
        while let Some(change) = left.pop() {
            taken = memo.tried(change, run);
            if taken.is_some() || run.stop_reason().is_some() {
                break;
            }
        }
        let Some(other) = taken else {
            break run.stopped().unwrap_or(outcome);
        };
        (memo, waiting, moves) = (other, None, moves + 1);
        trace.push(memo.bound);
    };
    Ended {
        posterior: memo.posterior,
        trace,
        moves,
        outcome,
    }
}
