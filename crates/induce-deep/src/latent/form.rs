//! What a model is of: images, or rows of a table.

use crate::inputs::{Columns, Size};

/// What an example is.
#[derive(Debug, Clone, PartialEq)]
pub enum Form {
    /// An image.
    Image(Size),
    /// A row.
    Row(Fields),
}

/// Columns of a table as a decoder says them: numbers first, then categories.
#[derive(Debug, Clone, PartialEq)]
pub struct Fields {
    /// Numbers that the encoder reads of a row.
    pub inputs: usize,
    /// How many columns are numbers.
    pub numbers: usize,
    /// Levels of every column of categories.
    pub categories: Vec<usize>,
    /// The smallest deviation of a number.
    pub floor: f64,
}

impl Form {
    /// Numbers that the encoder reads.
    pub fn inputs(&self) -> usize {
        match self {
            Self::Image(size) => size.values(),
            Self::Row(fields) => fields.inputs,
        }
    }

    /// Numbers that a likelihood is of.
    pub fn targets(&self) -> usize {
        match self {
            Self::Image(size) => size.values(),
            Self::Row(fields) => 2 * fields.numbers + fields.categories.len(),
        }
    }
}

impl Fields {
    /// Those of columns.
    pub fn of(columns: &Columns, floor: f64) -> Self {
        Self {
            inputs: columns.width(),
            numbers: columns.numbers().len(),
            categories: columns.categories().iter().map(ExactSizeIterator::len).collect(),
            floor,
        }
    }

    /// Numbers that a decoder says of a row: means, deviations, and the logits of every level.
    pub fn outputs(&self) -> usize {
        2 * self.numbers + self.categories.iter().sum::<usize>()
    }
}
