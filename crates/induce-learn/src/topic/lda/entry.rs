//! Latent Dirichlet allocation as the registry knows it.

use induce_core::model::{
    AnyFitted, Data, DataKind, Entry, Fit, Model as Fitted, ModelInfo, any_task, read_spec,
};
use induce_core::{Error, Result};
use serde_json::Value;

use super::{Counts, Model, Spec, fit, store};

/// Latent Dirichlet allocation.
pub static LDA: Entry = Entry {
    info: ModelInfo {
        name: "lda",
        title: "Latent Dirichlet allocation",
        about: "Topics: which words go together, and how much of each topic is in every document. Columns are words and cells are \
                counts; or the lines of a text are documents.",
        idea: [
            "every word of a document is drawn from one of its topics",
            "Dirichlet over the topics of a document and over the words of a topic",
            "mean field: coordinate ascent, or natural gradients on mini-batches",
        ],
    },
    input: DataKind::Rows,
    also: &[DataKind::Text],
    tasks: &[],
    settings: Spec::SETTINGS,
    search: None,
    defaults: || serde_json::to_value(Spec::default()).unwrap_or_default(),
    check: |values, _| read_spec::<Spec>("lda", values)?.check(),
    task_of: any_task,
    fit: fit_any,
    kind: "lda",
    open: |file, _| Ok(Box::new(store::from_file(file)?)),
};

fn fit_any(values: &Value, data: &Data, context: &mut Fit) -> Result<AnyFitted> {
    let spec: Spec = read_spec("lda", values)?;
    let before = context.init.model.map(|model| {
        model.downcast::<Model>().ok_or_else(|| {
            Error::data(
                format!("`lda` cannot go on from a model `{}`", model.name()),
                "give topics",
            )
        })
    });
    let before = before.transpose()?;
    let counts = match before {
        Some(model) => Counts::known(&model.schema, data)?,
        None => Counts::learn(data)?,
    };
    let weight = match data {
        Data::Rows(own) => own.weight.as_deref(),
        _ => None,
    };
    let fitted = fit(&spec, &counts, weight, before, context.run)?;
    Ok(fitted.map(|model| Box::new(model) as Box<dyn Fitted>))
}
