//! Tables as numbers that a network reads.

use induce_core::model::{Inputs, Rows, Schema};
use induce_core::points::{Axis, Frame, Points, Scaling};
use induce_core::words::counted;
use induce_core::{Result, Run};
use serde::{Deserialize, Serialize};
use std::ops::Range;

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
    /// Coordinates of columns that held whole numbers only.
    #[serde(default)]
    whole: Vec<usize>,
}

/// Some rows as inputs. // (rows, width)
pub type Matrix = Vec<f32>;

impl Columns {
    /// Those of rows to learn from, the rows as points, and remarks.
    ///
    /// # Errors
    /// If no column is of use, or one holds free text or an infinite value.
    pub fn learn(rows: &Rows, standardize: bool, run: &Run) -> Result<(Self, Points, Vec<String>)> {
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
            whole: Vec::new(),
        };
        let points = own.frame.points((&rows.features).into(), run)?;
        own.whole = own
            .numbers()
            .into_iter()
            .filter(|&axis| own.is_whole(&points, axis))
            .collect();
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
        Ok((own, points, notes))
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

    /// Rows as points, whose coordinates are NaN where values are missing.
    ///
    /// # Errors
    /// If a column is missing, of another type, or holds an infinite value.
    pub fn read(&self, inputs: Inputs, run: &Run) -> Result<Points> {
        self.frame.points(inputs, run)
    }

    /// Points as inputs.
    pub fn inputs(&self, points: &Points) -> Matrix {
        let mut matrix = Vec::with_capacity(points.rows() * self.width());
        for row in points.values.chunks_exact(self.frame.width()) {
            matrix.extend(row.iter().map(|x| if x.is_nan() { 0.0 } else { near(*x) }));
            matrix.extend(
                self.holes
                    .iter()
                    .map(|&axis| f32::from(u8::from(row[axis].is_nan()))),
            );
        }
        matrix
    }

    /// A coordinate in the unit of its column; whole where the column was.
    pub fn original(&self, axis: usize, u: f64) -> f64 {
        let own = &self.frame.axes[axis];
        let x = u * own.scale + own.centre;
        if self.whole.contains(&axis) {
            x.round() + 0.0
        } else {
            x
        }
    }

    fn is_whole(&self, points: &Points, axis: usize) -> bool {
        let own = &self.frame.axes[axis];
        let column = points.values.iter().skip(axis).step_by(points.width);
        let mut values = column.filter(|u| !u.is_nan()).map(|u| u * own.scale + own.centre);
        values.all(|x| x.abs() < 1e9 && (x - x.round()).abs() <= 1e-9 * x.abs().max(1.0))
    }

    /// Coordinates that are numbers.
    pub fn numbers(&self) -> Vec<usize> {
        let axes = self.frame.axes.iter().enumerate();
        axes.filter(|own| own.1.level.is_none())
            .map(|own| own.0)
            .collect()
    }

    /// Coordinates of the levels of every column of categories.
    pub fn categories(&self) -> Vec<Range<usize>> {
        let same = |a: &Axis, b: &Axis| a.feature == b.feature;
        let mut start = 0;
        let groups = self.frame.axes.chunk_by(same).map(|group| {
            start += group.len();
            (group[0].level, start - group.len()..start)
        });
        groups.filter_map(|(level, own)| level.map(|_| own)).collect()
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

/// A coordinate as a network reads it.
pub fn near(x: f64) -> f32 {
    x.clamp(-FAR, FAR) as f32
}

fn hole(values: &[f64], width: usize, axis: usize) -> bool {
    values.iter().skip(axis).step_by(width).any(|x| x.is_nan())
}
