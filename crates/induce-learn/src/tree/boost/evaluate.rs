//! Evaluation after every round: losses of the training rows, of the bag and the out-of-bag rows, and of validation rows.

use std::sync::Mutex;

use induce_core::parallel::Team;
use induce_core::{EarlyStopping, Trace};
use induce_prob::Loss;

use super::booster::Booster;
use super::gradient::blocks;

/// Looks at the training loss while the number of rounds doubles.
const LOOKS: usize = 16;

impl Booster<'_> {
    /// Record the losses before the first round if they are asked for; for a warm start the validation loss counts as that
    /// of a round.
    pub(super) fn evaluate_start(&mut self, team: &mut Team) {
        let round = self.rounds();
        if !self.state.report.traces.is_empty() || (self.spec.trace == 0 && round == 0) {
            return;
        }
        if self.spec.trace > 0 {
            self.note_training(team, "train", round, None);
        }
        if let Some(value) = self.valid_loss(team) {
            self.note("valid", round, value);
            if round > 0 {
                self.state.best = Some((round, value));
            }
        }
    }

    /// Record the losses of this round.
    pub(super) fn evaluate(&mut self, team: &mut Team) {
        let round = self.rounds();
        self.state.report.steps = round as u64;
        if self.is_traced(round) {
            self.note_training(team, "train", round, None);
        }
        if let Some(value) = self.valid_loss(team) {
            self.note("valid", round, value);
            let mut stopping = self.stopping();
            stopping.observe(round, value);
            self.state.best = stopping.best();
        }
    }

    /// Before a round: the loss of the rows that its bag leaves out, which the round is to improve.
    pub(super) fn evaluate_bag_start(&mut self, team: &mut Team, bag: Option<&[bool]>) {
        if let (true, Some(bag)) = (self.spec.out_of_bag, bag) {
            self.note_training(team, "out_of_bag_before", self.rounds() + 1, Some((bag, false)));
        }
    }

    /// After a round: the losses of its bag and of the rows that it left out.
    pub(super) fn evaluate_bag(&mut self, team: &mut Team, bag: Option<&[bool]>) {
        if let (true, Some(bag)) = (self.spec.out_of_bag, bag) {
            let round = self.rounds();
            self.note_training(team, "in_bag", round, Some((bag, true)));
            self.note_training(team, "out_of_bag", round, Some((bag, false)));
        }
    }

    /// Record the loss of all training rows, or of those in (or out of) the bag, if there are any.
    fn note_training(&mut self, team: &mut Team, split: &str, round: usize, part: Option<(&[bool], bool)>) {
        let own = |row: usize| self.weight.as_ref().map_or(1.0, |w| w[row]);
        let part = part.map(|(bag, side)| -> Vec<f64> {
            let of = |(row, &drawn): (usize, &bool)| if drawn == side { own(row) } else { 0.0 };
            bag.iter().enumerate().map(of).collect()
        });
        let value = self.training_loss(team, part.as_deref().or(self.weight.as_deref()));
        if value.is_finite() {
            self.note(split, round, value);
        }
    }

    fn training_loss(&self, team: &mut Team, weight: Option<&[f64]>) -> f64 {
        let loss = self.loss.as_ref();
        mean_loss(team, loss, &self.ends, self.target, weight, &self.state.scores)
    }

    /// The loss of the validation rows, if there are any.
    fn valid_loss(&self, team: &mut Team) -> Option<f64> {
        if let Some(held) = &self.held {
            return Some(self.training_loss(team, Some(held)));
        }
        let valid_rows = self.valid_rows.as_ref()?;
        let ends = blocks(valid_rows.target.len(), valid_rows.loss.groups());
        let (loss, scores) = (valid_rows.loss.as_ref(), &self.state.valid_scores);
        Some(mean_loss(
            team,
            loss,
            &ends,
            valid_rows.target,
            valid_rows.weight,
            scores,
        ))
    }

    /// By default the training loss is recorded about ten times, at no cost. Where somebody follows validation rows, it is
    /// every round at first and every few per cent of them later: a curve of ten looks lay above the other, since it
    /// bridged the first fall by a straight line.
    fn is_traced(&self, round: usize) -> bool {
        if self.held.is_some() {
            return false;
        }
        let every = match self.spec.trace {
            0 if self.valid_rows.is_some() => 1 << (round / LOOKS).max(1).ilog2(),
            0 => self.spec.rounds.div_ceil(10),
            every => every,
        };
        round == 1 || round == self.spec.rounds || round.is_multiple_of(every)
    }

    /// The validation loss after the last round.
    pub(super) fn latest_loss(&self) -> f64 {
        let valid = self.state.report.trace("valid");
        valid.and_then(Trace::last).unwrap_or(f64::INFINITY)
    }

    /// Whether early stopping ends the run.
    pub(super) fn is_stale(&self) -> bool {
        self.stopping().is_over(self.rounds())
    }

    fn stopping(&self) -> EarlyStopping {
        EarlyStopping::resumed(self.spec.early_stopping, self.state.best)
    }

    fn note(&mut self, split: &str, round: usize, value: f64) {
        let metric = self.loss.metric();
        self.state.report.record(split, metric, round as u64, value);
    }
}

/// Weighted mean of the loss, summed block by block in order.
fn mean_loss(
    team: &mut Team,
    loss: &dyn Loss,
    ends: &[usize],
    target: &[f64],
    weight: Option<&[f64]>,
    scores: &[Vec<f64>],
) -> f64 {
    let sums: Vec<Mutex<(f64, f64)>> = ends.iter().map(|_| Mutex::new((0.0, 0.0))).collect();
    let size = team.size();
    team.run(&|t| {
        for b in (t..ends.len()).step_by(size) {
            let rows = if b == 0 { 0 } else { ends[b - 1] }..ends[b];
            let here: Vec<&[f64]> = scores.iter().map(|s| &s[rows.clone()]).collect();
            let mut values = vec![0.0; rows.len()];
            loss.values(rows.clone(), &target[rows.clone()], &here, &mut values);
            let weigh = |i: usize| weight.map_or(1.0, |w| w[rows.start + i]);
            let sum = values
                .iter()
                .enumerate()
                .fold((0.0, 0.0), |s, (i, v)| (s.0 + weigh(i) * v, s.1 + weigh(i)));
            *sums[b].lock().expect("each block has one owner") = sum;
        }
    });
    let total = sums
        .into_iter()
        .map(|s| s.into_inner().expect("no worker panicked"))
        .fold((0.0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1));
    total.0 / total.1
}
