//! Nodes and edges.

use super::{Fact, Rows};
use crate::Fingerprint;
use crate::linalg::Csr;
use crate::resample;
use crate::{Error, Result, Run};

/// A graph: nodes with features, and with targets of which some may be unknown, and weighted edges.
#[derive(Debug, Clone)]
pub struct Graph {
    /// The nodes; the target of a node that nobody knows is NaN.
    pub nodes: Rows,
    /// Row i has the edges from node i: the other ends and their weights. // (nodes, nodes)
    pub edges: Csr,
}

impl Graph {
    /// Nodes and the edges between them.
    ///
    /// # Errors
    /// Unless edges have as many rows and columns as there are nodes.
    pub fn new(nodes: Rows, edges: Csr) -> Result<Self> {
        let n = nodes.rows();
        if (edges.rows(), edges.columns()) != (n, n) {
            return Err(Error::data(
                format!(
                    "edges between {} x {} nodes, where there are {n}",
                    edges.rows(),
                    edges.columns()
                ),
                "number the nodes from 0 in the order of their rows",
            ));
        }
        Ok(Self { nodes, edges })
    }

    /// How many edges there are; one that leads both ways is one.
    ///
    /// ```
    /// use induce_core::{Run, read};
    /// let (graph, _) = read::graph_bytes("g", b"a b\nb c\n", &Default::default(), &Run::new(0))?;
    /// assert_eq!((graph.edge_count(), graph.edges.value().len()), (2, 4));
    /// # Ok::<(), induce_core::Error>(())
    /// ```
    pub fn edge_count(&self) -> usize {
        let row = |i: usize| &self.edges.index()[self.edges.starts()[i]..self.edges.starts()[i + 1]];
        let back = |i: usize, j: usize| row(j).binary_search(&(i as u32)).is_ok();
        let own = |i: usize| {
            row(i)
                .iter()
                .filter(move |&&j| j as usize >= i || !back(i, j as usize))
                .count()
        };
        (0..self.edges.rows()).map(own).sum()
    }

    /// The graph with a fraction of the known targets unknown, and with only these known.
    pub(super) fn hold_out(&self, fraction: f64, run: &Run) -> Result<(Self, Self)> {
        let target = self.nodes.target()?;
        let known: Vec<usize> = (0..target.values.len())
            .filter(|&i| !target.values[i].is_nan())
            .collect();
        let strata = self.nodes.strata();
        let strata: Option<Vec<u32>> = strata.map(|all| known.iter().map(|&i| all[i]).collect());
        let split = resample::holdout(known.len(), strata.as_deref(), fraction, run)?;
        let without = |hidden: &[usize]| {
            let mut graph = self.clone();
            for values in graph.nodes.target.iter_mut().map(|target| &mut target.values) {
                hidden.iter().for_each(|&i| values[known[i]] = f64::NAN);
            }
            graph
        };
        Ok((without(&split.test), without(&split.train)))
    }

    pub(super) fn sum_up(&self, sum: &mut Fingerprint) {
        self.nodes.sum_up(sum);
        for i in 0..self.edges.rows() {
            sum.word(i as u64);
            self.edges.row(i).for_each(|(j, weight)| {
                sum.word(j as u64);
                sum.values(&[weight]);
            });
        }
    }

    pub(super) fn describe(&self) -> Vec<Fact> {
        let mut facts: Vec<Fact> = vec![
            ("nodes", self.nodes.rows().into()),
            ("edges", self.edge_count().into()),
        ];
        facts.extend(
            self.nodes
                .describe()
                .into_iter()
                .filter(|(name, _)| *name != "rows"),
        );
        facts
    }
}
