//! A constant matrix, in the precision it is kept in.

use std::ops::Range;

use super::codes::{Block, Coded, Form};
use super::lines::{Bf16Panel, F16Panel, F32Panel, Floats};
use super::rounded::BLOCK;
use crate::kernels::micro;

/// A matrix of `rows` x `columns`: each row makes one value of a product.
#[derive(Debug, Clone)]
pub struct Weight {
    rows: usize,
    columns: usize,
    pub(super) values: Values,
}

#[derive(Debug, Clone)]
pub(super) enum Values {
    F32(Floats<F32Panel>),
    F16(Floats<F16Panel>),
    Bf16(Floats<Bf16Panel>),
    Coded(Coded),
}

/// How floats are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// 32 bits.
    F32,
    /// 16 bits of IEEE 754.
    F16,
    /// The upper 16 bits of 32: bfloat16.
    Bf16,
}

/// y_ji = x_ij for the columns j of a matrix (rows, `width`) that are asked for: (columns, rows). Training has as columns what
/// products here have as rows.
///
/// # Panics
/// If there are no such columns: a mistake of the caller.
pub fn transpose(values: &[f32], width: usize, columns: Range<usize>) -> Vec<f32> {
    assert!(columns.end <= width, "columns {columns:?} of {width}");
    let (rows, count) = (values.len() / width.max(1), columns.len());
    let mut out = vec![0.0; rows * count];
    let from = values.get(columns.start..).unwrap_or_default();
    micro::transpose(from, width, (rows, count), &mut out, rows);
    out
}

impl Weight {
    /// A matrix in single precision; nothing if there are not `rows * columns` values.
    pub fn new(values: &[f32], rows: usize, columns: usize) -> Option<Self> {
        Self::floats(values, rows, columns, Precision::F32)
    }

    /// A matrix of floats, kept in a `precision` that has them all; nothing if there are not `rows * columns` values.
    pub fn floats(values: &[f32], rows: usize, columns: usize, precision: Precision) -> Option<Self> {
        let fits = rows.checked_mul(columns)? == values.len();
        let values = match precision {
            Precision::Bf16 => Values::Bf16(Floats::new(values, columns)),
            // Infinities and NaN would need a case of their own in every product.
            Precision::F16 if values.iter().all(|w| w.is_finite()) => {
                Values::F16(Floats::new(values, columns))
            }
            _ => Values::F32(Floats::new(values, columns)),
        };
        fits.then_some(Self {
            rows,
            columns,
            values,
        })
    }

    /// A matrix of codes, `block(row, i)` being columns 32 i to 32 i + 31 of a row, asked for in order; nothing if rows are not whole blocks
    /// or a factor is infinite or NaN.
    pub fn coded(
        form: Form,
        rows: usize,
        columns: usize,
        block: impl FnMut(usize, usize) -> Block,
    ) -> Option<Self> {
        columns.is_multiple_of(BLOCK).then_some(())?;
        let values = Values::Coded(Coded::new(form, rows, columns / BLOCK, block)?);
        Some(Self {
            rows,
            columns,
            values,
        })
    }

    /// The same matrix, rounded to 8 bits with factors max |w| / 127 (`Q8_0` of ggml), if its rows are whole blocks and no
    /// factor is out of range; what has codes already stays as it is.
    #[must_use]
    pub fn rounded(self) -> Self {
        if matches!(self.values, Values::Coded(_)) || !self.columns.is_multiple_of(BLOCK) {
            return self;
        }
        let mut row = vec![0.0; self.columns];
        let block = |i: usize, b: usize| {
            if b == 0 {
                self.row(i, &mut row);
            }
            eight(&row[b * BLOCK..][..BLOCK])
        };
        let coded = Self::coded(Form::Eight, self.rows, self.columns, block);
        coded.unwrap_or(self)
    }

    /// How many values a product with one vector has.
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
            Values::F32(values) => values.bytes(),
            Values::F16(values) => values.bytes(),
            Values::Bf16(values) => values.bytes(),
            Values::Coded(values) => values.bytes(),
        }
    }

    /// out = row `i`, for embeddings.
    ///
    /// # Panics
    /// If there is no row `i`, or `out` is longer than it.
    pub fn row(&self, i: usize, out: &mut [f32]) {
        assert!(
            i < self.rows && out.len() <= self.columns,
            "row {i} of {}",
            self.rows
        );
        match &self.values {
            Values::F32(values) => values.row(i, out),
            Values::F16(values) => values.row(i, out),
            Values::Bf16(values) => values.row(i, out),
            Values::Coded(values) => values.row(i, out),
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

/// The nearest codes of 8 bits.
fn eight(values: &[f32]) -> Block {
    let most = values.iter().fold(0.0_f32, |most, w| most.max(w.abs()));
    let inverse = if most > 0.0 { 127.0 / most } else { 0.0 };
    let mut codes = [128; BLOCK];
    for (code, w) in codes.iter_mut().zip(values) {
        *code = ((w * inverse).round() as i8).cast_unsigned() ^ 128;
    }
    Block {
        codes,
        factor: most / 127.0,
        second: 0.0,
    }
}
