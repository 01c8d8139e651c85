//! Collections of graphs as TU Dortmund University has them: `DS_A.txt`, `DS_graph_indicator.txt`, `DS_graph_labels.txt` and others
//! (Morris, Kriege, Bause, Kersting, Mutzel & Neumann 2020, *TUDataset*).

use std::path::{Path, PathBuf};

use super::links::{Links, Sense};
use super::names::Names;
use super::nodes::Parts;
use super::words::{broken, finite};
use crate::table::{Column, Table};
use crate::words::counted;
use crate::{Error, Result};

const FORMAT: &str = "TU collection";
/// The ending of the file of edges.
const EDGES: &str = "_A.txt";
/// The ending of the file that says which graph each node is in.
const GRAPHS: &str = "_graph_indicator.txt";
/// What nothing is made of.
const OTHERS: [&str; 3] = ["edge_labels", "edge_attributes", "graph_attributes"];

/// What the names of the files begin with: of a folder that has them, or of their file of edges.
pub(super) fn prefix(path: &Path) -> Option<String> {
    let of_file = |file: &Path| {
        let prefix = file.to_str()?.strip_suffix(EDGES)?.to_owned();
        Path::new(&format!("{prefix}{GRAPHS}"))
            .is_file()
            .then_some(prefix)
    };
    if !path.is_dir() {
        return of_file(path);
    }
    let mut all: Vec<PathBuf> = std::fs::read_dir(path)
        .ok()?
        .flatten()
        .map(|own| own.path())
        .collect();
    all.sort();
    all.iter().find_map(|file| of_file(file))
}

/// The collection whose files begin so; nodes and graphs are numbered from 1.
pub(super) fn read(prefix: &str) -> Result<Parts> {
    let graphs: Vec<u32> = column(&format!("{prefix}{GRAPHS}"))?;
    let n = graphs.len();
    let file = format!("{prefix}{EDGES}");
    let mut links = Links::default();
    for (line, fields) in rows(&text(&file)?) {
        let node = |k: usize| {
            let number = fields.get(k).and_then(|word| word.parse::<usize>().ok());
            number.filter(|i| (1..=n).contains(i)).map(|i| i as u32 - 1)
        };
        let (Some(from), Some(to)) = (node(0), node(1)) else {
            return Err(fault(
                &file,
                line,
                &format!("it is no edge of two of {}", counted(n, "node")),
            ));
        };
        links.push(from, to, 1.0);
    }
    let mut parts = Parts {
        sense: Sense::Entries { said: true },
        ..Parts::new(FORMAT, Names::Numbered { first: 1, count: n }, links)
    };
    let graph = graphs.iter().map(|graph| i64::from(*graph)).collect();
    parts.attributes.push(Column::from_whole("graph", graph));
    describe(&mut parts, prefix, n)?;
    let count = graphs.iter().max().copied().unwrap_or(0);
    parts.graphs = Some(of_graphs(prefix, count)?);
    let left: Vec<String> = OTHERS
        .iter()
        .map(|own| format!("{prefix}_{own}.txt"))
        .filter(|own| Path::new(own).is_file())
        .map(|own| format!("`{}`", name(&own)))
        .collect();
    if !left.is_empty() {
        parts.notes.push(format!("left out: {}", left.join(", ")));
    }
    Ok(parts)
}

/// Kinds of nodes, and numbers of each.
fn describe(parts: &mut Parts, prefix: &str, n: usize) -> Result<()> {
    for (ending, title) in [("node_labels", "kind"), ("node_attributes", "x")] {
        let file = format!("{prefix}_{ending}.txt");
        if !Path::new(&file).is_file() {
            continue;
        }
        let text = text(&file)?;
        let all: Vec<(usize, Vec<&str>)> = rows(&text).collect();
        check(&file, all.len(), n, "node")?;
        let width = all.first().map_or(0, |own| own.1.len());
        if let Some((line, own)) = all.iter().find(|own| own.1.len() != width) {
            let reason = format!("{} where others have {width}", counted(own.len(), "value"));
            return Err(fault(&file, *line, &reason));
        }
        for k in 0..width {
            let title = if width == 1 {
                title.to_owned()
            } else {
                format!("{title}{k}")
            };
            parts.attributes.push(match ending {
                "node_labels" => {
                    Column::from_text(title, &all.iter().map(|own| Some(own.1[k])).collect::<Vec<_>>())
                }
                _ => Column::from_f64(title, numbers(&file, &all, k)?),
            });
        }
    }
    Ok(())
}

fn numbers(file: &str, all: &[(usize, Vec<&str>)], k: usize) -> Result<Vec<f64>> {
    let number = |(line, own): &(usize, Vec<&str>)| {
        finite(own[k]).ok_or_else(|| fault(file, *line, &format!("`{}` is no finite number", own[k])))
    };
    all.iter().map(number).collect()
}

/// A row for each graph: its number and, if it is known, its class.
fn of_graphs(prefix: &str, count: u32) -> Result<Table> {
    let mut columns = vec![Column::from_whole("graph", (1..=i64::from(count)).collect())];
    let file = format!("{prefix}_graph_labels.txt");
    if Path::new(&file).is_file() {
        let text = text(&file)?;
        let labels: Vec<Option<&str>> = rows(&text).map(|own| own.1.first().copied()).collect();
        check(&file, labels.len(), count as usize, "graph")?;
        columns.push(Column::from_text("label", &labels));
    }
    Table::new(columns)
}

/// A whole number from 1 on in each line.
fn column(file: &str) -> Result<Vec<u32>> {
    let text = text(file)?;
    let number = |(line, own): (usize, Vec<&str>)| {
        let found = own.first().and_then(|word| word.parse::<u32>().ok());
        let found = found.filter(|number| *number >= 1 && *number < 1 << 24);
        found.ok_or_else(|| fault(file, line, "it is no number of a graph, which count from 1"))
    };
    rows(&text).map(number).collect()
}

fn text(file: &str) -> Result<String> {
    std::fs::read_to_string(file).map_err(|error| Error::io("read", file, error))
}

/// Full lines, numbered from 1, and their fields.
fn rows(text: &str) -> impl Iterator<Item = (usize, Vec<&str>)> {
    let full = text.lines().enumerate().filter(|own| !own.1.trim().is_empty());
    full.map(|(i, line)| (i + 1, line.split(',').map(str::trim).collect()))
}

fn check(file: &str, found: usize, wanted: usize, what: &str) -> Result<()> {
    if found == wanted {
        return Ok(());
    }
    let reason = format!(
        "`{file}` has {}, and there are {}",
        counted(found, "line"),
        counted(wanted, what)
    );
    Err(Error::data(reason, format!("it has a line for each {what}")))
}

fn fault(file: &str, line: usize, reason: &str) -> Error {
    let hint = "the files of a collection are DS_A.txt, DS_graph_indicator.txt, DS_graph_labels.txt, with a line for each edge, node, graph";
    broken(file, FORMAT, line, reason, hint)
}

fn name(path: &str) -> &str {
    Path::new(path)
        .file_name()
        .and_then(|own| own.to_str())
        .unwrap_or(path)
}
