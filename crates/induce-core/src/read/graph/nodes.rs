//! A graph made of what a reader found.

use std::path::PathBuf;

use super::super::guard::malformed;
use super::links::{Links, Sense, no_rows};
use super::names::Names;
use crate::Result;
use crate::linalg::Csr;
use crate::model::{Graph, NodeSplit, Rows};
use crate::table::{Column, Table};

/// What a file of a graph may be told.
///
/// ```
/// use induce_core::{Run, read};
/// let options = read::GraphOptions { directed: true, ..Default::default() };
/// let (graph, _) = read::graph_bytes("g", b"a b\nb c\n", &options, &Run::new(0))?;
/// assert_eq!((graph.directed, graph.edges.index()), (true, &[1, 2][..]));
/// # Ok::<(), induce_core::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct GraphOptions {
    /// The attribute of nodes that holds known classes which clusters are held against.
    pub labels: Option<String>,
    /// The attribute of nodes that is to be predicted; without either, one that is usually called so.
    pub target: Option<String>,
    /// Whether the first line of a list of edges names its columns; else that is told by its words.
    pub header: Option<bool>,
    /// Attributes of nodes that are left out.
    pub drop: Vec<String>,
    /// Keep the direction of edges: row i has those from node i.
    pub directed: bool,
    /// Where more is said of the nodes.
    pub nodes: NodeFiles,
}

/// Files with a row for each node, beside that of the edges.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum NodeFiles {
    /// Those that lie beside a list of edges and are called as it is: `a.nodes.csv` and `a.features.svm` beside `a.edges.csv`.
    #[default]
    Beside,
    /// None.
    Nowhere,
    /// These: tables, or sparse features in LIBSVM's format.
    These(Vec<PathBuf>),
}

/// Bytes of a node: its name, its place.
pub(super) const NODE: u64 = 80;

/// What a reader found: names of nodes, attributes of them, and edges.
pub(super) struct Parts {
    /// The format, as people call it.
    pub(super) format: &'static str,
    /// Their names; they are numbered in this order.
    pub(super) names: Names,
    /// Attributes beside the name: a value for each node.
    pub(super) attributes: Vec<Column>,
    /// The attribute that the format says to be known of nodes.
    pub(super) labels: Option<String>,
    /// Features that are mostly 0. // (nodes, features)
    pub(super) features: Option<Csr>,
    /// A row for each graph of a collection.
    pub(super) graphs: Option<Table>,
    /// What these are called: nodes, or graphs.
    pub(super) example: &'static str,
    /// How the nodes, or the graphs of a collection, are divided.
    pub(super) split: Option<NodeSplit>,
    /// Two nodes and a weight.
    pub(super) links: Links,
    /// Which way they lead.
    pub(super) sense: Sense,
    /// What was found out, in sentences.
    pub(super) notes: Vec<String>,
}

impl Parts {
    /// Nodes of these names, and edges that lead both ways.
    pub(super) fn new(format: &'static str, names: Names, links: Links) -> Self {
        Self {
            format,
            names,
            attributes: Vec::new(),
            labels: None,
            features: None,
            graphs: None,
            example: "node",
            split: None,
            links,
            sense: Sense::Both,
            notes: Vec::new(),
        }
    }

    /// Leave attributes out.
    ///
    /// # Errors
    /// If there is none of a name.
    fn drop(&mut self, names: &[String]) -> Result<()> {
        for name in names {
            let place = self.place_of(name)?;
            self.attributes.remove(place);
        }
        Ok(())
    }

    pub(super) fn graph(mut self, file: &str, options: &GraphOptions) -> Result<Graph> {
        let n = self.names.len();
        if n == 0 {
            return Err(malformed(
                file,
                self.format,
                "there is no node",
                "write at least one edge",
            ));
        }
        self.drop(&options.drop)?;
        let mut collected = self.collected(options)?;
        let (split, target) = match &mut collected {
            Some(own) => (own.split.take(), None),
            None => (self.divided(), self.target(options)?),
        };
        let (edges, directed) = self
            .links
            .rows(n, self.sense, options.directed, &mut self.notes)
            .map_err(|error| no_rows(file, self.format, &error))?;
        let names = self.names.column();
        let collection = match collected {
            Some(own) => Some(own.collection(&edges, &names)?),
            None => None,
        };
        let mut columns = vec![names];
        columns.append(&mut self.attributes);
        let nodes = Rows {
            features: Table::new(columns)?.into(),
            target,
            weight: None,
            groups: None,
            notes: self.notes,
        };
        Ok(Graph {
            features: self.features,
            directed,
            collection,
            split,
            ..Graph::new(nodes, edges)?
        })
    }
}
