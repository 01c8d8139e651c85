//! Graphs: what models of their nodes learn from, and what they say of them.

use induce::core::metrics::Task;
use induce::core::model::{Collection, Data, Features, Graph, Inputs, NodeSplit, Rows, Target};
use induce::core::read::{Sense, both_ways};
use induce::core::{Column, Error, Run};
use induce::deep::graph::{Reader, Trained, links};
use numpy::{PyArray1, PyArray2, PyReadonlyArray1};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::data::SparseRows;
use crate::error::raised;
use crate::images::{Classes, Scored, classes, scores};
use crate::model::{Model, matrix};
use crate::table::Table;

/// Numbers of nodes: to learn from, to choose by, to judge by.
type Parts<'py> = (
    PyReadonlyArray1<'py, u32>,
    PyReadonlyArray1<'py, u32>,
    PyReadonlyArray1<'py, u32>,
);

/// A graph: weights of edges between nodes, which lead both ways, and what is known of the nodes.
#[derive(FromPyObject)]
pub struct GivenGraph<'py> {
    edges: SparseRows<'py>,
    /// Names of the nodes; without, they are called by their numbers.
    names: Option<Vec<String>>,
    /// Attributes of the nodes.
    table: Option<PyRef<'py, Table>>,
    /// Features of the nodes that are mostly 0.
    features: Option<SparseRows<'py>>,
    /// The class of each, NaN where it is not known.
    target: Option<PyReadonlyArray1<'py, f64>>,
    /// The names of the classes.
    classes: Vec<String>,
    /// What the target is called.
    name: String,
    /// How the nodes, or the graphs, are divided.
    split: Option<Parts<'py>>,
    /// The graph that each node is in, and how many there are, where the target is that of graphs.
    graphs: Option<(PyReadonlyArray1<'py, u32>, usize)>,
}

impl GivenGraph<'_> {
    /// The graph without Python; edges and features are read where they lie.
    ///
    /// # Errors
    /// If edges, names, features or classes are of another number of nodes than the others.
    pub fn owned(&self) -> PyResult<Graph> {
        let edges = self.edges.csr()?;
        let n = edges.rows();
        let features = self.features.as_ref().map(SparseRows::csr).transpose()?;
        let target = self.target(self.graphs.as_ref().map_or(n, |own| own.1))?;
        if features.as_ref().is_some_and(|own| own.rows() != n) {
            return Err(PyValueError::new_err("the features are of other nodes"));
        }
        let (nodes, collection) = match &self.graphs {
            None => (of(self.nodes(n)?, target), None),
            Some((own, count)) => {
                let graphs = of(named("graph", &numbers(*count), None)?, target);
                let own = Collection::new(graphs, own.as_array().to_vec(), &edges).map_err(raised)?;
                (of(self.nodes(n)?, None), Some(own))
            }
        };
        let split = self.split.as_ref().map(|(train, valid, test)| NodeSplit {
            train: train.as_array().to_vec(),
            valid: valid.as_array().to_vec(),
            test: test.as_array().to_vec(),
        });
        let graph = Graph::new(nodes, edges).map_err(raised)?;
        Ok(Graph {
            features,
            collection,
            split,
            ..graph
        })
    }

    /// Names and attributes of the nodes.
    fn nodes(&self, n: usize) -> PyResult<Features> {
        let names = self.names.clone().unwrap_or_else(|| numbers(n));
        named("node", &names, self.table.as_deref())
    }

    fn target(&self, n: usize) -> PyResult<Option<Target>> {
        let Some(values) = &self.target else {
            return Ok(None);
        };
        let values = values.as_array().to_vec();
        let fits = |code: &f64| code.is_nan() || (0.0..self.classes.len() as f64).contains(code);
        if values.len() != n || !values.iter().all(fits) {
            return Err(PyValueError::new_err("the classes are of other nodes"));
        }
        Ok(Some(Target {
            name: self.name.clone(),
            task: Task::Classification,
            why: "as asked".into(),
            values,
            classes: self.classes.clone(),
            further: Vec::new(),
        }))
    }
}

