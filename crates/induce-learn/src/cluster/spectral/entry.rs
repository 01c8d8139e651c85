//! Spectral clustering as the registry knows it.

use induce_core::metrics::{Predictions, Score, Task, scores};
use induce_core::model::{
    AnyFitted, Cluster, Data, DataKind, Embedding, Entry, Evaluation, Fact, Fit, Graph, Inputs, Model,
    ModelInfo, Predict, Prediction, Registry, Rows, Schema, Section, Transform, any_task, read_spec,
};
use induce_core::model_file::ModelFile;
use induce_core::{Result, Run};
use serde_json::Value;

use crate::graph::Partition;

use super::fit::{fit, fit_graph};
use super::model::{Learnt, Spectral};
use super::spec::Spec;
use super::store::KIND;

/// Spectral clustering.
pub static SPECTRAL: Entry = Entry {
    info: ModelInfo {
        name: KIND,
        title: "Spectral clustering",
        about: "For clusters of any shape, and for graphs: divides what is weakly connected, where k-means needs clusters \
                that are round. Chooses their number by the eigenvalues unless it is told.",
        idea: [
            "that of k-means, on points that the graph makes: eigenvectors of its Laplacian",
            "none",
            "the smallest eigenvalues, in blocks; then k-means, or a rotation towards indicators",
        ],
    },
    input: DataKind::Rows,
    also: &[DataKind::Graph],
    tasks: &[Task::Clustering],
    settings: Spec::SETTINGS,
    search: None,
    defaults: || serde_json::to_value(Spec::default()).unwrap_or_default(),
    check: |values, _| read_spec::<Spec>(KIND, values)?.check(),
    task_of: any_task,
    fit: fit_any,
    kind: KIND,
    open,
};

fn fit_any(values: &Value, data: &Data, context: &mut Fit) -> Result<AnyFitted> {
    context.init.refuse(KIND)?;
    let spec: Spec = read_spec(KIND, values)?;
    let fitted = match data {
        Data::Graph(graph) => fit_graph(&spec, graph, context.run)?,
        _ => fit(&spec, data.rows()?, context.run)?,
    };
    Ok(fitted.map(|model| Box::new(model) as Box<dyn Model>))
}

fn open(file: &ModelFile, _: &Registry) -> Result<Box<dyn Model>> {
    Ok(Box::new(Spectral::from_file(file)?))
}

impl Model for Spectral {
    fn entry(&self) -> &'static Entry {
        &SPECTRAL
    }

    fn reads(&self) -> DataKind {
        match self.learnt {
            Learnt::Rows(_) => DataKind::Rows,
            Learnt::Graph(_) => DataKind::Graph,
        }
    }

    fn settings(&self) -> Value {
        serde_json::to_value(&self.spec).unwrap_or_default()
    }

    fn store(&self) -> Result<ModelFile> {
        self.to_file()
    }

    fn summary(&self) -> Vec<Section> {
        self.sections()
    }

    fn report(&self, _: &Data, _: &Run) -> Result<Vec<Section>> {
        Ok(self.pictures())
    }

    fn facts(&self) -> Vec<Fact> {
        let own = &self.division;
        vec![
            ("clusters", own.clusters.into()),
            ("labels", own.labels.clone().into()),
            ("eigenvalues", own.values.clone().into()),
            ("residuals", own.residuals.clone().into()),
            ("normalized_cut", own.partition.normalized_cut().into()),
            ("modularity", own.partition.modularity().into()),
            ("components", own.components.into()),
            ("sizes", own.partition.nodes.clone().into()),
        ]
    }

    fn notes(&self) -> Vec<String> {
        self.division.notes.clone()
    }

    fn evaluate(&self, data: &Data, run: &mut Run) -> Result<Evaluation> {
        match data {
            Data::Graph(graph) => self.of_graph(graph, run),
            _ => induce_core::model::evaluate_clusters(self, data.rows()?, run),
        }
    }

    fn predictor(&self) -> Option<&dyn Predict> {
        Some(self)
    }

    fn clusterer(&self) -> Option<&dyn Cluster> {
        Some(self)
    }

    fn transformer(&self) -> Option<&dyn Transform> {
        Some(self)
    }
}

impl Spectral {
    /// What is cut of a graph, and agreement with its known classes.
    fn of_graph(&self, graph: &Graph, run: &Run) -> Result<Evaluation> {
        let prediction = Spectral::predict(self, Inputs::Graph(graph), run.threads())?;
        let labels: Vec<u32> = prediction.values.iter().map(|label| *label as u32).collect();
        let partition = Partition::of(&graph.similarities()?, &labels, self.division.clusters);
        let score = |name: &str, value: f64| Score {
            name: name.into(),
            value,
            error: None,
            low: None,
            high: None,
        };
        let own = [
            score("normalized_cut", partition.normalized_cut()),
            score("modularity", partition.modularity()),
        ];
        let truth = graph.nodes.target.as_ref().map(|target| &target.values[..]);
        let judged = Predictions {
            own: &own,
            ..Predictions::clustering(truth.unwrap_or_default(), &prediction.values)
        };
        Ok(Evaluation {
            scores: scores(Task::Clustering, &judged)?,
            facts: vec![("nodes", labels.len().into())],
            prediction: Some(prediction),
        })
    }
}

impl Predict for Spectral {
    fn schema(&self) -> &Schema {
        static NONE: Schema = Schema::empty();
        match &self.learnt {
            Learnt::Rows(own) => &own.frame.schema,
            Learnt::Graph(_) => &NONE,
        }
    }

    fn task(&self) -> Task {
        Task::Clustering
    }

    fn predict(&self, inputs: Inputs, threads: usize) -> Result<Prediction> {
        Spectral::predict(self, inputs, threads)
    }
}

impl Cluster for Spectral {
    fn points(&self, inputs: Inputs, threads: usize) -> Result<Embedding> {
        self.embed(inputs, threads)
    }

    /// What is cut is known of the graph that was divided only.
    fn own_scores(&self, _: &Rows, _: usize) -> Result<Vec<Score>> {
        Ok(Vec::new())
    }
}

impl Transform for Spectral {
    fn transform(&self, inputs: Inputs, threads: usize) -> Result<Embedding> {
        self.embed(inputs, threads)
    }
}
