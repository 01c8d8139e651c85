//! `rounds = 0`: the number of rounds chosen by early stopping on held-out rows.
//!
//! Rows are held out by giving them weight 0: they influence no tree, but their
//! scores are updated, so their loss after every round costs one pass. Small
//! tables hold every row out once, in five folds grown side by side, because a
//! fifth of few rows is too few to trust; large ones hold out one fifth. The same
//! rows tell how to grow trees, where the settings leave that open; of a table of
//! more than a few thousand rows a part does. A model of what was best is then
//! fitted on all rows.

use induce_core::parallel::Team;
use induce_core::random::Stream;
use induce_core::words::counted;
use induce_core::{Outcome, Result, Run};

use super::Spec;
use super::booster::Booster;
use super::candidate::{self, Candidate, PATIENCE};
use super::checkpoint::Checkpoint;
use super::drive::{Finished, check_checkpoint, drive, fresh};
use super::plan::{Plan, Training};
use super::trial::Trial;
use induce_core::model::Dataset;

/// Most rounds that may be chosen.
const MOST: usize = 3000;

/// Tables up to this size are held out in folds.
const SMALL: usize = 20_000;

/// Rows that tell how to grow trees.
pub(super) const FEW: usize = 5000;

const FOLDS: usize = 5;

pub(super) enum Choice {
    /// This many rounds, of trees grown like this.
    Rounds(Chosen),
    /// The search was stopped: the model so far, trained without the held-out rows.
    Stopped(Box<Finished>),
}

/// What held-out rows decided.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chosen {
    /// The number of rounds.
    pub rounds: usize,
    /// How trees are grown.
    pub trial: Trial,
}

/// Choose the number of rounds, and how trees are grown where the settings leave that open.
pub(super) fn choose(
    plan: &Plan,
    train: &Dataset,
    weight: Option<&[f64]>,
    from: Option<Checkpoint>,
    run: &mut Run,
    after: &mut dyn FnMut(&Booster) -> Result<()>,
) -> Result<Choice> {
    let rows = train.table.rows();
    let trials = match from.as_ref().and_then(|state| state.trial) {
        Some(before) => vec![before],
        None => plan.spec.trials(),
    };
    let spec = |trial: &Trial| Spec {
        rounds: MOST,
        early_stopping: PATIENCE,
        ..plan.spec.grown(*trial)
    };
    let specs: Vec<Spec> = trials.iter().map(spec).collect();
    let plan_of = |spec| plan.with_spec(spec);
    let search = Search {
        plans: specs.iter().map(plan_of).collect::<Result<_>>()?,
        train,
        weight,
        folds: folds(rows, train.groups, run.stream("boost/auto")),
    };
    if rows <= SMALL {
        search.in_folds(run)
    } else {
        search.on_one_fold(from, run, after)
    }
}

/// A fold number per row; whole groups stay together.
fn folds(rows: usize, groups: Option<&[usize]>, stream: Stream) -> Vec<u8> {
    let pick = |i: usize| stream.below(i as u64, FOLDS) as u8;
    match groups {
        None => {
            // Each five neighbours in random order, one in each fold.
            let order = stream.permutation(rows);
            let mut folds = vec![0; rows];
            order
                .iter()
                .enumerate()
                .for_each(|(place, &row)| folds[row] = (place % FOLDS) as u8);
            folds
        }
        Some(ends) => ends
            .windows(2)
            .enumerate()
            .flat_map(|(g, w)| vec![pick(g); w[1] - w[0]])
            .collect(),
    }
}

struct Search<'p, 'a> {
    /// One plan per way of growing that is tried.
    plans: Vec<Plan<'a>>,
    train: &'p Dataset<'a>,
    weight: Option<&'p [f64]>,
    folds: Vec<u8>,
}