fn of(features: Features, target: Option<Target>) -> Rows {
    Rows {
        target,
        ..Rows::from(features)
    }
}

fn numbers(count: usize) -> Vec<String> {
    (0..count).map(|i| i.to_string()).collect()
}

/// A column of names, and those of a table after it.
fn named(title: &str, names: &[String], table: Option<&Table>) -> PyResult<Features> {
    let names: Vec<Option<&str>> = names.iter().map(|name| Some(name.as_str())).collect();
    let mut columns = vec![Column::from_free_text(title, &names)];
    columns.extend(table.iter().flat_map(|own| own.0.columns()).cloned());
    Ok(induce::core::Table::new(columns).map_err(raised)?.into())
}

/// Compressed rows of edges, and remarks.
type Edges<'py> = (
    Bound<'py, PyArray1<u64>>,
    Bound<'py, PyArray1<u32>>,
    Bound<'py, PyArray1<f64>>,
    Vec<String>,
);

/// Edges between `nodes` nodes as compressed rows in which they lead both ways, and remarks. `sense` is what is known of them: "both" of those that
/// are there once, "one_way" of arcs, "entries" of entries of a matrix.
///
/// # Errors
/// If an edge is at a node beyond the last, or weights add up to no number.
#[pyfunction]
#[pyo3(signature = (nodes, ends, weights, sense))]
pub fn graph_edges<'py>(
    py: Python<'py>,
    nodes: usize,
    ends: (PyReadonlyArray1<u32>, PyReadonlyArray1<u32>),
    weights: Option<PyReadonlyArray1<f64>>,
    sense: &str,
) -> PyResult<Edges<'py>> {
    let sense = match sense {
        "both" => Sense::Both,
        "one_way" => Sense::OneWay,
        "entries" => Sense::Entries { said: true },
        other => {
            return Err(PyValueError::new_err(format!(
                "edges lead both ways or one, not `{other}`"
            )));
        }
    };
    let (from, to) = (ends.0.as_array(), ends.1.as_array());
    let weights = weights.as_ref().map(PyReadonlyArray1::as_array);
    if from.len() != to.len() || weights.is_some_and(|own| own.len() != from.len()) {
        return Err(PyValueError::new_err("edges have two ends and a weight each"));
    }
    let weight = |k: usize| weights.map_or(1.0, |own| own[k]);
    let all = (0..from.len()).map(|k| (from[k], to[k], weight(k)));
    let (rows, remarks) = py.detach(|| both_ways(nodes, all, sense)).map_err(raised)?;
    let starts = rows.starts().iter().map(|start| *start as u64).collect();
    Ok((
        PyArray1::from_vec(py, starts),
        PyArray1::from_slice(py, rows.index()),
        PyArray1::from_slice(py, rows.value()),
        remarks,
    ))
}

/// What a model reads of nodes: how many sparse features, which columns, and which nodes it knows by name, if nothing else.
#[pyfunction]
pub fn graph_inputs(model: &Model) -> (Option<usize>, Vec<String>, Option<Vec<String>>) {
    let inside = model.inside();
    let of_links = || inside.downcast::<links::Trained>().map(|own| &own.header.reader);
    let reader = inside.downcast::<Trained>().map(|own| &own.header.reader);
    let Some(reader) = reader.or_else(of_links) else {
        return (None, Vec::new(), None);
    };
    let columns = reader
        .columns()
        .map_or_else(Vec::new, induce::core::model::Schema::names);
    match reader {
        Reader::Sparse { width, .. } => (Some(*width), columns, None),
        Reader::Columns { .. } => (None, columns, None),
        Reader::Names(names) => (None, columns, Some(names.clone())),
        Reader::Degrees { .. } => (None, columns, None),
    }
}

