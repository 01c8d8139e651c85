//! DP-means as the registry knows it.

use induce_core::Result;
use induce_core::metrics::Task;
use induce_core::model::{
    AnyFitted, Data, DataKind, Entry, Fit, Model, ModelInfo, Space, any_task, read_spec,
};
use serde_json::Value;

use super::{Spec, fit};
use crate::cluster::centres::Centres;

/// DP-means.
pub static DP_MEANS: Entry = Entry {
    info: ModelInfo {
        name: "dp-means",
        title: "DP-means",
        about: "k-means that finds the number of clusters: a row farther than sqrt(lambda) from all makes a new one.",
        idea: [
            "Gaussians of one small variance about any number of centres, its limit at 0",
            "Dirichlet process, whose concentration vanishes with the variance",
            "alternating assignment, means and new clusters: the Gibbs sampler's limit",
        ],
    },
    input: DataKind::Rows,
    also: &[],
    tasks: &[Task::Clustering],
    settings: Spec::SETTINGS,
    search: Some(&[("n_clusters", Space::Whole(2, 20))]),
    defaults: || serde_json::to_value(Spec::default()).unwrap_or_default(),
    check: |values, _| read_spec::<Spec>("dp-means", values)?.check(),
    task_of: any_task,
    fit: fit_any,
    kind: "dp-means",
    open: |file, _| Ok(Box::new(Centres::from_file(&DP_MEANS, file)?)),
};

fn fit_any(values: &Value, data: &Data, context: &mut Fit) -> Result<AnyFitted> {
    context.init.refuse("dp-means")?;
    let spec: Spec = read_spec("dp-means", values)?;
    let fitted = fit(&spec, data.rows()?, context.run)?;
    Ok(fitted.map(|model| Box::new(model) as Box<dyn Model>))
}
