//! The loop over rounds, until a stopping rule is met.

use induce_core::parallel::Team;
use induce_core::words::{all_done, counted};
use induce_core::{Error, Outcome, Result, Run};

use super::Checkpoint;
use super::booster::Booster;
use super::plan::ValidationRows;

/// A run that has ended.
pub(super) struct Finished {
    pub state: Checkpoint,
    pub start: Vec<f64>,
    pub outcome: Outcome,
}

/// The state at the best constant, without validation rows.
pub(super) fn fresh(start: &[f64], rows: usize) -> Checkpoint {
    Checkpoint {
        scores: start.iter().map(|&s| vec![s; rows]).collect(),
        ..Checkpoint::default()
    }
}

/// Checks that a checkpoint belongs to this table: same outputs, same rows.
pub(super) fn check_checkpoint(
    state: Checkpoint,
    start: &[f64],
    rows: usize,
    valid_rows: Option<&ValidationRows>,
) -> Result<Checkpoint> {
    let fits = |scores: &[Vec<f64>], rows: usize| {
        scores.len() == start.len() && scores.iter().all(|s| s.len() == rows)
    };
    let valid_fits = valid_rows.map_or(state.valid_scores.is_empty(), |j| {
        fits(&state.valid_scores, j.codes.rows)
    });
    if fits(&state.scores, rows) && valid_fits && state.trees.len().is_multiple_of(start.len()) {
        return Ok(state);
    }
    Err(Error::data(
        "the checkpoint belongs to other data or another split",
        "resume with the same file, target, split and seed, or delete the checkpoint to start over",
    ))
}

/// Rounds until a stopping rule is met; `again` if the run resumes from a checkpoint.
pub(super) fn drive(
    booster: &mut Booster,
    again: bool,
    run: &mut Run,
    after: &mut dyn FnMut(&Booster) -> Result<()>,
) -> Result<Outcome> {
    let workers = booster.workers(run.threads());
    run.monitor().begin("boosting", booster.spec.rounds as u64);
    if again {
        run.monitor().resume(booster.rounds() as u64);
    }
    let outcome = Team::with(workers, |team| {
        let workspaces = booster.workspaces(workers);
        booster.evaluate_start(team);
        if booster.spec.trace > 0 && !again {
            run.monitor().step(booster.rounds() as u64, &latest(booster));
        }
        loop {
            if let Some(outcome) = why_stop(booster, run) {
                return Ok(outcome);
            }
            booster.round(team, &workspaces)?;
            run.monitor().step(booster.rounds() as u64, &latest(booster));
            after(booster)?;
        }
    });
    run.monitor().end();
    outcome
}

fn why_stop(booster: &Booster, run: &Run) -> Option<Outcome> {
    let rounds = booster.rounds();
    if booster.is_stale() {
        let (best, loss) = booster.state.best.unwrap_or_default();
        let reason = format!(
            "no better validation loss than {loss:.5} of round {best} in {}",
            counted(rounds - best, "round")
        );
        return Some(Outcome::Converged { reason });
    }
    if rounds >= booster.spec.rounds {
        return Some(Outcome::Exhausted {
            reason: all_done(rounds, "round", "done"),
        });
    }
    run.stop_reason().map(|reason| Outcome::Stopped {
        reason: format!("{reason} after {}", counted(rounds, "round")),
    })
}

fn latest(booster: &Booster) -> Vec<(String, f64)> {
    let last = |t: &induce_core::Trace| t.last().map(|value| (format!("{} {}", t.split, t.metric), value));
    booster.state.report.traces.iter().filter_map(last).collect()
}
