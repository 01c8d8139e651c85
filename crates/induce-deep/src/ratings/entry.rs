//! Graph convolutional matrix completion as the registry knows it.

use induce_core::Result;
use induce_core::metrics::Task;
use induce_core::model::{AnyFitted, Data, DataKind, Entry, Fit, Model, ModelInfo, any_task, read_spec};
use serde_json::Value;

use super::file::KIND;
use super::fit::fit;
use super::model::Trained;
use super::spec::Spec;

/// Graph convolutional matrix completion.
pub static GCMC: Entry = Entry {
    info: ModelInfo {
        name: "gcmc",
        title: "Graph convolutional matrix completion",
        about: "Recommends: ratings are edges between users and items, and what these pass on to each other makes embeddings, from which the level of every \
                other rating is foretold. It also reads what else is known of users and items (`--users`, `--items`).",
        idea: [
            "a level for every rating, by a softmax of bilinear forms of embeddings",
            "none; dropout of nodes and of hidden units",
            "Adam over all ratings at once, weights averaged",
        ],
    },
    input: DataKind::Rows,
    also: &[],
    tasks: &[Task::Regression],
    settings: Spec::SETTINGS,
    search: None,
    defaults: || serde_json::to_value(Spec::default()).unwrap_or_default(),
    check: |values, _| read_spec::<Spec>(KIND, values)?.check(),
    task_of: any_task,
    fit: fit_any,
    kind: KIND,
    open: |file, _| Ok(Box::new(Trained::open(file)?)),
};

fn fit_any(values: &Value, data: &Data, context: &mut Fit) -> Result<AnyFitted> {
    context.init.refuse(KIND)?;
    let fitted = fit(values, data.rows()?, context.checkpoints, context.run)?;
    Ok(fitted.map(|model| Box::new(model) as Box<dyn Model>))
}
