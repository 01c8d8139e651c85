//! Compressed sparse rows.

use std::sync::Arc;

use arrow_buffer::ScalarBuffer;

use crate::{Error, Result};

/// A sparse matrix by rows: row i has `value[k]` in column `index[k]` for k from `starts[i]` to `starts[i + 1]`, and 0
/// elsewhere.
///
/// The parts are shared: cloning costs nothing, and entries in the memory of another language (SciPy's) are not copied.
///
/// ```
/// use induce_core::linalg::Csr;
/// // [[0, 5, 0], [1, 0, 2]]
/// let rows = Csr::from_vecs(3, vec![0, 1, 3], vec![1, 0, 2], vec![5.0, 1.0, 2.0])?;
/// assert_eq!((rows.rows(), rows.columns()), (2, 3));
/// assert_eq!(rows.row(1).collect::<Vec<_>>(), [(0, 1.0), (2, 2.0)]);
/// let error = Csr::from_vecs(3, vec![0, 1, 3], vec![1, 2, 0], vec![5.0, 2.0, 1.0]).unwrap_err();
/// assert!(error.to_string().contains("row 2"));
/// # Ok::<(), induce_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Csr {
    columns: usize,
    starts: Arc<[usize]>,
    index: ScalarBuffer<u32>,
    value: ScalarBuffer<f64>,
}

/// Most columns: what a model has of each, its name and its values, costs some hundred bytes whether used or not.
const COLUMNS: usize = 1 << 24;

impl Csr {
    /// Rows of `columns` columns: `starts` has one entry more than there are rows, `index` and `value` are of one length.
    ///
    /// # Errors
    /// If `starts` does not rise from 0 to the number of values, the columns of a row do not rise or are not below
    /// `columns`, a value is not finite, or there are 2^32 rows or more than 2^24 columns.
    pub fn new(
        columns: usize,
        starts: impl Into<Arc<[usize]>>,
        index: ScalarBuffer<u32>,
        value: ScalarBuffer<f64>,
    ) -> Result<Self> {
        let starts = starts.into();
        if columns > COLUMNS || starts.len() > u32::MAX as usize {
            let counts = format!("{} rows of {columns} columns", starts.len().saturating_sub(1));
            return Err(fault(&format!(
                "{counts}, where 2^32 rows and 2^24 columns are the most"
            )));
        }
        let (Some(first), Some(last)) = (starts.first(), starts.last()) else {
            return Err(fault("there are no row starts, not even the end of no rows"));
        };
        let (n, m) = (index.len(), value.len());
        if *first != 0 || *last != m || n != m {
            return Err(fault(&format!(
                "row starts go from {first} to {last} beside {n} indices and {m} values"
            )));
        }
        if let Some(i) = starts.windows(2).position(|w| w[0] > w[1]) {
            return Err(fault(&format!("row {} ends before it starts", i + 1)));
        }
        let all = Self {
            columns,
            starts,
            index,
            value,
        };
        match (0..all.rows()).find_map(|i| all.fault_of(i)) {
            Some(what) => Err(fault(&what)),
            None => Ok(all),
        }
    }

