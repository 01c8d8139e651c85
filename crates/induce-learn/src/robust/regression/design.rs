//! A table as the columns of a linear model.

use induce_core::Result;
use induce_core::Table;

use crate::schema::{MISSING, Meaning, Schema};

/// A column of the design: a number of the table, or one category against the first.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Design {
    /// Columns, each over all rows.
    pub(super) columns: Vec<Vec<f64>>,
}

/// Which column of the design a feature's first is, and one past its last.
pub(super) fn widths(schema: &Schema) -> Vec<usize> {
    let width = |meaning: &Meaning| match meaning {
        Meaning::Number => 1,
        Meaning::Category(names) => names.len().saturating_sub(1),
    };
    schema.features.iter().map(|f| width(&f.meaning)).collect()
}

impl Design {
    /// The design of `table`. A missing number becomes `fill` of its column; a missing or unseen category is its
    /// feature's first one.
    pub(super) fn of(schema: &Schema, table: &Table, fill: &[f64]) -> Result<Self> {
        let sources = schema.align(table)?;
        let rows = table.rows();
        let mut columns = Vec::new();
        for (feature, source) in schema.features.iter().zip(&sources) {
            match &feature.meaning {
                Meaning::Number => {
                    let mut values = vec![0.0; rows];
                    source.read_f64(0, &mut values);
                    let fill = fill.get(columns.len()).copied().unwrap_or(f64::NAN);
                    values.iter_mut().filter(|v| v.is_nan()).for_each(|v| *v = fill);
                    columns.push(values);
                }
                Meaning::Category(names) => {
                    let mut codes = vec![MISSING; rows];
                    source.read_codes(0, &mut codes);
                    for c in 1..names.len() as u32 {
                        columns.push(codes.iter().map(|&code| f64::from(u8::from(code == c))).collect());
                    }
                }
            }
        }
        Ok(Self { columns })
    }
}

/// A column's shift and scale, so that powers of its values neither overflow nor vanish: `(x - centre) / size`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    pub(super) centre: f64,
    pub(super) size: f64,
}

impl Scale {
    /// Mean and standard deviation, weights counting as repetition; size 1 for a constant.
    pub(super) fn of(values: &[f64], weight: Option<&[f64]>) -> Self {
        let largest = values.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
        if largest == 0.0 || !largest.is_finite() {
            return Self {
                centre: 0.0,
                size: 1.0,
            };
        }
        let w = |i: usize| weight.map_or(1.0, |w| w[i]);
        let total: f64 = (0..values.len()).map(w).sum();
        // Relative to the largest, squares stay in range.
        let relative = |i: usize| values[i] / largest;
        let mean = (0..values.len()).map(|i| w(i) * relative(i)).sum::<f64>() / total;
        let square = |i: usize| w(i) * (relative(i) - mean).powi(2);
        let deviation = ((0..values.len()).map(square).sum::<f64>() / total).sqrt();
        let size = if deviation > 1e-12 {
            deviation * largest
        } else {
            largest
        };
        Self {
            centre: mean * largest,
            size,
        }
    }

    pub(super) fn apply(&self, value: f64) -> f64 {
        value / self.size - self.centre / self.size
    }
}