/// Numbers of nodes to learn from, to choose by and to judge by, and what is short of labels.
type Drawn<'py> = (
    Bound<'py, PyArray1<u32>>,
    Bound<'py, PyArray1<u32>>,
    Bound<'py, PyArray1<u32>>,
    Vec<String>,
);

/// The division that the command line draws: so many labels of each class, up to 500 others to choose by and 1,000 to judge by.
///
/// # Errors
/// If a class has no label, or nothing is left to judge by.
#[pyfunction]
#[pyo3(signature = (graph, per_class, seed=0))]
pub fn graph_split<'py>(
    py: Python<'py>,
    graph: GivenGraph,
    per_class: usize,
    seed: u64,
) -> PyResult<Drawn<'py>> {
    let graph = graph.owned()?;
    let (split, short) = py
        .detach(|| graph.draw_split(per_class, 500, 1_000, &Run::new(seed)))
        .map_err(raised)?;
    let of = |nodes| PyArray1::from_vec(py, nodes);
    Ok((of(split.train), of(split.valid), of(split.test), short))
}

/// The class of every node or graph, and the probabilities of all.
#[pyfunction]
#[pyo3(signature = (model, graph, threads=1))]
pub fn graph_classes<'py>(
    py: Python<'py>,
    model: &Model,
    graph: GivenGraph,
    threads: usize,
) -> PyResult<Classes<'py>> {
    let graph = graph.owned()?;
    classes(py, model.inside(), Inputs::Graph(&graph), threads)
}

/// The last hidden layer of every node or graph. // (examples, width)
#[pyfunction]
#[pyo3(signature = (model, graph, threads=1))]
pub fn graph_embedding<'py>(
    py: Python<'py>,
    model: &Model,
    graph: GivenGraph,
    threads: usize,
) -> PyResult<Bound<'py, PyArray2<f64>>> {
    let (inside, graph) = (model.inside(), graph.owned()?);
    let work = || match inside.transformer() {
        Some(own) => own.transform(Inputs::Graph(&graph), threads),
        None => Err(Error::data(
            format!("`{}` has no layers", inside.name()),
            "networks have: `GCN`, `ChebNet`, `GIN`",
        )),
    };
    let found = py.detach(work).map_err(raised)?;
    matrix(py, found.values, found.names.len())
}

/// Numbers of nodes, of others that they are likely to be joined to, and how likely.
type Joined<'py> = (
    Bound<'py, PyArray1<u32>>,
    Bound<'py, PyArray1<u32>>,
    Bound<'py, PyArray1<f64>>,
);

/// The `top` likeliest new edges of every node.
#[pyfunction]
#[pyo3(signature = (model, graph, top, threads=1))]
pub fn graph_links<'py>(
    py: Python<'py>,
    model: &Model,
    graph: GivenGraph,
    top: usize,
    threads: usize,
) -> PyResult<Joined<'py>> {
    let (inside, graph) = (model.inside(), graph.owned()?);
    let work = || match inside.linker() {
        Some(own) => own.links(&graph, top, threads),
        None => Err(Error::data(
            format!("`{}` joins no nodes", inside.name()),
            "`VGAE` does",
        )),
    };
    let found = py.detach(work).map_err(raised)?;
    Ok((
        PyArray1::from_iter(py, found.iter().map(|own| own.node)),
        PyArray1::from_iter(py, found.iter().map(|own| own.other)),
        PyArray1::from_iter(py, found.iter().map(|own| own.probability)),
    ))
}

/// What the model's metrics say of the nodes or graphs whose classes are known.
#[pyfunction]
#[pyo3(signature = (model, graph, seed=0, threads=1))]
pub fn graph_scores(
    py: Python<'_>,
    model: &Model,
    graph: GivenGraph,
    seed: u64,
    threads: usize,
) -> PyResult<Vec<Scored>> {
    let data = Data::Graph(graph.owned()?);
    scores(py, model.inside(), &data, None, (seed, threads))
}
