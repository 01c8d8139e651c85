//! Networks of graphs as the registry knows them.

use induce_core::Result;
use induce_core::metrics::Task;
use induce_core::model::{AnyFitted, Data, DataKind, Entry, Fit, Model, ModelInfo, any_task, read_spec};
use serde_json::{Value, json};

use super::file::KIND;
use super::filter::FilterKind;
use super::fit::fit;
use super::model::Trained;
use super::spec::Spec;
use crate::layers::Widths;

/// An entry for graphs.
const fn entry(
    info: ModelInfo,
    defaults: fn() -> Value,
    fit: fn(&Value, &Data, &mut Fit) -> Result<AnyFitted>,
) -> Entry {
    Entry {
        info,
        input: DataKind::Graph,
        also: &[],
        tasks: &[Task::Classification],
        settings: Spec::SETTINGS,
        search: None,
        defaults,
        check: |values, _| read_spec::<Spec>("the network", values)?.check(),
        task_of: any_task,
        fit,
        kind: KIND,
        open: |file, _| Ok(Box::new(Trained::open(file, entry_of)?)),
    }
}

const LIKELIHOOD: &str = "classes of nodes, or of graphs, by softmax of the network's logits";
const PRIOR: &str = "Gaussian on the weights of the first layer";

/// Graph convolutional network, as the registry knows it.
pub static GCN: Entry = entry(
    ModelInfo {
        name: "gcn",
        title: "Graph convolutional network",
        about: "Learns the classes of nodes from a few that are known: every layer takes the mean of a node's neighbours and its own features, so \
                that classes spread along edges.",
        idea: [
            LIKELIHOOD,
            PRIOR,
            "maximum a posteriori by gradients on all nodes at once (Kipf & Welling 2017)",
        ],
    },
    || serde_json::to_value(Spec::default()).unwrap_or_default(),
    |values, data, context| learn(&GCN, values, data, context),
);

/// Network of Chebyshev filters, as the registry knows it.
pub static CHEBNET: Entry = entry(
    ModelInfo {
        name: "chebnet",
        title: "Network of Chebyshev filters",
        about: "As `gcn`, with polynomials of the graph's Laplacian that see several steps far and tell near from far: `gcn --set filter=chebyshev`.",
        idea: [
            LIKELIHOOD,
            PRIOR,
            "maximum a posteriori by gradients (Defferrard, Bresson & Vandergheynst 2016)",
        ],
    },
    || {
        let mut spec = Spec::default();
        spec.encoder.filter = FilterKind::Chebyshev;
        serde_json::to_value(spec).unwrap_or_default()
    },
    |values, data, context| learn(&CHEBNET, values, data, context),
);

/// Graph isomorphism network, as the registry knows it.
pub static GIN: Entry = entry(
    ModelInfo {
        name: "gin",
        title: "Graph isomorphism network",
        about: "As `gcn`, with sums over neighbours instead of means, so that it tells apart what differs in degrees alone: for classes of whole graphs.",
        idea: [
            LIKELIHOOD,
            PRIOR,
            "maximum a posteriori by gradients on a few graphs a step (Xu et al. 2019)",
        ],
    },
    || {
        let mut spec = Spec {
            l2: 0.0,
            ..Spec::default()
        };
        spec.encoder.filter = FilterKind::Sum;
        spec.encoder.hidden = Widths(vec![64, 64]);
        spec.encoder.dropout = 0.1;
        serde_json::to_value(spec).unwrap_or_default()
    },
    |values, data, context| learn(&GIN, values, data, context),
);

/// Every network of graphs.
pub static ENTRIES: [&Entry; 3] = [&GCN, &CHEBNET, &GIN];

/// The entry called `name`; a file of a name that nobody knows is a `gcn`.
fn entry_of(name: &str) -> &'static Entry {
    let found = ENTRIES.iter().find(|entry| entry.info.name == name);
    found.copied().unwrap_or(&GCN)
}

fn learn(entry: &'static Entry, values: &Value, data: &Data, context: &mut Fit) -> Result<AnyFitted> {
    context.init.refuse(entry.info.name)?;
    let mut named = values.clone();
    named["model"] = entry.info.name.into();
    let mut fitted = fit(entry, &named, data, context.checkpoints, context.run)?;
    fitted.report.facts = vec![
        ("parameters".into(), fitted.model.parameters.count().into()),
        ("steps".into(), fitted.report.steps.into()),
        ("traces".into(), json!(fitted.report.traces)),
    ];
    Ok(fitted.map(|trained| Box::new(trained) as Box<dyn Model>))
}
