//! LIBSVM: `label [qid:number] index:value ... [# comment]`, absent values are 0.
//!
//! Source: the `svmlight` format of T. Joachims, as LIBSVM and XGBoost read it.

use super::guard;
use super::number::{Number, parse_number};
use crate::error::{Error, Result};
use crate::linalg::Csr;
use crate::run::Run;
use crate::table::Column;

/// Most columns that a file may have as a dense table.
const COLUMNS: usize = super::npy::COLUMNS;

/// Lines that are looked at to tell the format.
const SAMPLE: usize = 20;

/// The file, in compressed rows.
#[derive(Default)]
struct Rows {
    labels: Vec<f64>,
    groups: Vec<f64>,
    /// Where the entries of each row end.
    ends: Vec<usize>,
    entries: Vec<(u32, f64)>,
}

/// Whether the first lines have the form of the format, and one of them an `index:value`.
pub(crate) fn is_libsvm(bytes: &[u8]) -> bool {
    let start = &bytes[..bytes.len().min(1 << 16)];
    let whole = start.len() == bytes.len();
    let mut lines: Vec<&[u8]> = start.split(|&byte| byte == b'\n').take(SAMPLE + 1).collect();
    if !whole || lines.len() > SAMPLE {
        lines.pop();
    }
    let mut rows = Rows::default();
    !lines.is_empty() && lines.iter().all(|line| rows.push(line).is_ok()) && !rows.entries.is_empty()
}

/// The columns `label`, `qid` if there is one, and `x<index>` for every index up to the largest.
pub(crate) fn read(file: &str, bytes: &[u8], run: &Run) -> Result<Vec<(Column, String)>> {
    let rows = Rows::of(file, bytes)?;
    if !rows.groups.is_empty() && rows.groups.len() != rows.labels.len() {
        return Err(broken(file, "some rows have a `qid` and some have none"));
    }
    let columns = rows.columns(file, run)?;
    Ok(columns
        .into_iter()
        .map(|column| (column, "the format has numbers only".to_string()))
        .collect())
}

/// The labels, and the other numbers as rows of a sparse matrix whose columns are numbered from the least index that the format allows.
pub(super) fn sparse(file: &str, bytes: &[u8]) -> Result<(Vec<f64>, Csr)> {
    let rows = Rows::of(file, bytes)?;
    let least = rows.least();
    let width = rows
        .entries
        .iter()
        .map(|(index, _)| *index as usize + 1 - least)
        .max()
        .unwrap_or(0);
    let starts = std::iter::once(0).chain(rows.ends.iter().copied()).collect();
    let index = rows
        .entries
        .iter()
        .map(|(index, _)| index - least as u32)
        .collect();
    let value = rows.entries.iter().map(|own| own.1).collect();
    let features =
        Csr::from_vecs(width, starts, index, value).map_err(|error| broken(file, &error.to_string()))?;
    Ok((rows.labels, features))
}

fn broken(file: &str, reason: &str) -> Error {
    guard::malformed(
        file,
        "LIBSVM",
        reason,
        "a line is `label index:value index:value ...`",
    )
}

impl Rows {
    /// All lines of a file.
    fn of(file: &str, bytes: &[u8]) -> Result<Self> {
        let mut rows = Self::default();
        for (number, line) in bytes.split(|&byte| byte == b'\n').enumerate() {
            rows.push(line)
                .map_err(|reason| broken(file, &format!("line {}: {reason}", number + 1)))?;
        }
        match rows.labels.is_empty() {
            true => Err(broken(file, "it has no row")),
            false => Ok(rows),
        }
    }

    /// The index of the first column: 1, or 0 where it is used.
    fn least(&self) -> usize {
        self.entries
            .iter()
            .map(|(index, _)| *index)
            .min()
            .unwrap_or(1)
            .min(1) as usize
    }

    /// Add a line; an error says what is wrong with it. Blank lines and comments add nothing.
    fn push(&mut self, line: &[u8]) -> Result<(), String> {
        let line = line.split(|&byte| byte == b'#').next().unwrap_or_default();
        let mut words = line
            .split(u8::is_ascii_whitespace)
            .filter(|word| !word.is_empty());
        let Some(label) = words.next() else { return Ok(()) };
        self.labels.push(number(label)?);
        let start = self.entries.len();
        for word in words {
            let colon = word.iter().position(|&byte| byte == b':');
            let (key, value) = colon
                .map(|at| (&word[..at], &word[at + 1..]))
                .ok_or_else(|| no("index:value", word))?;
            if key == b"qid" {
                self.groups.push(number(value)?);
                continue;
            }
            let index = std::str::from_utf8(key)
                .ok()
                .and_then(|key| key.parse().ok())
                .ok_or_else(|| no("index", key))?;
            self.entries.push((index, number(value)?));
        }
        let row = &mut self.entries[start..];
        row.sort_by_key(|(index, _)| *index);
        if let Some(pair) = row.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(format!("the index {} comes twice", pair[0].0));
        }
        self.ends.push(self.entries.len());
        Ok(())
    }

    /// Dense columns, if they are not too many or too large.
    fn columns(self, file: &str, run: &Run) -> Result<Vec<Column>> {
        let least = self.least();
        let most = self
            .entries
            .iter()
            .map(|(index, _)| *index)
            .max()
            .map_or(least, |index| index as usize + 1);
        let width = most - least;
        if width > COLUMNS {
            return Err(broken(
                file,
                &format!("the index {} makes more than {COLUMNS} columns", most - 1),
            ));
        }
        let needed = guard::cells(self.labels.len(), width, 8);
        guard::within(format!("`{file}` as a dense table"), needed, run.room())?;
        let mut dense = vec![vec![0.0; self.labels.len()]; width];
        let mut start = 0;
        for (row, &end) in self.ends.iter().enumerate() {
            for &(index, value) in &self.entries[start..end] {
                dense[index as usize - least][row] = value;
            }
            start = end;
        }
        let mut columns = vec![Column::from_f64("label", self.labels)];
        if !self.groups.is_empty() {
            columns.push(Column::from_f64("qid", self.groups));
        }
        let named = |(j, values): (usize, Vec<f64>)| Column::from_f64(format!("x{}", j + least), values);
        columns.extend(dense.into_iter().enumerate().map(named));
        Ok(columns)
    }
}

fn number(text: &[u8]) -> Result<f64, String> {
    match parse_number(text) {
        Number::Integer(value) => Ok(value as f64),
        Number::Float(value) => Ok(value),
        Number::None if text.eq_ignore_ascii_case(b"nan") => Ok(f64::NAN),
        Number::None if text.contains(&b',') => {
            Err(format!("`{}` is several labels", String::from_utf8_lossy(text)))
        }
        Number::None => Err(no("number", text)),
    }
}

fn no(what: &str, text: &[u8]) -> String {
    format!("`{}` is no {what}", String::from_utf8_lossy(text))
}
