//! Sparse matrices of fixed values: graphs, and features that are mostly 0.

use std::sync::Arc;

use induce_core::linalg::{Csr, transpose};
use induce_core::{Error, Result};

use crate::element::Element;

/// A matrix of which most is 0, row by row, and its transpose beside it: as cheap to copy as a reference.
///
/// ```
/// // (0 2 0)
/// // (1 0 3)
/// let matrix = induce_tensor::Sparse::<f32>::new(3, &[0, 1, 3], &[1, 0, 2], &[2.0, 1.0, 3.0])?;
/// assert_eq!((matrix.rows(), matrix.columns()), (2, 3));
/// # Ok::<(), induce_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Sparse<T = f32>(Arc<[Rows<T>; 2]>);

/// Rows of a sparse matrix: those of row i are number `starts[i]` to `starts[i + 1]`.
#[derive(Debug)]
pub struct Rows<T> {
    pub starts: Vec<usize>,
    pub columns: Vec<u32>,
    pub values: Vec<T>,
}

impl<T: Element> Sparse<T> {
    /// From compressed rows, as SciPy's `csr_matrix` has them: row i has the values `starts[i]..starts[i + 1]` of
    /// `places` (columns) and `values`. Several in one place are summed in a product.
    ///
    /// # Errors
    /// If `starts` do not rise from 0 to the number of values, or a place is beyond the columns.
    pub fn new(columns: usize, starts: &[usize], places: &[u32], values: &[T]) -> Result<Self> {
        let rising = starts.first() == Some(&0) && starts.is_sorted() && starts.last() == Some(&values.len());
        if !rising || places.len() != values.len() {
            return Err(Error::data(
                format!(
                    "{} starts, {} places and {} values are no rows of a sparse matrix",
                    starts.len(),
                    places.len(),
                    values.len()
                ),
                "starts rise from 0 to the number of values, and every value has a place",
            ));
        }
        if let Some(wrong) = places.iter().find(|p| **p as usize >= columns) {
            return Err(Error::data(
                format!("column {wrong} of {columns} of a sparse matrix"),
                "places count from 0",
            ));
        }
        let rows = Rows {
            starts: starts.to_vec(),
            columns: places.to_vec(),
            values: values.to_vec(),
        };
        let turned = rows.turned(columns);
        Ok(Self(Arc::new([rows, turned])))
    }

    /// How many rows.
    pub fn rows(&self) -> usize {
        self.side(false).starts.len() - 1
    }

    /// How many columns.
    pub fn columns(&self) -> usize {
        self.side(true).starts.len() - 1
    }

    /// Its rows, or those of its transpose.
    pub(crate) fn side(&self, turned: bool) -> &Rows<T> {
        &self.0[usize::from(turned)]
    }
}

impl<T: Element> From<&Csr> for Sparse<T> {
    /// The same entries in this precision.
    fn from(matrix: &Csr) -> Self {
        let rows = Rows {
            starts: matrix.starts().to_vec(),
            columns: matrix.index().to_vec(),
            values: matrix.value().iter().map(|&x| T::of(x)).collect(),
        };
        let turned = rows.turned(matrix.columns());
        Self(Arc::new([rows, turned]))
    }
}

impl<T: Element> Rows<T> {
    /// The transpose, by counting.
    fn turned(&self, columns: usize) -> Self {
        let (starts, columns, values) = transpose(columns, &self.starts, &self.columns, &self.values);
        Self {
            starts,
            columns,
            values,
        }
    }
}
