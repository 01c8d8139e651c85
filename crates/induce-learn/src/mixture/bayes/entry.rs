//! Bayesian mixtures as the registry knows them.

use induce_core::metrics::Task;
use induce_core::model::{
    AnyFitted, Data, DataKind, Entry, Fit, Model as Fitted, ModelInfo, any_task, read_spec,
};
use induce_core::{Error, Result};
use serde_json::Value;

use super::{Model, Spec, fit, store};

/// Bayesian Gaussian mixture.
pub static BAYES_GMM: Entry = Entry {
    info: ModelInfo {
        name: "bayes-gmm",
        title: "Bayesian Gaussian mixture",
        about: "Clusters with shapes of their own, as many as the rows speak for: give more than are needed, and the rest stay empty.",
        idea: [
            "mixture of Gaussians with full, tied, diagonal or spherical covariances",
            "sticks of a Dirichlet process or a Dirichlet distribution over weights; Gauss-Wishart over components",
            "mean field: coordinate ascent, natural gradients, or memoised with births and merges",
        ],
    },
    input: DataKind::Rows,
    also: &[],
    tasks: &[Task::Clustering],
    settings: Spec::SETTINGS,
    search: None,
    defaults: || serde_json::to_value(Spec::default()).unwrap_or_default(),
    check: |values, _| read_spec::<Spec>("bayes-gmm", values)?.check(),
    task_of: any_task,
    fit: fit_any,
    kind: "bayes-gmm",
    open: |file, _| Ok(Box::new(store::from_file(file)?)),
};

fn fit_any(values: &Value, data: &Data, context: &mut Fit) -> Result<AnyFitted> {
    let spec: Spec = read_spec("bayes-gmm", values)?;
    let before = context.init.model.map(|model| {
        model.downcast::<Model>().ok_or_else(|| {
            Error::data(
                format!("`bayes-gmm` cannot go on from a model `{}`", model.name()),
                "give a Bayesian mixture",
            )
        })
    });
    let fitted = fit(&spec, data.rows()?, before.transpose()?, context.run)?;
    Ok(fitted.map(|model| Box::new(model) as Box<dyn Fitted>))
}
