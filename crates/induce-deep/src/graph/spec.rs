//! The settings of networks of graphs: plain data.

use induce_core::model::{Range, SettingValue, range};
use induce_core::{Result, choices, settings};
use serde::{Deserialize, Serialize};

use super::filter::{FilterKind, Wanted};
use super::readout::Readout;
use crate::layers::{Hidden, Widths};
use crate::train::{ScheduleKind, Training};

choices! {
    /// How features of nodes are brought to one scale.
    pub enum Normalize {
        /// Rows where features are sparse, as words are; columns elsewhere.
        Auto = "auto",
        /// Divided by the sum of the row's absolute values.
        Rows = "rows",
        /// Centred and divided by the deviation of the column; sparse features stay as they are.
        Columns = "columns",
        /// As they are.
        None = "none",
    }
}

/// How many neighbours of a node are sampled in each layer; all of them where nothing is said.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Fanouts(pub Vec<usize>);

impl SettingValue for Fanouts {
    const RANGE: Range = Range::Said("a number of neighbours for each layer as in 10,10, or `[]` for all");

    fn check(&self, name: &str, _: &Range) -> Result<()> {
        match self.0.contains(&0) {
            true => Err(induce_core::Error::setting(
                name,
                format!("{:?}", self.0),
                "a layer that sees no neighbour sees no graph: take at least 1, or `[]` for all",
            )),
            false => Ok(()),
        }
    }
}

settings! {
    /// What every network of a graph may be told.
    pub part struct Encoder {
        /// Filters of the graph: their functions of the Laplacian
        filter: FilterKind = FilterKind::Renormalized;
        /// Order K: polynomials up to the power K, or K + 1 splines
        order: usize = 2, in range::to(1, 100), when filter ["chebyshev", "spectral"];
        /// Largest eigenvalue of the Laplacian, by which it is rescaled; 0 estimates it
        largest_eigenvalue: f64 = 0.0, in range::at_least(0.0), when filter ["chebyshev"];
        /// Widths of the hidden layers; `[]` is none
        hidden: Widths = Widths(vec![16]);
        /// Activation of hidden layers
        activation: Hidden = Hidden::Relu;
        /// Dropout probability of the inputs of every layer
        dropout: f64 = 0.5, in range::half_open(0.0, 1.0);
        /// How features are brought to one scale
        normalize: Normalize = Normalize::Auto;
        ..
        /// How it is trained
        training: Training = Training {
            steps: 10_000,
            batch: 512,
            learning_rate: 0.01,
            schedule: ScheduleKind::Constant,
            warmup: 0,
            beta2: 0.999,
            weight_decay: 0.0,
            clip_norm: 0.0,
            evaluate_every: 0,
            ..Training::default()
        };
    }
}

impl Encoder {
    /// The filters that are asked for.
    pub fn wanted(&self) -> Wanted {
        Wanted {
            filter: self.filter,
            order: self.order,
            scale: self.largest_eigenvalue,
        }
    }
}

settings! {
    /// What a network that learns classes of nodes may be told.
    pub struct Spec {
        /// L2 penalty of the weights W of the first layer: `l2 / 2 |W|^2` is added to the loss
        l2: f64 = 5e-4, in range::at_least(0.0);
        /// Labels of each class to learn from, drawn by the seed where the data have no split; 0 takes what is not held out
        labels_per_class: usize = 0;
        /// How a graph is made of its nodes, where classes are those of graphs
        readout: Readout = Readout::Mean;
        /// Graphs of a step, where classes are those of graphs
        graphs_per_step: usize = 32, in range::to(1, 1_000_000);
        /// Neighbours that are sampled in each layer, from the output on, with `batch` nodes a step; `[]` computes all nodes at once
        neighbors: Fanouts = Fanouts::default();
        /// Passes over the labels; 0 takes `steps` instead
        epochs: u64 = 200;
        /// Share of the labels that is kept apart to choose the best weights by, where the data do not say which
        validation_fraction: f64 = 0.2, in range::half_open(0.0, 1.0);
        ..
        /// The network
        encoder: Encoder = Encoder::default();
    }
}

impl Spec {
    /// Hold every setting against its range, and against each other.
    ///
    /// # Errors
    /// For the first that cannot be.
    pub fn check(&self) -> Result<()> {
        self.check_ranges()?;
        let layers = self.encoder.hidden.0.len() + 1;
        let fanouts = &self.neighbors.0;
        if !fanouts.is_empty() && fanouts.len() != layers {
            return Err(induce_core::Error::setting(
                "neighbors",
                format!("{fanouts:?}"),
                format!("there are {layers} layers, and each needs a number"),
            ));
        }
        if !fanouts.is_empty() && !self.encoder.filter.is_local() {
            return Err(induce_core::Error::setting(
                "neighbors",
                format!("{fanouts:?}"),
                format!(
                    "`filter={}` sees beyond neighbours; sample with `filter=renormalized`, or leave it out",
                    self.encoder.filter.name()
                ),
            ));
        }
        self.encoder.training.check()
    }

    /// That it can learn classes of graphs.
    ///
    /// # Errors
    /// If neighbours are to be sampled.
    pub fn check_graphs(&self) -> Result<()> {
        match self.is_sampled() {
            false => Ok(()),
            true => Err(induce_core::Error::setting(
                "neighbors",
                format!("{:?}", self.neighbors.0),
                "neighbours are sampled of one large graph, and these are many: leave it out (`graphs_per_step` says how many a step has)",
            )),
        }
    }

    /// Whether a step computes a mini-batch of nodes from sampled neighbours.
    pub fn is_sampled(&self) -> bool {
        !self.neighbors.0.is_empty()
    }

    /// Examples of a step, if not all: nodes with sampled neighbours, or graphs.
    pub fn batch(&self, of_graphs: bool) -> Option<usize> {
        match of_graphs {
            true => Some(self.graphs_per_step),
            false => self.is_sampled().then_some(self.encoder.training.batch),
        }
    }

    /// How it is trained with so many labels, of nodes or of graphs: in steps, and with an evaluation after every passage, or as often as
    /// the settings say.
    pub fn training(&self, labels: usize, of_graphs: bool) -> Training {
        let training = Training {
            batch: self.batch(of_graphs).unwrap_or(labels.max(1)),
            ..self.encoder.training.clone()
        };
        Training {
            steps: training.steps_of(self.epochs, labels),
            evaluate_every: match training.evaluate_every {
                0 => training.passage(labels),
                every => every,
            },
            ..training
        }
    }
}
