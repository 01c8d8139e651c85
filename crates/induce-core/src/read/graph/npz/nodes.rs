//! What a file says of the nodes: features, labels, names, and how they are divided.

use std::collections::HashSet;

use super::super::super::guard::{cells, within};
use super::super::super::npy::{Array, COLUMNS};
use super::super::names::Names;
use super::super::nodes::Parts;
use super::archive::{Archive, Named};
use super::sparse::Sparse;
use crate::linalg::Csr;
use crate::model::NodeSplit;
use crate::table::{Column, Table};
use crate::words::counted;
use crate::{Result, Run};

/// What features are called.
const FEATURES: [&str; 9] = [
    "x",
    "features",
    "feat",
    "attr",
    "attr_matrix",
    "attrs",
    "attributes",
    "node_features",
    "node_feat",
];
/// What labels are called.
const LABELS: [&str; 8] = [
    "labels",
    "y",
    "label",
    "target",
    "targets",
    "node_labels",
    "node_label",
    "classes",
];
/// What the graphs that nodes are in are called.
const GRAPHS: [&str; 4] = ["batch", "graph", "graph_indicator", "graph_ids"];
/// What names of nodes are called.
const NAMES: [&str; 4] = ["node_names", "node_ids", "names", "ids"];
/// What the parts of a division are called.
const PARTS: [&[&str]; 3] = [&["train"], &["val", "valid", "validation"], &["test"]];

/// Features of which fewer than one in so many is not 0 are kept as those alone.
const SPARSE: usize = 4;

/// How many nodes there are: as the matrix of the edges says, or as features, labels and masks have rows.
pub(super) fn count(archive: &mut Archive, matrix: Option<usize>) -> Option<usize> {
    let told = archive.take_if(&["num_nodes", "n_nodes"], |array| {
        array.width() == 1 && array.rows() == 1
    });
    let told = || usize::try_from(told?.array.elements()?.whole(0)).ok();
    let rows = |names: &[&str]| archive.rows(names);
    let starts = || {
        let of = |name: &&str| rows(&[&format!("{name}_indptr")]);
        FEATURES.iter().find_map(of).map(|n| n.saturating_sub(1))
    };
    let masks = || rows(&["train_mask", "test_mask"]);
    matrix
        .or_else(starts)
        .or_else(|| rows(&FEATURES))
        .or_else(|| rows(&GRAPHS))
        .or_else(|| rows(&LABELS))
        .or_else(masks)
        .or_else(told)
}

/// All of it, into `parts`.
pub(super) fn describe(archive: &mut Archive, parts: &mut Parts, n: usize, run: &Run) -> Result<()> {
    names(archive, parts, n);
    features(archive, parts, n, run)?;
    let graphs = graphs(archive, parts, n)?;
    labels(archive, parts, (n, graphs), run)?;
    parts.split = division(
        archive,
        parts,
        if parts.graphs.is_some() {
            graphs.unwrap_or(n)
        } else {
            n
        },
    )?;
    Ok(())
}

/// How many graphs there are, if an array says which each node is in.
fn graphs(archive: &mut Archive, parts: &mut Parts, n: usize) -> Result<Option<usize>> {
    let whole = |array: &Array| {
        array.axes() == 1 && array.rows() == n && array.elements().is_some_and(|all| all.are_whole())
    };
    let Some(own) = archive.take_if(&GRAPHS, whole) else {
        return Ok(None);
    };
    let Some(all) = own.array.elements() else {
        return Ok(None);
    };
    let of: Vec<i64> = (0..n).map(|i| all.whole(i)).collect();
    let hint = "graphs are numbered from 0, and each has a node";
    if let Some(node) = of.iter().position(|graph| *graph < 0) {
        let reason = format!("{} says that node {node} is in graph {}", own.said(), of[node]);
        return Err(archive.fault(reason, hint));
    }
    let most = of.iter().copied().max().unwrap_or(0);
    let there: HashSet<i64> = of.iter().copied().collect();
    if let Some(gap) = (0..most).find(|graph| !there.contains(graph)) {
        let reason = format!("{} names graph {most}, and no node of graph {gap}", own.said());
        return Err(archive.fault(reason, hint));
    }
    parts.attributes.push(Column::from_whole("graph", of));
    Ok(Some(most as usize + 1))
}

