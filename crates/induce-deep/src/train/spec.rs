//! How a network is trained: plain data.

use induce_core::model::range;
use induce_core::{Result, choices, settings};
use induce_tensor::{Schedule, Warmup};

use super::bayes::BayesSpec;

choices! {
    /// The optimizer.
    pub enum OptimizerKind {
        /// Adam with decoupled decay (Loshchilov & Hutter 2019).
        AdamW = "adamw",
        /// Gradient descent with momentum.
        Sgd = "sgd",
    }
}

choices! {
    /// The learning-rate schedule after warmup.
    pub enum ScheduleKind {
        /// Constant.
        Constant = "constant",
        /// Half a cosine down to `min_learning_rate_fraction` (Loshchilov & Hutter 2017).
        Cosine = "cosine",
        /// Linear, down to `min_learning_rate_fraction`.
        Linear = "linear",
        /// Times `decay_gamma` every `decay_period` steps, from `decay_start` on.
        Step = "step",
    }
}

settings! {
    /// How a network is trained.
    pub part struct Training {
        /// Number of optimizer steps
        steps: u64 = 2000, in range::from(1), when epochs ["0"];
        /// Mini-batch size: rows, images, or windows of a text
        batch: usize = 12, in range::from(1);
        /// Gradient accumulation: mini-batches per optimizer step
        gradient_accumulation: u64 = 1, in range::from(1), alias "accumulate";
        /// Optimizer
        optimizer: OptimizerKind = OptimizerKind::AdamW, alias "optimiser";
        /// Peak learning rate
        learning_rate: f64 = 1e-3, in range::at_least(0.0);
        /// Learning-rate schedule after warmup
        schedule: ScheduleKind = ScheduleKind::Cosine;
        /// Steps of linear warmup
        warmup: u64 = 100, alias "warm_up";
        /// Final learning rate as a fraction of the peak (cosine, linear)
        min_learning_rate_fraction: f64 = 0.1, in range::closed(0.0, 1.0), alias "floor", when schedule ["cosine", "linear"];
        /// Steps before the first decay (step)
        decay_start: u64 = 0, alias "hold", when schedule ["step"];
        /// Steps between two decays (step)
        decay_period: u64 = 1000, in range::from(1), alias "every", when schedule ["step"];
        /// Factor of the learning rate at each decay (step)
        decay_gamma: f64 = 0.5, in range::at_least(0.0), alias "factor", when schedule ["step"];
        /// Decay rate of the first-moment estimate (adamw)
        beta1: f64 = 0.9, in range::half_open(0.0, 1.0), when optimizer ["adamw"];
        /// Decay rate of the second-moment estimate (adamw)
        beta2: f64 = 0.99, in range::half_open(0.0, 1.0), when optimizer ["adamw"];
        /// Momentum factor (sgd)
        momentum: f64 = 0.0, in range::half_open(0.0, 1.0), when optimizer ["sgd"];
        /// Weight decay: decoupled, of matrices only (adamw), or an L2 penalty on all parameters (sgd)
        weight_decay: f64 = 0.1, in range::at_least(0.0), alias "decay", when weights ["point"];
        /// Gradient-norm clipping: largest norm of the gradient; 0 turns it off
        clip_norm: f64 = 1.0, in range::at_least(0.0), alias "clip";
        /// Decay rate of the exponential moving average of the weights, which is the model then; 0 keeps none
        ema_decay: f64 = 0.0, in range::half_open(0.0, 1.0), alias "average";
        /// Steps between two evaluations on held-out data, which keep the best model; 0 evaluates at the end only
        evaluate_every: u64 = 250;
        /// Evaluations without improvement before early stopping; 0 is never
        patience: u64 = 0;
        ..
        /// What is known of the weights
        bayes: BayesSpec = BayesSpec::default();
    }
}

impl Training {
    /// Hold every setting against its range.
    ///
    /// # Errors
    /// For the first that is outside.
    pub fn check(&self) -> Result<()> {
        self.check_ranges()?;
        self.bayes.check()
    }

    /// The same, without what the prior of random weights takes the place of.
    pub(super) fn with_prior(&self) -> Self {
        let mut own = self.clone();
        if own.bayes.is_on() {
            own.weight_decay = 0.0;
        }
        own
    }

    /// How many steps a passage through so many examples takes.
    pub fn passage(&self, examples: usize) -> u64 {
        examples.div_ceil(self.batch).max(1) as u64
    }

    /// How many steps so many passages through so many examples take; without any, those that are set.
    pub fn steps_of(&self, epochs: u64, examples: usize) -> u64 {
        match epochs {
            0 => self.steps,
            epochs => epochs.saturating_mul(self.passage(examples)),
        }
    }

    /// As many steps, with an evaluation after every passage through few examples, so that there is a course to be seen.
    #[must_use]
    pub fn over(&self, epochs: u64, examples: usize) -> Self {
        Self {
            steps: self.steps_of(epochs, examples),
            evaluate_every: self.evaluate_every.min(self.passage(examples)),
            ..self.clone()
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
