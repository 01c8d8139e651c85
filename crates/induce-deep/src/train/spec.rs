//! How a network is trained: plain data.

use induce_core::{Error, Result};
use induce_tensor::{Schedule, Warmup};
use serde::{Deserialize, Serialize};

/// The optimizer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OptimizerKind {
    /// Adam with decoupled decay (Loshchilov & Hutter 2019).
    AdamW,
    /// Gradient descent with momentum.
    Sgd,
}

/// The learning-rate schedule after warmup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ScheduleKind {
    /// Constant.
    Constant,
    /// Half a cosine down to `min_learning_rate_fraction` (Loshchilov & Hutter 2017).
    Cosine,
    /// Linear, down to `min_learning_rate_fraction`.
    Linear,
    /// Times `decay_gamma` every `decay_period` steps, from `decay_start` on.
    Step,
}

/// How a network is trained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Training {
    /// The number of optimizer steps.
    pub steps: u64,
    /// The mini-batch size.
    pub batch: usize,
    /// Gradient accumulation: mini-batches per optimizer step.
    #[serde(alias = "accumulate")]
    pub gradient_accumulation: u64,
    /// The optimizer.
    #[serde(alias = "optimiser")]
    pub optimizer: OptimizerKind,
    /// The peak learning rate.
    pub learning_rate: f64,
    /// The learning-rate schedule after warmup.
    pub schedule: ScheduleKind,
    /// Steps of linear warmup.
    #[serde(alias = "warm_up")]
    pub warmup: u64,
    /// The final learning rate as a fraction of the peak, for `cosine` and `linear`.
    #[serde(alias = "floor")]
    pub min_learning_rate_fraction: f64,
    /// Steps before the first decay, for `step`.
    #[serde(alias = "hold")]
    pub decay_start: u64,
    /// Steps between two decays, for `step`.
    #[serde(alias = "every")]
    pub decay_period: u64,
    /// The factor of the learning rate at each decay, for `step`.
    #[serde(alias = "factor")]
    pub decay_gamma: f64,
    /// The decay rate of the first-moment estimate (AdamW), in [0, 1).
    pub beta1: f64,
    /// The decay rate of the second-moment estimate (AdamW), in [0, 1).
    pub beta2: f64,
    /// The momentum factor (SGD), in [0, 1).
    pub momentum: f64,
    /// Weight decay: decoupled, and of matrices only (AdamW), or an L2 penalty on all parameters (SGD).
    #[serde(alias = "decay")]
    pub weight_decay: f64,
    /// Gradient-norm clipping: the largest norm of the gradient; 0 turns it off.
    #[serde(alias = "clip")]
    pub clip_norm: f64,
    /// The decay rate of the exponential moving average of the weights, in [0, 1), which is the model then; 0 keeps none.
    #[serde(alias = "average")]
    pub ema_decay: f64,
    /// Steps between two evaluations on held-out data; 0 evaluates at the end only.
    pub evaluate_every: u64,
    /// Evaluations without improvement before early stopping; 0 is never.
    pub patience: u64,
}

impl Default for Training {
    fn default() -> Self {
        Self {
            steps: 2000,
            batch: 12,
            gradient_accumulation: 1,
            optimizer: OptimizerKind::AdamW,
            learning_rate: 1e-3,
            schedule: ScheduleKind::Cosine,
            warmup: 100,
            min_learning_rate_fraction: 0.1,
            decay_start: 0,
            decay_period: 1000,
            decay_gamma: 0.5,
            beta1: 0.9,
            beta2: 0.99,
            momentum: 0.0,
            weight_decay: 0.1,
            clip_norm: 1.0,
            ema_decay: 0.0,
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
            ("gradient_accumulation", self.gradient_accumulation),
            ("decay_period", self.decay_period),
        ];
        if let Some((name, value)) = whole.into_iter().find(|(_, value)| *value == 0) {
            return Err(Error::setting(name, value, "it must be at least 1"));
        }
        let shares = [
            ("min_learning_rate_fraction", self.min_learning_rate_fraction),
            ("beta1", self.beta1),
            ("beta2", self.beta2),
            ("momentum", self.momentum),
            ("ema_decay", self.ema_decay),
        ];
        for (name, value) in shares {
            let below_one = value < 1.0 || (value == 1.0 && name == "min_learning_rate_fraction");
            if !(value >= 0.0 && below_one) {
                return Err(Error::setting(name, value, "it must be at least 0 and below 1"));
            }
        }
        let rest = [
            ("learning_rate", self.learning_rate),
            ("decay_gamma", self.decay_gamma),
            ("weight_decay", self.weight_decay),
            ("clip_norm", self.clip_norm),
        ];
        match rest.into_iter().find(|(_, v)| !(v.is_finite() && *v >= 0.0)) {
            Some((name, value)) => Err(Error::setting(name, value, "it must be at least 0")),
            None => Ok(()),
        }
    }

    /// The learning rate after `step` steps.
    pub fn rate(&self, step: u64) -> f64 {
        self.learning_rate * self.schedule().factor(step)
    }

    fn schedule(&self) -> Warmup {
        let (steps, last) = (
            self.steps.saturating_sub(self.warmup),
            self.min_learning_rate_fraction,
        );
        let schedule = match self.schedule {
            ScheduleKind::Constant => Schedule::Constant,
            ScheduleKind::Cosine => Schedule::Cosine { steps, last },
            ScheduleKind::Linear => Schedule::Linear { steps, last },
            ScheduleKind::Step => Schedule::Step {
                after: self.decay_start.saturating_sub(self.warmup),
                every: self.decay_period,
                factor: self.decay_gamma,
            },
        };
        schedule.after_warmup(self.warmup)
    }

    /// The decay rate of the moving average at a step: small at first, so that the initial weights are forgotten.
    pub(super) fn averaging(&self, step: u64) -> f64 {
        let step = step as f64;
        self.ema_decay.min((1.0 + step) / (10.0 + step))
    }
}
