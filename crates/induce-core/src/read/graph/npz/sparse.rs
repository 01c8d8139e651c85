//! Sparse matrices as SciPy keeps them: by rows, by columns, or by coordinates.

use super::super::super::elements::Elements;
use super::super::super::npy::Array;
use super::archive::{Archive, Named};
use crate::words::counted;
use crate::{Error, Result};

/// A sparse matrix whose parts fit each other.
pub(super) struct Sparse<'a> {
    /// The name that errors call it by.
    name: String,
    pub(super) rows: usize,
    pub(super) columns: usize,
    /// Where the entries of each row (or column) start.
    starts: Option<Named<'a>>,
    /// The column of each entry, or its row; rows where there are no starts.
    first: Named<'a>,
    /// Its column where there are no starts.
    second: Option<Named<'a>>,
    data: Option<Named<'a>>,
    by_columns: bool,
}

const HINT: &str =
    "write it with scipy.sparse.save_npz, or as `indptr`, `indices`, `data` and `shape` of a CSR matrix";

impl<'a> Sparse<'a> {
    /// The matrix whose parts are called `PREFIX_indptr`, `PREFIX_indices`, `PREFIX_data` and `PREFIX_shape`; by columns if it is said.
    pub(super) fn compressed(
        archive: &mut Archive<'a>,
        prefix: &str,
        by_columns: bool,
    ) -> Result<Option<Self>> {
        let name = |part: &str| match prefix {
            "" => part.to_owned(),
            _ => format!("{prefix}_{part}"),
        };
        if !archive.has(&[name("indptr"), name("indices")]) {
            return Ok(None);
        }
        let mut take = |part: &str| archive.take(&[&name(part)]);
        let (starts, first) = (take("indptr"), take("indices"));
        let (data, shape) = (take("data"), take("shape"));
        let Some(first) = first else { return Ok(None) };
        Self::of(
            archive,
            prefix,
            starts,
            first,
            None,
            data,
            shape.as_ref(),
            by_columns,
        )
        .map(Some)
    }

    /// The matrix of coordinates `row`, `col` and `data`.
    pub(super) fn coordinates(archive: &mut Archive<'a>) -> Result<Option<Self>> {
        let (row, column) = (archive.take(&["row"]), archive.take(&["col"]));
        let (data, shape) = (archive.take(&["data"]), archive.take(&["shape"]));
        let (Some(row), Some(column)) = (row, column) else {
            return Ok(None);
        };
        Self::of(archive, "", None, row, Some(column), data, shape.as_ref(), false).map(Some)
    }

    fn of(
        archive: &Archive<'a>,
        prefix: &str,
        starts: Option<Named<'a>>,
        first: Named<'a>,
        second: Option<Named<'a>>,
        data: Option<Named<'a>>,
        shape: Option<&Named>,
        by_columns: bool,
    ) -> Result<Self> {
        let mut matrix = Self {
            name: if prefix.is_empty() {
                "the matrix".into()
            } else {
                format!("`{prefix}`")
            },
            rows: 0,
            columns: 0,
            starts,
            first,
            second,
            data,
            by_columns,
        };
        matrix.check_parts(archive)?;
        (matrix.rows, matrix.columns) = matrix.shape(archive, shape)?;
        matrix.check_entries(archive)?;
        Ok(matrix)
    }

    fn fault(&self, archive: &Archive, reason: impl std::fmt::Display) -> Error {
        archive.fault(format!("{}: {reason}", self.name), HINT)
    }

    /// That they are numbers along one axis, as many as there are entries.
    fn check_parts(&self, archive: &Archive) -> Result<()> {
        let whole = [Some(&self.first), self.second.as_ref(), self.starts.as_ref()];
        for own in whole.into_iter().flatten() {
            if !along(&own.array, true) {
                return Err(self.fault(
                    archive,
                    format!("{} holds no whole numbers along one axis", own.said()),
                ));
            }
        }
        let count = self.len();
        for own in [self.second.as_ref(), self.data.as_ref()].into_iter().flatten() {
            if !along(&own.array, false) || own.array.rows() != count {
                let reason = format!(
                    "{} holds no number for each of {}",
                    own.said(),
                    counted(count, "entry")
                );
                return Err(self.fault(archive, reason));
            }
        }
        Ok(())
    }

