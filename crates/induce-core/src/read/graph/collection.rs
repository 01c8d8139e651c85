//! Several graphs in one: which of them each node is in, and what is known of each.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::links::Links;
use super::names::Names;
use super::nodes::{GraphOptions, Parts};
use crate::linalg::Csr;
use crate::model::{Collection, Features, NodeSplit, Rows};
use crate::table::{Column, Table};
use crate::{Error, Result};

/// What the graph of a node is usually called.
const IDS: [&str; 5] = ["graph", "graph_id", "graphid", "graph_index", "graph_indicator"];
/// What nodes are called in tables that have a row for each of them.
const NODES: [&str; 5] = ["node", "node_id", "nodeid", "vertex", "vertex_id"];

fn is_one_of(all: &[&str], name: &str) -> bool {
    all.iter().any(|own| own.eq_ignore_ascii_case(name))
}

/// The column that names graphs.
pub(super) fn id_of(names: &[String]) -> Option<String> {
    names.iter().find(|name| is_one_of(&IDS, name)).cloned()
}

/// Whether a table has a row for each graph: it names each once, and no nodes.
pub(super) fn is_of_graphs(table: &Table) -> bool {
    let names = table.names();
    let Some(column) = id_of(&names).and_then(|id| table.column(&id).ok()) else {
        return false;
    };
    let mut seen = HashSet::new();
    let once = (0..column.len()).all(|i| column.text(i).is_some_and(|name| seen.insert(name)));
    once && !names.iter().any(|name| is_one_of(&NODES, name))
}

/// A table of graphs in which the column of their names is called so: that of a usual name, else the first.
///
/// # Errors
/// If it has no columns.
pub(super) fn named_as_usual(table: &Table) -> Result<Table> {
    let names = table.names();
    if id_of(&names).is_some() {
        return Ok(table.clone());
    }
    let place = names
        .iter()
        .position(|name| name.eq_ignore_ascii_case("id"))
        .unwrap_or(0);
    let mut columns = table.columns().to_vec();
    if let Some(own) = columns.get_mut(place) {
        *own = own.renamed(IDS[0]);
    }
    Table::new(columns)
}

/// A table of graphs, added to `parts`.
///
/// # Errors
/// If there is one already.
pub(super) fn of_graphs(parts: &mut Parts, file: &Path, table: Table) -> Result<()> {
    if parts.graphs.is_some() {
        return Err(Error::data(
            format!("`{}` is a second table of graphs", file.display()),
            "give one of them",
        ));
    }
    parts.graphs = Some(table);
    Ok(())
}

/// A collection before its edges are rows, and how its graphs are divided.
pub(super) struct Collected {
    graphs: Rows,
    of: Vec<u32>,
    pub(super) split: Option<NodeSplit>,
}

impl Collected {
    /// With its edges, between nodes of these names.
    ///
    /// # Errors
    /// If an edge joins two graphs.
    pub(super) fn collection(self, edges: &Csr, names: &Column) -> Result<Collection> {
        let of = &self.of;
        let across = |i: usize| edges.row(i).find(|(j, _)| of[*j] != of[i]).map(|(j, _)| (i, j));
        if let Some((i, j)) = (0..of.len()).find_map(across) {
            let name = |i: usize| names.text(i).unwrap_or_default();
            return Err(Error::data(
                format!(
                    "an edge joins `{}` and `{}`, which are nodes of different graphs",
                    name(i),
                    name(j)
                ),
                "graphs of a collection are apart: give nodes of different graphs different names",
            ));
        }
        Collection::new(self.graphs, self.of, edges)
    }
}

