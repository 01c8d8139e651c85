//! Label propagation as the registry knows it.

use induce_core::metrics::Task;
use induce_core::model::{
    AnyFitted, Block, Data, DataKind, Entry, Evaluation, Fact, Fit, Grid, Model, ModelInfo, Predict, Section,
    any_task, evaluate_predictions, read_spec,
};
use induce_core::model_file::ModelFile;
use induce_core::{FitReport, Fitted, Outcome, Result, Run};
use serde_json::Value;

use super::model::{KIND, Propagation, fit};
use super::spec::Spec;

/// Label propagation.
pub static LABEL_PROPAGATION: Entry = Entry {
    info: ModelInfo {
        name: KIND,
        title: "Label propagation",
        about: "Spreads the classes of a few nodes along the edges of a graph, without features and without anything to be trained: what `gcn` is held \
                against.",
        idea: [
            "known classes are values of a field on the nodes",
            "a Gaussian field whose precision is the Laplacian: neighbours are alike",
            "the mode of the posterior, by iteration (Zhou et al. 2004; Zhu, Ghahramani & Lafferty 2003)",
        ],
    },
    input: DataKind::Graph,
    also: &[],
    tasks: &[Task::Classification],
    settings: Spec::SETTINGS,
    search: None,
    defaults: || serde_json::to_value(Spec::default()).unwrap_or_default(),
    check: |values, _| read_spec::<Spec>(KIND, values)?.check_ranges(),
    task_of: any_task,
    fit: fit_any,
    kind: KIND,
    open: |file, _| Ok(Box::new(Propagation::from_file(file)?)),
};

fn fit_any(values: &Value, data: &Data, context: &mut Fit) -> Result<AnyFitted> {
    context.init.refuse(KIND)?;
    let spec: Spec = read_spec(KIND, values)?;
    let model = fit(&spec, data.graph()?, context.run.threads())?;
    Ok(Fitted {
        outcome: Outcome::Converged {
            reason: format!("the classes of {} nodes are kept", model.names.len()),
        },
        model: Box::new(model) as Box<dyn Model>,
        report: FitReport::new(1, Vec::new()),
    })
}

impl Model for Propagation {
    fn entry(&self) -> &'static Entry {
        &LABEL_PROPAGATION
    }

    fn settings(&self) -> Value {
        serde_json::to_value(&self.spec).unwrap_or_default()
    }

    fn store(&self) -> Result<ModelFile> {
        self.to_file()
    }

    fn facts(&self) -> Vec<Fact> {
        vec![("known_nodes", self.names.len().into())]
    }

    fn notes(&self) -> Vec<String> {
        self.notes.clone()
    }

    fn summary(&self) -> Vec<Section> {
        let count = |class: usize| self.classes.iter().filter(|own| **own as usize == class).count();
        let rows = self.schema.classes.iter().enumerate();
        let rows = rows.map(|(class, name)| vec![name.clone(), count(class).to_string()]);
        let grid = Grid::new(&["class", "nodes that are known"], rows.collect());
        vec![Section::new("Known classes", vec![Block::Grid(grid)])]
    }

    fn evaluate(&self, data: &Data, run: &mut Run) -> Result<Evaluation> {
        evaluate_predictions(self, data, run)
    }

    fn predictor(&self) -> Option<&dyn Predict> {
        Some(self)
    }
}