    /// Rows and columns, as `shape` says or, without it, as there are starts and indices.
    fn shape(&self, archive: &Archive, shape: Option<&Named>) -> Result<(usize, usize)> {
        let bands = self.starts.as_ref().map(|own| own.array.rows().saturating_sub(1));
        let most = |own: &Named| {
            let all = numbers(own);
            (0..all.len())
                .map(|k| all.whole(k))
                .max()
                .map_or(0, |j| usize::try_from(j).unwrap_or(0).saturating_add(1))
        };
        let told = match shape {
            None => {
                let first = most(&self.first);
                match (bands, self.by_columns) {
                    (Some(bands), false) => (bands, first),
                    (Some(bands), true) => (first, bands),
                    (None, _) => (first, self.second.as_ref().map_or(0, most)),
                }
            }
            Some(own) => two(&own.array).ok_or_else(|| {
                self.fault(
                    archive,
                    format!("{} does not hold two numbers, rows and columns", own.said()),
                )
            })?,
        };
        let long = if self.by_columns { told.1 } else { told.0 };
        match bands {
            Some(bands) if bands != long => {
                let reason = format!(
                    "its shape is {} x {}, and `indptr` has {}, where {} are needed",
                    told.0,
                    told.1,
                    counted(bands.saturating_add(1), "number"),
                    long.saturating_add(1)
                );
                Err(self.fault(archive, reason))
            }
            _ => Ok(told),
        }
    }

    fn check_entries(&self, archive: &Archive) -> Result<()> {
        if let Some(own) = &self.starts {
            let starts = numbers(own);
            let last = starts.len().checked_sub(1).map(|k| starts.whole(k));
            if starts.len() == 0 || starts.whole(0) != 0 || last != i64::try_from(self.len()).ok() {
                let reason = format!(
                    "{} does not go from 0 to {}, the number of entries",
                    own.said(),
                    self.len()
                );
                return Err(self.fault(archive, reason));
            }
            if let Some(k) = (1..starts.len()).find(|&k| starts.whole(k) < starts.whole(k - 1)) {
                let (a, b) = (starts.whole(k - 1), starts.whole(k));
                return Err(self.fault(archive, format!("{} falls from {a} to {b} at {k}", own.said())));
            }
        }
        let across = if self.by_columns || self.starts.is_none() {
            self.rows
        } else {
            self.columns
        };
        self.check_below(archive, &self.first, across)?;
        if let Some(second) = &self.second {
            self.check_below(archive, second, self.columns)?;
        }
        let Some(own) = &self.data else { return Ok(()) };
        let data = numbers(own);
        match (0..data.len()).find(|&k| !data.real(k).is_finite()) {
            Some(k) => Err(self.fault(archive, format!("entry {k} is {}", data.real(k)))),
            None => Ok(()),
        }
    }

    fn check_below(&self, archive: &Archive, own: &Named, bound: usize) -> Result<()> {
        let all = numbers(own);
        let inside = |k: &usize| u32::try_from(all.whole(*k)).is_ok_and(|j| (j as usize) < bound);
        match (0..all.len()).find(|k| !inside(k)) {
            Some(k) => {
                let reason = format!(
                    "{} is {} at {k}, where it must be from 0 to below {bound}",
                    own.said(),
                    all.whole(k)
                );
                Err(self.fault(archive, reason))
            }
            None => Ok(()),
        }
    }

    /// How many entries there are.
    pub(super) fn len(&self) -> usize {
        self.first.array.rows()
    }

    /// Row, column and value of each entry, in the order of the file.
    pub(super) fn entries(&self) -> impl Iterator<Item = (u32, u32, f64)> + '_ {
        let (first, second) = (numbers(&self.first), self.second.as_ref().map(numbers));
        let (starts, data) = (self.starts.as_ref().map(numbers), self.data.as_ref().map(numbers));
        let mut band = 0;
        (0..self.len()).map(move |k| {
            let own = first.whole(k) as u32;
            let value = data.map_or(1.0, |data| data.real(k));
            if let Some(second) = second {
                return (own, second.whole(k) as u32, value);
            }
            while starts.is_some_and(|starts| starts.whole(band + 1) <= k as i64) {
                band += 1;
            }
            match self.by_columns {
                false => (band as u32, own, value),
                true => (own, band as u32, value),
            }
        })
    }
}

/// The numbers of an array that has been checked to have them.
fn numbers<'n>(own: &'n Named) -> Elements<'n> {
    own.array.elements().unwrap_or(Elements::NONE)
}

/// Whether an array holds numbers along one axis.
fn along(array: &Array, whole: bool) -> bool {
    array.axes() == 1 && array.elements().is_some_and(|all| !whole || all.are_whole())
}

/// Two lengths, if an array holds them and nothing else.
pub(super) fn two(array: &Array) -> Option<(usize, usize)> {
    let all = array.elements().filter(|all| all.are_whole() && all.len() == 2)?;
    let one = |k: usize| u32::try_from(all.whole(k)).ok().map(|n| n as usize);
    Some((one(0)?, one(1)?))
}
