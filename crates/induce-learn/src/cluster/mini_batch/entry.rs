//! Mini-batch k-means as the registry knows it.

use induce_core::metrics::Task;
use induce_core::model::{AnyFitted, Data, DataKind, Entry, Fit, Model, ModelInfo, any_task, read_spec};
use induce_core::{Error, Result};
use serde_json::Value;

use super::{Spec, fit};
use crate::cluster::centres::Centres;

/// Mini-batch k-means.
pub static MINI_BATCH: Entry = Entry {
    info: ModelInfo {
        name: "mini-batch-kmeans",
        title: "Mini-batch k-means",
        about: "k-means on some rows at a time: for many rows, or rows that come later. `--from MODEL` goes on.",
        idea: [
            "Gaussians of one small variance about k centres, its limit at 0",
            "none",
            "stochastic descent on mini-batches, each centre at its own rate",
        ],
    },
    input: DataKind::Rows,
    also: &[],
    tasks: &[Task::Clustering],
    settings: Spec::SETTINGS,
    search: None,
    defaults: || serde_json::to_value(Spec::default()).unwrap_or_default(),
    check: |values, _| read_spec::<Spec>("mini-batch-kmeans", values)?.check(),
    task_of: any_task,
    fit: fit_any,
    kind: "mini-batch-kmeans",
    open: |file, _| Ok(Box::new(Centres::from_file(&MINI_BATCH, file)?)),
};

fn fit_any(values: &Value, data: &Data, context: &mut Fit) -> Result<AnyFitted> {
    let spec: Spec = read_spec("mini-batch-kmeans", values)?;
    let before = context.init.model.map(|model| {
        model.downcast::<Centres>().ok_or_else(|| {
            Error::data(
                format!("`mini-batch-kmeans` cannot go on from a model `{}`", model.name()),
                "give one of k-means",
            )
        })
    });
    let fitted = fit(&spec, data.rows()?, before.transpose()?, context.run)?;
    Ok(fitted.map(|model| Box::new(model) as Box<dyn Model>))
}
