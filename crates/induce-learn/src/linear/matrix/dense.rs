//! Dense designs: columns of the table where they lie, standardised as they are read.

use std::borrow::Cow;
use std::ops::Range;

use super::CHUNK;
use crate::linear::kernels::{axpy_centred, dot_centred, square_centred, standardise};

/// Columns of values.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Dense<'a> {
    /// Rows.
    pub rows: usize,
    /// The columns.
    pub columns: Vec<Column<'a>>,
}

/// (values - centre) factor
///
/// A table's column of doubles is not copied: subtracting and multiplying again in every pass costs less than the
/// memory that a standardised copy would take.
#[derive(Debug, Clone, PartialEq)]
pub struct Column<'a> {
    values: Cow<'a, [f64]>,
    centre: f64,
    factor: f64,
}

impl From<Vec<f64>> for Column<'_> {
    fn from(values: Vec<f64>) -> Self {
        Self {
            values: values.into(),
            centre: 0.0,
            factor: 1.0,
        }
    }
}

impl<'a> Column<'a> {
    /// `values` less `centre`, over `scale`.
    pub fn borrowed(values: &'a [f64], centre: f64, scale: f64) -> Self {
        Self {
            values: values.into(),
            centre,
            factor: 1.0 / scale,
        }
    }

    fn is_ready(&self) -> bool {
        self.centre == 0.0 && self.factor == 1.0
    }

    /// Entry `i`.
    pub fn at(&self, i: usize) -> f64 {
        (self.values[i] - self.centre) * self.factor
    }

    /// Every entry.
    pub fn iter(&self) -> impl Iterator<Item = f64> {
        self.values.iter().map(|x| (x - self.centre) * self.factor)
    }

    /// x' v
    pub fn dot(&self, v: &[f64]) -> f64 {
        self.factor * dot_centred(&self.values, self.centre, v)
    }

    /// sum_i w_i x_i^2
    pub fn square(&self, w: &[f64]) -> f64 {
        self.factor * (self.factor * square_centred(&self.values, self.centre, w))
    }

    /// v += a w x, elementwise
    pub fn add_to(&self, a: f64, w: &[f64], v: &mut [f64]) {
        axpy_centred(a * self.factor, w, &self.values, self.centre, v);
    }
}

impl Dense<'_> {
    /// The columns on `rows`: in `buffer` where they have to be standardised, else where they lie.
    pub fn chunk<'b>(&'b self, rows: &Range<usize>, buffer: &'b mut Vec<f64>) -> Vec<&'b [f64]> {
        let raw = self.columns.iter().filter(|c| !c.is_ready()).count();
        buffer.resize(raw * CHUNK, 0.0);
        let mut places = buffer.chunks_exact_mut(CHUNK);
        let part = |column: &'b Column| {
            let values = &column.values[rows.clone()];
            if column.is_ready() {
                return values;
            }
            let place = places
                .next()
                .map_or(&mut [][..], |place| &mut place[..values.len()]);
            standardise(values, column.centre, column.factor, place);
            &*place
        };
        self.columns.iter().map(part).collect()
    }
}
