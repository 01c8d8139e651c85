//! Dense designs: columns of the table where they lie, standardised as they are read.

use std::borrow::Cow;
use std::ops::Range;

use super::gram::{CHUNK, add_gram};
use crate::linear::kernels::{
    axpy_centred, axpy_four, axpy_shifted, dot_centred, dot_four, square_centred, standardise,
};

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
    /// eta = X beta on `rows`
    pub fn scores(&self, rows: &Range<usize>, beta: &[f64], eta: &mut [f64]) {
        eta.fill(0.0);
        for (x, beta) in self.columns.chunks(4).zip(beta.chunks(4)) {
            add_scores(x, rows, beta, eta);
        }
    }

    /// gradient += X' row_gradient on `rows`
    pub fn add_gradient(&self, rows: &Range<usize>, row_gradient: &[f64], gradient: &mut [f64]) {
        for (x, g) in self.columns.chunks(4).zip(gradient.chunks_mut(4)) {
            let part = |k: usize| &x[k].values[rows.clone()];
            if x.len() == 4 {
                let centre = [0, 1, 2, 3].map(|k| x[k].centre);
                let sums = dot_four([0, 1, 2, 3].map(part), centre, row_gradient);
                (0..4).for_each(|k| g[k] += x[k].factor * sums[k]);
            } else {
                (0..x.len())
                    .for_each(|k| g[k] += x[k].factor * dot_centred(part(k), x[k].centre, row_gradient));
            }
        }
    }

    /// hessian += X' diag(curvature) X on `rows`, its lower triangle.
    pub fn add_hessian(
        &self,
        rows: &Range<usize>,
        curvature: &[f64],
        hessian: &mut [f64],
        buffer: &mut Buffers,
    ) {
        let columns = self.ready(rows, &mut buffer.columns);
        add_gram(&columns, curvature, hessian, &mut buffer.scaled);
    }

    /// The columns on `rows`: in `buffer` where they have to be standardised, else where they lie.
    fn ready<'b>(&'b self, rows: &Range<usize>, buffer: &'b mut Vec<f64>) -> Vec<&'b [f64]> {
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

/// Memory for the work on a chunk of rows, kept from chunk to chunk.
#[derive(Default)]
pub struct Buffers {
    columns: Vec<f64>,
    scaled: Vec<f64>,
}

/// eta += X beta on `rows` for up to four columns.
fn add_scores(x: &[Column], rows: &Range<usize>, beta: &[f64], eta: &mut [f64]) {
    if beta.iter().all(|b| *b == 0.0) {
        return;
    }
    let part = |k: usize| &x[k].values[rows.clone()];
    if x.len() == 4 {
        let weights = [0, 1, 2, 3].map(|k| beta[k] * x[k].factor);
        let centre = [0, 1, 2, 3].map(|k| x[k].centre);
        return axpy_four(weights, centre, [0, 1, 2, 3].map(part), eta);
    }
    for k in 0..x.len() {
        axpy_shifted(beta[k] * x[k].factor, x[k].centre, part(k), eta);
    }
}
