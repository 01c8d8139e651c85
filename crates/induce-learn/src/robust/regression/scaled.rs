//! The columns of a table as a fit works on them: centred, scaled, side by side.

use std::sync::Mutex;

use induce_core::parallel::Team;
use induce_core::{Error, Result, Table, multiversion};

use super::design::{read, width};
use crate::linear::kernels::sum;
use induce_core::model::{Feature, Schema, Source};

/// A column's shift and scale, so that powers of its values neither overflow nor vanish: `(x - centre) / size`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    pub(super) centre: f64,
    pub(super) size: f64,
}

/// The design of a fit.
pub(super) struct Scaled {
    /// A column of ones, then those of the features, each of mean 0 and deviation 1.
    pub(super) values: Vec<f64>,
    /// Shift and scale of every column but the first.
    pub(super) scales: Vec<Scale>,
    /// What a missing value counts as, per column but the first: the mean of those that are known, 0 for categories.
    pub(super) fill: Vec<f64>,
}

/// Entries of a table from which a second thread pays.
pub(super) const FORK: usize = 1 << 16;

impl Scaled {
    /// Checks that no value is infinite. Columns are read side by side by the worker threads.
    pub(super) fn of(
        schema: &Schema,
        table: &Table,
        weight: Option<&[f64]>,
        team: &mut Team,
    ) -> Result<Self> {
        let (rows, sources) = (table.rows(), schema.align(table)?);
        let widths: Vec<usize> = schema.features.iter().map(width).collect();
        let mut values = vec![1.0; rows * (1 + widths.iter().sum::<usize>())];
        let mut rest = &mut values[rows..];
        let mut blocks = Vec::with_capacity(widths.len());
        for width in widths {
            let (block, after) = rest.split_at_mut(width * rows);
            blocks.push(Mutex::new(block));
            rest = after;
        }
        let done = team.map(blocks.len(), |f| {
            let mut block = blocks[f].lock().expect("each block is locked once");
            feature(&schema.features[f], &sources[f], weight, &mut block)
        });
        let (mut scales, mut fill) = (Vec::new(), Vec::new());
        for columns in done {
            for (scale, missing) in columns? {
                scales.push(scale);
                fill.push(missing);
            }
        }
        drop(blocks);
        Ok(Self { values, scales, fill })
    }
}

/// Read the columns of a feature into `out` and scale them; for each its scale and what counts for a missing value.
fn feature(
    feature: &Feature,
    source: &Source,
    weight: Option<&[f64]>,
    out: &mut [f64],
) -> Result<Vec<(Scale, f64)>> {
    let rows = source.len();
    read(feature, source, out);
    let columns = out.chunks_exact_mut(rows.max(1));
    columns
        .map(|column| {
            let (scale, fill) = standardise(column, weight);
            if let Some(row) = column.iter().position(|v| !v.is_finite()) {
                let mut value = [0.0];
                source.read_f64(row, &mut value);
                let what = format!("column `{}` is {} in row {}", feature.name, value[0], row + 1);
                return Err(Error::data(
                    what,
                    "drop the row, or mark the value as missing with `--missing`",
                ));
            }
            Ok((scale, fill))
        })
        .collect()
}

/// Of a column whose deviation is a smaller fraction of its largest value only rounding errors are left.
const CONSTANT: f64 = 1e-12;

/// Shift and scale `values` to mean 0 and deviation 1, weights counting as repetition; a missing one becomes the mean,
/// which stands beside the scale. A constant is not scaled up. Infinite values stay what they are.
pub(super) fn standardise(values: &mut [f64], weight: Option<&[f64]>) -> (Scale, f64) {
    let (largest, missing) = extent(values);
    if largest < f64::MIN_POSITIVE || !largest.is_finite() {
        values.iter_mut().filter(|v| v.is_nan()).for_each(|v| *v = 0.0);
        let scale = Scale {
            centre: 0.0,
            size: 1.0,
        };
        return (scale, 0.0);
    }
    // Relative to the largest, squares stay in range.
    let unit = 1.0 / largest;
    let mean = if missing > 0.0 {
        fill_mean(values, unit, weight)
    } else {
        moments(values, unit, 0.0, weight)[0]
    };
    let deviation = moments(values, unit, mean, weight)[1].sqrt();
    let own = if deviation > CONSTANT { deviation } else { 1.0 };
    apply(values, unit, mean, 1.0 / own);
    let scale = Scale {
        centre: mean * largest,
        size: own * largest,
    };
    (scale, mean * largest)
}

