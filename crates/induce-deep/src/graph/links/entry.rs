//! Graph auto-encoders as the registry knows them.

use induce_core::Result;
use induce_core::model::{AnyFitted, Data, DataKind, Entry, Fit, Model, ModelInfo, any_task, read_spec};
use serde_json::{Value, json};

use super::file::KIND;
use super::fit::fit;
use super::model::Trained;
use super::spec::Spec;

/// Variational graph auto-encoder, as the registry knows it.
pub static VGAE: Entry = Entry {
    info: ModelInfo {
        name: "vgae",
        title: "Variational graph auto-encoder",
        about: "Says which nodes of a graph are likely to be joined, and where they are: embeddings whose products say what edges there are. It learns from \
                edges, and needs no label.",
        idea: [
            "an edge with probability sigmoid(z_i' z_j)",
            "z ~ N(0, I) for every node",
            "amortised variational inference by a network of the graph (Kipf & Welling 2016)",
        ],
    },
    input: DataKind::Graph,
    also: &[],
    tasks: &[],
    settings: Spec::SETTINGS,
    search: None,
    defaults: || serde_json::to_value(Spec::default()).unwrap_or_default(),
    check: |values, _| read_spec::<Spec>("vgae", values)?.check(),
    task_of: any_task,
    fit: learn,
    kind: KIND,
    open: |file, _| Ok(Box::new(Trained::open(file, &VGAE)?)),
};

fn learn(values: &Value, data: &Data, context: &mut Fit) -> Result<AnyFitted> {
    context.init.refuse("vgae")?;
    let mut fitted = fit(&VGAE, values, data, context.checkpoints, context.run)?;
    fitted.report.facts = vec![
        ("parameters".into(), fitted.model.parameters.count().into()),
        ("steps".into(), fitted.report.steps.into()),
        ("traces".into(), json!(fitted.report.traces)),
    ];
    Ok(fitted.map(|trained| Box::new(trained) as Box<dyn Model>))
}
