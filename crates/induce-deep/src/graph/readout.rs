//! How a graph is made of its nodes.

use induce_core::choices;
use induce_core::model::Collection;
use serde::{Deserialize, Serialize};

choices! {
    /// How a graph is made of its nodes, where classes are those of graphs.
    pub enum Readout {
        /// The mean of the nodes.
        Mean = "mean",
        /// Their sum, which tells large graphs from small ones, divided by the mean number of nodes of the training's graphs.
        Sum = "sum",
    }
}

/// How the nodes of a graph are pooled, as it was learnt.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Pooling {
    /// The mean or the sum.
    pub readout: Readout,
    /// The mean number of nodes of a graph, by which sums are divided.
    pub size: f64,
}

impl Pooling {
    /// Of the graphs of a training.
    pub fn learn(readout: Readout, graphs: &Collection) -> Self {
        let size = graphs.of.len() as f64 / graphs.graphs.rows().max(1) as f64;
        Self { readout, size }
    }

    /// What each node of a graph weighs.
    pub fn weight(self, nodes: usize) -> f64 {
        match self.readout {
            Readout::Mean => 1.0 / nodes.max(1) as f64,
            Readout::Sum => 1.0 / self.size,
        }
    }
}
