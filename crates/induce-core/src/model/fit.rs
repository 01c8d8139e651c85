//! What a fit may use besides data and settings.

use super::{Data, Model, Registry};
use crate::{Checkpoints, Error, Result, Run};

/// What a fit begins from instead of nothing.
#[derive(Clone, Copy, Default)]
pub struct InitModel<'a> {
    /// A fitted model that is gone on from.
    pub model: Option<&'a dyn Model>,
    /// Scores of the rows before the first step, one column per output.
    pub scores: Option<&'a [Vec<f64>]>,
    /// The same of the validation rows.
    pub valid_scores: Option<&'a [Vec<f64>]>,
}

impl InitModel<'_> {
    /// Whether the fit begins from nothing.
    pub fn is_none(&self) -> bool {
        self.model.is_none() && self.scores.is_none()
    }

    /// An error for models that can only begin from nothing.
    ///
    /// # Errors
    /// If there is something to begin from.
    pub fn refuse(&self, model: &str) -> Result<()> {
        if self.is_none() {
            return Ok(());
        }
        Err(Error::data(
            format!("`{model}` cannot go on from another model"),
            "boosting, the forests and the linear models can; leave out what it should begin from",
        ))
    }
}

/// The model so far, in the middle of a fit; making a model of it is left to who looks, for that may copy it.
pub trait Snapshot {
    /// The model so far; `None` while there is none.
    ///
    /// # Errors
    /// If it cannot be made.
    fn model(&self) -> Result<Option<Box<dyn Model>>>;
}

/// Called after every step of a fit.
pub type Callback<'a> = dyn FnMut(&dyn Snapshot) -> Result<()> + 'a;

/// The context of a fit.
pub struct Fit<'a> {
    /// Seed, threads, progress, deadline, cancellation.
    pub run: &'a mut Run,
    /// Every model there is, for ensembles of any.
    pub registry: Registry,
    /// Data that are watched while the fit goes on, for early stopping; never learnt from.
    pub valid: Option<&'a Data>,
    /// What the fit begins from.
    pub init: InitModel<'a>,
    /// Where and how often the state of the fit is saved.
    pub checkpoints: Option<&'a Checkpoints>,
    /// Called after every step.
    pub callback: Option<&'a mut Callback<'a>>,
}

impl<'a> Fit<'a> {
    /// A fit from nothing, that nobody watches.
    pub fn new(run: &'a mut Run, registry: Registry) -> Self {
        Self {
            run,
            registry,
            valid: None,
            init: InitModel::default(),
            checkpoints: None,
            callback: None,
        }
    }
}
