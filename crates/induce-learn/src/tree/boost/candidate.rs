//! One way to sample rows and features, tried beside others on the same held-out rows.
//!
//! Sampling is what a noisy table wants and what a table without noise, or of few columns, pays for dearly; nothing but
//! held-out rows tells which it is.

use std::sync::Mutex;

use induce_core::parallel::Team;
use induce_core::{EarlyStopping, Result};

use super::Spec;
use super::auto::PATIENCE;
use super::booster::{Booster, Workspace};

/// Rounds before a candidate may be given up.
const FIRST: usize = 100;

/// A held-out loss this many times the best is given up.
const BEHIND: f64 = 1.02;

/// What is sampled where nothing is set: first the usual, then nothing.
const USUAL: Sampling = Sampling {
    subsample: 0.8,
    colsample: 0.7,
};

/// Fractions of rows and features that are drawn for a tree.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampling {
    /// Of the rows.
    pub subsample: f64,
    /// Of the features.
    pub colsample: f64,
}

impl Spec {
    /// The samplings that the settings leave open, the usual one first.
    pub(super) fn samplings(&self) -> Vec<Sampling> {
        let of = |usual: Sampling| Sampling {
            subsample: or(self.subsample, usual.subsample),
            colsample: or(self.colsample, usual.colsample),
        };
        let none = Sampling {
            subsample: 1.0,
            colsample: 1.0,
        };
        let mut all = vec![of(USUAL), of(none)];
        all.dedup();
        all
    }

    /// With this sampling.
    pub(super) fn sampling(&self, sampling: Sampling) -> Self {
        Self {
            subsample: sampling.subsample,
            colsample: sampling.colsample,
            ..self.clone()
        }
    }
}

fn or(set: f64, usual: f64) -> f64 {
    if set > 0.0 { set } else { usual }
}

/// Boosters of one sampling, one per fold, grown side by side.
pub(super) struct Candidate<'a> {
    pub sampling: Sampling,
    pub boosters: Vec<Booster<'a>>,
    /// The scores before the first round, by fold.
    pub starts: Vec<Vec<f64>>,
    stopping: EarlyStopping,
    given_up: bool,
}

impl<'a> Candidate<'a> {
    pub fn new(sampling: Sampling, made: Vec<(Booster<'a>, Vec<f64>)>) -> Self {
        let (boosters, starts) = made.into_iter().unzip();
        Self {
            sampling,
            boosters,
            starts,
            stopping: EarlyStopping::resumed(PATIENCE, Some((0, f64::INFINITY))),
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

    fn round(&mut self, round: usize, team: &mut Team, workspaces: &[Mutex<Workspace<'a>>]) -> Result<()> {
        let mut loss = 0.0;
        for booster in &mut self.boosters {
            booster.round(team, workspaces)?;
            loss += booster.latest_loss() * booster.held_weight();
        }
        let weight: f64 = self.boosters.iter().map(Booster::held_weight).sum();
        self.stopping.observe(round, loss / weight);
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

/// Losses are compared by their ratio, where that means something: many are at least 0.
fn give_up(all: &mut [Candidate]) {
    let best = all.iter().map(|own| own.best().1).fold(f64::INFINITY, f64::min);
    for candidate in all {
        candidate.given_up |= best > 0.0 && candidate.best().1 > BEHIND * best;
    }
}

/// The candidate of least held-out loss; of equals the first.
pub(super) fn winner(all: Vec<Candidate>) -> Option<Candidate> {
    all.into_iter()
        .reduce(|best, own| if own.best().1 < best.best().1 { own } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_is_not_tried_otherwise() {
        let of = |subsample, colsample| {
            let spec = Spec {
                subsample,
                colsample,
                ..Spec::default()
            };
            let all = spec.samplings();
            all.iter().map(|own| (own.subsample, own.colsample)).collect::<Vec<_>>()
        };
        assert_eq!(of(0.0, 0.0), [(0.8, 0.7), (1.0, 1.0)]);
        assert_eq!(of(0.5, 0.0), [(0.5, 0.7), (0.5, 1.0)]);
        assert_eq!(of(0.0, 0.3), [(0.8, 0.3), (1.0, 0.3)]);
        assert_eq!(of(0.5, 0.3), [(0.5, 0.3)]);
    }
}
