//! `rounds = 0`: the number of rounds chosen by early stopping on held-out rows.
//!
//! Rows are held out by giving them weight 0: they influence no tree, but their
//! scores are updated, so their loss after every round costs one pass. Small
//! tables hold every row out once, in five folds grown side by side, because a
//! fifth of few rows is too few to trust; large ones hold out one fifth. A model
//! with the best number of rounds is then fitted on all rows.

use induce_core::parallel::Team;
use induce_core::random::Stream;
use induce_core::words::counted;
use induce_core::{EarlyStopping, Outcome, Result, Run};

use super::Spec;
use super::booster::Booster;
use super::checkpoint::Checkpoint;
use super::drive::{Finished, check_checkpoint, drive, fresh};
use super::plan::{Plan, Training};
use induce_core::model::Dataset;

/// Most rounds that may be chosen.
const MOST: usize = 3000;

/// Rounds without a better held-out loss before the search ends.
const PATIENCE: usize = 50;

/// Tables up to this size are held out in folds.
const SMALL: usize = 20_000;

const FOLDS: usize = 5;

pub(super) enum Choice {
    /// This many.
    Rounds(usize),
    /// The search was stopped: the model so far, trained without the held-out rows.
    Stopped(Box<Finished>),
}

/// Choose the number of rounds.
pub(super) fn choose(
    plan: &Plan,
    train: &Dataset,
    weight: Option<&[f64]>,
    from: Option<Checkpoint>,
    run: &mut Run,
    after: &mut dyn FnMut(&Booster) -> Result<()>,
) -> Result<Choice> {
    let rows = train.table.rows();
    let folds = folds(rows, train.groups, run.stream("boost/auto"));
    let spec = Spec {
        rounds: MOST,
        early_stopping: PATIENCE,
        ..plan.spec.clone()
    };
    let plan = Plan {
        spec: &spec,
        growth: plan.growth.clone(),
        ..*plan
    };
    let search = Search {
        plan: &plan,
        train,
        weight,
        folds,
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
    plan: &'p Plan<'a>,
    train: &'p Dataset<'a>,
    weight: Option<&'p [f64]>,
    folds: Vec<u8>,
}

impl<'a> Search<'_, 'a> {
    /// A run that learns from all folds but `fold`; `None` if one side would be empty.
    fn booster(
        &self,
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
        let start = self.plan.loss.start(self.train.target, Some(&learn));
        let rows = self.folds.len();
        let state = match from {
            Some(state) => check_checkpoint(state, &start, rows, None),
            None => Ok(fresh(&start, rows)),
        };
        Some(state.map(|state| {
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
            (Booster::new(self.plan, training), start)
        }))
    }

    /// All folds side by side, evaluated together after every round.
    fn in_folds(&self, run: &mut Run) -> Result<Choice> {
        let made = (0..FOLDS as u8).filter_map(|fold| self.booster(fold, None, run)?.ok());
        let (mut boosters, starts): (Vec<Booster>, Vec<Vec<f64>>) = made.unzip();
        let Some(first) = boosters.first() else {
            return Ok(Choice::Rounds(PATIENCE));
        };
        let workers = first.workers(run.threads());
        run.monitor().begin("choosing rounds", MOST as u64);
        let mut stopping = EarlyStopping::resumed(PATIENCE, Some((0, f64::INFINITY)));
        Team::with(workers, |team| -> Result<()> {
            let workspaces: Vec<_> = boosters.iter().map(|b| b.workspaces(workers)).collect();
            for round in 1..=MOST {
                if stopping.is_over(round - 1) || run.stop_reason().is_some() {
                    break;
                }
                let mut loss = 0.0;
                for (booster, workspaces) in boosters.iter_mut().zip(&workspaces) {
                    booster.round(team, workspaces)?;
                    loss += booster.latest_loss() * booster.held_weight();
                }
                let loss = loss / boosters.iter().map(Booster::held_weight).sum::<f64>();
                stopping.observe(round, loss);
                run.monitor()
                    .step(round as u64, &[("held-out loss".into(), loss)]);
            }
            Ok(())
        })?;
        run.monitor().end();
        let best = stopping.best().map_or(0, |best| best.0);
        if let Some(reason) = run.stop_reason() {
            return Ok(stopped(boosters, starts, best, &reason));
        }
        Ok(Choice::Rounds(best.max(1)))
    }

    /// One fifth held out, with checkpoints: the search may take as long as the fit.
    fn on_one_fold(
        &self,
        from: Option<Checkpoint>,
        run: &mut Run,
        after: &mut dyn FnMut(&Booster) -> Result<()>,
    ) -> Result<Choice> {
        let again = from.is_some();
        let Some(made) = self.booster(0, from, run) else {
            return Ok(Choice::Rounds(PATIENCE));
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
        Ok(Choice::Rounds(booster.state().best.map_or(1, |best| best.0)))
    }
}

/// The model of the first fold, which learnt from four fifths of the rows: there is no time for one of all rows.
fn stopped(boosters: Vec<Booster>, starts: Vec<Vec<f64>>, best: usize, reason: &str) -> Choice {
    let mut state = boosters
        .into_iter()
        .next()
        .map(Booster::into_state)
        .unwrap_or_default();
    let start = starts.into_iter().next().unwrap_or_default();
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
