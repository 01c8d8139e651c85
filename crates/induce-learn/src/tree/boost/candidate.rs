//! One way to grow trees, tried beside others on the same held-out rows.
//!
//! Sampling is what a noisy table wants and what a table without noise, or of few columns, pays for dearly; symmetric trees
//! fit smooth functions better, trees that choose leaf by leaf steps and their interactions. Nothing but held-out rows
//! tells which it is.

use std::sync::Mutex;

use induce_core::parallel::Team;
use induce_core::{EarlyStopping, Result};

use super::booster::{Booster, Workspace};
use super::trial::Trial;

/// Rounds without a better held-out loss before the search ends.
pub(super) const PATIENCE: usize = 50;

/// Rounds before a candidate may be given up.
const FIRST: usize = 200;

/// A held-out loss this many times that of another with as many leaves is given up.
const BEHIND: f64 = 1.1;

/// Boosters of one trial, one per fold, grown side by side.
pub(super) struct Candidate<'a> {
    pub trial: Trial,
    pub boosters: Vec<Booster<'a>>,
    /// The scores before the first round, by fold.
    pub starts: Vec<Vec<f64>>,
    stopping: EarlyStopping,
    /// The least held-out loss after every round.
    course: Vec<f64>,
    given_up: bool,
}

impl<'a> Candidate<'a> {
    pub fn new(trial: Trial, made: Vec<(Booster<'a>, Vec<f64>)>) -> Self {
        let (boosters, starts) = made.into_iter().unzip();
        Self {
            trial,
            boosters,
            starts,
            stopping: EarlyStopping::resumed(PATIENCE, Some((0, f64::INFINITY))),
            course: Vec::new(),
            given_up: false,
        }
    }

    /// The best round so far and its held-out loss.
    pub fn best(&self) -> (usize, f64) {
        self.stopping.best().unwrap_or((0, f64::INFINITY))
    }

    fn runs(&self, round: usize) -> bool {
        !self.given_up && !self.stopping.is_over(round - 1)
    }

    /// The least held-out loss when the trees had as many leaves as those of `other` have now: small trees learn less in a
    /// round, and may end lower.
    fn loss_beside(&self, other: &Self) -> Option<f64> {
        let leaves = |own: &Self| own.trial.max_leaves.max(1);
        let rounds = (other.course.len() * leaves(other)).div_ceil(leaves(self));
        self.course
            .get(..rounds.max(1))
            .unwrap_or(&self.course)
            .last()
            .copied()
    }

    fn round(&mut self, round: usize, team: &mut Team, workspaces: &[Mutex<Workspace<'a>>]) -> Result<()> {
        let mut loss = 0.0;
        for booster in &mut self.boosters {
            booster.round(team, workspaces)?;
            loss += booster.latest_loss() * booster.held_weight();
        }
        let weight: f64 = self.boosters.iter().map(Booster::held_weight).sum();
        self.stopping.observe(round, loss / weight);
        self.course.push(self.best().1);
        Ok(())
    }
}

/// Grow one more round of all candidates that are still in the race; `false` if there is none.
pub(super) fn round<'a>(
    all: &mut [Candidate<'a>],
    round: usize,
    team: &mut Team,
    workspaces: &[Mutex<Workspace<'a>>],
) -> Result<bool> {
    let mut any = false;
    for candidate in all.iter_mut().filter(|own| own.runs(round)) {
        candidate.round(round, team, workspaces)?;
        any = true;
    }
    if round >= FIRST {
        give_up(all);
    }
    Ok(any)
}

/// The least held-out loss so far.
pub(super) fn least_loss(all: &[Candidate]) -> f64 {
    all.iter().map(|own| own.best().1).fold(f64::INFINITY, f64::min)
}

/// Losses are compared by their ratio, where that means something: many are at least 0.
fn give_up(all: &mut [Candidate]) {
    let behind = |own: &Candidate| {
        let others = all.iter().filter_map(|other| other.loss_beside(own));
        let best = others.fold(f64::INFINITY, f64::min);
        best > 0.0 && own.best().1 > BEHIND * best
    };
    let behind: Vec<bool> = all.iter().map(behind).collect();
    for (candidate, behind) in all.iter_mut().zip(behind) {
        candidate.given_up |= behind;
    }
}

/// The candidate of least held-out loss; of equals the first.
pub(super) fn winner(all: Vec<Candidate>) -> Option<Candidate> {
    all.into_iter()
        .reduce(|best, own| if own.best().1 < best.best().1 { own } else { best })
}
