//! Pictures: JPEG and PNG in, PNG and JPEG out, limits checked before anything is allocated.

mod read;
mod upright;
mod write;

pub use read::{Limits, read_picture, read_picture_bytes};
pub use write::{endings, png_bytes, write_covered, write_picture};

use crate::{Error, Result};

/// Pixels of one byte per channel, row-major (height, width, channels); one channel is grey, three are RGB.
///
/// ```
/// use induce_core::picture::Picture;
/// let picture = Picture::new(2, 1, 3, vec![255, 0, 0, 0, 0, 0])?;
/// assert_eq!(picture.grey(), [76, 0]);
/// assert!(Picture::new(2, 2, 1, vec![0; 3]).is_err());
/// # Ok::<(), induce_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Pixels per row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Bytes per pixel: 1 or 3.
    pub channels: usize,
    /// The bytes.
    pub pixels: Vec<u8>,
}

impl Picture {
    /// A picture of these bytes.
    ///
    /// # Errors
    /// If they do not fill it.
    pub fn new(width: usize, height: usize, channels: usize, pixels: Vec<u8>) -> Result<Self> {
        let size = width.checked_mul(height).and_then(|n| n.checked_mul(channels));
        if size != Some(pixels.len()) || pixels.is_empty() || !matches!(channels, 1 | 3) {
            let what = format!(
                "{} bytes do not make a picture of {width} x {height} with {channels} channels",
                pixels.len()
            );
            return Err(Error::data(what, "a picture has 1 or 3 bytes per pixel"));
        }
        Ok(Self {
            width,
            height,
            channels,
            pixels,
        })
    }

    /// Brightness, one byte per pixel: 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601), as JPEG itself has it.
    pub fn grey(&self) -> Vec<u8> {
        if self.channels == 1 {
            return self.pixels.clone();
        }
        let (pixels, _) = self.pixels.as_chunks::<3>();
        let brightness = |p: &[u8; 3]| {
            (u32::from(p[0]) * 19_595 + u32::from(p[1]) * 38_470 + u32::from(p[2]) * 7_471 + 32_768) >> 16
        };
        pixels.iter().map(|p| brightness(p) as u8).collect()
    }
}

#[cfg(test)]
mod tests;
