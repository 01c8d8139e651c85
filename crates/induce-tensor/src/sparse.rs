//! Sparse matrices of fixed values: graphs, and features that are mostly 0.

use std::sync::{Arc, OnceLock};

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
pub struct Sparse<T = f32>(Arc<Both<T>>);

/// A matrix and its transpose.
#[derive(Debug)]
struct Both<T> {
    rows: Rows<T>,
    /// Nothing where it is the matrix itself.
    turned: Option<Rows<T>>,
    /// The place of each value of the transpose among those of the matrix; counted when it is first asked for.
    order: OnceLock<Vec<u32>>,
}

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
        Ok(Self::of(rows, columns))
    }

    /// The same entries as a matrix that is its own transpose, which is not kept a second time.
    ///
    /// # Panics
    /// Unless it has as many columns as rows: that its values are symmetric, the caller vouches.
    pub fn symmetric(matrix: &Csr) -> Self {
        assert_eq!(matrix.rows(), matrix.columns(), "a symmetric matrix is square");
        Self(Arc::new(Both {
            rows: Rows::from(matrix),
            turned: None,
            order: OnceLock::new(),
        }))
    }

    fn of(rows: Rows<T>, columns: usize) -> Self {
        Self(Arc::new(Both {
            turned: Some(rows.turned(columns)),
            rows,
            order: OnceLock::new(),
        }))
    }

    /// How many values are kept.
    pub fn count(&self) -> usize {
        self.side(false).values.len()
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
        match &self.0.turned {
            Some(own) if turned => own,
            _ => &self.0.rows,
        }
    }

    /// The place of each value of the transpose among those of the matrix.
    pub(crate) fn order(&self) -> &[u32] {
        self.0.order.get_or_init(|| {
            let rows = &self.0.rows;
            let places: Vec<u32> = (0..rows.values.len() as u32).collect();
            transpose(self.columns(), &rows.starts, &rows.columns, &places).2
        })
    }
}

impl<T: Element> From<&Csr> for Sparse<T> {
    /// The same entries in this precision.
    fn from(matrix: &Csr) -> Self {
        Self::of(Rows::from(matrix), matrix.columns())
    }
}

impl<T: Element> From<&Csr> for Rows<T> {
    fn from(matrix: &Csr) -> Self {
        Self {
            starts: matrix.starts().to_vec(),
            columns: matrix.index().to_vec(),
            values: matrix.value().iter().map(|&x| T::of(x)).collect(),
        }
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
