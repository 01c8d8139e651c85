//! From nodes to the graphs of a collection.

use std::sync::Arc;

use induce_core::linalg::Csr;
use induce_core::model::Collection;
use induce_tensor::Sparse;

use super::field::Field;
use super::filter::{Base, Matrices};
use super::reader::Inputs;
use super::readout::Pooling;

/// The nodes of every graph of a collection, and how they are pooled.
pub struct Members {
    starts: Vec<usize>,
    /// Nodes by graph, rising.
    nodes: Vec<u32>,
    /// The graph of a node, and its place among those of its graph.
    places: Vec<(u32, u32)>,
    pooling: Pooling,
}

impl Members {
    /// Those of a collection.
    pub fn of(graphs: &Collection, pooling: Pooling) -> Self {
        let (starts, nodes) = graphs.members();
        let mut places = vec![(0, 0); nodes.len()];
        for (graph, range) in (0..).zip(starts.windows(2)) {
            let own = &nodes[range[0]..range[1]];
            own.iter()
                .zip(0..)
                .for_each(|(i, k)| places[*i as usize] = (graph, k));
        }
        Self {
            starts,
            nodes,
            places,
            pooling,
        }
    }

    /// How many graphs there are.
    pub fn count(&self) -> usize {
        self.starts.len() - 1
    }

    /// The most nodes of a graph.
    pub fn largest(&self) -> usize {
        self.starts
            .windows(2)
            .map(|own| own[1] - own[0])
            .max()
            .unwrap_or(0)
    }

    fn nodes(&self, graph: u32) -> &[u32] {
        &self.nodes[self.starts[graph as usize]..self.starts[graph as usize + 1]]
    }

    /// What a network computes for some graphs: their nodes, whose last layer is pooled.
    pub fn field(&self, base: &Base, inputs: &Inputs, layers: usize, graphs: &[u32]) -> Field {
        let nodes: Vec<u32> = graphs.iter().flat_map(|&g| self.nodes(g)).copied().collect();
        let filter = base.map(|matrix| self.induced(matrix, graphs)).filter();
        let mut filters = vec![filter; layers - 1];
        filters.push(Arc::new(Matrices::new(vec![self.pool(graphs)])));
        Field {
            inputs: inputs.take(&nodes),
            filters,
            rows: None,
        }
    }

    /// A row for each of these graphs: what their nodes weigh. // (graphs, nodes of these)
    pub fn pool(&self, graphs: &[u32]) -> Sparse {
        let (mut starts, mut value) = (vec![0], Vec::new());
        for &graph in graphs {
            let own = self.nodes(graph).len();
            value.extend(std::iter::repeat_n(self.pooling.weight(own), own));
            starts.push(value.len());
        }
        let index = (0..value.len() as u32).collect();
        Sparse::from(&Csr::trusted(value.len(), starts, index, value))
    }

    /// Rows and columns of the nodes of these graphs. In the eigenbasis of many graphs rounding joins some of them, and is left out.
    fn induced(&self, matrix: &Csr, graphs: &[u32]) -> Csr {
        let (mut starts, mut index, mut value) = (vec![0], Vec::new(), Vec::new());
        let mut first = 0;
        for &graph in graphs {
            for &node in self.nodes(graph) {
                let own = matrix
                    .row(node as usize)
                    .filter(|(j, _)| self.places[*j].0 == graph);
                for (j, x) in own {
                    index.push(first + self.places[j].1);
                    value.push(x);
                }
                starts.push(index.len());
            }
            first += self.nodes(graph).len() as u32;
        }
        Csr::trusted(first as usize, starts, index, value)
    }
}