impl<'a> Search<'_, 'a> {
    /// A run that learns from all folds but `fold`; `None` if one side would be empty.
    fn booster(
        &self,
        plan: &Plan<'a>,
        fold: u8,
        from: Option<Checkpoint>,
        run: &Run,
    ) -> Option<Result<(Booster<'a>, Vec<f64>)>> {
        let own = |i: usize| self.weight.map_or(1.0, |w| w[i]);
        let side = |held: bool| -> Vec<f64> {
            self.folds
                .iter()
                .enumerate()
                .map(|(i, &f)| if (f == fold) == held { own(i) } else { 0.0 })
                .collect()
        };
        let (learn, held) = (side(false), side(true));
        if learn.iter().sum::<f64>() <= 0.0 || held.iter().sum::<f64>() <= 0.0 {
            return None;
        }
        let start = plan.loss.start(self.train.target, Some(&learn));
        let rows = self.folds.len();
        let state = match from {
            Some(state) => check_checkpoint(state, &start, rows, None),
            None => Ok(fresh(&start, rows)),
        };
        Some(state.map(|mut state| {
            state.trial = Some(plan.spec.trial());
            let stream = run.stream("boost/auto").child(u64::from(fold));
            let training = Training {
                target: self.train.target,
                weight: Some(learn),
                valid_rows: None,
                held: Some(held),
                untrained: None,
                stream,
                state,
            };
            (Booster::new(plan, training), start)
        }))
    }

    /// One candidate per plan, with a booster for each fold.
    fn candidates(&self, run: &Run) -> Vec<Candidate<'a>> {
        let candidate = |plan: &Plan<'a>| {
            let made = (0..FOLDS as u8).filter_map(|fold| self.booster(plan, fold, None, run)?.ok());
            Candidate::new(plan.spec.trial(), made.collect())
        };
        let all = self.plans.iter().map(candidate);
        all.filter(|own| !own.boosters.is_empty()).collect()
    }

    /// Grow all candidates side by side, evaluated after every round.
    fn race(&self, all: &mut [Candidate<'a>], run: &mut Run) -> Result<()> {
        let Some(first) = all.first().and_then(|own| own.boosters.first()) else {
            return Ok(());
        };
        // The buffers of one booster serve all: they have the same table.
        let workers = first.workers(run.threads());
        let workspaces = first.workspaces(workers);
        run.monitor().begin("choosing rounds", MOST as u64);
        Team::with(workers, |team| -> Result<()> {
            for round in 1..=MOST {
                if run.stop_reason().is_some() || !candidate::round(all, round, team, &workspaces)? {
                    break;
                }
                let loss = candidate::least_loss(all);
                run.monitor()
                    .step(round as u64, &[("held-out loss".into(), loss)]);
            }
            Ok(())
        })?;
        run.monitor().end();
        Ok(())
    }

    /// All folds side by side, evaluated together after every round.
    fn in_folds(&self, run: &mut Run) -> Result<Choice> {
        let mut all = self.candidates(run);
        self.race(&mut all, run)?;
        let Some(best) = candidate::winner(all) else {
            return Ok(self.nothing_held_out());
        };
        let rounds = best.best().0;
        if let Some(reason) = run.stop_reason() {
            return Ok(stopped(best, &reason));
        }
        Ok(Choice::Rounds(Chosen {
            rounds: rounds.max(1),
            trial: best.trial,
        }))
    }

    /// One fifth held out, with checkpoints: the search may take as long as the fit. How trees are grown is known before.
    fn on_one_fold(
        &self,
        from: Option<Checkpoint>,
        run: &mut Run,
        after: &mut dyn FnMut(&Booster) -> Result<()>,
    ) -> Result<Choice> {
        let again = from.is_some();
        let Some(made) = self.booster(&self.plans[0], 0, from, run) else {
            return Ok(self.nothing_held_out());
        };
        let (mut booster, start) = made?;
        let outcome = drive(&mut booster, again, run, after)?;
        if let Outcome::Stopped { .. } = outcome {
            return Ok(Choice::Stopped(Box::new(Finished {
                state: booster.into_state(),
                start,
                outcome,
            })));
        }
        let state = booster.state();
        Ok(Choice::Rounds(Chosen {
            rounds: state.best.map_or(1, |best| best.0),
            trial: self.plans[0].spec.trial(),
        }))
    }

    /// There are too few rows to hold any out.
    fn nothing_held_out(&self) -> Choice {
        Choice::Rounds(Chosen {
            rounds: PATIENCE,
            trial: self.plans[0].spec.trial(),
        })
    }
}

/// The model of the first fold, which learnt from four fifths of the rows: there is no time for one of all rows.
fn stopped(candidate: Candidate, reason: &str) -> Choice {
    let best = candidate.best().0;
    let boosters = candidate.boosters.into_iter();
    let mut state = boosters.map(Booster::into_state).next().unwrap_or_default();
    let start = candidate.starts.into_iter().next().unwrap_or_default();
    state.trees.truncate(best * start.len());
    state.report.steps = best as u64;
    let reason = format!(
        "{reason} while rounds were chosen: {} so far, learnt from four fifths of the rows",
        counted(best, "round")
    );
    Choice::Stopped(Box::new(Finished {
        state,
        start,
        outcome: Outcome::Stopped { reason },
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_are_even_and_keep_groups_whole() {
        let stream = Stream::new(1, "folds");
        let even = folds(103, None, stream);
        for fold in 0..FOLDS as u8 {
            assert!((20..=21).contains(&even.iter().filter(|&&f| f == fold).count()));
        }
        let grouped = folds(10, Some(&[0, 4, 5, 10]), stream);
        assert!(
            grouped[..4].iter().all(|&f| f == grouped[0]) && grouped[5..].iter().all(|&f| f == grouped[5])
        );
    }
}
