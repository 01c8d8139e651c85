//! The hard HDP as the registry knows it.

use induce_core::Result;
use induce_core::metrics::Task;
use induce_core::model::{
    AnyFitted, Data, DataKind, Entry, Fit, Model, ModelInfo, Space, any_task, read_spec,
};
use serde_json::Value;

use super::{Spec, fit};
use crate::cluster::centres::Centres;

/// The hard hierarchical Dirichlet process.
pub static HARD_HDP: Entry = Entry {
    info: ModelInfo {
        name: "hard-hdp",
        title: "Hard HDP",
        about: "DP-means on several data sets (`--group COL`) that share clusters: each has some of the global ones.",
        idea: [
            "Gaussians of one small variance about global centres, its limit at 0",
            "hierarchical Dirichlet process: data sets draw from the global clusters",
            "alternating assignment of rows, of local clusters, and means: the Gibbs sampler's limit",
        ],
    },
    input: DataKind::Rows,
    also: &[],
    tasks: &[Task::Clustering],
    settings: Spec::SETTINGS,
    search: Some(&[("n_clusters", Space::Whole(2, 20))]),
    defaults: || serde_json::to_value(Spec::default()).unwrap_or_default(),
    check: |values, _| read_spec::<Spec>("hard-hdp", values)?.check(),
    task_of: any_task,
    fit: fit_any,
    kind: "hard-hdp",
    open: |file, _| Ok(Box::new(Centres::from_file(&HARD_HDP, file)?)),
};

fn fit_any(values: &Value, data: &Data, context: &mut Fit) -> Result<AnyFitted> {
    context.init.refuse("hard-hdp")?;
    let spec: Spec = read_spec("hard-hdp", values)?;
    let fitted = fit(&spec, data.rows()?, context.run)?;
    Ok(fitted.map(|model| Box::new(model) as Box<dyn Model>))
}
