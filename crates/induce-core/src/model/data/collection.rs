//! Several graphs, and how examples of a graph are divided.

use super::Rows;
use crate::linalg::Csr;
use crate::words::{count, counted};
use crate::{Error, Result};

/// The graphs that a graph without edges between them is made of: what is learnt and predicted is of these.
#[derive(Debug, Clone)]
pub struct Collection {
    /// A row for each graph: a column `graph` of their names, and others of their attributes; a target that nobody knows is NaN.
    pub graphs: Rows,
    /// The graph that each node is in. // (nodes)
    pub of: Vec<u32>,
}

impl Collection {
    /// Of `graphs`, where node i is in graph `of[i]`.
    ///
    /// # Errors
    /// If a node is in none of these graphs, or an edge joins two of them.
    pub fn new(graphs: Rows, of: Vec<u32>, edges: &Csr) -> Result<Self> {
        let n = graphs.rows();
        if let Some(node) = of.iter().position(|graph| *graph as usize >= n) {
            return Err(Error::data(
                format!(
                    "node {node} is in graph {}, and there are {}",
                    of[node],
                    counted(n, "graph")
                ),
                "number the graphs from 0",
            ));
        }
        if of.len() != edges.rows() {
            return Err(Error::data(
                format!(
                    "{} are in a graph, and edges join {}",
                    counted(of.len(), "node"),
                    count(edges.rows())
                ),
                "say of each node which graph it is in",
            ));
        }
        let across = |i: usize| edges.row(i).find(|(j, _)| of[*j] != of[i]).map(|(j, _)| (i, j));
        if let Some((i, j)) = (0..of.len()).find_map(across) {
            return Err(Error::data(
                format!(
                    "an edge joins node {i} of graph {} and node {j} of graph {}",
                    of[i], of[j]
                ),
                "graphs of a collection are apart: give nodes of different graphs different names",
            ));
        }
        Ok(Self { graphs, of })
    }

    /// The nodes of each graph, rising: those of graph g stand from `starts[g]` to `starts[g + 1]`.
    ///
    /// ```
    /// use induce_core::linalg::Csr;
    /// use induce_core::model::{Collection, Features, Rows};
    /// let names = induce_core::Column::from_text("graph", &[Some("a"), Some("b")]);
    /// let graphs = Rows::from(Features::from(induce_core::Table::new(vec![names])?));
    /// let edges = Csr::from_entries(3, 3, vec![(0, 2, 1.0), (2, 0, 1.0)])?;
    /// let own = Collection::new(graphs, vec![1, 0, 1], &edges)?;
    /// assert_eq!(own.members(), (vec![0, 1, 3], vec![1, 0, 2]));
    /// # Ok::<(), induce_core::Error>(())
    /// ```
    pub fn members(&self) -> (Vec<usize>, Vec<u32>) {
        let mut starts = vec![0_usize; self.graphs.rows() + 1];
        self.of.iter().for_each(|graph| starts[*graph as usize + 1] += 1);
        (1..starts.len()).for_each(|g| starts[g] += starts[g - 1]);
        let (mut next, mut nodes) = (starts.clone(), vec![0; self.of.len()]);
        for (node, graph) in (0..).zip(&self.of) {
            let place = &mut next[*graph as usize];
            nodes[*place] = node;
            *place += 1;
        }
        (starts, nodes)
    }
}

/// Which examples of a graph are learnt from, which choose the weights, and which judge: numbers of nodes, or of graphs of a collection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NodeSplit {
    /// Those to learn from.
    pub train: Vec<u32>,
    /// Those to choose by.
    pub valid: Vec<u32>,
    /// Those to judge by.
    pub test: Vec<u32>,
}

impl NodeSplit {
    /// How it divides examples that are called so, in words.
    pub fn said(&self, example: &str) -> String {
        format!(
            "{} to learn from, {} to choose the weights by, {} to test",
            counted(self.train.len(), example),
            count(self.valid.len()),
            count(self.test.len())
        )
    }
}
