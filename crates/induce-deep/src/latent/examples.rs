//! What auto-encoders learn from, some at a time.

use induce_core::model::Images;
use induce_core::random::Stream;

use super::cells::Cells;
use super::pixels::{Batch, Pixels};

/// Images, or rows of a table.
#[derive(Clone, Copy)]
pub enum Examples<'a> {
    /// Images, and how their bytes become numbers.
    Images(&'a Images, Pixels),
    /// Rows, and the share of what an encoder sees of them that is lost.
    Rows(&'a Cells, f64),
}

impl Examples<'_> {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Images(images, _) => images.len(),
            Self::Rows(cells, _) => cells.len(),
        }
    }

    /// What they are called.
    pub fn unit(&self) -> &'static str {
        match self {
            Self::Images(..) => "images",
            Self::Rows(..) => "rows",
        }
    }

    /// Numbers that an encoder reads of one, and that a likelihood is of.
    pub fn widths(&self) -> [usize; 2] {
        match self {
            Self::Images(images, _) => [images.size(); 2],
            Self::Rows(cells, _) => [cells.width(), cells.targets()],
        }
    }

    /// The same without corruption.
    #[must_use]
    pub fn intact(self) -> Self {
        match self {
            Self::Images(images, pixels) => Self::Images(images, pixels.intact()),
            Self::Rows(cells, _) => Self::Rows(cells, 0.0),
        }
    }

    /// The same, with volumes beside: to evaluate.
    #[must_use]
    pub fn measured(self) -> Self {
        match self {
            Self::Images(images, pixels) => Self::Images(images, pixels.measured()),
            Self::Rows(..) => self.intact(),
        }
    }

    /// The same without anything drawn, where the likelihood allows it: to embed.
    #[must_use]
    pub fn plain(self) -> Self {
        match self {
            Self::Images(images, pixels) => Self::Images(images, pixels.plain()),
            Self::Rows(..) => self.intact(),
        }
    }

    /// Put some into a batch; what is drawn is a function of the stream.
    pub fn fill(&self, some: &[usize], stream: Stream, batch: &mut Batch) {
        batch.clear();
        match self {
            Self::Images(images, pixels) => pixels.fill(images, some, stream, batch),
            Self::Rows(cells, corruption) => cells.fill(some, *corruption, stream, batch),
        }
    }
}
