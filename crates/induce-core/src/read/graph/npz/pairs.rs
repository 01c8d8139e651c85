//! Edges as pairs of nodes, or as a matrix that is not sparse.

use super::super::super::npy::Array;
use super::super::links::{Links, Sense};
use super::archive::{Archive, Named};
use crate::Result;
use crate::words::counted;

/// What a list of pairs is called.
pub(super) const PAIRS: [&str; 5] = ["edge_index", "edges", "edge_list", "edgelist", "edge"];
/// What the matrix of a graph is called, where it has a name.
pub(super) const MATRICES: [&str; 3] = ["adj", "adj_matrix", "adjacency"];
/// What weights of edges are called.
const WEIGHTS: [&str; 5] = ["edge_weight", "edge_weights", "edge_attr", "weights", "weight"];

const HINT: &str = "nodes are numbered from 0, in the order of the rows of `x` and `labels`";

/// Edges, and how many nodes they are between, if the matrix says it.
pub(super) struct Edges {
    pub(super) links: Links,
    pub(super) nodes: Option<usize>,
    pub(super) sense: Sense,
}

/// Whether an array can be meant as pairs of nodes.
pub(super) fn are_pairs(array: &Array) -> bool {
    let whole = array.elements().is_some_and(|all| all.are_whole());
    whole && matches!(array.shape(), [2, _] | [_, 2])
}

/// The edges of an array (edges, 2) or (2, edges), and their weights.
pub(super) fn of(archive: &mut Archive) -> Result<Option<Edges>> {
    let Some(own) = archive.take_if(&PAIRS, are_pairs) else {
        return Ok(None);
    };
    let Some(all) = own.array.elements() else {
        return Ok(None);
    };
    // Two pairs lie as the name says: PyTorch Geometric's stand beside each other.
    let index = own.name.to_lowercase().contains("index");
    let down = match own.array.shape() {
        [2, 2] => !index,
        shape => shape[0] != 2,
    };
    let count = if down {
        own.array.shape()[0]
    } else {
        own.array.shape()[1]
    };
    let weights = archive.take_if(&WEIGHTS, |array| {
        array.elements().is_some() && array.rows() == count && array.width() == 1 && array.axes() > 0
    });
    if weights.is_none()
        && let Some(rows) = archive.rows(&["edge_weight", "edge_weights"])
        && rows != count
    {
        let reason = format!(
            "{} have a weight, and there are {}",
            counted(rows, "edge"),
            counted(count, "edge")
        );
        return Err(archive.fault(reason, "give each edge a weight, or none of them"));
    }
    let end = |k: usize, side: usize| {
        let id = all.whole(if down {
            own.array.place(k, side)
        } else {
            own.array.place(side, k)
        });
        u32::try_from(id)
            .map_err(|_| archive.fault(format!("edge {k} of `{}` is at node {id}", own.name), HINT))
    };
    let mut links = Links::of_length(count);
    for k in 0..count {
        let weight = weights.as_ref().map_or(1.0, |own| real(own, k));
        if !weight.is_finite() {
            let reason = format!("the weight of edge {k} is {weight}");
            return Err(archive.fault(reason, "leave edges out that have no weight"));
        }
        links.push(end(k, 0)?, end(k, 1)?, weight);
    }
    Ok(Some(Edges {
        links,
        nodes: None,
        sense: Sense::Entries { said: index },
    }))
}

/// The edges of a square matrix of numbers.
pub(super) fn of_dense(archive: &mut Archive) -> Result<Option<Edges>> {
    let square = |shape: &[usize]| matches!(shape, [a, b] if a == b);
    let found = archive.take_if(&MATRICES, |array| {
        array.elements().is_some() && square(array.shape())
    });
    let Some(own) = found else { return Ok(None) };
    let (n, mut links) = (own.array.rows(), Links::default());
    for i in 0..n {
        for j in 0..n {
            let weight = real(&own, own.array.place(i, j));
            if !weight.is_finite() {
                let reason = format!("`{}` is {weight} at ({i}, {j})", own.name);
                return Err(archive.fault(reason, "write 0 where there is no edge"));
            }
            if weight != 0.0 {
                links.push(i as u32, j as u32, weight);
            }
        }
    }
    Ok(Some(Edges {
        links,
        nodes: Some(n),
        sense: Sense::Entries { said: true },
    }))
}

/// That no edge is at a node beyond the last.
pub(super) fn check(archive: &Archive, links: &Links, n: usize) -> Result<()> {
    let beyond = links
        .iter()
        .enumerate()
        .find(|(_, (i, j, _))| *i.max(j) as usize >= n);
    match beyond {
        Some((k, (i, j, _))) => Err(archive.fault(
            format!(
                "edge {k} is at node {}, and there are {}",
                i.max(j),
                counted(n, "node")
            ),
            HINT,
        )),
        None => Ok(()),
    }
}

fn real(own: &Named, k: usize) -> f64 {
    own.array.elements().map_or(f64::NAN, |all| all.real(k))
}