/// Names of the nodes, if there are texts for all of them and no two are alike.
fn names(archive: &mut Archive, parts: &mut Parts, n: usize) {
    let found = archive.take_if(&NAMES, |array| {
        array.rows() == n && array.axes() == 1 && array.elements().is_none()
    });
    let Some(own) = found else { return };
    let column = own
        .array
        .columns(1, own.name, false)
        .ok()
        .and_then(|all| all.into_iter().next());
    let texts: Option<Vec<String>> = column.map(|column| (0..n).filter_map(|i| column.text(i)).collect());
    let texts = texts.unwrap_or_default();
    let different: HashSet<&String> = texts.iter().collect();
    if different.len() == n {
        parts.names = Names::Texts(texts);
    } else {
        parts.notes.push(format!(
            "left out: {}, for not all nodes have a name of their own",
            own.said()
        ));
    }
}

fn features(archive: &mut Archive, parts: &mut Parts, n: usize, run: &Run) -> Result<()> {
    for prefix in FEATURES {
        let Some(matrix) = Sparse::compressed(archive, prefix, false)? else {
            continue;
        };
        check_rows(archive, &format!("`{prefix}`"), matrix.rows, n)?;
        parts.features = Some(Csr::from_walk(n, matrix.columns, || matrix.entries())?);
        return Ok(());
    }
    let Some(own) = archive.take_if(&FEATURES, |array| array.axes() == 2 && array.elements().is_some())
    else {
        return Ok(());
    };
    check_rows(archive, &own.said(), own.array.rows(), n)?;
    let (Some(all), d) = (own.array.elements(), own.array.width()) else {
        return Ok(());
    };
    let full = (0..all.len()).filter(|&k| all.real(k) != 0.0).count();
    let finite = || (0..all.len()).all(|k| all.real(k).is_finite());
    if d > COLUMNS || (full < all.len() / SPARSE && finite()) {
        let array = &own.array;
        let entry = move |k: usize| {
            (
                (k / d) as u32,
                (k % d) as u32,
                all.real(array.place(k / d, k % d)),
            )
        };
        let entries = || (0..all.len()).map(entry).filter(|own| own.2 != 0.0);
        parts.features = Some(Csr::from_walk(n, d, entries)?);
        return Ok(());
    }
    within("the features of the nodes".to_owned(), cells(n, d, 8), run.room())?;
    parts
        .attributes
        .extend(own.array.columns(run.threads(), "x", true)?);
    Ok(())
}

fn check_rows(archive: &Archive, what: &str, rows: usize, n: usize) -> Result<()> {
    if rows == n {
        return Ok(());
    }
    Err(archive.fault(
        format!(
            "{what} has {}, and there are {}",
            counted(rows, "row"),
            counted(n, "node")
        ),
        "features and labels have a row for each node, in the order of their numbers",
    ))
}

/// Labels of the nodes; of graphs, where there is one for each of these.
fn labels(
    archive: &mut Archive,
    parts: &mut Parts,
    (n, graphs): (usize, Option<usize>),
    run: &Run,
) -> Result<()> {
    let numbers = |count: usize| Column::from_whole("graph", (0..count as i64).collect());
    let Some(own) = archive.take_if(&LABELS, |array| array.axes() > 0) else {
        if let Some(graphs) = graphs {
            parts.graphs = Some(Table::new(vec![numbers(graphs)])?);
        }
        return Ok(());
    };
    let of_graphs = graphs.filter(|graphs| own.array.rows() == *graphs && *graphs != n);
    check_rows(archive, &own.said(), own.array.rows(), of_graphs.unwrap_or(n))?;
    let column = if own.array.width() == 1 {
        own.array
            .columns(run.threads(), own.name, false)?
            .into_iter()
            .next()
    } else {
        one_hot(&own)
    };
    let Some(column) = column else {
        parts.notes.push(format!(
            "left out: {}, for it is no label for each node",
            own.said()
        ));
        return Ok(());
    };
    let column = named(archive, column);
    match of_graphs {
        Some(graphs) => parts.graphs = Some(Table::new(vec![numbers(graphs), column])?),
        None => {
            parts.labels = Some(column.name().to_owned());
            parts.attributes.push(column);
        }
    }
    Ok(())
}

