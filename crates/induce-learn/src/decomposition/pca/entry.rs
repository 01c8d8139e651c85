//! Principal components as the registry knows them.

use induce_core::Result;
use induce_core::model::{
    AnyFitted, Data, DataKind, Entry, Fit, Model as Fitted, ModelInfo, any_task, read_spec,
};
use serde_json::Value;

use super::{Model, Spec, fit};

/// Principal components.
pub static PCA: Entry = Entry {
    info: ModelInfo {
        name: "pca",
        title: "Principal components",
        about: "The few directions that rows differ along most: to look at them in two dimensions, or to keep less of them.",
        idea: [
            "Gaussian noise about an affine image of a few numbers",
            "standard Gaussian over these numbers",
            "eigenvectors of the covariance; expectation-maximisation where values are missing",
        ],
    },
    input: DataKind::Rows,
    also: &[],
    tasks: &[],
    settings: Spec::SETTINGS,
    search: None,
    defaults: || serde_json::to_value(Spec::default()).unwrap_or_default(),
    check: |values, _| read_spec::<Spec>("pca", values)?.check(),
    task_of: any_task,
    fit: fit_any,
    kind: "pca",
    open: |file, _| Ok(Box::new(Model::from_file(file)?)),
};

fn fit_any(values: &Value, data: &Data, context: &mut Fit) -> Result<AnyFitted> {
    context.init.refuse("pca")?;
    let spec: Spec = read_spec("pca", values)?;
    let fitted = fit(&spec, data.rows()?, context.run)?;
    Ok(fitted.map(|model| Box::new(model) as Box<dyn Fitted>))
}
