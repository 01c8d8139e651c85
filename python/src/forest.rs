//! What only trees and forests can do.

use induce::learn::forest;
use induce::learn::tree::{Test, Tree, trees_of};
use numpy::{PyArray1, PyArray2, PyArrayMethods};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::error::raised;
use crate::model::{Model, matrix};
use crate::table::Table;

fn inside(model: &Model) -> PyResult<&forest::Model> {
    forest::forest(model.inside()).ok_or_else(no_trees)
}

fn no_trees() -> PyErr {
    pyo3::exceptions::PyValueError::new_err("the model is neither a tree nor a forest")
}

/// What the leaves of several targets say, (rows, values per leaf): the mean of every quantity, or the probability of
/// every class, target after target.
#[pyfunction]
#[pyo3(signature = (model, table, threads=1))]
pub fn forest_joint<'py>(
    py: Python<'py>,
    model: &Model,
    table: &Table,
    threads: usize,
) -> PyResult<Bound<'py, PyArray2<f64>>> {
    let inside = inside(model)?;
    let values = py.detach(|| inside.joint(&table.0, threads)).map_err(raised)?;
    let rows = table.0.rows().max(1);
    let width = values.len() / rows;
    matrix(py, values, width)
}

/// The node that every row ends in, (rows, trees). The nodes of a tree are counted depth first, left before right.
#[pyfunction]
#[pyo3(signature = (model, table, threads=1))]
pub fn forest_leaves<'py>(
    py: Python<'py>,
    model: &Model,
    table: &Table,
    threads: usize,
) -> PyResult<Bound<'py, PyArray2<u32>>> {
    let inside = inside(model)?;
    let nodes = py.detach(|| nodes_of(inside, table, threads)).map_err(raised)?;
    let trees = inside.ensemble.trees.len();
    PyArray1::from_vec(py, nodes).reshape([table.0.rows(), trees])
}

fn nodes_of(model: &forest::Model, table: &Table, threads: usize) -> induce::Result<Vec<u32>> {
    let mut leaves = model.leaves(&table.0, threads)?;
    let numbers: Vec<Vec<u32>> = model.ensemble.trees.iter().map(|tree| tree.numbers().1).collect();
    for row in leaves.chunks_exact_mut(numbers.len().max(1)) {
        row.iter_mut()
            .zip(&numbers)
            .for_each(|(leaf, own)| *leaf = own[*leaf as usize]);
    }
    Ok(leaves)
}

/// The nodes of a tree, in the order of their numbers: `parent` (-1 for the root), `feature` (-1 for a leaf), `gain`, `weight`,
/// `threshold` (NaN for leaves and for sets of categories), `left` and `right` (-1 for a leaf), `missing_left`, and `values`,
/// what a leaf predicts and 0 for a branch, (nodes, values per leaf).
#[pyfunction]
pub fn forest_nodes<'py>(py: Python<'py>, model: &Model, tree: usize) -> PyResult<Bound<'py, PyDict>> {
    let found = trees_of(model.inside());
    let trees = &found.as_ref().ok_or_else(no_trees)?.trees;
    let wrong = || pyo3::exceptions::PyIndexError::new_err(format!("tree {tree} of {}", trees.len()));
    let own = trees.get(tree).ok_or_else(wrong)?;
    let nodes = Nodes::of(own);
    let leaves = own.numbers().1;
    let of_leaves = forest::forest(model.inside()).map_or(&own.leaves[..], |forest| forest.values(tree));
    let width = of_leaves.len() / leaves.len().max(1);
    let mut values = vec![0.0; nodes.parent.len() * width];
    for (&number, own) in leaves.iter().zip(of_leaves.chunks_exact(width.max(1))) {
        values[number as usize * width..][..width].copy_from_slice(own);
    }
    let out = PyDict::new(py);
    out.set_item("parent", PyArray1::from_vec(py, nodes.parent))?;
    out.set_item("feature", PyArray1::from_vec(py, nodes.feature))?;
    out.set_item("gain", PyArray1::from_vec(py, nodes.gain))?;
    out.set_item("weight", PyArray1::from_vec(py, nodes.weight))?;
    out.set_item("threshold", PyArray1::from_vec(py, nodes.threshold))?;
    out.set_item("left", PyArray1::from_vec(py, nodes.left))?;
    out.set_item("right", PyArray1::from_vec(py, nodes.right))?;
    out.set_item("missing_left", PyArray1::from_vec(py, nodes.missing_left))?;
    out.set_item("values", matrix(py, values, width)?)?;
    Ok(out)
}

struct Nodes {
    parent: Vec<i64>,
    feature: Vec<i64>,
    gain: Vec<f64>,
    weight: Vec<f64>,
    threshold: Vec<f64>,
    left: Vec<i64>,
    right: Vec<i64>,
    missing_left: Vec<bool>,
}

impl Nodes {
    fn of(tree: &Tree) -> Self {
        let (branches, leaves) = tree.numbers();
        let count = branches.len() + leaves.len();
        let mut nodes = Self {
            parent: vec![-1; count],
            feature: vec![-1; count],
            gain: vec![0.0; count],
            weight: vec![0.0; count],
            threshold: vec![f64::NAN; count],
            left: vec![-1; count],
            right: vec![-1; count],
            missing_left: vec![false; count],
        };
        for (branch, &number) in tree.branches.iter().zip(&branches) {
            let own = number as usize;
            nodes.feature[own] = i64::from(branch.feature);
            (nodes.gain[own], nodes.weight[own]) = (branch.gain, branch.cover);
            nodes.missing_left[own] = branch.missing_left;
            if let Test::AtMost(threshold) = branch.test {
                nodes.threshold[own] = threshold;
            }
            for (child, to_left) in [(branch.left, true), (branch.right, false)] {
                let child = if child < 0 {
                    leaves[!child as usize]
                } else {
                    branches[child as usize]
                };
                nodes.parent[child as usize] = i64::from(number);
                let side = if to_left {
                    &mut nodes.left
                } else {
                    &mut nodes.right
                };
                side[own] = i64::from(child);
            }
        }
        for (&number, &cover) in leaves.iter().zip(&tree.covers) {
            nodes.weight[number as usize] = cover;
        }
        nodes
    }
}

/// A tree of a forest as a model of its own.
#[pyfunction]
pub fn forest_tree(model: &Model, tree: usize) -> PyResult<Model> {
    forest::tree(model.inside(), tree).map(Model::new).map_err(raised)
}

/// What the trees that left a training row out predict for it, row after row; None unless that was kept.
#[pyfunction]
pub fn forest_out_of_bag<'py>(py: Python<'py>, model: &Model) -> PyResult<Option<Bound<'py, PyArray1<f64>>>> {
    let kept = inside(model)?.held_out.as_ref();
    Ok(kept.map(|values| PyArray1::from_slice(py, values)))
}
