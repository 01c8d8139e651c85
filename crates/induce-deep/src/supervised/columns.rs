//! Tables as numbers that a network reads.

use induce_core::model::{Inputs, Rows, Schema};
use induce_core::points::{Frame, Scaling};
use induce_core::words::counted;
use induce_core::{Result, Run};
use serde::{Deserialize, Serialize};

/// Deviations from the mean beyond which a value counts as this: what is so far away says no more, and overflows.
const FAR: f64 = 1e6;

/// Columns of a table: numbers centred and divided by their deviation, an input of 0 or 1, less its mean, for each category, and an
/// input of 0 or 1 for each column that had holes, where its mean stands for the value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Columns {
    /// The coordinates.
    pub frame: Frame,
    /// Columns with holes, by the first of their coordinates.
    holes: Vec<usize>,
}

/// Some rows as inputs. // (rows, width)
pub type Matrix = Vec<f32>;

impl Columns {
    /// Those of rows to learn from, the rows as inputs, and remarks.
    ///
    /// # Errors
    /// If no column is of use, or one holds free text or an infinite value.
    pub fn learn(rows: &Rows, standardize: bool, run: &Run) -> Result<(Self, Matrix, Vec<String>)> {
        let (mut frame, notes) = Frame::learn(rows, Scaling::Deviation, run.threads())?;
        for axis in &mut frame.axes {
            match (axis.level, standardize) {
                (Some(_), _) => axis.scale = 1.0,
                (None, true) => {}
                (None, false) => (axis.centre, axis.scale) = (0.0, 1.0),
            }
        }
        let mut own = Self {
            frame,
            holes: Vec::new(),
        };
        let points = own.frame.points((&rows.features).into(), run)?;
        // An input for all categories that were missing says what those of each would.
        let mut notes: Vec<String> = notes
            .into_iter()
            .filter(|note| !note.contains("holds categories"))
            .collect();
        if points.has_missing() {
            own.holes = own
                .firsts()
                .into_iter()
                .filter(|&axis| hole(&points.values, points.width, axis))
                .collect();
            notes.push(format!(
                "values are missing in {}: the mean of the column stands for them, and an input of its own says where",
                counted(own.holes.len(), "column")
            ));
        }
        let matrix = own.inputs_of(&points.values);
        Ok((own, matrix, notes))
    }

    /// The first coordinate of every column.
    fn firsts(&self) -> Vec<usize> {
        let axes = &self.frame.axes;
        (0..axes.len())
            .filter(|&i| i == 0 || axes[i].feature != axes[i - 1].feature)
            .collect()
    }

    /// Inputs of a row.
    pub fn width(&self) -> usize {
        self.frame.width() + self.holes.len()
    }

    /// Names of the inputs.
    pub fn names(&self) -> Vec<String> {
        let mut names = self.frame.names();
        let feature = |axis: &usize| self.frame.axes.get(*axis).map_or(0, |own| own.feature);
        let name = |axis: &usize| format!("{} is missing", self.frame.schema.features[feature(axis)].name);
        names.extend(self.holes.iter().map(name));
        names
    }

    /// What it reads.
    pub fn schema(&self) -> &Schema {
        &self.frame.schema
    }

    /// Rows as inputs.
    ///
    /// # Errors
    /// If a column is missing, of another type, or holds an infinite value.
    pub fn read(&self, inputs: Inputs, run: &Run) -> Result<Matrix> {
        Ok(self.inputs_of(&self.frame.points(inputs, run)?.values))
    }

    fn inputs_of(&self, points: &[f64]) -> Matrix {
        let value = |x: &f64| {
            if x.is_nan() {
                0.0
            } else {
                x.clamp(-FAR, FAR) as f32
            }
        };
        let mut matrix = Vec::with_capacity(points.len() / self.frame.width() * self.width());
        for row in points.chunks_exact(self.frame.width()) {
            matrix.extend(row.iter().map(value));
            matrix.extend(
                self.holes
                    .iter()
                    .map(|&axis| f32::from(u8::from(row[axis].is_nan()))),
            );
        }
        matrix
    }

    /// That those of a file can be used.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn check(&self) -> std::result::Result<(), String> {
        self.frame.check()?;
        match self.holes.iter().all(|axis| *axis < self.frame.width()) {
            true => Ok(()),
            false => Err("its columns with holes are not among its columns".into()),
        }
    }
}

fn hole(values: &[f64], width: usize, axis: usize) -> bool {
    values.iter().skip(axis).step_by(width).any(|x| x.is_nan())
}
