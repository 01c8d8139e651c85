//! Matrix Market: a sparse matrix, an entry a line.

use super::super::guard::within;
use super::links::{Links, Sense};
use super::names::Names;
use super::nodes::{NODE, Parts};
use super::words::{broken, finite, lines};
use crate::{Error, Result, Run};

const FORMAT: &str = "Matrix Market";
const BANNER: &str = "%%matrixmarket";

pub(super) fn is_market(text: &str) -> bool {
    text.as_bytes()
        .get(..BANNER.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(BANNER.as_bytes()))
}

/// The matrix of `coordinate` entries as weights between nodes `1`, `2`, ...; the edges of one that is not symmetric lead both ways
/// unless it is asked for their direction.
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
    let mut entries = Links::default();
    for (line, content) in lines {
        let (i, j, weight) = banner.entry(file, line, content, n)?;
        entries.push(i, j, weight);
    }
    if entries.len() != count {
        let reason = format!(
            "it says that there are {count} entries, and there are {}",
            entries.len()
        );
        return Err(fault(file, line, &reason));
    }
    let names = Names::Numbered { first: 1, count: n };
    Ok(Parts {
        sense: match banner.symmetric {
            true => Sense::Both,
            false => Sense::Entries { said: true },
        },
        ..Parts::new(FORMAT, names, entries)
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

fn fault(file: &str, line: usize, reason: &str) -> Error {
    broken(
        file,
        FORMAT,
        line,
        reason,
        "`scipy.io.mmwrite(FILE, W)` writes one of a square matrix with entries that are at least 0",
    )
}
