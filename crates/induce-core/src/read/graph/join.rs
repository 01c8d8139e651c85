//! Tables with a row for each node, joined to edges by names.

use std::collections::HashMap;
use std::path::Path;

use super::super::bytes::{gunzip, is_gzip};
use super::super::{Contents, Format, ReadOptions, libsvm, names, read_bytes, sniff};
use super::names::Names;
use super::nodes::Parts;
use super::{beside, collection};
use crate::linalg::Csr;
use crate::table::{Column, ColumnType, Table};
use crate::words::counted;
use crate::{Error, Result, Run};

/// What the names of nodes are called.
const IDS: [&str; 8] = [
    "node",
    "node_id",
    "nodeid",
    "id",
    "vertex",
    "vertex_id",
    "name",
    "index",
];

/// A file with a row for each node.
enum Described {
    Table(Table),
    Sparse { labels: Vec<f64>, features: Csr },
}

/// What these files say of the nodes, added to `parts`: tables first, whose first column names the nodes, then sparse features, whose
/// rows are in the order of the table's.
///
/// # Errors
/// If one cannot be read, edges name a node that is in none, or files have another number of rows.
pub(super) fn join(parts: &mut Parts, files: &[impl AsRef<Path>], run: &Run) -> Result<()> {
    let mut sparse = Vec::new();
    let mut ids: Option<String> = None;
    for file in files.iter().map(AsRef::as_ref) {
        match read(file, parts, run)? {
            Described::Table(table) => of_table(parts, file, &table, &mut ids)?,
            Described::Sparse { labels, features } => sparse.push((file, labels, features)),
        }
    }
    for (file, labels, features) in sparse {
        if ids.is_none() {
            by_number(parts, file, features.rows())?;
            ids = Some(String::new());
        }
        of_sparse(parts, file, labels, features)?;
    }
    Ok(())
}

fn read(file: &Path, parts: &mut Parts, run: &Run) -> Result<Described> {
    let (name, content) = (file.display().to_string(), Contents::of(file)?);
    let inflated = match is_gzip(&content) {
        true => Some(gunzip(&name, &content, run.room())?),
        false => None,
    };
    let bytes = inflated.as_deref().unwrap_or(&content);
    if sniff(bytes) == Format::Libsvm {
        let (labels, features) = libsvm::sparse(&name, bytes)?;
        return Ok(Described::Sparse { labels, features });
    }
    let mut options = ReadOptions::default();
    if sniff(bytes) == Format::Csv
        && let names = names(file, &options)?
        && let Some(id) = id_of(&names)
    {
        // As they are written: `007` is no 7.
        let graph = collection::id_of(&names).filter(|graph| *graph != id);
        let all = std::iter::once(id).chain(graph);
        options
            .column_types
            .extend(all.map(|own| (own, ColumnType::Category)));
    }
    let (table, sniffed) = read_bytes(&name, bytes, &options, run)?;
    parts.notes.extend(sniffed.notes);
    Ok(Described::Table(table))
}

/// The column that names the nodes: under a usual name, else the first.
fn id_of(names: &[String]) -> Option<String> {
    let usual = |wanted: &&str| names.iter().find(|name| name.eq_ignore_ascii_case(wanted));
    IDS.iter().find_map(usual).or(names.first()).cloned()
}

fn of_table(parts: &mut Parts, file: &Path, table: &Table, ids: &mut Option<String>) -> Result<()> {
    let called = beside::is_of_graphs(file);
    if called || collection::is_of_graphs(table) {
        let table = if called {
            collection::named_as_usual(table)?
        } else {
            table.clone()
        };
        numbered(
            file,
            table.column(&collection::id_of(&table.names()).unwrap_or_default())?,
            "graph",
        )?;
        return collection::of_graphs(parts, file, table);
    }
    let columns = table.names();
    let Some(id) = id_of(&columns) else { return Ok(()) };
    let mut rest = table.without(&[&id]);
    let named = ids
        .as_ref()
        .is_none_or(|first| *first == id || IDS.contains(&id.to_lowercase().as_str()));
    match ids {
        None => by_name(parts, file, table.column(&id)?)?,
        Some(_) if named => {
            let rows = order(parts, file, table.column(&id)?)?;
            rest = rest.take(&rows);
        }
        // Without names the rows are in the order of the first table.
        Some(_) => rest = table.clone(),
    }
    check_rows(parts, file, table.rows())?;
    ids.get_or_insert(id);
    parts.attributes.extend(rest.columns().iter().cloned());
    Ok(())
}

fn check_rows(parts: &Parts, file: &Path, rows: usize) -> Result<()> {
    let n = parts.names.len();
    if rows == n {
        return Ok(());
    }
    Err(Error::data(
        format!(
            "`{}` has {}, and there are {}",
            file.display(),
            counted(rows, "row"),
            counted(n, "node")
        ),
        "a file of nodes has a row for each, in one order",
    ))
}

