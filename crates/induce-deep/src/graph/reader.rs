//! What a network reads of nodes.

use std::collections::{HashMap, HashSet};

use induce_core::linalg::Csr;
use induce_core::model::{Features, Graph, Rows, Schema};
use induce_core::words::{are, counted};
use induce_core::{Column, Error, Result, Run, Table};
use induce_tensor::Sparse;
use serde::{Deserialize, Serialize};

use super::filter::identity;
use super::spec::Normalize;
use crate::inputs::Columns;

/// How nodes become inputs, as it was learnt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reader {
    /// Attributes of nodes.
    Columns {
        /// The columns.
        columns: Columns,
        /// Whether rows are divided by their sums.
        rows: bool,
    },
    /// Sparse features, so many, and the attributes after them.
    Sparse {
        /// How many.
        width: usize,
        /// The attributes.
        columns: Option<Columns>,
        /// Whether rows are divided by their sums.
        rows: bool,
    },
    /// Nothing but which node it is: a row of weights for each of these.
    Names(Vec<String>),
    /// How many neighbours it has, up to so many: a row of weights for each number.
    Degrees {
        /// The most that were seen.
        most: usize,
    },
}

/// Inputs of all nodes.
pub enum Inputs {
    /// Sparse rows. // (nodes, width)
    Sparse(Csr),
    /// Rows. // (nodes, width)
    Dense(Vec<f32>, usize),
}

/// Inputs of some nodes, as the first layer multiplies them.
pub enum Matrix {
    /// Sparse rows.
    Sparse(Sparse),
    /// Rows, and their width.
    Dense(Vec<f32>, usize),
}

impl Inputs {
    /// Of all nodes.
    pub fn all(&self) -> Matrix {
        match self {
            Self::Sparse(rows) => Matrix::Sparse(Sparse::from(rows)),
            Self::Dense(values, width) => Matrix::Dense(values.clone(), *width),
        }
    }

    /// Of these.
    pub fn take(&self, nodes: &[u32]) -> Matrix {
        match self {
            Self::Sparse(rows) => {
                let nodes: Vec<usize> = nodes.iter().map(|&i| i as usize).collect();
                Matrix::Sparse(Sparse::from(&rows.take(&nodes)))
            }
            Self::Dense(values, width) => {
                let row = |i: &u32| &values[*i as usize * width..][..*width];
                Matrix::Dense(nodes.iter().flat_map(row).copied().collect(), *width)
            }
        }
    }
}

impl Reader {
    /// What there is to read of the nodes of a graph, and remarks.
    ///
    /// # Errors
    /// If an attribute holds free text or an infinite value.
    pub fn learn(graph: &Graph, normalize: Normalize, run: &Run) -> Result<(Self, Vec<String>)> {
        let attributes = attributes(graph)?;
        let mut notes = Vec::new();
        // A column of ones stands for no features where graphs are told apart.
        let constant = graph.collection.is_some()
            && graph.features.is_none()
            && attributes.columns().iter().all(is_constant);
        if constant && !attributes.columns().is_empty() {
            notes.push("features are the same for all nodes: they are not read".into());
        }
        let columns = match attributes.columns().is_empty() || constant {
            true => None,
            false => {
                let standardize = matches!(normalize, Normalize::Auto | Normalize::Columns);
                let (columns, _, said) = Columns::learn(&rows_of(attributes), standardize, run)?;
                notes.extend(said);
                Some(columns)
            }
        };
        let own = match (&graph.features, columns) {
            (Some(sparse), columns) => Self::Sparse {
                width: sparse.columns(),
                columns,
                rows: matches!(normalize, Normalize::Auto | Normalize::Rows),
            },
            (None, Some(columns)) => Self::Columns {
                columns,
                rows: normalize == Normalize::Rows,
            },
            (None, None) if graph.collection.is_some() => {
                let most = degrees(&graph.edges).max().unwrap_or(0).min(DEGREES);
                notes.push(format!(
                    "nodes have no features: a node is told by its number of neighbours, up to {most}"
                ));
                Self::Degrees { most }
            }
            (None, None) => {
                notes.push(
                    "nodes have no features: each has weights of its own, which a new node has not".into(),
                );
                Self::Names(graph.names())
            }
        };
        Ok((own, notes))
    }

    /// Inputs of a node.
    pub fn width(&self) -> usize {
        match self {
            Self::Columns { columns, .. } => columns.width(),
            Self::Sparse { width, columns, .. } => width + columns.as_ref().map_or(0, Columns::width),
            Self::Names(names) => names.len(),
            Self::Degrees { most } => most + 1,
        }
    }

    /// The inputs of all nodes of a graph.
    ///
    /// # Errors
    /// If features are missing or others than those that were learnt from.
    pub fn read(&self, graph: &Graph, run: &Run) -> Result<Inputs> {
        Ok(match self {
            Self::Columns { columns, rows } => {
                let (dense, width) = (dense(columns, graph, run)?, columns.width());
                Inputs::Dense(if *rows { divided(dense, width) } else { dense }, width)
            }
            Self::Sparse { width, columns, rows } => {
                let sparse = of_width(graph, *width)?;
                let joined = match columns {
                    Some(columns) => beside(&sparse, &dense(columns, graph, run)?, columns.width()),
                    None => sparse,
                };
                Inputs::Sparse(if *rows { row_normalized(&joined) } else { joined })
            }
            Self::Names(known) => Inputs::Sparse(selection(known, graph)),
            Self::Degrees { most } => {
                let index: Vec<u32> = degrees(&graph.edges).map(|own| own.min(*most) as u32).collect();
                let (n, value) = (index.len(), vec![1.0; index.len()]);
                Inputs::Sparse(Csr::trusted(most + 1, (0..=n).collect(), index, value))
            }
        })
    }

