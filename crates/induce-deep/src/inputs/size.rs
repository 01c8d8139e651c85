//! The size of images.

use std::fmt::{self, Display, Formatter};

use induce_core::model::Images;
use induce_core::{Error, Result};
use serde::{Deserialize, Serialize};

/// The largest width: far above every network there is, far below what could overflow.
pub const MOST: usize = 1 << 24;

/// The size of images, which is what a file says of the shape besides the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Size {
    /// Rows of pixels.
    pub height: usize,
    /// Pixels per row.
    pub width: usize,
    /// Values per pixel.
    pub channels: usize,
}

impl Size {
    /// That of these images.
    pub fn of(images: &Images) -> Self {
        Self {
            height: images.height,
            width: images.width,
            channels: images.channels,
        }
    }
}

impl Size {
    /// That it can be that of images.
    ///
    /// # Errors
    /// Unless it can.
    pub fn check(self) -> Result<()> {
        let Self {
            height,
            width,
            channels,
        } = self;
        let values = height.checked_mul(width).and_then(|n| n.checked_mul(channels));
        match values {
            Some(1..=MOST) => Ok(()),
            _ => Err(Error::data(
                format!("images of {self} cannot be"),
                "the file is damaged: train the model again",
            )),
        }
    }
}

impl Size {
    /// Height, width and channels.
    pub fn lengths(self) -> Vec<usize> {
        vec![self.height, self.width, self.channels]
    }

    /// Values of an image.
    pub fn values(self) -> usize {
        self.height * self.width * self.channels
    }
}

impl Display for Size {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        write!(f, "{} x {} x {}", self.height, self.width, self.channels)
    }
}
