//! The inputs of a boosting run.

use std::sync::Arc;

use induce_core::Result;
use induce_core::random::Stream;
use induce_prob::Loss;

use super::super::bins::{Binner, Codes};
use super::super::grow::{Data, Growth};
use super::{Checkpoint, Model, Spec};

/// Settings and data that all boosting runs on one table have in common.
pub(super) struct Plan<'a> {
    pub spec: &'a Spec,
    pub loss: &'a Arc<dyn Loss>,
    pub data: &'a Data,
    pub binners: &'a [Binner],
    pub growth: Growth,
    /// Names of the features.
    pub names: &'a [String],
}

impl<'a> Plan<'a> {
    /// Of these settings on this data.
    pub fn new(
        spec: &'a Spec,
        loss: &'a Arc<dyn Loss>,
        data: &'a Data,
        binners: &'a [Binner],
        names: &'a [String],
    ) -> Result<Self> {
        let growth = spec.growth(names)?;
        Ok(Self {
            spec,
            loss,
            data,
            binners,
            growth,
            names,
        })
    }

    /// The same with other settings.
    pub fn with_spec(&self, spec: &'a Spec) -> Result<Self> {
        Self::new(spec, self.loss, self.data, self.binners, self.names)
    }
}

/// Rows to be evaluated after every round.
pub(super) struct ValidationRows<'a> {
    pub codes: Codes,
    pub target: &'a [f64],
    pub weight: Option<&'a [f64]>,
    /// The loss with this split's own query groups.
    pub loss: Arc<dyn Loss>,
}

/// The rows of one run, and where it begins.
pub(super) struct Training<'a> {
    pub target: &'a [f64],
    pub weight: Option<Vec<f64>>,
    pub valid_rows: Option<ValidationRows<'a>>,
    /// Weights of training rows that are held out (their own weight is 0) and evaluated like validation rows.
    pub held: Option<Vec<f64>>,
    /// The model without its trees; `None` while the number of rounds is searched.
    pub untrained: Option<Model>,
    pub stream: Stream,
    pub state: Checkpoint,
}
