//! Something to act in.

use std::collections::BTreeMap;
use std::fmt::Debug;

use crate::Fingerprint;
use crate::random::Stream;
use crate::table::Table;
use crate::{Error, Result};

/// What an action led to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Transition {
    /// The state one is in now.
    pub state: usize,
    /// What was earned.
    pub reward: f64,
    /// Whether the episode is over.
    pub done: bool,
}

/// A Markov decision process of numbered states and actions that can be acted in.
///
/// It is a function of (state, action, randomness): an episode is replayed from its stream, in any order of threads.
pub trait Environment: Debug + Send + Sync {
    /// How many states there are.
    fn states(&self) -> usize;

    /// How many actions there are.
    fn actions(&self) -> usize;

    /// A state to begin in.
    fn start(&self, stream: &Stream) -> usize;

    /// Act in `state`; `stream` is that of the step.
    fn step(&self, state: usize, action: usize, stream: &Stream) -> Transition;

    /// Add all that tells it from others.
    fn sum_up(&self, sum: &mut Fingerprint);
}

/// A next state, its probability and its reward.
type Outcome = (usize, f64, f64);

/// A Markov decision process as a table: p(next, reward | state, action). States without actions end an episode.
///
/// ```
/// use induce_core::model::{Environment, TabularMdp};
/// use induce_core::random::Stream;
/// // In state 0, action 1 earns 5 and leads to state 1, the end.
/// let mdp = TabularMdp::new(vec![(0, 0, 0, 1.0, 0.0), (0, 1, 1, 1.0, 5.0)])?;
/// let there = mdp.step(0, 1, &Stream::new(7, "episode"));
/// assert_eq!((there.state, there.reward, there.done), (1, 5.0, true));
/// # Ok::<(), induce_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct TabularMdp {
    states: usize,
    actions: usize,
    /// What may follow every (state, action) that can be taken.
    outcomes: BTreeMap<(usize, usize), Vec<Outcome>>,
}

/// The sum of probabilities may differ from 1 by so much, and is divided by.
const TOLERANCE: f64 = 1e-6;

impl TabularMdp {
    /// From transitions (state, action, next, probability, reward).
    ///
    /// # Errors
    /// If there are none, or the probabilities of a state and action do not sum to 1.
    pub fn new(transitions: Vec<(usize, usize, usize, f64, f64)>) -> Result<Self> {
        let mut own = Self {
            states: 0,
            actions: 0,
            outcomes: BTreeMap::new(),
        };
        for (state, action, next, probability, reward) in transitions {
            if !(0.0..=1.0).contains(&probability) || !reward.is_finite() {
                return Err(wrong(format!(
                    "state {state}, action {action}: probability {probability}, reward {reward}"
                )));
            }
            own.states = own.states.max(state.max(next) + 1);
            own.actions = own.actions.max(action + 1);
            own.outcomes
                .entry((state, action))
                .or_default()
                .push((next, probability, reward));
        }
        if own.outcomes.is_empty() {
            return Err(wrong("there is no transition".into()));
        }
        for ((state, action), outcomes) in &mut own.outcomes {
            let total: f64 = outcomes.iter().map(|(_, p, _)| p).sum();
            if (total - 1.0).abs() > TOLERANCE {
                return Err(wrong(format!(
                    "the probabilities of state {state}, action {action} sum to {total}"
                )));
            }
            outcomes.iter_mut().for_each(|(_, p, _)| *p /= total);
        }
        Ok(own)
    }

    /// From a table with the columns `state`, `action`, `next`, `probability` and `reward`.
    ///
    /// # Errors
    /// If a column is missing or a value is no index, and as [`new`](Self::new).
    pub fn from_table(table: &Table) -> Result<Self> {
        let column = |name: &str| -> Result<Vec<f64>> {
            let column = table.column(name)?;
            let mut values = vec![0.0; column.len()];
            column.read_f64(0, &mut values);
            Ok(values)
        };
        let index = |name: &str| -> Result<Vec<usize>> {
            let values = column(name)?;
            let is_index = |v: &f64| *v >= 0.0 && *v < f64::from(u32::MAX) && v.fract() == 0.0;
            match values.iter().position(|v| !is_index(v)) {
                Some(row) => Err(wrong(format!("`{name}` of row {} is {}", row + 1, values[row]))),
                None => Ok(values.into_iter().map(|v| v as usize).collect()),
            }
        };
        let (state, action, next) = (index("state")?, index("action")?, index("next")?);
        let (probability, reward) = (column("probability")?, column("reward")?);
        let row = |i: usize| (state[i], action[i], next[i], probability[i], reward[i]);
        Self::new((0..table.rows()).map(row).collect())
    }

    /// Next state, probability and reward of what an action in a state may lead to.
    pub fn outcomes(&self, state: usize, action: usize) -> &[(usize, f64, f64)] {
        self.outcomes.get(&(state, action)).map_or(&[], Vec::as_slice)
    }

    fn is_end(&self, state: usize) -> bool {
        self.outcomes.range((state, 0)..(state + 1, 0)).next().is_none()
    }
}

fn wrong(what: String) -> Error {
    Error::data(
        what,
        "give one row per transition: state, action, next, probability, reward, numbered from 0",
    )
}

impl Environment for TabularMdp {
    fn states(&self) -> usize {
        self.states
    }

    fn actions(&self) -> usize {
        self.actions
    }

    fn start(&self, _: &Stream) -> usize {
        self.outcomes.keys().next().map_or(0, |(state, _)| *state)
    }

    fn step(&self, state: usize, action: usize, stream: &Stream) -> Transition {
        let outcomes = self.outcomes(state, action);
        let mut left = stream.uniform(0);
        let drawn = outcomes.iter().find(|(_, probability, _)| {
            left -= probability;
            left < 0.0
        });
        let Some(&(next, _, reward)) = drawn.or(outcomes.last()) else {
            // An action that cannot be taken changes nothing, and ends the episode.
            return Transition {
                state,
                reward: 0.0,
                done: true,
            };
        };
        Transition {
            state: next,
            reward,
            done: self.is_end(next),
        }
    }

    fn sum_up(&self, sum: &mut Fingerprint) {
        for ((state, action), outcomes) in &self.outcomes {
            sum.word(*state as u64);
            sum.word(*action as u64);
            for (next, probability, reward) in outcomes {
                sum.word(*next as u64);
                sum.values(&[*probability, *reward]);
            }
        }
    }
}
