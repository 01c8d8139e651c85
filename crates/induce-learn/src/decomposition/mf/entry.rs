//! Matrix factorization as the registry knows it.

use induce_core::Result;
use induce_core::metrics::Task;
use induce_core::model::{
    AnyFitted, Data, DataKind, Entry, Fit, Model as Fitted, ModelInfo, any_task, read_spec,
};
use serde_json::Value;

use super::{Spec, fit, store};

/// Matrix factorization.
pub static MF: Entry = Entry {
    info: ModelInfo {
        name: "mf",
        title: "Matrix factorization",
        about: "Recommends: from ratings of items by users it foretells the others, says how sure it is of each, and lists the best items for a user. It \
                needs no tuning.",
        idea: [
            "Gaussian about a mean, biases of user and item, and a product of their factors",
            "a Gaussian on biases and factors, a precision for each",
            "mean-field variational Bayes, precisions and noise by the same bound",
        ],
    },
    input: DataKind::Rows,
    also: &[],
    tasks: &[Task::Regression],
    settings: Spec::SETTINGS,
    search: None,
    defaults: || serde_json::to_value(Spec::default()).unwrap_or_default(),
    check: |values, _| read_spec::<Spec>("mf", values)?.check(),
    task_of: any_task,
    fit: fit_any,
    kind: store::KIND,
    open: |file, _| Ok(Box::new(store::open(file)?)),
};

fn fit_any(values: &Value, data: &Data, context: &mut Fit) -> Result<AnyFitted> {
    context.init.refuse("mf")?;
    let spec: Spec = read_spec("mf", values)?;
    let fitted = fit(&spec, data.rows()?, context.run)?;
    Ok(fitted.map(|model| Box::new(model) as Box<dyn Fitted>))
}
