//! A constant matrix, in the precision it is kept in.

use super::eight::Eight;

/// A matrix of `rows` x `columns`: each row makes one number of a product.
#[derive(Debug, Clone)]
pub struct Weight {
    rows: usize,
    columns: usize,
    pub(super) values: Values,
}

#[derive(Debug, Clone)]
pub(super) enum Values {
    Single(Vec<f32>),
    Eight(Eight),
}

impl Weight {
    /// A matrix in single precision; nothing if there are not `rows * columns` values.
    pub fn new(values: Vec<f32>, rows: usize, columns: usize) -> Option<Self> {
        (rows.checked_mul(columns)? == values.len()).then_some(Self {
            rows,
            columns,
            values: Values::Single(values),
        })
    }

    /// A matrix of 8-bit integers with one factor for every 32 of a row; nothing if the lengths do not fit.
    ///
    /// w_ij = factors_(i, j / 32) codes_ij
    pub fn eight(codes: Vec<i8>, factors: Vec<f32>, rows: usize, columns: usize) -> Option<Self> {
        let fits = rows.checked_mul(columns)? == codes.len()
            && columns.is_multiple_of(Eight::BLOCK)
            && factors.len() == codes.len() / Eight::BLOCK;
        fits.then_some(Self {
            rows,
            columns,
            values: Values::Eight(Eight { codes, factors }),
        })
    }

    /// The same matrix, rounded to 8 bits, if its rows are whole blocks; else as it is.
    #[must_use]
    pub fn rounded(self) -> Self {
        let Values::Single(values) = &self.values else {
            return self;
        };
        if !self.columns.is_multiple_of(Eight::BLOCK) {
            return self;
        }
        let values = Values::Eight(Eight::round(values));
        Self { values, ..self }
    }

    /// How many numbers a product with one vector has.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How long the vectors are that it multiplies.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Bytes of memory.
    pub fn bytes(&self) -> usize {
        match &self.values {
            Values::Single(values) => 4 * values.len(),
            Values::Eight(eight) => eight.codes.len() + 4 * eight.factors.len(),
        }
    }

    /// out = row `i`, for embeddings.
    ///
    /// # Panics
    /// If there is no row `i`.
    pub fn row(&self, i: usize, out: &mut [f32]) {
        let range = i * self.columns..(i + 1) * self.columns;
        match &self.values {
            Values::Single(values) => out.copy_from_slice(&values[range]),
            Values::Eight(eight) => eight.row(range, out),
        }
    }

    /// All values in single precision, row by row.
    pub fn single(&self) -> Vec<f32> {
        let mut out = vec![0.0; self.rows * self.columns];
        for (i, row) in out.chunks_exact_mut(self.columns.max(1)).enumerate() {
            self.row(i, row);
        }
        out
    }
}