/// The place of the 1 in each row; unknown where there is none. Nothing of other matrices.
fn one_hot(own: &Named) -> Option<Column> {
    let (all, width) = (own.array.elements()?, own.array.width());
    let class = |i: usize| {
        let mut ones = (0..width).filter(|&j| all.real(own.array.place(i, j)) != 0.0);
        match (ones.next(), ones.next()) {
            (Some(j), None) if all.real(own.array.place(i, j)) == 1.0 => Some(j as f64),
            (None, _) => Some(f64::NAN),
            _ => None,
        }
    };
    let classes: Option<Vec<f64>> = (0..own.array.rows()).map(class).collect();
    Some(Column::from_f64(own.name, classes?))
}

/// Labels by the names of their classes, if the file has one for each.
fn named(archive: &mut Archive, column: Column) -> Column {
    let mut codes = vec![f64::NAN; column.len()];
    column.read_f64(0, &mut codes);
    let known = codes.iter().filter(|code| !code.is_nan() && **code != -1.0);
    let most = known.clone().copied().fold(-1.0, f64::max);
    let whole = known.clone().all(|code| code.fract() == 0.0 && *code >= 0.0);
    let fits = |array: &Array| array.axes() == 1 && array.elements().is_none() && array.rows() as f64 > most;
    if !whole || most < 0.0 {
        return column;
    }
    let Some(own) = archive.take_if(&["class_names", "label_names"], fits) else {
        return column;
    };
    let Some(names) = own
        .array
        .columns(1, own.name, false)
        .ok()
        .and_then(|all| all.into_iter().next())
    else {
        return column;
    };
    let texts: Vec<Option<String>> = codes
        .iter()
        .map(|code| (*code >= 0.0).then(|| names.text(*code as usize)).flatten())
        .collect();
    Column::from_text(
        column.name(),
        &texts.iter().map(Option::as_deref).collect::<Vec<_>>(),
    )
}

fn division(archive: &mut Archive, parts: &mut Parts, n: usize) -> Result<Option<NodeSplit>> {
    let mut split = [Vec::new(), Vec::new(), Vec::new()];
    let mut found = false;
    for (part, names) in split.iter_mut().zip(PARTS) {
        let spelt = names.iter().flat_map(|name| {
            ["idx", "index", "indices", "mask", "nodes", "ids"]
                .into_iter()
                .flat_map(move |own| [format!("{name}_{own}"), format!("{own}_{name}")])
        });
        let spelt: Vec<String> = spelt.collect();
        let spelt: Vec<&str> = spelt.iter().map(String::as_str).collect();
        let whole = |array: &Array| array.axes() > 0 && array.elements().is_some_and(|all| all.are_whole());
        if let Some(own) = archive.take_if(&spelt, whole) {
            *part = members(archive, &own, n, &mut parts.notes)?;
            found = true;
        }
    }
    let [train, valid, test] = split;
    Ok(found.then_some(NodeSplit { train, valid, test }))
}

/// The nodes that an array names, or that a mask has true.
fn members(archive: &Archive, own: &Named, n: usize, notes: &mut Vec<String>) -> Result<Vec<u32>> {
    let Some(all) = own.array.elements() else {
        return Ok(Vec::new());
    };
    let mut nodes = Vec::new();
    if own.name.to_lowercase().contains("mask") {
        check_rows(archive, &own.said(), own.array.rows(), n)?;
        if own.array.width() > 1 {
            notes.push(format!(
                "{} has several divisions of the nodes: the first is taken",
                own.said()
            ));
        }
        if own.array.width() > 0 {
            nodes.extend(
                (0..n)
                    .filter(|&i| all.whole(own.array.place(i, 0)) != 0)
                    .map(|i| i as u32),
            );
        }
        return Ok(nodes);
    }
    for k in 0..all.len() {
        let id = all.whole(k);
        let node = u32::try_from(id).ok().filter(|node| (*node as usize) < n);
        nodes.push(node.ok_or_else(|| {
            archive.fault(
                format!(
                    "{} names node {id}, and there are {}",
                    own.said(),
                    counted(n, "node")
                ),
                "nodes are numbered from 0",
            )
        })?);
    }
    nodes.sort_unstable();
    nodes.dedup();
    Ok(nodes)
}

/// The word that an array of one text holds.
pub(super) fn word(array: &Array) -> Option<String> {
    if array.elements().is_some() || array.rows() != 1 || array.width() != 1 {
        return None;
    }
    array.columns(1, "", false).ok()?.first()?.text(0)
}
