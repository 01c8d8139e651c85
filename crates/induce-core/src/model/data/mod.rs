//! What models learn from: rows of a table, a text, images, a graph, an environment.
//!
//! Closed over kinds of data, open over models: a new kind costs its reader, its split and its page, once; a new model of a
//! known kind costs none of them.

mod collection;
mod doubts;
mod environment;
mod fact;
mod graph;
mod images;
mod infer;
mod rows;
mod target;
mod text;

pub use collection::{Collection, NodeSplit};
pub use environment::{Environment, TabularMdp, Transition};
pub use fact::Fact;
pub use graph::Graph;
pub use images::Images;
pub use rows::{Features, OnlyTask, Rows, RowsOptions, Target};
pub use text::{Content, Text};

use super::Prediction;
use crate::linalg::Csr;
use crate::metrics::Predictions;
use crate::{Error, Fingerprint, Result, Run, Table};

/// The kinds of data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DataKind {
    /// Rows of a table.
    Rows,
    /// A text.
    Text,
    /// Images of one size.
    Images,
    /// Nodes and edges.
    Graph,
    /// Something to act in.
    Environment,
}

impl DataKind {
    /// Whether it is made of columns with names.
    pub fn has_columns(self) -> bool {
        self == Self::Rows
    }

    /// Many of them, in words.
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Rows => "tables",
            Self::Text => "texts",
            Self::Images => "images",
            Self::Graph => "graphs",
            Self::Environment => "environments",
        }
    }
}

impl DataKind {
    /// What their parts are called, of which each has a prediction.
    pub const fn parts(self) -> &'static str {
        match self {
            Self::Rows => "rows",
            Self::Text => "lines",
            Self::Images => "images",
            Self::Graph => "nodes",
            Self::Environment => "states",
        }
    }
}

/// Data of any kind.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "a fit has one or two of them, and moves them seldom"
)]
pub enum Data {
    /// Rows of a table.
    Rows(Rows),
    /// A text.
    Text(Text),
    /// Images of one size.
    Images(Images),
    /// Nodes and edges.
    Graph(Graph),
    /// Something to act in.
    Environment(Box<dyn Environment>),
}

macro_rules! of_kind {
    ($method:ident, $variant:ident, $type:ty) => {
        /// The data, if they are of this kind.
        ///
        /// # Errors
        /// If they are of another.
        pub fn $method(&self) -> Result<&$type> {
            match self {
                Self::$variant(own) => Ok(own),
                _ => Err(self.other_than(DataKind::$variant)),
            }
        }
    };
}

impl Data {
    of_kind!(rows, Rows, Rows);
    of_kind!(text, Text, Text);
    of_kind!(images, Images, Images);
    of_kind!(graph, Graph, Graph);

    /// The environment, if it is one.
    ///
    /// # Errors
    /// If the data are of another kind.
    pub fn environment(&self) -> Result<&dyn Environment> {
        match self {
            Self::Environment(own) => Ok(own.as_ref()),
            _ => Err(self.other_than(DataKind::Environment)),
        }
    }

    /// Which kind of data they are.
    pub fn kind(&self) -> DataKind {
        match self {
            Self::Rows(_) => DataKind::Rows,
            Self::Text(_) => DataKind::Text,
            Self::Images(_) => DataKind::Images,
            Self::Graph(_) => DataKind::Graph,
            Self::Environment(_) => DataKind::Environment,
        }
    }

