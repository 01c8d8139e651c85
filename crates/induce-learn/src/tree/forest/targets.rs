//! Several targets of the same rows.

use induce_core::{Error, Result};

/// Targets that the trees of one forest learn together: a leaf predicts them all, and a split is scored by the mean of
/// their impurities.
///
/// Either all are quantities or all are classes.
#[derive(Debug, Clone, PartialEq)]
pub struct Targets {
    /// Row-major (rows, outputs): quantities, or indices of classes.
    pub values: Vec<f64>,
    /// The names of every output's classes; none for a quantity.
    pub classes: Vec<Vec<String>>,
}

impl Targets {
    /// Targets per row.
    pub fn outputs(&self) -> usize {
        self.classes.len()
    }

    /// Whether the targets are classes.
    pub fn are_classes(&self) -> bool {
        self.classes.iter().any(|names| !names.is_empty())
    }

    /// The targets of these rows, in their order.
    #[must_use]
    pub fn take(&self, rows: &[usize]) -> Self {
        let own = |&row: &usize| &self.values[row * self.outputs()..(row + 1) * self.outputs()];
        Self {
            values: rows.iter().flat_map(own).copied().collect(),
            classes: self.classes.clone(),
        }
    }

    /// Values that a leaf predicts: a mean per quantity, a probability per class.
    pub(crate) fn width(classes: &[Vec<String>]) -> usize {
        classes.iter().map(|names| names.len().max(1)).sum()
    }

    /// An error unless there are `rows` rows of usable targets of one kind.
    pub(super) fn check(&self, rows: usize) -> Result<()> {
        let outputs = self.outputs();
        if outputs == 0 || self.values.len() != rows * outputs {
            let what = format!(
                "{} targets for {rows} rows of {outputs} outputs",
                self.values.len()
            );
            return Err(Error::data(what, "give every row one target per output"));
        }
        if self.are_classes() && self.classes.iter().any(Vec::is_empty) {
            return Err(Error::data(
                "some targets are classes and some are quantities",
                "fit one model for the classes and one for the quantities",
            ));
        }
        for (i, &value) in self.values.iter().enumerate() {
            let names = &self.classes[i % outputs];
            let known = names.is_empty() || (value >= 0.0 && value < names.len() as f64);
            if !(value.is_finite() && known) {
                let what = format!("target {} of row {} is {value}", i % outputs + 1, i / outputs + 1);
                return Err(Error::data(
                    what,
                    "a quantity must be finite, a class the index of a name",
                ));
            }
        }
        Ok(())
    }
}
