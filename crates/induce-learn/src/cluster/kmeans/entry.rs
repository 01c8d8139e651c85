//! k-means as the registry knows it.

use induce_core::Result;
use induce_core::metrics::Task;
use induce_core::model::{AnyFitted, Data, DataKind, Entry, Fit, Model, ModelInfo, any_task, read_spec};
use serde_json::Value;

use super::{Spec, fit};
use crate::cluster::centres::Centres;

/// k-means.
pub static KMEANS: Entry = Entry {
    info: ModelInfo {
        name: "kmeans",
        title: "k-means",
        about: "Divides rows into k compact clusters about their means. `n_clusters=auto` chooses k.",
        idea: [
            "Gaussians of one small variance about k centres, its limit at 0",
            "none",
            "alternating assignment and means (Lloyd), from several k-means++ starts",
        ],
    },
    input: DataKind::Rows,
    also: &[],
    tasks: &[Task::Clustering],
    settings: Spec::SETTINGS,
    search: None,
    defaults: || serde_json::to_value(Spec::default()).unwrap_or_default(),
    check: |values, _| read_spec::<Spec>("kmeans", values)?.check(),
    task_of: any_task,
    fit: fit_any,
    kind: "kmeans",
    open: |file, _| Ok(Box::new(Centres::from_file(&KMEANS, file)?)),
};

fn fit_any(values: &Value, data: &Data, context: &mut Fit) -> Result<AnyFitted> {
    context.init.refuse("kmeans")?;
    let spec: Spec = read_spec("kmeans", values)?;
    let fitted = fit(&spec, data.rows()?, context.run)?;
    Ok(fitted.map(|model| Box::new(model) as Box<dyn Model>))
}
