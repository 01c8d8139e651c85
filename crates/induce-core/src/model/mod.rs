//! The contract of models: what they learn from, what they are told, what they can do.
//!
//! A model is likelihood x prior x inference. Its family says so in an [`Entry`]: the [`ModelInfo`] that people read, the
//! [`Setting`]s with their ranges, a function that fits it to [`Data`] and one that opens its file. A fitted [`Model`] tells
//! who it is, keeps itself in a file, and offers what it can do as capabilities: [`Predict`], [`Transform`], [`Density`],
//! [`Generate`], [`Explain`]. The command line, the pages, Python and the common tests know nothing else.
//!
//! ```text
//! Settings (values of Entry::settings) --\
//!                                         > Entry::fit -> Fitted<Box<dyn Model>> -> Predict | Transform | Density | ...
//! Data (rows, text, images, graph, ...) --/                        |
//!                                                                  > ModelFile -> Entry::open
//! ```

mod capability;
mod data;
mod dataset;
mod entry;
mod evaluation;
mod fit;
mod output;
mod schema;
mod section;
mod setting;
mod settings;

pub use capability::{Density, Explain, Generate, Predict, Transform, no_shap};
pub use data::{
    Content, Data, DataKind, Environment, Fact, Features, Fingerprint, Graph, Images, Inputs, Rows,
    RowsOptions, TabularMdp, Target, Text, Transition,
};
pub use dataset::{ClassWeight, Dataset, check_rows, weights};
pub use entry::{Entry, ModelInfo, Registry, any_task};
pub use evaluation::Evaluation;
pub use fit::{Callback, Fit, InitModel, Snapshot};
pub use output::{Embedding, Ends, Importance, Intervals, Margins, Prediction, Shap};
pub use schema::{Feature, FeatureType, MISSING, Schema, Source, UNSEEN};
pub use section::{Bars, Block, Grid, Intervals as IntervalRows, Lines, Points, Section, TreeNode};
pub use setting::{Bound, Range, Setting, SettingValue, Space, assign, both, range, trimmed};
pub use settings::{Settings, read_spec};

use std::any::Any;

use serde_json::Value;

use crate::model_file::ModelFile;
use crate::{Error, Result, Run};

/// A fitted model of any family.
pub trait Model: Any + Send + Sync {
    /// Its row of the registry.
    fn entry(&self) -> &'static Entry;

    /// The values of the settings it was fitted with.
    fn settings(&self) -> Value;

    /// Its file, without the training card.
    ///
    /// # Errors
    /// If it cannot be kept.
    fn store(&self) -> Result<ModelFile>;

    /// What it tells of itself: for `induce show` and notebooks.
    fn summary(&self) -> Vec<Section> {
        Vec::new()
    }

    /// What it shows on data, for the report page: its summary, and pictures that need room or the data. Some thousand rows
    /// are enough.
    ///
    /// # Errors
    /// If the data are of another kind, or lack a column.
    fn report(&self, _data: &Data, _run: &Run) -> Result<Vec<Section>> {
        Ok(self.summary())
    }

    /// What a step of its fit is called, as the learning curve counts them: `round`, `tree`, `epoch`.
    fn step_unit(&self) -> &'static str {
        "step"
    }

    /// Facts about it for `--format json`: numbers of trees, coefficients, sizes.
    fn facts(&self) -> Vec<Fact> {
        Vec::new()
    }

    /// What the fit found out besides the model, in sentences.
    fn notes(&self) -> Vec<String> {
        Vec::new()
    }

    /// The models it is made of: members of an ensemble, a base.
    fn parts(&self) -> Vec<&dyn Model> {
        Vec::new()
    }

    /// How good it is on data: the metrics of its task with their intervals.
    ///
    /// # Errors
    /// If the data are of another kind, have no target, or lack a column.
    fn evaluate(&self, data: &Data, run: &mut Run) -> Result<Evaluation> {
        evaluation::of_predictions(self.predictor(), data, run)
    }

    /// Labels, quantities, probabilities, intervals.
    fn predictor(&self) -> Option<&dyn Predict> {
        None
    }

    /// Embeddings, distances, codes.
    fn transformer(&self) -> Option<&dyn Transform> {
        None
    }

    /// ln p(x).
    fn density(&self) -> Option<&dyn Density> {
        None
    }

    /// Texts, images, rows, actions.
    fn generator(&self) -> Option<&dyn Generate> {
        None
    }

    /// Shapley values and importances.
    fn explainer(&self) -> Option<&dyn Explain> {
        None
    }

    /// Its name in the registry.
    fn name(&self) -> &'static str {
        self.entry().info.name
    }
}

impl dyn Model {
    /// The model as the type of its family, if it is that.
    pub fn downcast<T: Model>(&self) -> Option<&T> {
        (self as &dyn Any).downcast_ref()
    }

    /// Its predictions: quantities, classes with probabilities, or an order.
    ///
    /// # Errors
    /// If it predicts nothing, or the data lack a column.
    pub fn predict<'a>(&self, inputs: impl Into<Inputs<'a>>, threads: usize) -> Result<Prediction> {
        self.predicting()?.predict(inputs.into(), threads)
    }

    /// What predicts with it.
    ///
    /// # Errors
    /// If it predicts nothing.
    pub fn predicting(&self) -> Result<&dyn Predict> {
        self.predictor().ok_or_else(|| {
            Error::data(
                format!("the model `{}` predicts no target", self.name()),
                "`induce show` says what it can do",
            )
        })
    }
}
