//! Rows of a table as what is learnt.

use induce_core::points::Points;
use induce_core::random::Stream;

use super::pixels::Batch;
use crate::inputs::{Columns, Matrix, near};

/// Rows as numbers.
pub struct Cells {
    /// What the encoder reads. // (rows, width)
    inputs: Matrix,
    width: usize,
    /// Values of numbers, whether each is there, and levels of categories, -1 where they are missing. // (rows, targets)
    targets: Vec<f32>,
    of_row: usize,
    /// -ln of the scale of all numbers that are there. // (rows)
    ln_volumes: Vec<f64>,
}

impl Cells {
    /// Those of points.
    pub fn new(columns: &Columns, points: &Points) -> Self {
        let (numbers, categories) = (columns.numbers(), columns.categories());
        let mut targets = Vec::with_capacity(points.rows() * (2 * numbers.len() + categories.len()));
        let rows = || points.values.chunks_exact(points.width);
        for row in rows() {
            let there = |axis: &usize| !row[*axis].is_nan();
            targets.extend(
                numbers
                    .iter()
                    .map(|axis| if there(axis) { near(row[*axis]) } else { 0.0 }),
            );
            targets.extend(numbers.iter().map(|axis| f32::from(u8::from(there(axis)))));
            targets.extend(categories.iter().map(|own| {
                // An indicator less its mean: above 0 of the one level that the row has.
                let level = row[own.clone()].iter().position(|x| *x > 0.0);
                level.map_or(-1.0, |level| level as f32)
            }));
        }
        Self {
            inputs: columns.inputs(points),
            width: columns.width(),
            targets,
            of_row: 2 * numbers.len() + categories.len(),
            ln_volumes: rows().map(|row| columns.frame.ln_volume(row)).collect(),
        }
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.ln_volumes.len()
    }

    /// Numbers that a likelihood is of, of a row.
    pub fn targets(&self) -> usize {
        self.of_row
    }

    /// Numbers that the encoder reads of a row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// A number of a row, of `n` in deviations of its column, if it is there.
    pub fn number(&self, row: usize, j: usize, n: usize) -> Option<f64> {
        let own = &self.targets[row * self.of_row..][..self.of_row];
        (own[n + j] > 0.0).then(|| f64::from(own[j]))
    }

    /// Some of the rows.
    #[must_use]
    pub fn take(&self, rows: &[usize]) -> Self {
        let of = |all: &[f32], width: usize| {
            let each = rows.iter().flat_map(|row| &all[row * width..][..width]);
            each.copied().collect()
        };
        Self {
            inputs: of(&self.inputs, self.width),
            targets: of(&self.targets, self.of_row),
            ln_volumes: rows.iter().map(|row| self.ln_volumes[*row]).collect(),
            ..*self
        }
    }

    /// Put some rows into a batch, a share of what the encoder reads lost.
    pub fn fill(&self, some: &[usize], corruption: f64, stream: Stream, batch: &mut Batch) {
        for (i, &row) in some.iter().enumerate() {
            let lost = stream.child(i as u64).child(1);
            let keep = |j: usize| corruption == 0.0 || lost.uniform(j as u64) >= corruption;
            let inputs = &self.inputs[row * self.width..][..self.width];
            let each = inputs.iter().enumerate();
            batch
                .inputs
                .extend(each.map(|(j, x)| if keep(j) { *x } else { 0.0 }));
            batch
                .others
                .extend_from_slice(&self.targets[row * self.of_row..][..self.of_row]);
            batch.ln_volumes.push(self.ln_volumes[row]);
        }
    }
}
