//! Matrix Market: a sparse matrix, an entry a line.

use super::super::guard::within;
use super::nodes::Parts;
use super::words::{broken, finite, lines};
use crate::{Error, Result, Run};

const FORMAT: &str = "Matrix Market";
const BANNER: &str = "%%matrixmarket";

pub(super) fn is_market(text: &str) -> bool {
    text.as_bytes()
        .get(..BANNER.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(BANNER.as_bytes()))
}

/// Bytes of a node: its name, its place.
const NODE: u64 = 80;

/// The matrix of `coordinate` entries as weights between nodes `1`, `2`, ...; one that is not symmetric as `(W + W') / 2`.
///
/// Boisvert, Pozo & Remington 1996, *The Matrix Market exchange formats*.
pub(super) fn read(file: &str, text: &str, run: &Run) -> Result<Parts> {
    let banner = Banner::of(file, text.lines().next().unwrap_or_default())?;
    let mut lines = lines(text, false).filter(|(_, line)| !line.is_empty());
    let (line, sizes) = lines
        .next()
        .ok_or_else(|| fault(file, 1, "nothing follows the first line"))?;
    let (n, count) = size(file, line, sizes)?;
    within(
        format!("a graph of {n} nodes"),
        (n as u64).saturating_mul(NODE),
        run.room(),
    )?;
    let mut entries = Vec::new();
    for (line, content) in lines {
        entries.push(banner.entry(file, line, content, n)?);
    }
    if entries.len() != count {
        let reason = format!(
            "it says that there are {count} entries, and there are {}",
            entries.len()
        );
        return Err(fault(file, line, &reason));
    }
    let (edges, notes) = if banner.symmetric {
        (entries, Vec::new())
    } else {
        of_general(entries)
    };
    Ok(Parts {
        format: FORMAT,
        names: (1..=n).map(|i| i.to_string()).collect(),
        attributes: Vec::new(),
        edges,
        notes,
    })
}

struct Banner {
    pattern: bool,
    symmetric: bool,
}

impl Banner {
    fn of(file: &str, line: &str) -> Result<Self> {
        let lower = line.to_ascii_lowercase();
        let words: Vec<&str> = lower.split_whitespace().collect();
        let [_, object, layout, field, symmetry] = words[..] else {
            return Err(fault(
                file,
                1,
                "it should have five words: %%MatrixMarket matrix coordinate FIELD SYMMETRY",
            ));
        };
        if (object, layout) != ("matrix", "coordinate") {
            return Err(fault(
                file,
                1,
                &format!("`{object} {layout}` is no sparse matrix of weights"),
            ));
        }
        if !["pattern", "real", "integer", "double"].contains(&field) {
            return Err(fault(
                file,
                1,
                &format!("weights are real numbers, not `{field}`"),
            ));
        }
        match symmetry {
            "general" | "symmetric" => Ok(Self {
                pattern: field == "pattern",
                symmetric: symmetry == "symmetric",
            }),
            other => Err(fault(
                file,
                1,
                &format!("a `{other}` matrix is none of weights: they are the same both ways"),
            )),
        }
    }

    fn entry(&self, file: &str, line: usize, content: &str, n: usize) -> Result<(u32, u32, f64)> {
        let words: Vec<&str> = content.split_whitespace().collect();
        let place = |k: usize| {
            words
                .get(k)
                .and_then(|word| word.parse::<usize>().ok())
                .filter(|i| (1..=n).contains(i))
        };
        let (Some(i), Some(j)) = (place(0), place(1)) else {
            return Err(fault(
                file,
                line,
                &format!("it does not begin with two numbers from 1 to {n}"),
            ));
        };
        let weight = match (self.pattern, words.len()) {
            (true, 2) => Some(1.0),
            (false, 3) => finite(words[2]),
            _ => None,
        };
        let weight = weight.ok_or_else(|| fault(file, line, "it has no finite weight, or too many words"))?;
        Ok((i as u32 - 1, j as u32 - 1, weight))
    }
}

fn size(file: &str, line: usize, sizes: &str) -> Result<(usize, usize)> {
    let numbers: Option<Vec<usize>> = sizes.split_whitespace().map(|word| word.parse().ok()).collect();
    let Some([rows, columns, count]) = numbers
        .as_deref()
        .and_then(|all| <[usize; 3]>::try_from(all).ok())
    else {
        return Err(fault(
            file,
            line,
            "it should have three numbers: rows, columns and entries",
        ));
    };
    match rows == columns {
        true => Ok((rows, count)),
        false => Err(fault(
            file,
            line,
            &format!("{rows} rows and {columns} columns are no weights between the same nodes"),
        )),
    }
}

/// Entries both ways as edges: half of each, so that two that are the same make one of their weight.
fn of_general(entries: Vec<(u32, u32, f64)>) -> (Vec<(u32, u32, f64)>, Vec<String>) {
    let mut edges: Vec<(u32, u32, f64)> = entries;
    edges.iter_mut().for_each(|(i, j, w)| {
        if i != j {
            *w *= 0.5;
        }
        (*i, *j) = ((*i).min(*j), (*i).max(*j));
    });
    edges.sort_by_key(|(i, j, _)| (*i, *j));
    let all = edges.len();
    let (mut alone, mut k) = (0, 0);
    while k < all {
        let same = |next: &&(u32, u32, f64)| (next.0, next.1) == (edges[k].0, edges[k].1);
        let run = edges[k..].iter().take_while(same).count();
        let equal = run == 2 && edges[k].2 == edges[k + 1].2;
        alone += usize::from(edges[k].0 != edges[k].1 && !equal);
        k += run;
    }
    edges.dedup_by(|next, kept| {
        let same = (next.0, next.1) == (kept.0, kept.1);
        if same {
            kept.2 += next.2;
        }
        same
    });
    let said =
        (alone > 0).then(|| format!("{alone} entries are not the same both ways: weights are (W + W') / 2"));
    (edges, Vec::from_iter(said))
}

fn fault(file: &str, line: usize, reason: &str) -> Error {
    broken(
        file,
        FORMAT,
        line,
        reason,
        "`scipy.io.mmwrite(FILE, W)` writes one of a square matrix with entries that are at least 0",
    )
}
