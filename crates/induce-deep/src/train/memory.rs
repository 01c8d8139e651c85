//! How much memory a training needs, and whether it is there.

use induce_core::pages::physical_memory;
use induce_core::{Error, Result, Run};

use super::spec::{OptimizerKind, Training};

impl Training {
    /// Bytes of so many parameters, their gradients, the optimizer's moments, averaged and best parameters, of draws of random weights with their
    /// gradients, and of so many activations; none if there are more than can be counted.
    pub fn bytes(&self, parameters: Option<u64>, activations: Option<u64>) -> Option<u64> {
        let moments = match self.optimizer {
            OptimizerKind::AdamW => 2,
            OptimizerKind::Sgd => 1,
        };
        let mut copies = 3 + moments + 2 * u64::from(self.ema_decay > 0.0);
        if self.bayes.is_on() {
            copies = 2 * copies + 2;
        }
        let kept = parameters?.checked_mul(copies)?;
        kept.checked_add(activations?)?.checked_mul(4)
    }
}

/// Whether the bytes that a training needs fit the memory of a run, or else of the machine; `hint` says what to make smaller.
///
/// # Errors
/// If they do not, or are more than can be counted.
pub fn check_memory(needed: Option<u64>, run: &Run, hint: &str) -> Result<()> {
    /// Where nobody says how much there is.
    const UNKNOWN: u64 = 1 << 40;
    let limit = run.memory().or_else(physical_memory).unwrap_or(UNKNOWN);
    if needed.is_some_and(|needed| needed <= limit) {
        return Ok(());
    }
    let gigabytes = |bytes: u64| bytes as f64 / 1e9;
    let needed = needed.map_or("more memory than can be counted".into(), |needed| {
        format!("about {:.1} GB", gigabytes(needed))
    });
    Err(Error::data(
        format!(
            "the network with its training needs {needed}; there are {:.1} GB",
            gigabytes(limit)
        ),
        hint,
    ))
}
