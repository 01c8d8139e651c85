//! Edges as a reader finds them, and as the rows of a matrix.

use super::words::finite;
use crate::linalg::Csr;
use crate::words::{counted, have};
use crate::{Error, Result};

/// Edges in the order of the file: 8 bytes each, and 8 more as soon as one has another weight than 1.
#[derive(Debug, Default)]
pub(super) struct Links {
    ends: Vec<[u32; 2]>,
    /// Empty while all weights are 1.
    weights: Vec<f64>,
}

/// Which way edges lead, as who gives them knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sense {
    /// Both ways, and each is there once: the file says so.
    Both,
    /// The file does not say.
    Unsaid,
    /// One way: the file says so.
    OneWay,
    /// Entries of a matrix: an edge leads both ways if it is there both ways.
    Entries {
        /// Whether one that is there one way only is worth a word.
        said: bool,
    },
}

/// Rows of the edges between `n` nodes, each of which leads both ways then, and remarks: what a file of them would be read as.
///
/// ```
/// use induce_core::read::{Sense, both_ways};
/// let (rows, remarks) = both_ways(3, [(0, 1, 1.0), (2, 1, 0.5)], Sense::Both)?;
/// assert_eq!((rows.index(), rows.value()), (&[1, 0, 2, 1][..], &[1.0, 1.0, 0.5, 0.5][..]));
/// assert!(remarks.is_empty());
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If an edge is at a node beyond the last, weights add up to no finite number, or there are more than 2^24 nodes.
pub fn both_ways(
    n: usize,
    edges: impl IntoIterator<Item = (u32, u32, f64)>,
    sense: Sense,
) -> Result<(Csr, Vec<String>)> {
    let (mut links, mut remarks) = (Links::default(), Vec::new());
    edges
        .into_iter()
        .for_each(|(i, j, weight)| links.push(i, j, weight));
    let (rows, _) = links.rows(n, sense, false, &mut remarks)?;
    Ok((rows, remarks))
}

impl Links {
    /// With room for so many, which somebody has counted.
    pub(super) fn of_length(count: usize) -> Self {
        Self {
            ends: Vec::with_capacity(count),
            weights: Vec::new(),
        }
    }

    pub(super) fn push(&mut self, from: u32, to: u32, weight: f64) {
        if weight != 1.0 && self.weights.is_empty() {
            self.weights.resize(self.ends.len(), 1.0);
        }
        self.ends.push([from, to]);
        if weight != 1.0 || !self.weights.is_empty() {
            self.weights.push(weight);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Two nodes and a weight.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, u32, f64)> + '_ {
        let weight = |k: usize| self.weights.get(k).copied().unwrap_or(1.0);
        self.ends
            .iter()
            .enumerate()
            .map(move |(k, &[i, j])| (i, j, weight(k)))
    }

    /// Nodes numbered anew; `numbers` has a place for each.
    pub(super) fn renumber(&mut self, numbers: &[u32]) {
        for ends in &mut self.ends {
            *ends = ends.map(|i| numbers[i as usize]);
        }
    }

    /// Rows of the edges from each of `n` nodes, and whether they lead one way.
    ///
    /// # Errors
    /// If weights add up to no finite number, or there are more than 2^24 nodes.
    pub(super) fn rows(
        mut self,
        n: usize,
        sense: Sense,
        directed: bool,
        notes: &mut Vec<String>,
    ) -> Result<(Csr, bool)> {
        self.leave_out_nothings(notes);
        self.remark(notes);
        match (sense, directed) {
            (Sense::Entries { said }, _) => entries(self, n, said, directed, notes),
            (Sense::Both, true) => {
                notes.push(
                    "the file says that its edges lead both ways: they do so with `--directed` too".into(),
                );
                Ok((undirected(&self, n, notes)?, true))
            }
            (_, true) => Ok((one_way(&self, n, notes)?, true)),
            (Sense::OneWay, false) => {
                notes.push(
                    "the graph is directed: its edges are taken both ways (--directed keeps their direction)"
                        .into(),
                );
                Ok((undirected(&self, n, notes)?, false))
            }
            (_, false) => Ok((undirected(&self, n, notes)?, false)),
        }
    }

    /// What is odd about single edges.
    fn remark(&self, notes: &mut Vec<String>) {
        let loops = self.ends.iter().filter(|[i, j]| i == j).count();
        if loops > 0 {
            notes.push(format!("{} from a node to itself", counted(loops, "edge")));
        }
    }

