//! One way to grow trees, tried beside others on the same held-out rows.
//!
//! Sampling is what a noisy table wants and what a table without noise, or of few columns, pays for dearly; symmetric trees
//! fit smooth functions better, trees that choose leaf by leaf steps and their interactions. Nothing but held-out rows
//! tells which it is.

use std::sync::Mutex;

use induce_core::parallel::Team;
use induce_core::{EarlyStopping, Result};
use serde::{Deserialize, Serialize};

use super::auto::PATIENCE;
use super::booster::{Booster, Workspace};
use super::{Order, Spec};

/// Rounds before a candidate may be given up.
const FIRST: usize = 200;

/// A held-out loss this many times the best is given up.
const BEHIND: f64 = 1.1;

/// What the settings may leave open.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// Fraction of the rows that a tree sees.
    pub subsample: f64,
    /// Fraction of the features that a tree sees.
    pub colsample: f64,
    /// How leaves are split.
    pub growth: Order,
    /// Largest number of leaves.
    pub max_leaves: usize,
}

impl std::fmt::Display for Trial {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            subsample,
            colsample,
            growth,
            max_leaves,
        } = self;
        write!(
            f,
            "subsample={subsample} colsample={colsample} growth={growth} max_leaves={max_leaves}"
        )
    }
}

impl Spec {
    /// The ways of growing that the settings leave open, the usual one first.
    pub(super) fn trials(&self) -> Vec<Trial> {
        let is_open = self.growth == Order::Auto;
        let of = |subsample: f64, colsample: f64, growth: Order, max_leaves: usize| Trial {
            subsample: if self.subsample > 0.0 {
                self.subsample
            } else {
                subsample
            },
            colsample: if self.colsample > 0.0 {
                self.colsample
            } else {
                colsample
            },
            growth,
            max_leaves,
        };
        let own = if is_open { Order::Leafwise } else { self.growth };
        let mut all = vec![
            of(0.8, 0.7, own, self.max_leaves),
            of(1.0, 1.0, own, self.max_leaves),
        ];
        if is_open {
            // Limits that were set stay; else a symmetric tree has two leaves in place of each, or few.
            let usual = self.max_depth == 0 && self.max_leaves == Self::default().max_leaves;
            let sizes = if usual {
                vec![64, 16]
            } else {
                vec![self.max_leaves]
            };
            all.extend(
                sizes
                    .into_iter()
                    .map(|leaves| of(0.8, 1.0, Order::Symmetric, leaves)),
            );
        }
        all.dedup();
        all
    }

    /// Grown in this way.
    pub(super) fn grown(&self, trial: Trial) -> Self {
        Self {
            subsample: trial.subsample,
            colsample: trial.colsample,
            growth: trial.growth,
            max_leaves: trial.max_leaves,
            ..self.clone()
        }
    }
}

/// Boosters of one trial, one per fold, grown side by side.
pub(super) struct Candidate<'a> {
    pub trial: Trial,
    pub boosters: Vec<Booster<'a>>,
    /// The scores before the first round, by fold.
    pub starts: Vec<Vec<f64>>,
    stopping: EarlyStopping,
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
        let of = |spec: Spec| -> Vec<String> { spec.trials().iter().map(Trial::to_string).collect() };
        let all = of(Spec::default());
        assert_eq!(
            all[0],
            "subsample=0.8 colsample=0.7 growth=leafwise max_leaves=31"
        );
        assert_eq!(all.len(), 4);
        let set = Spec {
            subsample: 0.5,
            colsample: 0.3,
            max_leaves: 8,
            ..Spec::default()
        };
        assert_eq!(
            of(set.clone()),
            [
                "subsample=0.5 colsample=0.3 growth=leafwise max_leaves=8",
                "subsample=0.5 colsample=0.3 growth=symmetric max_leaves=8"
            ]
        );
        let growth = Order::Depthwise;
        assert_eq!(of(Spec { growth, ..set }).len(), 1);
    }
}
