//! A graph made of what a reader found.

use super::super::guard::malformed;
use crate::linalg::Csr;
use crate::model::{Graph, Rows, Target};
use crate::table::{Column, Table};
use crate::words::counted;
use crate::{Error, Result};

/// What a file of a graph may be told.
#[derive(Debug, Clone, Default)]
pub struct GraphOptions {
    /// The attribute of nodes that holds known classes; else one that is usually called so.
    pub labels: Option<String>,
}

/// What a reader found: names of nodes, attributes of them, and edges, each once.
pub(super) struct Parts {
    /// The format, as people call it.
    pub(super) format: &'static str,
    /// Their names; they are numbered from here.
    pub(super) names: Vec<String>,
    /// Attributes beside the name: a value for each node.
    pub(super) attributes: Vec<Column>,
    /// Two nodes and a weight.
    pub(super) edges: Vec<(u32, u32, f64)>,
    /// What was found out, in sentences.
    pub(super) notes: Vec<String>,
}

/// What known classes of nodes are usually called.
const USUAL: [&str; 8] = [
    "class",
    "club",
    "community",
    "group",
    "value",
    "gt",
    "ground_truth",
    "category",
];

impl Parts {
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
        let target = self.labels(options)?;
        let edges = self.both_ways(file)?;
        let names: Vec<Option<&str>> = self.names.iter().map(|name| Some(name.as_str())).collect();
        let mut columns = vec![Column::from_text("node", &names)];
        columns.append(&mut self.attributes);
        let nodes = Rows {
            features: Table::new(columns)?.into(),
            target,
            weight: None,
            groups: None,
            notes: self.notes,
        };
        Graph::new(nodes, edges)
    }

    /// The attribute that holds known classes, taken out of the others.
    fn labels(&mut self, options: &GraphOptions) -> Result<Option<Target>> {
        let named = |name: &str| self.attributes.iter().position(|column| column.name() == name);
        let place = match &options.labels {
            Some(name) => Some(named(name).ok_or_else(|| {
                Error::UnknownColumn {
                    name: name.clone(),
                    known: self
                        .attributes
                        .iter()
                        .map(|column| column.name().into())
                        .collect(),
                }
            })?),
            None => USUAL
                .iter()
                .find_map(|name| named(name))
                .filter(|&k| is_division(&self.attributes[k])),
        };
        let Some(place) = place else { return Ok(None) };
        let column = self.attributes.remove(place);
        let target = Target::labels(&column)?;
        if options.labels.is_none() {
            self.notes.push(format!(
                "`{}` of the nodes is taken for known classes, {} of them: held against clusters, never learnt from (--labels)",
                column.name(),
                target.classes.len()
            ));
        }
        Ok(Some(target))
    }

    /// Every edge in both directions; edges of the same two nodes are added.
    fn both_ways(&mut self, file: &str) -> Result<Csr> {
        let n = self.names.len();
        let loops = self.edges.iter().filter(|(i, j, _)| i == j).count();
        let mut pairs: Vec<(u32, u32)> = self.edges.iter().map(|&(i, j, _)| (i.min(j), i.max(j))).collect();
        pairs.sort_unstable();
        pairs.dedup();
        let again = self.edges.len() - pairs.len();
        if loops > 0 {
            self.notes
                .push(format!("{} from a node to itself", counted(loops, "edge")));
        }
        let nothing = self.edges.iter().filter(|own| own.2 == 0.0).count();
        if nothing > 0 {
            self.notes.push(format!(
                "{} of weight 0, which join nothing",
                counted(nothing, "edge")
            ));
        }
        if again > 0 {
            self.notes.push(format!(
                "{} between nodes that have one already: weights are added",
                counted(again, "edge")
            ));
        }
        let back = |&(i, j, w): &(u32, u32, f64)| [Some((i, j, w)), (i != j).then_some((j, i, w))];
        let entries = self.edges.iter().flat_map(back).flatten().collect();
        Csr::from_entries(n, n, entries).map_err(|error| {
            malformed(
                file,
                self.format,
                error,
                "weights of the same edge must add up to a number, and nodes be below 2^24",
            )
        })
    }
}

/// Whether a column divides the nodes: several values, and fewer than half as many as there are nodes.
fn is_division(column: &Column) -> bool {
    let classes = column.to_category().categories().len();
    (2..=column.len() / 2).contains(&classes)
}
