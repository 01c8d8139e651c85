//! Graphs in NumPy's NPZ files: pairs of nodes as Planetoid and PyTorch Geometric have them, or a sparse matrix as SciPy and the
//! benchmark of Shchur et al. have it, beside features, labels and a division of the nodes.
//!
//! Yang, Cohen & Salakhutdinov 2016 (Planetoid); Shchur, Mumme, Bojchevski & Günnemann 2018, *Pitfalls of graph neural network
//! evaluation*; `scipy.sparse.save_npz`.

mod archive;
mod nodes;
mod pairs;
mod sparse;

use self::archive::{Archive, FORMAT, plain};
use self::pairs::{Edges, MATRICES, PAIRS, are_pairs};
use self::sparse::Sparse;
use super::super::guard::within;
use super::super::npy::{self, Array};
use super::super::npz::{beginnings, members};
use super::links::{Links, Sense};
use super::names::Names;
use super::nodes::{NODE, Parts};
use crate::{Result, Run};

/// Whether the arrays of a file are those of a graph, by their names and shapes.
pub(super) fn is_graph(bytes: &[u8]) -> bool {
    let all = beginnings(bytes);
    let find = |name: &str| all.iter().find(|own| plain(&own.0) == name);
    let heading = |name: &str| find(name).and_then(|(_, start)| npy::heading("", start).ok());
    if PAIRS
        .iter()
        .any(|name| heading(name).is_some_and(|array| are_pairs(&array)))
    {
        return true;
    }
    let square = |array: &Array| matches!(array.shape(), [a, b] if a == b && *a > 0);
    let compressed =
        |own: &&str| find(&format!("{own}_indptr")).is_some() && find(&format!("{own}_indices")).is_some();
    if MATRICES
        .iter()
        .any(|own| compressed(own) || heading(own).is_some_and(|array| square(&array)))
    {
        return true;
    }
    let of_scipy = ["indptr", "row"].iter().any(|name| find(name).is_some()) && find("format").is_some();
    let shape = find("shape").and_then(|(_, start)| sparse::two(&npy::parse_any("", start).ok()?));
    of_scipy && shape.is_some_and(|(rows, columns)| rows == columns)
}

/// The graph; what nothing was made of is said.
pub(super) fn read(file: &str, bytes: &[u8], run: &Run) -> Result<Parts> {
    let members = members(file, bytes, run.room())?;
    let titles: Vec<String> = members
        .iter()
        .map(|(name, _)| format!("{file}/{name}.npy"))
        .collect();
    let mut archive = Archive::of(file, &members, &titles)?;
    let Edges { links, nodes, sense } = edges(&mut archive)?;
    let told = nodes::count(&mut archive, nodes);
    let n = match told {
        Some(n) => n,
        None => links
            .iter()
            .map(|(i, j, _)| i.max(j) as usize + 1)
            .max()
            .unwrap_or(0),
    };
    pairs::check(&archive, &links, n)?;
    within(
        format!("a graph of {n} nodes"),
        (n as u64).saturating_mul(NODE),
        run.room(),
    )?;
    let mut parts = Parts {
        sense,
        ..Parts::new(FORMAT, Names::Numbered { first: 0, count: n }, links)
    };
    nodes::describe(&mut archive, &mut parts, n, run)?;
    parts.notes.extend(archive.left_out());
    Ok(parts)
}

fn edges(archive: &mut Archive) -> Result<Edges> {
    if let Some(found) = pairs::of(archive)? {
        return Ok(found);
    }
    if let Some(matrix) = matrix(archive)? {
        if matrix.rows != matrix.columns {
            let reason = format!(
                "{} rows and {} columns are no edges between the same nodes",
                matrix.rows, matrix.columns
            );
            return Err(archive.fault(
                reason,
                "the matrix of a graph has a row and a column for each node",
            ));
        }
        let mut links = Links::of_length(matrix.len());
        matrix
            .entries()
            .for_each(|(i, j, weight)| links.push(i, j, weight));
        return Ok(Edges {
            links,
            nodes: Some(matrix.rows),
            sense: Sense::Entries { said: true },
        });
    }
    if let Some(found) = pairs::of_dense(archive)? {
        return Ok(found);
    }
    Err(archive.fault(
        "it has no edges",
        "name them `edges` (edges x 2) or `edge_index` (2 x edges), or write their matrix with scipy.sparse.save_npz",
    ))
}

/// The sparse matrix of the edges: under a name, or the only one of the file.
fn matrix<'a>(archive: &mut Archive<'a>) -> Result<Option<Sparse<'a>>> {
    for prefix in MATRICES {
        if let Some(found) = Sparse::compressed(archive, prefix, false)? {
            return Ok(Some(found));
        }
    }
    let format = archive.take(&["format"]).and_then(|own| nodes::word(&own.array));
    // SciPy says so of arrays that are to be arrays again.
    archive.take(&["_is_array"]);
    match format.as_deref() {
        Some("csc") => Sparse::compressed(archive, "", true),
        Some("coo") => Sparse::coordinates(archive),
        None | Some("csr") => Sparse::compressed(archive, "", false),
        Some(other) => Err(archive.fault(
            format!("its matrix has the format `{other}`"),
            "write it by rows: scipy.sparse.save_npz(FILE, W.tocsr())",
        )),
    }
}