/// Numbers of the names in a column.
fn numbered(file: &Path, column: &Column, what: &str) -> Result<(Vec<String>, HashMap<String, u32>)> {
    let fault = |reason: String| {
        Error::data(
            format!("`{}`: {reason}", file.display()),
            format!("the first column, or that called `{what}` or `id`, names each {what} once"),
        )
    };
    let (mut names, mut numbers) = (
        Vec::with_capacity(column.len()),
        HashMap::with_capacity(column.len()),
    );
    for i in 0..column.len() {
        let name = column
            .text(i)
            .ok_or_else(|| fault(format!("row {} has no `{}`", i + 1, column.name())))?;
        if let Some(first) = numbers.insert(name.clone(), i as u32) {
            return Err(fault(format!(
                "rows {} and {} are both of `{name}`",
                first + 1,
                i + 1
            )));
        }
        names.push(name);
    }
    Ok((names, numbers))
}

/// The nodes are those of the table, in its order.
fn by_name(parts: &mut Parts, file: &Path, column: &Column) -> Result<()> {
    let (names, numbers) = numbered(file, column, "node")?;
    let number = |i: usize| {
        let name = parts.names.name(i);
        numbers
            .get(&name)
            .copied()
            .ok_or_else(|| stranger(parts, file, i))
    };
    let renumbered = (0..parts.names.len()).map(number).collect::<Result<Vec<u32>>>()?;
    parts.links.renumber(&renumbered);
    arrange(parts, &renumbered, names.len())?;
    parts.names = Names::Texts(names);
    Ok(())
}

/// What is known of nodes already goes to their new numbers.
fn arrange(parts: &mut Parts, renumbered: &[u32], n: usize) -> Result<()> {
    let known = !parts.attributes.is_empty() || parts.features.is_some() || parts.split.is_some();
    if !known {
        return Ok(());
    }
    if renumbered.len() != n {
        return Err(Error::data(
            format!(
                "the graph has {}, and the table of nodes {}",
                counted(renumbered.len(), "node"),
                counted(n, "row")
            ),
            "a graph that says something of its nodes needs a row for each of them",
        ));
    }
    let mut rows = vec![0; n];
    renumbered
        .iter()
        .enumerate()
        .for_each(|(old, &new)| rows[new as usize] = old);
    parts
        .attributes
        .iter_mut()
        .for_each(|column| *column = column.take(&rows));
    parts.features = parts.features.take().map(|own| own.take(&rows));
    if let Some(split) = &mut parts.split {
        for part in [&mut split.train, &mut split.valid, &mut split.test] {
            part.iter_mut()
                .for_each(|node| *node = renumbered[*node as usize]);
            part.sort_unstable();
        }
    }
    Ok(())
}

fn stranger(parts: &Parts, file: &Path, i: usize) -> Error {
    Error::data(
        format!(
            "an edge{} is at the node `{}`, which is not in `{}`",
            parts.names.place(i),
            parts.names.name(i),
            file.display()
        ),
        "a table of nodes has a row for each node that an edge names; `--nodes none` reads the edges alone",
    )
}

/// The rows of another table in the order of the nodes.
fn order(parts: &Parts, file: &Path, column: &Column) -> Result<Vec<usize>> {
    let (_, numbers) = numbered(file, column, "node")?;
    let row = |i: usize| {
        let name = parts.names.name(i);
        let found = numbers.get(&name).map(|&row| row as usize);
        found.ok_or_else(|| {
            Error::data(
                format!("the node `{name}` is not in `{}`", file.display()),
                "every table of nodes has a row for each of them",
            )
        })
    };
    (0..parts.names.len()).map(row).collect()
}

/// The nodes are the rows of a file without names: their names in the edges are numbers from 0, or from 1.
fn by_number(parts: &mut Parts, file: &Path, n: usize) -> Result<()> {
    if let Names::Numbered { .. } = parts.names {
        return check_rows(parts, file, n);
    }
    let number = |i: usize| {
        let name = parts.names.name(i);
        name.parse::<usize>()
            .ok()
            .filter(|k| *k <= n && k.to_string() == name)
    };
    let told: Option<Vec<usize>> = (0..parts.names.len()).map(number).collect();
    let first = usize::from(
        told.as_ref()
            .is_some_and(|all| !all.contains(&0) && all.contains(&n)),
    );
    let fits = |k: &usize| *k >= first && k - first < n;
    let strange = (0..parts.names.len()).find(|&i| !number(i).is_some_and(|k| fits(&k)));
    if let Some(i) = strange {
        return Err(stranger(parts, file, i));
    }
    let numbers: Vec<u32> = told
        .unwrap_or_default()
        .into_iter()
        .map(|k| (k - first) as u32)
        .collect();
    parts.links.renumber(&numbers);
    parts.names = Names::Numbered { first, count: n };
    parts.notes.push(format!(
        "nodes are the rows of `{}`, numbered from {first}",
        file.display()
    ));
    Ok(())
}

fn of_sparse(parts: &mut Parts, file: &Path, labels: Vec<f64>, features: Csr) -> Result<()> {
    check_rows(parts, file, features.rows())?;
    let one = labels
        .first()
        .is_none_or(|first| labels.iter().all(|own| own == first));
    if !one && parts.usual().is_none() && !parts.attributes.iter().any(|column| column.name() == "label") {
        parts.attributes.push(Column::from_f64("label", labels));
        parts.labels = Some("label".into());
    } else if !one {
        parts.notes.push(format!(
            "left out: the first number of each line of `{}`, for labels are known already",
            file.display()
        ));
    }
    if parts.features.is_some() {
        return Err(Error::data(
            format!("`{}` is a second file of sparse features", file.display()),
            "give one of them",
        ));
    }
    parts.features = Some(features);
    Ok(())
}
