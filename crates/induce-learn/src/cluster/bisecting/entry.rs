//! Bisecting k-means as the registry knows it.

use induce_core::Result;
use induce_core::metrics::Task;
use induce_core::model::{AnyFitted, Data, DataKind, Entry, Fit, Model, ModelInfo, any_task, read_spec};
use serde_json::Value;

use super::{Spec, fit};
use crate::cluster::centres::Centres;

/// Bisecting k-means.
pub static BISECTING: Entry = Entry {
    info: ModelInfo {
        name: "bisecting-kmeans",
        title: "Bisecting k-means",
        about: "k-means from above: the worst cluster is divided in two until there are k. Fast for many clusters, and a hierarchy.",
        idea: [
            "Gaussians of one small variance about k centres, its limit at 0",
            "none",
            "k-means with two centres, cluster after cluster",
        ],
    },
    input: DataKind::Rows,
    also: &[],
    tasks: &[Task::Clustering],
    settings: Spec::SETTINGS,
    search: None,
    defaults: || serde_json::to_value(Spec::default()).unwrap_or_default(),
    check: |values, _| read_spec::<Spec>("bisecting-kmeans", values)?.check(),
    task_of: any_task,
    fit: fit_any,
    kind: "bisecting-kmeans",
    open: |file, _| Ok(Box::new(Centres::from_file(&BISECTING, file)?)),
};

fn fit_any(values: &Value, data: &Data, context: &mut Fit) -> Result<AnyFitted> {
    context.init.refuse("bisecting-kmeans")?;
    let spec: Spec = read_spec("bisecting-kmeans", values)?;
    let fitted = fit(&spec, data.rows()?, context.run)?;
    Ok(fitted.map(|model| Box::new(model) as Box<dyn Model>))
}
