//! When a held-out loss has not fallen for too long.

/// The best held-out loss so far; training is over once it is `patience` steps old (Prechelt, *Early stopping, but
/// when?*, 1998).
///
/// ```
/// use induce_core::EarlyStopping;
/// let mut stopping = EarlyStopping::new(2);
/// for (step, loss) in [0.9, 0.7, 0.8, 0.71].into_iter().enumerate() {
///     stopping.observe(step + 1, loss);
/// }
/// assert_eq!(stopping.best(), Some((2, 0.7)));
/// assert!(stopping.is_over(4) && !stopping.is_over(3));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EarlyStopping {
    patience: usize,
    best: Option<(usize, f64)>,
}

impl EarlyStopping {
    /// Steps without improvement to wait for; with 0 it is never over.
    pub fn new(patience: usize) -> Self {
        Self { patience, best: None }
    }

    /// As [`new`](Self::new), going on from the best step so far and its loss.
    #[must_use]
    pub fn resumed(patience: usize, best: Option<(usize, f64)>) -> Self {
        Self { patience, best }
    }

    /// Takes note of the loss after a step; whether it is the best so far.
    pub fn observe(&mut self, step: usize, loss: f64) -> bool {
        let improved = self.best.is_none_or(|(_, best)| loss < best);
        if improved {
            self.best = Some((step, loss));
        }
        improved
    }

    /// The best step and its loss.
    pub fn best(&self) -> Option<(usize, f64)> {
        self.best
    }

    /// Whether the loss has not improved for `patience` steps up to `step`.
    pub fn is_over(&self, step: usize) -> bool {
        self.patience > 0 && self.best.is_some_and(|(best, _)| step >= best + self.patience)
    }
}
