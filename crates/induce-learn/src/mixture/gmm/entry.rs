//! Gaussian mixtures as the registry knows them.

use induce_core::metrics::Task;
use induce_core::model::{
    AnyFitted, Data, DataKind, Entry, Fit, Model as Fitted, ModelInfo, any_task, read_spec,
};
use induce_core::{Error, Result};
use serde_json::Value;

use super::{Model, Spec, fit};

/// Gaussian mixture.
pub static GMM: Entry = Entry {
    info: ModelInfo {
        name: "gmm",
        title: "Gaussian mixture",
        about: "Clusters with sizes, shapes and orientations of their own, and the probability of each; a density to sample from.",
        idea: [
            "mixture of Gaussians with full, tied, diagonal or spherical covariances",
            "none but a floor under variances",
            "expectation-maximisation from several starts",
        ],
    },
    input: DataKind::Rows,
    also: &[],
    tasks: &[Task::Clustering],
    settings: Spec::SETTINGS,
    search: None,
    defaults: || serde_json::to_value(Spec::default()).unwrap_or_default(),
    check: |values, _| read_spec::<Spec>("gmm", values)?.check(),
    task_of: any_task,
    fit: fit_any,
    kind: "gmm",
    open: |file, _| Ok(Box::new(Model::from_file(file)?)),
};

fn fit_any(values: &Value, data: &Data, context: &mut Fit) -> Result<AnyFitted> {
    let spec: Spec = read_spec("gmm", values)?;
    let before = context.init.model.map(|model| {
        model.downcast::<Model>().ok_or_else(|| {
            Error::data(
                format!("`gmm` cannot go on from a model `{}`", model.name()),
                "give a mixture",
            )
        })
    });
    let fitted = fit(&spec, data.rows()?, before.transpose()?, context.run)?;
    Ok(fitted.map(|model| Box::new(model) as Box<dyn Fitted>))
}
