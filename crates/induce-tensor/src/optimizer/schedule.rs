//! Learning rates that change over time.

use std::f64::consts::PI;

/// The factor of a learning rate as a function of the number of the step, from 0 on: `rate = first * schedule.factor(step)`.
///
/// ```
/// use induce_tensor::Schedule;
/// let schedule = Schedule::Cosine { steps: 100, last: 0.1 }.after_warmup(10);
/// assert_eq!(schedule.factor(4), 0.5);
/// assert_eq!(schedule.factor(10), 1.0);
/// assert!((schedule.factor(60) - 0.55).abs() < 1e-12);
/// assert_eq!(schedule.factor(1000), 0.1);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Schedule {
    /// 1.
    Constant,
    /// last + (1 - last) (1 + cos(pi t / steps)) / 2, and `last` from `steps` on (Loshchilov & Hutter 2017).
    Cosine {
        /// Steps to the end.
        steps: u64,
        /// The factor there.
        last: f64,
    },
    /// 1 + (last - 1) t / steps, and `last` from `steps` on.
    Linear {
        /// Steps to the end.
        steps: u64,
        /// The factor there.
        last: f64,
    },
    /// 1 before `after`, then factor^(1 + floor((t - after) / every)).
    Step {
        /// Steps before the first change.
        after: u64,
        /// Steps between two changes.
        every: u64,
        /// What the learning rate is multiplied by then.
        factor: f64,
    },
}

impl Schedule {
    /// The factor at a step.
    pub fn factor(self, step: u64) -> f64 {
        let share = |steps: u64| {
            if step < steps {
                step as f64 / steps as f64
            } else {
                1.0
            }
        };
        match self {
            Self::Constant => 1.0,
            Self::Cosine { steps, last } if step < steps => {
                last + (1.0 - last) * 0.5 * (1.0 + (PI * share(steps)).cos())
            }
            Self::Linear { steps, last } if step < steps => 1.0 + (last - 1.0) * share(steps),
            Self::Cosine { last, .. } | Self::Linear { last, .. } => last,
            Self::Step { after, .. } if step < after => 1.0,
            Self::Step { after, every, factor } => factor.powf(1.0 + ((step - after) / every.max(1)) as f64),
        }
    }

    /// This schedule behind `steps` steps in which the factor rises to 1 along a line (Goyal et al. 2017).
    #[must_use]
    pub fn after_warmup(self, steps: u64) -> Warmup {
        Warmup { steps, then: self }
    }
}

/// A schedule behind a rise; see [`Schedule::after_warmup`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Warmup {
    /// Steps of the rise: step t has the factor (t + 1) / steps.
    pub steps: u64,
    /// What follows.
    pub then: Schedule,
}

impl Warmup {
    /// The factor at a step.
    pub fn factor(self, step: u64) -> f64 {
        match step.checked_sub(self.steps) {
            Some(after) => self.then.factor(after),
            None => (step + 1) as f64 / self.steps as f64,
        }
    }
}
