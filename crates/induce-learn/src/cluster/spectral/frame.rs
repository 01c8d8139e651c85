//! Rows as points.

use induce_core::model::{Feature, FeatureType, Features, Inputs, Schema};
use induce_core::{Error, Result, Table};
use serde::{Deserialize, Serialize};

/// How rows become points: numbers as they are or standardised, categories as 0 and 1 for each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Frame {
    pub(super) schema: Schema,
    /// What is taken off each coordinate, and what it is divided by. // (dimensions)
    pub(super) centre: Vec<f64>,
    pub(super) scale: Vec<f64>,
}

impl Frame {
    /// The frame of rows and the rows in it, by rows.
    pub(super) fn of(features: &Features, standardize: bool) -> Result<(Self, Vec<f64>)> {
        let table = match features {
            Features::Table(table) => table,
            Features::Sparse(_) => return Err(sparse()),
        };
        let schema = Schema::of(table)?;
        let dimensions = schema.features.iter().map(width).sum();
        let mut frame = Self {
            schema,
            centre: vec![0.0; dimensions],
            scale: vec![1.0; dimensions],
        };
        let mut rows = frame.rows(table)?;
        if standardize && dimensions > 0 {
            frame.standardize(&mut rows);
        }
        Ok((frame, rows))
    }

    /// Coordinates of a point.
    pub(super) fn dimensions(&self) -> usize {
        self.scale.len()
    }

    /// Coordinates that the schema asks for; `None` if more than can be counted.
    pub(super) fn expected(&self) -> Option<usize> {
        self.schema
            .features
            .iter()
            .map(width)
            .try_fold(0_usize, usize::checked_add)
    }

    /// Rows of another table in the frame.
    pub(super) fn place(&self, inputs: Inputs) -> Result<Vec<f64>> {
        let mut rows = match inputs {
            Inputs::Sparse(_) => return Err(sparse()),
            other => self.rows(other.table()?)?,
        };
        self.apply(&mut rows);
        Ok(rows)
    }

    fn standardize(&mut self, rows: &mut [f64]) {
        let p = self.dimensions();
        let n = (rows.len() / p) as f64;
        for d in 0..p {
            let column = || rows.iter().skip(d).step_by(p).copied();
            let size = column().fold(0.0_f64, |size, x| size.max(x.abs()));
            if size == 0.0 || !size.is_finite() {
                continue;
            }
            let mean = column().map(|x| x / size / n).sum::<f64>();
            let variance = column().map(|x| (x / size - mean).powi(2)).sum::<f64>() / n;
            self.centre[d] = mean * size;
            // A constant column is one point, whatever it is divided by.
            self.scale[d] = if variance.sqrt() > 1e-14 {
                variance.sqrt() * size
            } else {
                1.0
            };
        }
        self.apply(rows);
    }

    fn apply(&self, rows: &mut [f64]) {
        for row in rows.chunks_exact_mut(self.dimensions().max(1)) {
            let own = row.iter_mut().zip(self.centre.iter().zip(&self.scale));
            own.for_each(|(x, (centre, scale))| *x = (*x - centre) / scale);
        }
    }

    fn rows(&self, table: &Table) -> Result<Vec<f64>> {
        let p = self.dimensions();
        let mut rows = vec![0.0; table.rows() * p];
        let mut at = 0;
        for (feature, source) in self.schema.features.iter().zip(self.schema.align(table)?) {
            match &feature.feature_type {
                FeatureType::Number => {
                    let mut values = vec![0.0; table.rows()];
                    source.read_f64(0, &mut values);
                    values.iter().enumerate().for_each(|(i, x)| rows[i * p + at] = *x);
                    refuse(feature, values.iter().position(|x| !x.is_finite()))?;
                }
                FeatureType::Category(names) => {
                    let mut codes = vec![0; table.rows()];
                    source.read_codes(0, &mut codes);
                    refuse(
                        feature,
                        codes.iter().position(|code| *code as usize >= names.len()),
                    )?;
                    codes
                        .iter()
                        .enumerate()
                        .for_each(|(i, code)| rows[i * p + at + *code as usize] = 1.0);
                }
            }
            at += width(feature);
        }
        Ok(rows)
    }
}

fn width(feature: &Feature) -> usize {
    match &feature.feature_type {
        FeatureType::Number => 1,
        FeatureType::Category(names) => names.len(),
    }
}

fn refuse(feature: &Feature, row: Option<usize>) -> Result<()> {
    match row {
        None => Ok(()),
        Some(row) => Err(Error::data(
            format!(
                "row {} has no usable value in column `{}`: it is missing, infinite, or a category that training had not",
                row + 1,
                feature.name
            ),
            "spectral clustering needs distances between whole rows: fill in or drop such rows, or `--drop` the column",
        )),
    }
}

fn sparse() -> Error {
    Error::data(
        "`spectral` reads tables and graphs, not sparse rows",
        "give it a dense table, or a graph of the rows' similarities",
    )
}
