//! Latent Dirichlet allocation as the registry knows it.

use induce_core::Result;
use induce_core::model::{
    AnyFitted, Data, DataKind, Entry, Fit, Model as Fitted, ModelInfo, any_task, read_spec,
};
use serde_json::Value;

use super::{Counts, Spec, fit, store};

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
    context.init.refuse("lda")?;
    let spec: Spec = read_spec("lda", values)?;
    let counts = Counts::learn(data)?;
    let weight = match data {
        Data::Rows(own) => own.weight.as_deref(),
        _ => None,
    };
    let fitted = fit(&spec, &counts, weight, context.run)?;
    Ok(fitted.map(|model| Box::new(model) as Box<dyn Fitted>))
}
