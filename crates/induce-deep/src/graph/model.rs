//! A trained network of graphs: what it says of nodes.

use induce_core::metrics::Task;
use induce_core::model::{
    Data, DataKind, Embedding, Entry, Evaluation, Fact, Graph, Inputs, Model, Predict, Prediction, Schema,
    Section, Transform, evaluate_predictions,
};
use induce_core::model_file::ModelFile;
use induce_core::{Result, Run};
use induce_tensor::Parameters;
use serde_json::Value;

use super::file::Header;
use super::network::Network;
use super::pass::{Learnt, layer};
use super::report;
use super::spec::Spec;

/// A trained network.
#[derive(Clone)]
pub struct Trained {
    /// Its row of the registry.
    pub entry: &'static Entry,
    /// What its file says besides the weights.
    pub header: Header,
    /// The settings.
    pub spec: Spec,
    /// The network.
    pub network: Network,
    /// What was learnt.
    pub parameters: Parameters,
    /// What the fit found out.
    pub notes: Vec<String>,
}

impl Trained {
    /// From its file, as a model of the entry that is named there.
    ///
    /// # Errors
    /// If it is of another kind, or damaged.
    pub fn open(file: &ModelFile, entry: fn(&str) -> &'static Entry) -> Result<Self> {
        let (header, spec, network, parameters) = Header::open(file)?;
        Ok(Self {
            entry: entry(header.settings["model"].as_str().unwrap_or_default()),
            spec,
            header,
            network,
            parameters,
            notes: Vec::new(),
        })
    }

    /// What comes out of the first `depth` layers for every node or graph. // (examples, width)
    fn layer(&self, graph: &Graph, depth: usize, threads: usize) -> Result<Vec<f32>> {
        let header = &self.header;
        if header.pooling.is_none() {
            graph.of_nodes("the model")?;
        }
        layer(
            &Learnt {
                reader: &header.reader,
                response: &header.response,
                pooling: header.pooling,
                seed: header.seed,
            },
            (&self.network, &self.parameters),
            (graph, depth),
            threads,
        )
    }
}

impl Model for Trained {
    fn entry(&self) -> &'static Entry {
        self.entry
    }

    fn reads(&self) -> DataKind {
        DataKind::Graph
    }

    fn settings(&self) -> Value {
        self.header.settings.clone()
    }

    fn store(&self) -> Result<ModelFile> {
        self.header.file(&self.parameters)
    }

    fn facts(&self) -> Vec<Fact> {
        vec![
            ("parameters", self.parameters.count().into()),
            ("inputs", self.network.shape.inputs.into()),
            ("widths", self.network.shape.widths.clone().into()),
            ("filters", self.network.shape.terms.into()),
            ("scale", self.header.response.scale.into()),
        ]
    }

    fn notes(&self) -> Vec<String> {
        self.notes.clone()
    }

    fn summary(&self) -> Vec<Section> {
        let filter = self.spec.encoder.filter;
        vec![
            report::layers(&self.network, filter, self.parameters.count()),
            report::responses(&self.network, &self.parameters, &self.header.response),
        ]
    }

    fn report(&self, data: &Data, run: &Run) -> Result<Vec<Section>> {
        let (graph, classes) = (data.graph()?, &self.header.schema.classes);
        let prediction = self.predict(Inputs::Graph(graph), run.threads())?;
        let said: Vec<usize> = prediction.values.iter().map(|class| *class as usize).collect();
        let mut all = vec![report::picture(classes, graph, &said)?];
        all.extend(report::confusion(classes, graph, &said));
        all.extend(self.summary());
        Ok(all)
    }

    fn evaluate(&self, data: &Data, run: &mut Run) -> Result<Evaluation> {
        evaluate_predictions(self, data, run)
    }

    fn predictor(&self) -> Option<&dyn Predict> {
        Some(self)
    }

    fn transformer(&self) -> Option<&dyn Transform> {
        Some(self)
    }
}

impl Predict for Trained {
    fn schema(&self) -> &Schema {
        &self.header.schema
    }

    fn task(&self) -> Task {
        Task::Classification
    }

    fn remarks(&self, inputs: Inputs) -> Result<Vec<String>> {
        Ok(self.header.reader.remarks(inputs.graph()?))
    }

    fn predict(&self, inputs: Inputs, threads: usize) -> Result<Prediction> {
        let logits = self.layer(inputs.graph()?, self.network.depth(), threads)?;
        let classes = self.header.schema.classes.len();
        let mut probabilities = Vec::with_capacity(logits.len());
        for row in logits.chunks_exact(classes) {
            let most = row.iter().fold(f32::NEG_INFINITY, |most, x| most.max(*x));
            let each = |x: &f32| f64::from(x - most).exp();
            let sum: f64 = row.iter().map(each).sum();
            probabilities.extend(row.iter().map(|x| each(x) / sum));
        }
        Ok(Prediction::of_classes(probabilities, classes))
    }
}

impl Transform for Trained {
    /// The last hidden layer.
    fn transform(&self, inputs: Inputs, threads: usize) -> Result<Embedding> {
        let depth = self.network.depth().saturating_sub(1).max(1);
        let values = self.layer(inputs.graph()?, depth, threads)?;
        let width = self.network.shape.widths[depth - 1];
        Ok(Embedding {
            values: values.into_iter().map(f64::from).collect(),
            names: (0..width).map(|k| format!("h{k}")).collect(),
        })
    }
}
