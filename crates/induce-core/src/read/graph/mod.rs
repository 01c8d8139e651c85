//! Graphs from files: lists of edges, GML, GraphML, Matrix Market, METIS, NPZ, and tables of edges and nodes.

mod attributes;
mod beside;
mod collection;
mod edge_table;
mod edges;
mod gml;
mod graphml;
mod head;
mod join;
mod labels;
mod links;
mod market;
mod metis;
mod names;
mod nodes;
mod npz;
mod tu;
mod words;

use std::borrow::Cow;
use std::path::Path;

pub use self::links::{Sense, both_ways};
use self::nodes::Parts;
pub use self::nodes::{GraphOptions, NodeFiles};
use super::bytes::{gunzip, is_gzip};
use super::holds::is_graphml;
use super::text::text_of;
use super::{Contents, Format, ReadOptions, npz as archive, read_bytes, sniff};
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
    /// XML (Brandes et al. 2002).
    GraphMl,
    /// Arrays: pairs of nodes or a sparse matrix, features, labels and a division of the nodes.
    Npz,
    /// A table of edges and tables of the nodes, and of graphs.
    Tables,
    /// Files of a collection of graphs (Morris et al. 2020).
    Tu,
}

impl GraphFormat {
    /// As people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Edges => "edge list",
            Self::Gml => "GML",
            Self::MatrixMarket => "Matrix Market",
            Self::Metis => "METIS",
            Self::GraphMl => "GraphML",
            Self::Npz => "NPZ",
            Self::Tables => "tables of edges and nodes",
            Self::Tu => "TU collection",
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
        if is_graphml(text.as_bytes()) {
            return Some(Self::GraphMl);
        }
        metis::is_metis(text).then_some(Self::Metis)
    }

    /// The format that a file is called after, whatever is in it: what is broken there is said, and not taken for a list of edges.
    ///
    /// ```
    /// use induce_core::read::GraphFormat;
    /// assert_eq!(GraphFormat::of_name("a/b.gml.gz"), Some(GraphFormat::Gml));
    /// assert_eq!(GraphFormat::of_name("b.graph"), None);
    /// ```
    pub fn of_name(name: &str) -> Option<Self> {
        let name = name.to_lowercase();
        let (_, ending) = name.strip_suffix(".gz").unwrap_or(&name).rsplit_once('.')?;
        match ending {
            "gml" => Some(Self::Gml),
            "graphml" => Some(Self::GraphMl),
            "mtx" => Some(Self::MatrixMarket),
            "metis" => Some(Self::Metis),
            _ => None,
        }
    }
}

/// The graph in a file, whose format its content tells, or in a folder that has a list of edges. An edge leads both ways unless
/// `options` keep directions; edges of the same two nodes are added up; what was changed so is in the notes of the nodes.
///
/// What is said of the nodes in tables of their own is joined by their names: such as `options` names, or as lie beside the edges.
///
/// # Errors
/// If it cannot be read, is no graph, or names nodes that there are not.
pub fn graph(path: &Path, options: &GraphOptions, run: &Run) -> Result<(Graph, GraphFormat)> {
    if let Some(prefix) = tu::prefix(path) {
        let parts = tu::read(&prefix)?;
        return Ok((parts.graph(&prefix, options)?, GraphFormat::Tu));
    }
    let files = beside::files(path, options)?;
    let name = files.edges.display().to_string();
    let (mut parts, mut format) = {
        // What was read is let go before the rows are made.
        let content = Contents::of(&files.edges)?;
        found(&name, &content, options, run)?
    };
    parts.notes.splice(0..0, files.notes);
    if !files.nodes.is_empty() {
        join::join(&mut parts, &files.nodes, run)?;
        if format == GraphFormat::Edges {
            format = GraphFormat::Tables;
        }
    }
    Ok((parts.graph(&name, options)?, format))
}

/// The format of the graph in a file, if its content can be nothing else, or its name and what lies beside it say so.
///
/// # Errors
/// If the file cannot be read.
pub fn graph_format(path: &Path, run: &Run) -> Result<Option<GraphFormat>> {
    if tu::prefix(path).is_some() {
        return Ok(Some(GraphFormat::Tu));
    }
    if path.is_dir() {
        return Ok(beside::are_together(path).then_some(GraphFormat::Tables));
    }
    let content = Contents::of(path)?;
    if content.starts_with(archive::MAGIC) {
        return Ok(npz::is_graph(&content).then_some(GraphFormat::Npz));
    }
    // A large table is not worth being read twice: what it begins with says what it is not.
    let start = &content[..content.len().min(START)];
    let plain = is_gzip(start)
        || std::str::from_utf8(start).map_or_else(|error| error.error_len().is_none(), |_| true);
    let name = path.display().to_string();
    let told = match plain {
        true => text(&name, &content, run)
            .ok()
            .and_then(|text| told_by(&name, &text)),
        false => None,
    };
    // What is no text is told by its name alone.
    let told = told.or_else(|| GraphFormat::of_name(&name));
    Ok(told.or_else(|| beside::are_together(path).then_some(GraphFormat::Tables)))
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
    let (parts, format) = found(name, content, options, run)?;
    Ok((parts.graph(name, options)?, format))
}

/// The format of a text, by what is in it, else by what its file is called after.
fn told_by(name: &str, text: &str) -> Option<GraphFormat> {
    GraphFormat::of(text)
        .or_else(|| GraphFormat::of_name(name))
        .or_else(|| metis::is_called_so(name, text).then_some(GraphFormat::Metis))
}

/// What is in the content of a file.
fn found(name: &str, content: &[u8], options: &GraphOptions, run: &Run) -> Result<(Parts, GraphFormat)> {
    let bytes = match is_gzip(content) {
        true => Cow::Owned(gunzip(name, content, run.room())?),
        false => Cow::Borrowed(content),
    };
    match sniff(&bytes) {
        Format::Npz => return Ok((npz::read(name, &bytes, run)?, GraphFormat::Npz)),
        Format::Parquet | Format::Arrow | Format::Jsonl => {
            let (table, _) = read_bytes(name, &bytes, &ReadOptions::default(), run)?;
            return Ok((edge_table::read(name, &table)?, GraphFormat::Edges));
        }
        _ => {}
    }
    let text = text(name, &bytes, run)?;
    let format = told_by(name, &text).unwrap_or(GraphFormat::Edges);
    let parts = match format {
        GraphFormat::Gml => gml::read(name, &text)?,
        GraphFormat::MatrixMarket => market::read(name, &text, run)?,
        GraphFormat::Metis => metis::read(name, &text)?,
        GraphFormat::GraphMl => graphml::read(name, &text, options, run)?,
        GraphFormat::Edges | GraphFormat::Npz | GraphFormat::Tables | GraphFormat::Tu => {
            edges::read(name, &text, options.header)?
        }
    };
    Ok((parts, format))
}

/// The text in bytes, which are copied only if they are compressed, or no text.
fn text<'c>(name: &str, bytes: &'c [u8], run: &Run) -> Result<Cow<'c, str>> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Cow::Borrowed(text.strip_prefix('\u{FEFF}').unwrap_or(text))),
        Err(_) => text_of(name, bytes, run).map(Cow::Owned),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests;