    /// As [`new`](Self::new), from vectors.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn from_vecs(columns: usize, starts: Vec<usize>, index: Vec<u32>, value: Vec<f64>) -> Result<Self> {
        Self::new(columns, starts, index.into(), value.into())
    }

    /// From entries (row, column, value) in any order; entries of one place are added.
    ///
    /// # Errors
    /// If an entry lies outside of (rows, columns), or a value is not finite.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "entries are made for this, and let go"
    )]
    pub fn from_entries(rows: usize, columns: usize, entries: Vec<(u32, u32, f64)>) -> Result<Self> {
        Self::from_walk(rows, columns, || entries.iter().copied())
    }

    /// As [`from_entries`](Self::from_entries), from entries that are walked twice and need not lie anywhere: they are counted into
    /// their rows, and each row is sorted by itself, so that n entries take 12 n bytes and little more.
    ///
    /// ```
    /// use induce_core::linalg::Csr;
    /// let ends = [(0, 1), (2, 0), (0, 1)];
    /// let rows = Csr::from_walk(3, 3, || ends.iter().map(|&(i, j)| (i, j, 1.0)))?;
    /// assert_eq!(rows.row(0).collect::<Vec<_>>(), [(1, 2.0)]);
    /// # Ok::<(), induce_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`from_entries`](Self::from_entries).
    pub fn from_walk<W: Iterator<Item = (u32, u32, f64)>>(
        rows: usize,
        columns: usize,
        entries: impl Fn() -> W,
    ) -> Result<Self> {
        let mut starts = vec![0; rows.saturating_add(1)];
        for (i, j, _) in entries() {
            if i as usize >= rows || j as usize >= columns {
                return Err(fault(&format!("an entry at ({i}, {j}) of {rows} x {columns}")));
            }
            starts[i as usize + 1] += 1;
        }
        (0..rows).for_each(|i| starts[i + 1] += starts[i]);
        let (mut index, mut value) = (vec![0; starts[rows]], vec![0.0; starts[rows]]);
        let mut next = starts.clone();
        for (i, j, x) in entries() {
            let place = &mut next[i as usize];
            (index[*place], value[*place]) = (j, x);
            *place += 1;
        }
        drop(next);
        add_up(&mut starts, &mut index, &mut value);
        Self::from_vecs(columns, starts, index, value)
    }

    /// As [`from_vecs`](Self::from_vecs), from parts that are right by construction: nothing is checked, and values
    /// may be infinite.
    pub fn trusted(columns: usize, starts: Vec<usize>, index: Vec<u32>, value: Vec<f64>) -> Self {
        debug_assert!(starts.last() == Some(&value.len()) && index.len() == value.len());
        Self {
            columns,
            starts: starts.into(),
            index: index.into(),
            value: value.into(),
        }
    }

    /// The transpose, (columns, rows).
    ///
    /// ```
    /// use induce_core::linalg::Csr;
    /// let rows = Csr::from_vecs(3, vec![0, 1, 3], vec![1, 0, 2], vec![5.0, 1.0, 2.0])?;
    /// assert_eq!(rows.transposed().row(2).collect::<Vec<_>>(), [(1, 2.0)]);
    /// # Ok::<(), induce_core::Error>(())
    /// ```
    #[must_use]
    pub fn transposed(&self) -> Self {
        let (starts, index, value) = transpose(self.columns, &self.starts, &self.index, &self.value);
        Self::trusted(self.rows(), starts, index, value)
    }

    /// How many rows.
    pub fn rows(&self) -> usize {
        self.starts.len() - 1
    }

    /// How many columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Where each row starts in [`index`](Self::index) and [`value`](Self::value), and the end.
    pub fn starts(&self) -> &[usize] {
        &self.starts
    }

    /// Columns of the entries, rising within a row.
    pub fn index(&self) -> &[u32] {
        &self.index
    }

    /// Their values.
    pub fn value(&self) -> &[f64] {
        &self.value
    }

    /// The columns and values of row `i`, those that are kept.
    pub fn row(&self, i: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let range = self.starts[i]..self.starts[i + 1];
        let index = self.index[range.clone()].iter().map(|&j| j as usize);
        index.zip(self.value[range].iter().copied())
    }

    /// Only these rows, in this order.
    #[must_use]
    pub fn take(&self, rows: &[usize]) -> Self {
        let mut starts = Vec::with_capacity(rows.len() + 1);
        let (mut index, mut value) = (Vec::new(), Vec::new());
        starts.push(0);
        for &i in rows {
            let range = self.starts[i]..self.starts[i + 1];
            index.extend_from_slice(&self.index[range.clone()]);
            value.extend_from_slice(&self.value[range]);
            starts.push(index.len());
        }
        Self {
            columns: self.columns,
            starts: starts.into(),
            index: index.into(),
            value: value.into(),
        }
    }

    fn fault_of(&self, i: usize) -> Option<String> {
        let index = &self.index[self.starts[i]..self.starts[i + 1]];
        if let Some(w) = index.windows(2).find(|w| w[0] >= w[1]) {
            return Some(format!(
                "in row {} column {} comes after column {}",
                i + 1,
                w[1],
                w[0]
            ));
        }
        if let Some(j) = index.last().filter(|j| **j as usize >= self.columns) {
            return Some(format!("row {} has column {j} of {}", i + 1, self.columns));
        }
        let odd = self.row(i).find(|(_, x)| !x.is_finite());
        odd.map(|(j, x)| format!("row {} has {x} in column {j}", i + 1))
    }
}

/// The transpose of compressed rows of any type, by counting: starts, row numbers and values of the columns. Entries of
/// a column stay in the order of the rows.
///
/// # Panics
/// If the parts are not those of a matrix of `columns` columns.
pub fn transpose<T: Copy>(
    columns: usize,
    starts: &[usize],
    index: &[u32],
    value: &[T],
) -> (Vec<usize>, Vec<u32>, Vec<T>) {
    let mut column_starts = vec![0; columns + 1];
    index.iter().for_each(|&j| column_starts[j as usize + 1] += 1);
    (0..columns).for_each(|j| column_starts[j + 1] += column_starts[j]);
    // Every place is overwritten, since each entry has one.
    let (mut rows, mut values) = (vec![0; index.len()], value.to_vec());
    let mut next = column_starts.clone();
    for (i, range) in starts.windows(2).enumerate() {
        for k in range[0]..range[1] {
            let place = &mut next[index[k] as usize];
            (rows[*place], values[*place]) = (i as u32, value[k]);
            *place += 1;
        }
    }
    (column_starts, rows, values)
}

/// Sort each row by its columns and add entries of one place up, in their order, where they lie.
fn add_up(starts: &mut [usize], index: &mut Vec<u32>, value: &mut Vec<f64>) {
    let (mut row, mut kept) = (Vec::new(), 0);
    for i in 1..starts.len() {
        let (own, first) = (starts[i - 1]..starts[i], kept);
        row.clear();
        row.extend(index[own.clone()].iter().copied().zip(value[own].iter().copied()));
        // Stable, so that sums of repeated entries are in their order.
        row.sort_by_key(|(j, _)| *j);
        for &(j, x) in &row {
            if kept > first && index[kept - 1] == j {
                value[kept - 1] += x;
            } else {
                (index[kept], value[kept]) = (j, x);
                kept += 1;
            }
        }
        // The next row is read up to its old end, which has not been moved.
        starts[i - 1] = first;
    }
    if let Some(end) = starts.last_mut() {
        *end = kept;
    }
    index.truncate(kept);
    value.truncate(kept);
}

fn fault(what: &str) -> Error {
    Error::data(
        format!("no compressed sparse rows: {what}"),
        "`sort_indices()` and `sum_duplicates()` of SciPy make rows canonical; replace NaN and infinite values",
    )
}
