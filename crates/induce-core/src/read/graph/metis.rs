//! METIS: the neighbours of each node, a line for each.

use super::links::Links;
use super::names::Names;
use super::nodes::Parts;
use super::words::{broken, finite, lines};
use crate::words::counted;
use crate::{Error, Result};

const FORMAT: &str = "METIS";

/// Nodes, edges, and which numbers come before and between the neighbours.
struct Head {
    nodes: usize,
    edges: usize,
    sizes: bool,
    weights: usize,
    weighed: bool,
}

impl Head {
    /// `NODES EDGES [FORMAT [WEIGHTS]]`, the format of up to three digits 0 or 1: sizes of nodes, weights of nodes, weights of edges.
    fn of(line: &str) -> Option<Self> {
        let words: Vec<&str> = line.split_whitespace().collect();
        if !(2..=4).contains(&words.len()) {
            return None;
        }
        let number = |k: usize| words.get(k).map(|word| word.parse::<usize>());
        let format = words.get(2).copied().unwrap_or("0");
        if format.len() > 3 || !format.bytes().all(|digit| b"01".contains(&digit)) {
            return None;
        }
        let flag = |k: usize| format.len() > k && format.as_bytes()[format.len() - 1 - k] == b'1';
        let weights = match number(3) {
            Some(count) => count.ok()?,
            None => usize::from(flag(1)),
        };
        Some(Self {
            nodes: number(0)?.ok()?,
            edges: number(1)?.ok()?,
            sizes: flag(2),
            weights,
            weighed: flag(0),
        })
    }

    /// Numbers of a line before its neighbours.
    fn before(&self) -> usize {
        usize::from(self.sizes).saturating_add(self.weights)
    }
}

/// The first line and those of the nodes; what is empty after the last node is none.
fn parts(text: &str) -> Option<(Head, Vec<(usize, &str)>)> {
    let mut all = lines(text, false).skip_while(|(_, line)| line.is_empty());
    let head = Head::of(all.next()?.1)?;
    let mut rows: Vec<_> = all.collect();
    while rows.len() > head.nodes && rows.last().is_some_and(|(_, line)| line.is_empty()) {
        rows.pop();
    }
    Some((head, rows))
}

/// Whether there are as many lines, and as many neighbours in them, as the first line says.
pub(super) fn is_metis(text: &str) -> bool {
    let mut all = lines(text, false).skip_while(|(_, line)| line.is_empty());
    let Some(head) = all
        .next()
        .and_then(|(_, line)| Head::of(line))
        .filter(|head| head.nodes > 0)
    else {
        return false;
    };
    let (mut rows, mut numbers, step) = (0, 0_usize, 1 + usize::from(head.weighed));
    // A list of edges is as long as it is: the first line that does not fit ends the search.
    for (_, line) in all {
        if rows == head.nodes {
            if line.is_empty() {
                continue;
            }
            return false;
        }
        let mut count = 0;
        for word in line.split_whitespace() {
            if finite(word).is_none() {
                return false;
            }
            count += 1;
        }
        if count < head.before() || (count - head.before()) % step != 0 {
            return false;
        }
        numbers += (count - head.before()) / step;
        rows += 1;
    }
    rows == head.nodes && Some(numbers) == head.edges.checked_mul(2)
}

/// Whether a file is called `.graph`, as those of METIS are, and begins as they do, and its lines are none of a list of edges.
pub(super) fn is_called_so(name: &str, text: &str) -> bool {
    let lower = name.to_lowercase();
    if !lower.strip_suffix(".gz").unwrap_or(&lower).ends_with(".graph") {
        return false;
    }
    let mut all = lines(text, false).skip_while(|(_, line)| line.is_empty());
    let head = all.next().and_then(|(_, line)| Head::of(line));
    head.is_some() && all.any(|(_, line)| !(2..=3).contains(&line.split_whitespace().count()))
}

/// The graph; each edge stands at both of its nodes.
pub(super) fn read(file: &str, text: &str) -> Result<Parts> {
    let (head, rows) =
        parts(text).ok_or_else(|| fault(file, 1, "it should have the numbers of nodes and edges"))?;
    let n = head.nodes;
    let mut edges = Vec::new();
    for (i, (line, content)) in rows.iter().enumerate() {
        let words: Vec<&str> = content.split_whitespace().skip(head.before()).collect();
        for pair in words.chunks(1 + usize::from(head.weighed)) {
            let j = pair[0].parse::<usize>().ok().filter(|j| (1..=n).contains(j));
            let j =
                j.ok_or_else(|| fault(file, *line, &format!("`{}` is no node from 1 to {n}", pair[0])))?;
            if j == i + 1 {
                return Err(fault(file, *line, "a node is its own neighbour"));
            }
            let weight = pair.get(1).map_or(Some(1.0), |word| finite(word));
            let weight = weight.ok_or_else(|| fault(file, *line, "a weight is no finite number"))?;
            edges.push((i as u32, j as u32 - 1, weight));
        }
    }
    if rows.len() != n {
        let reason = format!(
            "it says {}, and there are {}",
            counted(n, "node"),
            counted(rows.len(), "line")
        );
        return Err(fault(file, 1, &reason));
    }
    let once = both(file, edges)?;
    if once.len() != head.edges {
        let reason = format!(
            "it says {}, and there are {}",
            counted(head.edges, "edge"),
            once.len()
        );
        return Err(fault(file, 1, &reason));
    }
    let said = (head.before() > 0).then(|| {
        format!(
            "{} of each node left out",
            counted(head.before(), "size or weight")
        )
    });
    Ok(Parts {
        notes: Vec::from_iter(said),
        ..Parts::new(FORMAT, Names::Numbered { first: 1, count: n }, once)
    })
}

/// Edges once, if they stand at both of their nodes with one weight.
fn both(file: &str, mut edges: Vec<(u32, u32, f64)>) -> Result<Links> {
    edges.sort_by_key(|&(i, j, _)| (i.min(j), i.max(j), i));
    for pair in edges.chunks(2) {
        let same =
            pair.len() == 2 && (pair[0].0, pair[0].1) == (pair[1].1, pair[1].0) && pair[0].2 == pair[1].2;
        if !same {
            let (i, j) = (pair[0].0 + 1, pair[0].1 + 1);
            let reason =
                format!("the edge of nodes {i} and {j} does not stand at both of them once, with one weight");
            return Err(fault(file, 1, &reason));
        }
    }
    let mut links = Links::default();
    edges
        .iter()
        .step_by(2)
        .for_each(|&(i, j, weight)| links.push(i, j, weight));
    Ok(links)
}

fn fault(file: &str, line: usize, reason: &str) -> Error {
    broken(
        file,
        FORMAT,
        line,
        reason,
        "a line for each node with the numbers of its neighbours, from 1, after a first line `NODES EDGES`",
    )
}
