//! Lists of edges: two names a line, and a weight if there is one.

use std::collections::HashMap;

use super::nodes::Parts;
use super::words::{broken, finite, lines};
use crate::words::counted;
use crate::{Error, Result};

const FORMAT: &str = "edge list";

/// First lines that name columns.
const HEADS: [(&str, &str); 8] = [
    ("source", "target"),
    ("from", "to"),
    ("src", "dst"),
    ("node1", "node2"),
    ("u", "v"),
    ("i", "j"),
    ("a", "b"),
    ("head", "tail"),
];

/// Names between white space, commas or semicolons; nodes are numbered in the order in which they appear.
pub(super) fn read(file: &str, text: &str) -> Result<Parts> {
    let (mut numbers, mut names) = (HashMap::new(), Vec::new());
    let (mut edges, mut further) = (Vec::new(), 0);
    let full = lines(text, true).filter(|(_, line)| !line.is_empty());
    for (at, (line, content)) in full.enumerate() {
        let words = split(content);
        if at == 0 && is_head(&words) {
            continue;
        }
        let [a, b, rest @ ..] = &words[..] else {
            return Err(fault(file, line, "it names one node only"));
        };
        let weight = weight(rest).ok_or_else(|| fault(file, line, "its weight is no finite number"))?;
        further += usize::from(rest.len() > 1 && !rest[0].starts_with('{'));
        let mut number = |name: &str| {
            *numbers.entry(name.to_owned()).or_insert_with(|| {
                names.push(name.to_owned());
                names.len() as u32 - 1
            })
        };
        edges.push((number(a), number(b), weight));
    }
    let said = (further > 0).then(|| {
        format!(
            "{} have more than two names and a weight: the rest is left out",
            counted(further, "line")
        )
    });
    Ok(Parts {
        format: FORMAT,
        names,
        attributes: Vec::new(),
        edges,
        notes: Vec::from_iter(said),
    })
}

/// Whether the first line of a text names the columns of a list of edges, as `source,target` does.
pub(super) fn begins_with_head(text: &str) -> bool {
    lines(text, true)
        .map(|(_, line)| line)
        .find(|line| !line.is_empty())
        .is_some_and(|line| is_head(&split(line)))
}

fn split(line: &str) -> Vec<&str> {
    let apart = |c: char| c.is_whitespace() || c == ',' || c == ';';
    let words = line.split(apart).filter(|word| !word.is_empty());
    words.map(|word| word.trim_matches('"')).collect()
}

/// Names of columns where an edge is expected.
fn is_head(words: &[&str]) -> bool {
    let [a, b, rest @ ..] = words else { return false };
    let (a, b) = (a.to_lowercase(), b.to_lowercase());
    let weighed = rest
        .first()
        .is_some_and(|w| ["weight", "w", "value"].contains(&w.to_lowercase().as_str()));
    weighed
        || (HEADS.contains(&(a.as_str(), b.as_str()))
            && rest.first().is_none_or(|w| finite(w).is_none())
            && a.len() > 1)
}

/// The weight after two names: a number, or a dictionary as networkx writes it; 1 if there is neither.
fn weight(rest: &[&str]) -> Option<f64> {
    match rest {
        [] => Some(1.0),
        [word, ..] if word.starts_with('{') => {
            let text = rest.join(" ");
            let Some((_, after)) = text.split_once("weight") else {
                return Some(1.0);
            };
            finite(after.trim_matches(|c: char| !c.is_ascii_digit() && c != '-' && c != '.'))
        }
        [word, ..] => finite(word),
    }
}

fn fault(file: &str, line: usize, reason: &str) -> Error {
    broken(
        file,
        FORMAT,
        line,
        reason,
        "write an edge a line: two names, and a weight if there is one",
    )
}
