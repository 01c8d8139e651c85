//! Supervised networks as the registry knows them.

use induce_core::Result;
use induce_core::metrics::Task;
use induce_core::model::{AnyFitted, Data, DataKind, Entry, Fit, Model, ModelInfo, any_task, read_spec};
use serde_json::{Value, json};

use super::file::KIND;
use super::fit::fit;
use super::model::Trained;
use super::spec::{Convolution, Spec};
use crate::layers::Widths;
use crate::train::{BayesSpec, Training, WeightKind};

/// An entry for tables and images.
const fn entry(
    info: ModelInfo,
    defaults: fn() -> Value,
    fit: fn(&Value, &Data, &mut Fit) -> Result<AnyFitted>,
) -> Entry {
    Entry {
        info,
        input: DataKind::Rows,
        also: &[DataKind::Images],
        tasks: &[Task::Regression, Task::Classification],
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

const LIKELIHOOD: &str = "Gaussian about what the network says, or classes by its logits";

/// Multilayer perceptron, as the registry knows it.
pub static MLP: Entry = entry(
    ModelInfo {
        name: "mlp",
        title: "Multilayer perceptron",
        about: "Layers of numbers that learn curves and interactions of many columns, or the classes of images. Where rows are few and columns mean \
                something, `boost` is better and faster.",
        idea: [
            LIKELIHOOD,
            "none, or Gaussian by weight decay",
            "stochastic gradients by back-propagation",
        ],
    },
    || serde_json::to_value(Spec::default()).unwrap_or_default(),
    |values, data, context| learn(&MLP, values, data, context),
);

/// Convolutional network, as the registry knows it.
pub static CNN: Entry = Entry {
    input: DataKind::Images,
    also: &[],
    tasks: &[Task::Classification],
    ..entry(
        ModelInfo {
            name: "cnn",
            title: "Convolutional network",
            about: "Learns the classes of images: convolutions of 3 x 3 see what is near, and what they find is kept wherever it is.",
            idea: [
                LIKELIHOOD,
                "none, or Gaussian by weight decay",
                "stochastic gradients by back-propagation",
            ],
        },
        || {
            preset(Spec {
                channels: Widths(vec![32, 64]),
                hidden: Widths(vec![128]),
                dropout: 0.25,
                epochs: 5,
                ..Spec::default()
            })
        },
        |values, data, context| learn(&CNN, values, data, context),
    )
};

/// Convolutional network on the graph of pixels, as the registry knows it.
pub static GRAPH_CNN: Entry = Entry {
    input: DataKind::Images,
    also: &[],
    tasks: &[Task::Classification],
    ..entry(
        ModelInfo {
            name: "graph-cnn",
            title: "Convolutional network on a graph of pixels",
            about: "As `cnn`, but without knowing that pixels lie in rows: filters of the graph in which each is joined to its neighbours, and pooling by a \
                    hierarchy of coarser graphs. It shows that convolutions need no grid; where there is one, `cnn` is faster and better.",
            idea: [
                LIKELIHOOD,
                "none, or Gaussian by weight decay",
                "stochastic gradients by back-propagation (Defferrard, Bresson & Vandergheynst 2016)",
            ],
        },
        || {
            preset(Spec {
                channels: Widths(vec![32, 64]),
                convolution: Convolution::Graph,
                hidden: Widths(vec![512]),
                dropout: 0.5,
                epochs: 5,
                ..Spec::default()
            })
        },
        |values, data, context| learn(&GRAPH_CNN, values, data, context),
    )
};

/// Multilayer perceptron with random weights, as the registry knows it.
pub static BAYES_MLP: Entry = entry(
    ModelInfo {
        name: "bayes-mlp",
        title: "Bayesian multilayer perceptron",
        about: "A multilayer perceptron that knows how sure it is of every weight: `mlp --set weights=bayes`. What it predicts is the mean over networks, and \
                `induce evaluate` says what is noise, what is not known, and how few of the weights matter.",
        idea: [
            LIKELIHOOD,
            "a Gaussian, or a narrow and a wide one, on every weight",
            "mean field by stochastic gradients: Bayes by Backprop (Blundell et al. 2015)",
        ],
    },
    || {
        preset(Spec {
            validation_fraction: 0.0,
            epochs: 150,
            training: Training {
                // Deviations have far to go from where they begin.
                learning_rate: 0.005,
                bayes: BayesSpec {
                    weights: WeightKind::Bayes,
                    ..BayesSpec::default()
                },
                ..Spec::default().training
            },
            ..Spec::default()
        })
    },
    |values, data, context| learn(&BAYES_MLP, values, data, context),
);

/// Every supervised network.
pub static ENTRIES: [&Entry; 4] = [&MLP, &CNN, &GRAPH_CNN, &BAYES_MLP];

fn preset(spec: Spec) -> Value {
    serde_json::to_value(spec).unwrap_or_default()
}

/// The entry called `name`; a file of a name that nobody knows is an `mlp`.
fn entry_of(name: &str) -> &'static Entry {
    let found = ENTRIES.iter().find(|entry| entry.info.name == name);
    found.copied().unwrap_or(&MLP)
}

fn learn(entry: &'static Entry, values: &Value, data: &Data, context: &mut Fit) -> Result<AnyFitted> {
    context.init.refuse(entry.info.name)?;
    if !entry.reads(data.kind()) {
        data.images()?;
    }
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