    /// An edge of weight 0 joins nothing: whoever counts neighbours must not meet it.
    fn leave_out_nothings(&mut self, notes: &mut Vec<String>) {
        let nothing = self.weights.iter().filter(|weight| **weight == 0.0).count();
        if nothing == 0 {
            return;
        }
        notes.push(format!("{} of weight 0 left out", counted(nothing, "edge")));
        let mut weights = self.weights.iter();
        self.ends
            .retain(|_| weights.next().is_some_and(|weight| *weight != 0.0));
        self.weights.retain(|weight| *weight != 0.0);
    }
}

/// Every edge from its first node; edges of the same two are added up.
fn one_way(links: &Links, n: usize, notes: &mut Vec<String>) -> Result<Csr> {
    let rows = Csr::from_walk(n, n, || links.iter())?;
    again(links.len() - rows.index().len(), notes);
    Ok(rows)
}

/// Every edge from both of its nodes; edges of the same two are added up.
fn undirected(links: &Links, n: usize, notes: &mut Vec<String>) -> Result<Csr> {
    let back = |(i, j, w): (u32, u32, f64)| [Some((i, j, w)), (i != j).then_some((j, i, w))];
    let rows = Csr::from_walk(n, n, || links.iter().flat_map(back).flatten())?;
    let own = |i: usize| rows.index()[rows.starts()[i]..rows.starts()[i + 1]].binary_search(&(i as u32));
    let loops = (0..n).filter(|&i| own(i).is_ok()).count();
    again(links.len() - (rows.index().len() + loops) / 2, notes);
    Ok(rows)
}

fn again(count: usize, notes: &mut Vec<String>) {
    if count > 0 {
        notes.push(format!(
            "{} between nodes that have one already: weights are added",
            counted(count, "edge")
        ));
    }
}

/// Entries of a matrix: as they are if they are the same both ways or directed, else both ways.
fn entries(
    links: Links,
    n: usize,
    said: bool,
    directed: bool,
    notes: &mut Vec<String>,
) -> Result<(Csr, bool)> {
    let one = one_way(&links, n, notes)?;
    drop(links);
    if directed {
        return Ok((one, true));
    }
    let other = one.transposed();
    if one == other {
        return Ok((one, false));
    }
    let (rows, alone, unlike) = joined(&one, &other);
    if said && alone > 0 {
        notes.push(format!(
            "{alone} of {} {} one way only and {} taken both ways (--directed keeps their direction)",
            counted(one.index().len(), "edge"),
            if alone == 1 { "leads" } else { "lead" },
            if alone == 1 { "is" } else { "are" }
        ));
    }
    if unlike > 0 {
        notes.push(format!(
            "{} another weight back: it has the mean of both (--directed keeps both)",
            have(unlike, "edge")
        ));
    }
    Ok((rows, false))
}

/// What is in either matrix, the mean where it is in both; how many edges are in one only, and how many pairs differ.
fn joined(one: &Csr, other: &Csr) -> (Csr, usize, usize) {
    let n = one.rows();
    let most = one.index().len() * 2;
    let (mut starts, mut index, mut value) = (vec![0], Vec::with_capacity(most), Vec::with_capacity(most));
    let (mut alone, mut unlike) = (0, 0);
    for i in 0..n {
        let (mut a, mut b) = (one.row(i).peekable(), other.row(i).peekable());
        while let Some(j) = [a.peek(), b.peek()].into_iter().flatten().map(|own| own.0).min() {
            let mine = a.next_if(|own| own.0 == j).map(|own| own.1);
            let theirs = b.next_if(|own| own.0 == j).map(|own| own.1);
            let weight = match (mine, theirs) {
                (Some(x), Some(y)) => {
                    unlike += usize::from(x != y && i < j);
                    if x == y { x } else { 0.5 * x + 0.5 * y }
                }
                (x, y) => {
                    alone += usize::from(x.is_some());
                    x.or(y).unwrap_or_default()
                }
            };
            index.push(j as u32);
            value.push(weight);
        }
        starts.push(index.len());
    }
    (Csr::trusted(n, starts, index, value), alone, unlike)
}

/// The weight that a word is.
///
/// # Errors
/// In words, if it is no finite number.
pub(super) fn weight(word: &str) -> Result<f64, String> {
    finite(word).ok_or_else(|| format!("its weight `{word}` is no finite number"))
}

/// An error for edges that make no rows.
pub(super) fn no_rows(file: &str, format: &'static str, error: &Error) -> Error {
    super::super::guard::malformed(
        file,
        format,
        error,
        "weights of the same edge must add up to a number, and nodes be at most 2^24",
    )
}