impl Parts {
    /// The graphs that an attribute of the nodes says they are in, unless an attribute of the nodes is asked for or known.
    ///
    /// # Errors
    /// If a node is in no graph, a table of graphs does not name each, or as [`Parts::target`].
    pub(super) fn collected(&mut self, options: &GraphOptions) -> Result<Option<Collected>> {
        let place = self.attributes.iter().position(|own| is_one_of(&IDS, own.name()));
        let column = place.map(|place| self.attributes.remove(place));
        let Some(column) = column.filter(|_| self.asks_of_graphs(options)) else {
            self.notes.extend(
                place.map(|_| "left out: which graph a node is in, for something is asked of nodes".into()),
            );
            if place.is_none() && self.graphs.take().is_some() {
                self.notes.push(
                    "left out: the table of graphs, for no column of the nodes says which graph they are in"
                        .into(),
                );
            }
            return Ok(None);
        };
        let table = self.graphs.take();
        let (names, numbers) = match &table {
            Some(own) => named(own)?,
            None => met(&column),
        };
        let of = (0..column.len())
            .map(|i| self.graph_of(&column, &numbers, i))
            .collect::<Result<Vec<u32>>>()?;
        let graphs = Parts {
            example: "graph",
            attributes: table.map_or_else(Vec::new, |own| rest(&own)),
            split: self.split.take(),
            ..Parts::new(self.format, Names::Texts(names), Links::default())
        };
        let (graphs, split, notes) = graphs.rows(options)?;
        self.notes.extend(notes);
        Ok(Some(Collected { graphs, of, split }))
    }

    /// Whether nothing is asked of the nodes that the graphs do not have too.
    fn asks_of_graphs(&self, options: &GraphOptions) -> bool {
        let of_graphs = |name: &str| self.graphs.as_ref().is_some_and(|own| own.column(name).is_ok());
        let of_nodes = |name: &str| self.attributes.iter().any(|own| own.name() == name);
        match (&options.labels, &options.target) {
            (Some(_), _) => false,
            (None, Some(name)) => of_graphs(name) || !of_nodes(name),
            (None, None) => self.labels.is_none(),
        }
    }

    fn graph_of(&self, column: &Column, numbers: &HashMap<String, u32>, node: usize) -> Result<u32> {
        let name = column.text(node);
        let found = name.as_ref().and_then(|name| numbers.get(name)).copied();
        found.ok_or_else(|| {
            let node = self.names.name(node);
            match name {
                Some(name) => Error::data(
                    format!("node `{node}` is in graph `{name}`, which the table of graphs has not"),
                    "give a row for each graph, or leave the table out (--nodes)",
                ),
                None => Error::data(
                    format!(
                        "node `{node}` is in no graph, and others are (`{}`)",
                        column.name()
                    ),
                    "say which graph each node is in, or leave the column out",
                ),
            }
        })
    }

    /// The rows of graphs, their division and remarks.
    fn rows(mut self, options: &GraphOptions) -> Result<(Rows, Option<NodeSplit>, Vec<String>)> {
        let split = self.divided();
        let target = match self.attributes.is_empty() {
            true => None,
            false => self.target(options)?,
        };
        if !self.attributes.is_empty() {
            let names: Vec<String> = self
                .attributes
                .iter()
                .map(|own| format!("`{}`", own.name()))
                .collect();
            self.notes.push(format!(
                "{} of the graphs: kept beside them, and not learnt from",
                names.join(", ")
            ));
        }
        let mut columns = vec![self.names.column().renamed("graph")];
        columns.append(&mut self.attributes);
        let graphs = Rows {
            target,
            ..Rows::from(Features::from(Table::new(columns)?))
        };
        Ok((graphs, split, self.notes))
    }
}

/// Names of the graphs of a table, and their numbers.
fn named(table: &Table) -> Result<(Vec<String>, HashMap<String, u32>)> {
    let id = id_of(&table.names()).unwrap_or_default();
    let column = table.column(&id)?;
    let names: Vec<String> = (0..column.len()).filter_map(|i| column.text(i)).collect();
    let numbers = names.iter().cloned().zip(0..).collect();
    Ok((names, numbers))
}

/// Names of graphs as nodes name them first.
fn met(column: &Column) -> (Vec<String>, HashMap<String, u32>) {
    let (mut names, mut numbers) = (Vec::new(), HashMap::new());
    for name in (0..column.len()).filter_map(|i| column.text(i)) {
        numbers.entry(name).or_insert_with_key(|name| {
            names.push(name.clone());
            names.len() as u32 - 1
        });
    }
    (names, numbers)
}

fn rest(table: &Table) -> Vec<Column> {
    let others = table.columns().iter().filter(|own| !is_one_of(&IDS, own.name()));
    others.cloned().collect()
}