    /// What a model predicts for, without the target.
    ///
    /// # Errors
    /// If nothing is predicted of such data.
    pub fn inputs(&self) -> Result<Inputs<'_>> {
        match self {
            Self::Rows(rows) => Ok((&rows.features).into()),
            Self::Images(images) => Ok(Inputs::Images(images)),
            Self::Graph(graph) => Ok(Inputs::Graph(graph)),
            Self::Text(_) | Self::Environment(_) => Err(self.other_than(DataKind::Rows)),
        }
    }

    /// Predictions beside the truth.
    ///
    /// # Errors
    /// If there is no target.
    pub fn judge<'a>(&'a self, prediction: &'a Prediction) -> Result<Predictions<'a>> {
        match self {
            Self::Images(images) => images.judge(prediction),
            _ => self.rows()?.judge(prediction),
        }
    }

    fn other_than(&self, wanted: DataKind) -> Error {
        Error::data(
            format!(
                "the model learns from {}, not from {}",
                wanted.plural(),
                self.kind().plural()
            ),
            "`induce models` says what each model learns from",
        )
    }

    /// How much there is: rows, bytes of a text, images, nodes or graphs, states.
    pub fn len(&self) -> usize {
        match self {
            Self::Rows(rows) => rows.rows(),
            Self::Text(text) => text.len(),
            Self::Images(images) => images.len(),
            Self::Graph(graph) => graph.examples().rows(),
            Self::Environment(environment) => environment.states(),
        }
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Data to learn from and a held-out fraction of them to be evaluated on, if the fraction is not 0.
    ///
    /// Rows and images at random, of each class alike; of a text the tail; of a graph the labels of nodes, all of whose
    /// edges stay. An environment is never divided.
    ///
    /// # Errors
    /// If the fraction is not in [0, 1), or one of the sides would be empty.
    pub fn hold_out(self, fraction: f64, run: &Run) -> Result<(Self, Option<Self>)> {
        if !(0.0..1.0).contains(&fraction) {
            return Err(Error::data(
                format!("`--holdout {fraction}` is not a fraction that can be held out"),
                "it is at least 0 and below 1",
            ));
        }
        if fraction == 0.0 {
            return Ok((self, None));
        }
        Ok(match self {
            Self::Rows(rows) => {
                let split = rows.holdout(fraction, run)?;
                let (train, test) = rows.divide(&split.train, &split.test);
                (Self::Rows(train), Some(Self::Rows(test)))
            }
            Self::Text(text) => {
                let (train, test) = text.divide(fraction);
                (Self::Text(train), Some(Self::Text(test)))
            }
            Self::Images(images) => {
                let (train, test) = images.hold_out(fraction, run)?;
                (Self::Images(train), Some(Self::Images(test)))
            }
            Self::Graph(graph) => {
                let (train, test) = graph.hold_out(fraction, run)?;
                (Self::Graph(train), Some(Self::Graph(test)))
            }
            Self::Environment(own) => (Self::Environment(own), None),
        })
    }

    /// What the held-out part is called: the data say which it is, or it is drawn.
    pub fn held_out_name(&self) -> &'static str {
        match self {
            Self::Graph(graph) if graph.split.as_ref().is_some_and(|split| !split.test.is_empty()) => "test",
            _ => "holdout",
        }
    }

    /// What the data say is there to choose among models by, if they do.
    pub fn choosing(&self) -> Option<Self> {
        match self {
            Self::Graph(graph) => graph.choosing().map(Self::Graph),
            _ => None,
        }
    }

    /// A number that other data do not have: what resuming a fit holds a checkpoint against.
    pub fn fingerprint(&self) -> u64 {
        let mut sum = Fingerprint::new();
        match self {
            Self::Rows(rows) => rows.sum_up(&mut sum),
            Self::Text(text) => text.sum_up(&mut sum),
            Self::Images(images) => images.sum_up(&mut sum),
            Self::Graph(graph) => graph.sum_up(&mut sum),
            Self::Environment(environment) => environment.sum_up(&mut sum),
        }
        sum.finish()
    }

    /// What there is to know of them, for `--format json` and pages.
    pub fn describe(&self) -> Vec<Fact> {
        match self {
            Self::Rows(rows) => rows.describe(),
            Self::Text(text) => vec![("bytes", text.len().into())],
            Self::Images(images) => images.describe(),
            Self::Graph(graph) => graph.describe(),
            Self::Environment(own) => {
                vec![("states", own.states().into()), ("actions", own.actions().into())]
            }
        }
    }
}

/// Data to predict for: borrowed, and without a target.
#[derive(Debug, Clone, Copy)]
pub enum Inputs<'a> {
    /// Columns.
    Table(&'a Table),
    /// Rows that are mostly 0.
    Sparse(&'a Csr),
    /// Images.
    Images(&'a Images),
    /// A graph.
    Graph(&'a Graph),
}

impl<'a> From<&'a Table> for Inputs<'a> {
    fn from(table: &'a Table) -> Self {
        Self::Table(table)
    }
}

impl<'a> From<&'a Graph> for Inputs<'a> {
    fn from(graph: &'a Graph) -> Self {
        Self::Graph(graph)
    }
}

impl<'a> From<&'a Features> for Inputs<'a> {
    fn from(features: &'a Features) -> Self {
        match features {
            Features::Table(table) => Self::Table(table),
            Features::Sparse(rows) => Self::Sparse(rows),
        }
    }
}

impl<'a> Inputs<'a> {
    /// The columns.
    ///
    /// # Errors
    /// If it is something else.
    pub fn table(self) -> Result<&'a Table> {
        match self {
            Self::Table(table) => Ok(table),
            Self::Sparse(_) => Err(not_a_table("sparse rows")),
            Self::Images(_) => Err(not_a_table("images")),
            Self::Graph(_) => Err(not_a_table("a graph")),
        }
    }

    /// The images.
    ///
    /// # Errors
    /// If it is something else.
    pub fn images(self) -> Result<&'a Images> {
        match self {
            Self::Images(images) => Ok(images),
            _ => Err(Error::data(
                "the model was trained on images",
                "give images of the size that it was trained on",
            )),
        }
    }

    /// The graph.
    ///
    /// # Errors
    /// If it is something else.
    pub fn graph(self) -> Result<&'a Graph> {
        match self {
            Self::Graph(graph) => Ok(graph),
            _ => Err(Error::data(
                "the model was trained on a graph",
                "give nodes and their edges; `--input graph` reads a table of two columns as a list of edges",
            )),
        }
    }

    /// How many rows, images, nodes or graphs there are.
    pub fn len(self) -> usize {
        match self {
            Self::Table(table) => table.rows(),
            Self::Sparse(rows) => rows.rows(),
            Self::Images(images) => images.len(),
            Self::Graph(graph) => graph.examples().rows(),
        }
    }

    /// Whether there is nothing to predict for.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}

fn not_a_table(found: &str) -> Error {
    Error::data(
        format!("the model reads tables, not {found}"),
        "`induce show` says what a model reads",
    )
}
