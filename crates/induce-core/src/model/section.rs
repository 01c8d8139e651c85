//! What a model tells of itself: sections of plain data, which the command line prints, the page draws and notebooks show.

use serde::{Deserialize, Serialize};

use super::Images;
use crate::Result;
use crate::picture::Picture;

/// A part of what a model tells, under a title.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Section {
    /// Its title.
    pub title: String,
    /// What is under it.
    pub blocks: Vec<Block>,
}

/// Text, a table, or a picture's data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    /// A sentence or more.
    Text(String),
    /// Names and values.
    Facts(Vec<(String, String)>),
    /// Rows under headings.
    Grid(Grid),
    /// Estimates with their intervals, one under the other: a forest plot.
    Intervals(Intervals),
    /// Curves over one axis.
    Lines(Lines),
    /// Points in groups, and a line through them.
    Points(Points),
    /// Bars with labels.
    Bars(Bars),
    /// A binary tree of questions.
    Tree(TreeNode),
    /// Images side by side.
    Pictures(Pictures),
}

/// Images of one size, side by side.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Pictures {
    /// Rows of pixels of an image.
    pub height: usize,
    /// Pixels per row of an image.
    pub width: usize,
    /// Bytes per pixel: 1 (grey) or 3 (RGB).
    pub channels: usize,
    /// Images side by side.
    pub columns: usize,
    /// The bytes of one image after the other. // (images, height, width, channels)
    pub pixels: Vec<u8>,
}

impl Pictures {
    /// Images in so many columns.
    pub fn new(images: &Images, columns: usize) -> Self {
        Self {
            height: images.height,
            width: images.width,
            channels: images.channels,
            columns: columns.clamp(1, images.len().max(1)),
            pixels: images.pixels.clone(),
        }
    }

    /// One picture of all, with a grey line between them.
    ///
    /// # Errors
    /// If there is no image.
    pub fn sheet(&self) -> Result<Picture> {
        let size = self.height * self.width * self.channels;
        let count = self.pixels.len().checked_div(size).unwrap_or(0);
        let (columns, rows) = (self.columns.max(1), count.div_ceil(self.columns.max(1)));
        let (width, height) = (
            columns * (self.width + 1) - 1,
            (rows * (self.height + 1)).saturating_sub(1),
        );
        let mut pixels = vec![LINE; width * height * self.channels];
        for (i, image) in self.pixels.chunks_exact(size.max(1)).enumerate() {
            let (top, left) = (i / columns * (self.height + 1), i % columns * (self.width + 1));
            for (y, row) in image.chunks_exact(self.width * self.channels).enumerate() {
                let place = ((top + y) * width + left) * self.channels;
                pixels[place..place + row.len()].copy_from_slice(row);
            }
        }
        Picture::new(width, height, self.channels, pixels)
    }
}

/// The grey between images.
const LINE: u8 = 128;

/// A table of texts.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Grid {
    /// The headings. // (columns)
    pub head: Vec<String>,
    /// The cells. // (rows, columns)
    pub rows: Vec<Vec<String>>,
}

/// Estimates with intervals.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Intervals {
    /// What is estimated, with its unit.
    pub axis: String,
    /// The value that means "no effect", drawn as a line.
    pub zero: f64,
    /// Label, estimate, lower and upper end.
    pub rows: Vec<(String, f64, Option<f64>, Option<f64>)>,
}

/// Curves over one axis.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Lines {
    /// What the horizontal axis is.
    pub x: String,
    /// What the vertical axis is.
    pub y: String,
    /// Name and points of every curve.
    pub curves: Vec<(String, Vec<(f64, f64)>)>,
    /// A place on the horizontal axis worth a mark.
    pub mark: Option<f64>,
}

/// Points in groups.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Points {
    /// What the horizontal axis is.
    pub x: String,
    /// What the vertical axis is.
    pub y: String,
    /// Name and points of every group.
    pub groups: Vec<(String, Vec<(f64, f64)>)>,
    /// A line through them, and how far to both sides of it points belong to it.
    pub line: Option<(Vec<(f64, f64)>, f64)>,
    /// Lines in the colours of groups: outlines.
    pub strokes: Vec<(usize, Vec<(f64, f64)>)>,
    /// Two ends of each edge of a graph, drawn thin under the points.
    pub edges: Vec<[(f64, f64); 2]>,
}

/// Bars with labels.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Bars {
    /// What is measured.
    pub axis: String,
    /// Label and length.
    pub rows: Vec<(String, f64)>,
}

/// A node of a tree of questions.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TreeNode {
    /// The question, or what the leaf says.
    pub text: String,
    /// A fact about it: rows, gain.
    pub note: String,
    /// Where "yes" and "no" lead; nowhere from a leaf.
    pub children: Vec<TreeNode>,
    /// Whether a missing value answers "yes".
    pub missing_left: bool,
}

impl Section {
    /// A section of these blocks.
    pub fn new(title: impl Into<String>, blocks: Vec<Block>) -> Self {
        Self {
            title: title.into(),
            blocks,
        }
    }
}

impl Grid {
    /// A table with these headings.
    pub fn new(head: &[&str], rows: Vec<Vec<String>>) -> Self {
        Self {
            head: head.iter().map(|title| (*title).to_owned()).collect(),
            rows,
        }
    }
}
