//! Graphs from lists of edges.

use std::collections::HashMap;
use std::path::Path;

use super::guard::malformed;
use super::text::text;
use crate::linalg::Csr;
use crate::model::{Graph, Rows};
use crate::table::{Column, Table};
use crate::{Error, Result, Run};

/// The graph in a list of edges: two names a line and, if there is one, a weight, between white space or commas. Lines that
/// begin with `#` or `%` are comments. Nodes are numbered in the order in which they appear; an edge leads both ways.
///
/// # Errors
/// If a line has fewer than two names, a weight is no finite number, or there is no edge.
pub fn graph(path: &Path, run: &Run) -> Result<Graph> {
    edges_of(&path.display().to_string(), &text(path, run)?)
}

fn edges_of(file: &str, text: &str) -> Result<Graph> {
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    let mut names: Vec<&str> = Vec::new();
    let mut entries = Vec::new();
    for (line, content) in text.lines().enumerate() {
        let content = content.trim();
        if content.is_empty() || content.starts_with(['#', '%']) {
            continue;
        }
        let mut words = content
            .split(|c: char| c.is_whitespace() || c == ',')
            .filter(|w| !w.is_empty());
        let (Some(a), Some(b)) = (words.next(), words.next()) else {
            return Err(broken(file, line, "it names one node only"));
        };
        let weight = words.next().map_or(Ok(1.0), str::parse::<f64>);
        let weight = weight.ok().filter(|w| w.is_finite());
        let weight = weight.ok_or_else(|| broken(file, line, "its weight is no finite number"))?;
        let mut number = |name| {
            *numbers.entry(name).or_insert_with(|| {
                names.push(name);
                names.len() as u32 - 1
            })
        };
        let (a, b) = (number(a), number(b));
        entries.push((a, b, weight));
        if a != b {
            entries.push((b, a, weight));
        }
    }
    let n = names.len();
    let table = Table::new(vec![Column::from_text(
        "node",
        &names.iter().map(|name| Some(*name)).collect::<Vec<_>>(),
    )])?;
    let nodes = Rows {
        features: table.into(),
        target: None,
        weight: None,
        groups: None,
        notes: Vec::new(),
    };
    Graph::new(nodes, Csr::from_entries(n, n, entries)?)
}

fn broken(file: &str, line: usize, reason: &str) -> Error {
    let reason = format!("line {}: {reason}", line + 1);
    malformed(
        file,
        "edge list",
        reason,
        "write an edge a line: two names, and a weight if there is one",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_lead_both_ways_and_add_up() {
        let graph = edges_of("g", "# a triangle\na b\nb,c,2\nc a\na b 0.5\n").unwrap();
        assert_eq!(graph.nodes.rows(), 3);
        assert_eq!(graph.edges.row(0).collect::<Vec<_>>(), [(1, 1.5), (2, 1.0)]);
        assert!(edges_of("g", "a\n").unwrap_err().to_string().contains("line 1"));
        assert!(edges_of("g", "a b x\n").is_err());
    }
}