    /// That nodes are known by their names alone, and a graph has others.
    pub fn remarks(&self, graph: &Graph) -> Vec<String> {
        let Self::Names(known) = self else {
            return Vec::new();
        };
        let known: HashSet<&str> = known.iter().map(String::as_str).collect();
        let new = graph
            .names()
            .iter()
            .filter(|name| !known.contains(name.as_str()))
            .count();
        let said = (new > 0).then(|| {
            format!(
                "note: {} not among those of the training: without features only neighbours say anything of them",
                are(new, "node")
            )
        });
        Vec::from_iter(said)
    }

    /// The columns that are read, if any.
    pub fn columns(&self) -> Option<&Schema> {
        match self {
            Self::Columns { columns, .. }
            | Self::Sparse {
                columns: Some(columns),
                ..
            } => Some(columns.schema()),
            _ => None,
        }
    }

    /// That those of a file can be used.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn check(&self) -> std::result::Result<(), String> {
        match self {
            Self::Columns { columns, .. }
            | Self::Sparse {
                columns: Some(columns),
                ..
            } => columns.check(),
            Self::Degrees { most } if *most > DEGREES => {
                Err(format!("it tells {most} numbers of neighbours apart"))
            }
            _ => Ok(()),
        }
    }
}

fn is_constant(column: &Column) -> bool {
    let first = column.text(0);
    (1..column.len()).all(|i| column.text(i) == first)
}

/// Numbers of neighbours that are told apart.
const DEGREES: usize = 127;

/// How many other nodes each is joined to.
fn degrees(edges: &Csr) -> impl Iterator<Item = usize> + '_ {
    (0..edges.rows()).map(|i| edges.row(i).filter(|(j, _)| *j != i).count())
}

/// The columns of nodes but their names.
fn attributes(graph: &Graph) -> Result<Table> {
    match &graph.nodes.features {
        Features::Table(table) => {
            let others = table.columns().iter().filter(|own| own.name() != "node");
            Ok(Table::new(others.cloned().collect())?)
        }
        Features::Sparse(_) => Ok(Table::default()),
    }
}

fn rows_of(table: Table) -> Rows {
    Rows {
        features: table.into(),
        target: None,
        weight: None,
        groups: None,
        notes: Vec::new(),
    }
}

fn dense(columns: &Columns, graph: &Graph, run: &Run) -> Result<Vec<f32>> {
    let table = attributes(graph)?;
    Ok(columns.inputs(&columns.read((&table).into(), run)?))
}

fn of_width(graph: &Graph, width: usize) -> Result<Csr> {
    let found = graph.features.as_ref().map_or(0, Csr::columns);
    match &graph.features {
        Some(own) if found == width => Ok(own.clone()),
        _ => Err(Error::data(
            format!(
                "nodes have {}, where the model was trained on {width}",
                counted(found, "sparse feature")
            ),
            "give a graph with the features that it was trained on",
        )),
    }
}

/// Values beyond this say no more, and overflow.
const FAR: f64 = 1e6;

/// Rows divided by the sums of their absolute values; rows of nothing stay so. Divided by the largest first, so that nothing overflows.
fn row_normalized(rows: &Csr) -> Csr {
    let mut value = Vec::with_capacity(rows.value().len());
    for own in rows.starts().windows(2) {
        let own = &rows.value()[own[0]..own[1]];
        let largest = own.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
        let sum: f64 = own.iter().map(|x| (x / largest).abs()).sum();
        value.extend(
            own.iter()
                .map(|x| if largest > 0.0 { x / largest / sum } else { 0.0 }),
        );
    }
    Csr::trusted(
        rows.columns(),
        rows.starts().to_vec(),
        rows.index().to_vec(),
        value,
    )
}

fn divided(mut values: Vec<f32>, width: usize) -> Vec<f32> {
    for row in values.chunks_exact_mut(width) {
        let sum: f32 = row.iter().map(|x| x.abs()).sum();
        if sum > 0.0 {
            row.iter_mut().for_each(|x| *x /= sum);
        }
    }
    values
}

/// Sparse rows with dense ones after them.
fn beside(sparse: &Csr, dense: &[f32], width: usize) -> Csr {
    let (mut starts, mut index, mut value) = (vec![0], Vec::new(), Vec::new());
    for (i, row) in dense.chunks_exact(width).enumerate() {
        sparse.row(i).for_each(|(j, x)| {
            index.push(j as u32);
            value.push(x.clamp(-FAR, FAR));
        });
        let others = row.iter().enumerate().filter(|own| *own.1 != 0.0);
        others.for_each(|(j, x)| {
            index.push((sparse.columns() + j) as u32);
            value.push(f64::from(*x));
        });
        starts.push(index.len());
    }
    Csr::trusted(sparse.columns() + width, starts, index, value)
}

/// A 1 for each node in the column of its name; nodes that nobody knows have none, and are seen by their neighbours.
fn selection(known: &[String], graph: &Graph) -> Csr {
    let here = graph.names();
    if here == known {
        return identity(known.len());
    }
    let numbers: HashMap<&str, u32> = known.iter().map(String::as_str).zip(0..).collect();
    let (mut starts, mut index) = (vec![0], Vec::new());
    for name in &here {
        index.extend(numbers.get(name.as_str()));
        starts.push(index.len());
    }
    let value = vec![1.0; index.len()];
    Csr::trusted(known.len(), starts, index, value)
}
