//! Bayesian regressions as the registry knows them.

use induce_core::metrics::Task;
use induce_core::model::{
    AnyFitted, Data, DataKind, Entry, Fit, Model as Fitting, ModelInfo, Rows, any_task, read_spec,
};
use induce_core::{Fitted, Result, Run};
use serde_json::Value;

use super::{LogisticSpec, Model, Spec, fit_linear, fit_logistic, store};

/// Bayesian linear regression.
pub static BAYES_LINEAR: Entry = Entry {
    info: ModelInfo {
        name: "bayes-linear",
        title: "Bayesian linear regression",
        about: "Linear regression that learns how large coefficients and noise are, and says how sure it is of each of them and of \
                every prediction.",
        idea: [
            "Gaussian of unknown precision",
            "Gaussian over coefficients, gammas over its precision and that of the noise",
            "mean field by coordinate ascent",
        ],
    },
    input: DataKind::Rows,
    also: &[],
    tasks: &[Task::Regression],
    settings: Spec::SETTINGS,
    search: None,
    defaults: || serde_json::to_value(Spec::default()).unwrap_or_default(),
    check: |values, _| read_spec::<Spec>("bayes-linear", values)?.check(),
    task_of: any_task,
    fit: |values, data, context| any(values, data, context, "bayes-linear", fit_linear),
    kind: "bayes-linear",
    open: |file, _| Ok(Box::new(store::from_file(file)?)),
};

/// Bayesian logistic regression.
pub static BAYES_LOGISTIC: Entry = Entry {
    info: ModelInfo {
        name: "bayes-logistic",
        title: "Bayesian logistic regression",
        about: "Probabilities of two classes that know how sure they are: coefficients have a posterior, and probabilities have bands.",
        idea: [
            "Bernoulli, logit link",
            "Gaussian over coefficients, a gamma over its precision",
            "mean field under the bound of Jaakkola and Jordan",
        ],
    },
    tasks: &[Task::Classification],
    settings: LogisticSpec::SETTINGS,
    defaults: || serde_json::to_value(LogisticSpec::default()).unwrap_or_default(),
    check: |values, _| read_spec::<LogisticSpec>("bayes-logistic", values)?.check(),
    fit: |values, data, context| any(values, data, context, "bayes-logistic", fit_logistic),
    kind: "bayes-logistic",
    ..BAYES_LINEAR
};

fn any<S: serde::de::DeserializeOwned>(
    values: &Value,
    data: &Data,
    context: &mut Fit,
    name: &'static str,
    fit: impl Fn(&S, &Rows, &mut Run) -> Result<Fitted<Model>>,
) -> Result<AnyFitted> {
    context.init.refuse(name)?;
    let spec: S = read_spec(name, values)?;
    let fitted = fit(&spec, data.rows()?, context.run)?;
    Ok(fitted.map(|model| Box::new(model) as Box<dyn Fitting>))
}
