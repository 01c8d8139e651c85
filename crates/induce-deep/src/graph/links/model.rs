//! A trained graph auto-encoder: where nodes are, and which are likely to be joined.

use induce_core::metrics::{Predictions, Score, Task, scores};
use induce_core::model::ratings::largest;
use induce_core::model::{
    Data, DataKind, Embedding, Entry, Evaluation, Fact, Graph, Inputs, Link, Links, Model, Schema, Section,
    Transform, read_spec,
};
use induce_core::model_file::ModelFile;
use induce_core::parallel::map;
use induce_core::random::Stream;
use induce_core::{Result, Run};
use induce_tensor::Parameters;
use serde_json::Value;

use super::super::network::Network;
use super::super::pass::{Learnt, layer};
use super::super::report::layers;
use super::file::{Header, KIND};
use super::pairs::{Pairs, edges, strangers};
use super::spec::Spec;
use crate::train::read_network;

/// A trained graph auto-encoder.
#[derive(Clone)]
pub struct Trained {
    /// Its row of the registry.
    pub entry: &'static Entry,
    /// What its file says besides the weights.
    pub header: Header,
    /// The settings.
    pub spec: Spec,
    /// The encoder.
    pub network: Network,
    /// What was learnt.
    pub parameters: Parameters,
    /// What the fit found out.
    pub notes: Vec<String>,
}

impl Trained {
    /// From its file.
    ///
    /// # Errors
    /// If it is of another kind, or damaged.
    pub fn open(file: &ModelFile, entry: &'static Entry) -> Result<Self> {
        file.expect_kind(KIND)?;
        let header = Header {
            reader: file.json("reader")?,
            response: file.json("response")?,
            settings: file.json("spec")?,
            seed: file.json("seed")?,
        };
        let fault = |error: induce_core::Error| file.fault(error.to_string());
        header.reader.check().map_err(|reason| file.fault(reason))?;
        let spec: Spec = read_spec("the network", &header.settings).map_err(fault)?;
        spec.check().map_err(fault)?;
        header
            .response
            .check(spec.encoder.wanted())
            .map_err(|reason| file.fault(reason))?;
        let shape = header.shape(&spec);
        let activation = spec.encoder.activation.activation();
        let new = |parameters: &mut Parameters| Network::new(&shape, activation, parameters, None);
        let (network, parameters) = read_network(file, shape.size(), new)?;
        Ok(Self {
            entry,
            header,
            spec,
            network,
            parameters,
            notes: Vec::new(),
        })
    }

    /// Means of the embeddings of all nodes. // (nodes, latent)
    pub(super) fn places(&self, graph: &Graph, threads: usize) -> Result<Vec<f32>> {
        let header = &self.header;
        let said = layer(
            &Learnt {
                reader: &header.reader,
                response: &header.response,
                pooling: None,
                seed: header.seed,
            },
            (&self.network, &self.parameters),
            (graph, self.network.depth()),
            threads,
        )?;
        // Means come first; logarithms of deviations follow where embeddings are random.
        let outputs = self.network.shape.widths[self.network.depth() - 1];
        let means = said
            .chunks_exact(outputs)
            .flat_map(|row| &row[..self.spec.latent]);
        Ok(means.copied().collect())
    }

    /// The probability that two nodes are joined.
    fn joined(&self, places: &[f32], i: usize, j: usize) -> f64 {
        let own = |i: usize| &places[i * self.spec.latent..][..self.spec.latent];
        let dot: f64 = own(i)
            .iter()
            .zip(own(j))
            .map(|(a, b)| f64::from(*a) * f64::from(*b))
            .sum();
        1.0 / (1.0 + (-dot).exp())
    }

    /// The metrics of edges beside pairs that are none.
    pub(super) fn judged(&self, places: &[f32], edges: &Pairs, others: &Pairs) -> Result<Vec<Score>> {
        let pairs = [(edges, 1.0), (others, 0.0)];
        let (mut truth, mut probabilities) = (Vec::new(), Vec::new());
        for (own, class) in pairs {
            for (&i, &j) in own.left.iter().zip(&own.right) {
                let p = self.joined(places, i as usize, j as usize);
                truth.push(class);
                probabilities.extend([1.0 - p, p]);
            }
        }
        scores(
            Task::Classification,
            &Predictions::classification(&truth, &probabilities, 2),
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
            ("latent", self.spec.latent.into()),
        ]
    }

    fn notes(&self) -> Vec<String> {
        self.notes.clone()
    }

    fn columns(&self) -> Option<&Schema> {
        self.header.reader.columns()
    }

    fn summary(&self) -> Vec<Section> {
        vec![layers(
            &self.network,
            self.spec.encoder.filter,
            self.parameters.count(),
        )]
    }

    /// Of all edges of a graph, beside as many pairs that are none.
    fn evaluate(&self, data: &Data, run: &mut Run) -> Result<Evaluation> {
        let graph = data.graph()?;
        let weights = graph.undirected()?;
        let own = edges(&weights);
        let others = strangers(
            &weights,
            own.len(),
            Stream::new(run.seed(), "graph/links/evaluate"),
        );
        let places = self.places(graph, run.threads())?;
        Ok(Evaluation {
            scores: self.judged(&places, &own, &others)?,
            facts: vec![
                ("edges", own.len().into()),
                ("pairs_without_edge", others.len().into()),
            ],
            prediction: None,
        })
    }

    fn transformer(&self) -> Option<&dyn Transform> {
        Some(self)
    }

    fn linker(&self) -> Option<&dyn Links> {
        Some(self)
    }
}

impl Transform for Trained {
    fn transform(&self, inputs: Inputs, threads: usize) -> Result<Embedding> {
        let values = self.places(inputs.graph()?, threads)?;
        Ok(Embedding {
            values: values.into_iter().map(f64::from).collect(),
            names: (0..self.spec.latent).map(|k| format!("z{k}")).collect(),
        })
    }
}

impl Links for Trained {
    fn remarks(&self, graph: &Graph) -> Vec<String> {
        self.header.reader.remarks(graph)
    }

    fn links(&self, graph: &Graph, top: usize, threads: usize) -> Result<Vec<Link>> {
        let (weights, places) = (graph.undirected()?, self.places(graph, threads)?);
        let n = weights.rows();
        let of = |i: usize| {
            let known = &weights.index()[weights.starts()[i]..weights.starts()[i + 1]];
            let all: Vec<f64> = (0..n).map(|j| self.joined(&places, i, j)).collect();
            let taken = |j: usize| j == i || known.binary_search(&(j as u32)).is_ok();
            let link = |other: usize| Link {
                node: i as u32,
                other: other as u32,
                probability: all[other],
            };
            largest(&all, top, taken)
                .into_iter()
                .map(link)
                .collect::<Vec<Link>>()
        };
        Ok(map(threads, n, of).into_iter().flatten().collect())
    }
}
