//! How a network is trained: plain data.

use induce_core::{Error, Result};
use induce_tensor::{Schedule, WarmUp};
use serde::{Deserialize, Serialize};

/// Which way a step goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// Adam with decoupled decay (Loshchilov & Hutter 2019).
    AdamW,
    /// Gradient descent with momentum.
    Sgd,
}

/// How the step size changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rate {
    /// Not at all.
    Constant,
    /// Half a cosine down to `floor` (Loshchilov & Hutter 2017).
    Cosine,
    /// A line down to `floor`.
    Linear,
    /// By a `factor` every so many steps.
    Step,
}

/// How a network is trained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Training {
    /// Steps.
    pub steps: u64,
    /// Examples of a mini-batch.
    pub batch: usize,
    /// Mini-batches whose slopes add up to one step.
    pub accumulate: u64,
    /// Which way a step goes.
    pub optimiser: Method,
    /// The step size, at its largest.
    pub learning_rate: f64,
    /// How it changes.
    pub schedule: Rate,
    /// Steps in which it rises from 0.
    pub warm_up: u64,
    /// The share of it that is left in the end.
    pub floor: f64,
    /// Steps before its first change, for `step`.
    pub hold: u64,
    /// Steps between two changes, for `step`.
    pub every: u64,
    /// What it is multiplied by then.
    pub factor: f64,
    /// Share of the old mean of slopes.
    pub beta1: f64,
    /// Share of the old mean of squares.
    pub beta2: f64,
    /// Share of the last direction that is kept, for `sgd`.
    pub momentum: f64,
    /// What matrices shrink by, over the step size.
    pub decay: f64,
    /// Longest slope; longer ones are shortened. 0 is no limit.
    pub clip: f64,
    /// Share of the old average of parameters, which is the model then. 0 is none.
    pub average: f64,
    /// Steps between two looks at held-out data; 0 looks at the end only.
    pub evaluate_every: u64,
    /// Looks without a better loss after which it ends; 0 is never.
    pub patience: u64,
}

impl Default for Training {
    fn default() -> Self {
        Self {
            steps: 2000,
            batch: 12,
            accumulate: 1,
            optimiser: Method::AdamW,
            learning_rate: 1e-3,
            schedule: Rate::Cosine,
            warm_up: 100,
            floor: 0.1,
            hold: 0,
            every: 1000,
            factor: 0.5,
            beta1: 0.9,
            beta2: 0.99,
            momentum: 0.0,
            decay: 0.1,
            clip: 1.0,
            average: 0.0,
            evaluate_every: 250,
            patience: 0,
        }
    }
}

impl Training {
    /// Whether every value is in its range.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check(&self) -> Result<()> {
        let whole = [
            ("steps", self.steps),
            ("batch", self.batch as u64),
            ("accumulate", self.accumulate),
            ("every", self.every),
        ];
        if let Some((name, value)) = whole.into_iter().find(|(_, value)| *value == 0) {
            return Err(Error::setting(name, value, "it must be at least 1"));
        }
        let shares = [
            ("floor", self.floor),
            ("beta1", self.beta1),
            ("beta2", self.beta2),
            ("momentum", self.momentum),
            ("average", self.average),
        ];
        for (name, value) in shares {
            let below_one = value < 1.0 || (value == 1.0 && name == "floor");
            if !(value >= 0.0 && below_one) {
                return Err(Error::setting(name, value, "it must be at least 0 and below 1"));
            }
        }
        let rest = [
            ("learning_rate", self.learning_rate),
            ("factor", self.factor),
            ("decay", self.decay),
            ("clip", self.clip),
        ];
        match rest.into_iter().find(|(_, v)| !(v.is_finite() && *v >= 0.0)) {
            Some((name, value)) => Err(Error::setting(name, value, "it must be at least 0")),
            None => Ok(()),
        }
    }

    /// The step size after `step` steps.
    pub fn rate(&self, step: u64) -> f64 {
        self.learning_rate * self.schedule().factor(step)
    }

    fn schedule(&self) -> WarmUp {
        let (steps, last) = (self.steps.saturating_sub(self.warm_up), self.floor);
        let schedule = match self.schedule {
            Rate::Constant => Schedule::Constant,
            Rate::Cosine => Schedule::Cosine { steps, last },
            Rate::Linear => Schedule::Linear { steps, last },
            Rate::Step => Schedule::Step {
                after: self.hold.saturating_sub(self.warm_up),
                every: self.every,
                factor: self.factor,
            },
        };
        schedule.after_warm_up(self.warm_up)
    }

    /// The share of the old average at a step: small at first, so that the beginning is forgotten.
    pub(super) fn averaging(&self, step: u64) -> f64 {
        let step = step as f64;
        self.average.min((1.0 + step) / (10.0 + step))
    }
}