/// The mean of what is known, in this unit, put where nothing is.
fn fill_mean(values: &mut [f64], unit: f64, weight: Option<&[f64]>) -> f64 {
    let (mut all, mut total) = (0.0, 0.0);
    for (i, v) in values.iter().enumerate().filter(|(_, v)| !v.is_nan()) {
        let w = weight.map_or(1.0, |w| w[i]);
        (all, total) = (all + w * (v * unit), total + w);
    }
    let mean = if total > 0.0 { all / total } else { 0.0 };
    let value = mean / unit;
    values.iter_mut().filter(|v| v.is_nan()).for_each(|v| *v = value);
    mean
}

/// Mean and mean square of `v unit - mean`.
fn moments(values: &[f64], unit: f64, mean: f64, weight: Option<&[f64]>) -> [f64; 2] {
    let sums = weight.map_or_else(
        || plain_moments(values, unit, mean),
        |weight| weighted_moments(values, weight, unit, mean),
    );
    let total = weight.map_or(values.len() as f64, sum);
    sums.map(|lanes| lanes.iter().sum::<f64>() / total)
}

const LANES: usize = 8;

/// The largest absolute value, and how many are missing.
fn extent(values: &[f64]) -> (f64, f64) {
    let (largest, missing) = extents(values);
    (largest.into_iter().fold(0.0, f64::max), missing.iter().sum())
}

multiversion! {
    fn extents(values: &[f64]) -> ([f64; LANES], [f64; LANES]) {
        let (mut largest, mut missing) = ([0.0_f64; LANES], [0.0_f64; LANES]);
        let (blocks, rest) = values.as_chunks::<LANES>();
        let mut tail = [0.0; LANES];
        tail[..rest.len()].copy_from_slice(rest);
        for block in blocks.iter().chain([&tail]) {
            for l in 0..LANES {
                let size = block[l].abs();
                largest[l] = if size > largest[l] { size } else { largest[l] };
                missing[l] += if block[l].is_nan() { 1.0 } else { 0.0 };
            }
        }
        (largest, missing)
    }
}

multiversion! {
    fn plain_moments(values: &[f64], unit: f64, mean: f64) -> [[f64; LANES]; 2] {
        let mut sums = [[0.0_f64; LANES]; 2];
        let (blocks, rest) = values.as_chunks::<LANES>();
        for block in blocks {
            for l in 0..LANES {
                let v = block[l] * unit - mean;
                sums[0][l] += v;
                sums[1][l] += v * v;
            }
        }
        for (l, value) in rest.iter().enumerate() {
            let v = value * unit - mean;
            sums[0][l] += v;
            sums[1][l] += v * v;
        }
        sums
    }
}

multiversion! {
    fn weighted_moments(values: &[f64], weight: &[f64], unit: f64, mean: f64) -> [[f64; LANES]; 2] {
        let mut sums = [[0.0_f64; LANES]; 2];
        for (block, weight) in values.chunks(LANES).zip(weight.chunks(LANES)) {
            for (l, (value, w)) in block.iter().zip(weight).enumerate() {
                let v = value * unit - mean;
                sums[0][l] += w * v;
                sums[1][l] += w * v * v;
            }
        }
        sums
    }
}

multiversion! {
    fn apply(values: &mut [f64], unit: f64, mean: f64, own: f64) {
        for v in values {
            *v = (*v * unit - mean) * own;
        }
    }
}
