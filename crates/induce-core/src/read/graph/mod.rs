//! Graphs from files: lists of edges, GML, Matrix Market, METIS.

mod edges;
mod gml;
mod market;
mod metis;
mod nodes;
mod words;

use std::path::Path;

pub use self::nodes::GraphOptions;
use self::nodes::Parts;
use super::Contents;
use super::bytes::is_gzip;
use super::text::{text, text_of};
use crate::model::Graph;
use crate::{Result, Run};

/// The format of a graph's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GraphFormat {
    /// Two names a line and, if there is one, a weight.
    Edges,
    /// Graph Modelling Language (Himsolt 1997).
    Gml,
    /// A sparse matrix, an entry a line (NIST).
    MatrixMarket,
    /// The neighbours of each node, a line for each (Karypis & Kumar 1998).
    Metis,
}

impl GraphFormat {
    /// As people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Edges => "edge list",
            Self::Gml => "GML",
            Self::MatrixMarket => "Matrix Market",
            Self::Metis => "METIS",
        }
    }

    /// The format that a text can only have, if it has one: an edge list is also a table.
    ///
    /// ```
    /// use induce_core::read::GraphFormat;
    /// assert_eq!(GraphFormat::of("graph [ node [ id 1 ] ]"), Some(GraphFormat::Gml));
    /// assert_eq!(GraphFormat::of("3 2\n2\n1 3\n2\n"), Some(GraphFormat::Metis));
    /// assert_eq!(GraphFormat::of("a b\nb c\n"), None);
    /// ```
    pub fn of(text: &str) -> Option<Self> {
        if market::is_market(text) {
            return Some(Self::MatrixMarket);
        }
        if gml::is_gml(text) {
            return Some(Self::Gml);
        }
        metis::is_metis(text).then_some(Self::Metis)
    }
}

/// The graph in a file, whose format its content tells. An edge leads both ways; edges of the same two nodes are added up; what was
/// changed so is in the notes of the nodes.
///
/// # Errors
/// If it cannot be read, is no graph, or names nodes that there are not.
pub fn graph(path: &Path, options: &GraphOptions, run: &Run) -> Result<(Graph, GraphFormat)> {
    parse(&path.display().to_string(), &text(path, run)?, options, run)
}

/// The format of the graph in a file, if its content can be nothing else.
///
/// # Errors
/// If the file cannot be read.
pub fn graph_format(path: &Path, run: &Run) -> Result<Option<GraphFormat>> {
    let content = Contents::of(path)?;
    // A large table is not worth being read twice: what it begins with says what it is not.
    let start = &content[..content.len().min(START)];
    let plain = is_gzip(start)
        || std::str::from_utf8(start).map_or_else(|error| error.error_len().is_none(), |_| true);
    if !plain {
        return Ok(None);
    }
    Ok(text_of(&path.display().to_string(), &content, run)
        .ok()
        .as_deref()
        .and_then(GraphFormat::of))
}

/// Whether a file that could be a table begins as a list of edges does: with `source,target`, `from,to` and the like.
///
/// # Errors
/// If the file cannot be read.
pub fn begins_as_edges(path: &Path) -> Result<bool> {
    let content = Contents::of(path)?;
    let start = &content[..content.len().min(START)];
    Ok(edges::begins_with_head(&String::from_utf8_lossy(start)))
}

/// Bytes at the beginning that are looked at first.
const START: usize = 4096;

/// As [`graph`], of the content of a file, called `name` in errors.
///
/// ```
/// use induce_core::{Run, read};
/// let (graph, format) = read::graph_bytes("g", b"# a triangle\na b\nb c 2\nc a\n", &Default::default(), &Run::new(0))?;
/// assert_eq!((graph.nodes.rows(), format.name()), (3, "edge list"));
/// assert_eq!(graph.edges.row(1).collect::<Vec<_>>(), [(0, 1.0), (2, 2.0)]);
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// As [`graph`].
pub fn graph_bytes(
    name: &str,
    content: &[u8],
    options: &GraphOptions,
    run: &Run,
) -> Result<(Graph, GraphFormat)> {
    parse(name, &text_of(name, content, run)?, options, run)
}

fn parse(name: &str, text: &str, options: &GraphOptions, run: &Run) -> Result<(Graph, GraphFormat)> {
    let format = GraphFormat::of(text).unwrap_or(GraphFormat::Edges);
    let parts: Parts = match format {
        GraphFormat::Edges => edges::read(name, text)?,
        GraphFormat::Gml => gml::read(name, text)?,
        GraphFormat::MatrixMarket => market::read(name, text, run)?,
        GraphFormat::Metis => metis::read(name, text)?,
    };
    Ok((parts.graph(name, options)?, format))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests;
