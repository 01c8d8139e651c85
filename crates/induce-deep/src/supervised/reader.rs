//! What a network reads: columns of a table, or images.

use induce_core::model::{DataKind, Images, Inputs, Schema};
use induce_core::{Result, Run};
use serde::{Deserialize, Serialize};

use super::pixels::Pixels;
use super::shape::Form;
use crate::inputs::{Columns, Matrix};

/// How data become inputs, as it was learnt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reader {
    /// Of a table.
    Columns(Columns),
    /// Of images.
    Pixels(Pixels),
}

/// Data as inputs, a batch of them at a time.
pub enum Source<'a> {
    /// All of them. // (rows, width)
    Matrix(Matrix, usize),
    /// Bytes, which are made numbers when they are asked for.
    Images(&'a Images, Pixels),
}

impl Source<'_> {
    /// How many rows or images there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Matrix(values, width) => values.len().checked_div(*width).unwrap_or(0),
            Self::Images(images, _) => images.len(),
        }
    }

    /// Some of them, in `out`. // (some, width)
    pub fn fill(&self, some: &[usize], out: &mut Vec<f32>) {
        out.clear();
        for &i in some {
            match self {
                Self::Matrix(values, width) => out.extend_from_slice(&values[i * width..][..*width]),
                Self::Images(images, pixels) => pixels.put(images.image(i), out),
            }
        }
    }
}

impl Reader {
    /// Data to predict for.
    ///
    /// # Errors
    /// If they are of another kind, a column is missing, or images are of another size.
    pub fn read<'a>(&self, inputs: Inputs<'a>, run: &Run) -> Result<Source<'a>> {
        match self {
            Self::Columns(own) => Ok(Source::Matrix(own.inputs(&own.read(inputs, run)?), own.width())),
            Self::Pixels(own) => {
                let images = inputs.images()?;
                own.fit(images)?;
                Ok(Source::Images(images, own.clone()))
            }
        }
    }

    /// The form of an input.
    pub fn form(&self) -> Form {
        match self {
            Self::Columns(own) => Form::Columns(own.width()),
            Self::Pixels(own) => Form::Image(own.image),
        }
    }

    /// The columns, if any, and the classes.
    pub fn schema(&self) -> &Schema {
        match self {
            Self::Columns(own) => own.schema(),
            Self::Pixels(own) => &own.schema,
        }
    }

    /// The same, to be changed.
    pub fn schema_mut(&mut self) -> &mut Schema {
        match self {
            Self::Columns(own) => &mut own.frame.schema,
            Self::Pixels(own) => &mut own.schema,
        }
    }

    /// What it reads.
    pub fn kind(&self) -> DataKind {
        match self {
            Self::Columns(_) => DataKind::Rows,
            Self::Pixels(_) => DataKind::Images,
        }
    }

    /// That those of a file can be used.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn check(&self) -> std::result::Result<(), String> {
        match self {
            Self::Columns(own) => own.check(),
            Self::Pixels(own) => own.check(),
        }
    }
}
