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

mod contract;
mod data;
mod dataset;
mod entry;
mod evaluation;
mod fit;
mod output;
pub mod ratings;
mod schema;
mod section;
mod setting;
mod settings;

pub use contract::{
    Bounds, Cluster, Density, Explain, Generate, Impute, Link, Links, Model, Predict, Recommend, Redraw,
    Transform, evaluate_clusters, evaluate_predictions, no_new_clusters, no_shap,
};
pub use data::{
    Collection, Content, Data, DataKind, Environment, Fact, Features, Graph, Images, Inputs, NodeSplit,
    OnlyTask, Rows, RowsOptions, TabularMdp, Target, Text, Transition,
};
pub use dataset::{ClassWeight, Dataset, check_rows, weights};
pub use entry::{AnyFitted, Entry, ModelInfo, Registry, any_task};
pub use evaluation::{Beaten, Evaluation};
pub use fit::{Callback, Fit, InitModel, Snapshot};
pub use output::{Embedding, Ends, Importance, Intervals, Margins, Prediction, Shap};
pub use schema::{Feature, FeatureType, MISSING, Schema, Source, UNSEEN, Unseen};
pub use section::{Bars, Block, Grid, Intervals as IntervalRows, Lines, Pictures, Points, Section, TreeNode};
pub use setting::{Bound, Range, Setting, SettingValue, Space, When, assign, both, range, trimmed};
pub use settings::{Settings, read_spec};
