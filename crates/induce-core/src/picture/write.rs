//! From pixels to a file.

use std::io::Cursor;
use std::path::Path;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};

use super::Picture;
use crate::place::put_bytes;
use crate::{Error, Result};

/// The endings that pictures may be written to, the usual one first.
pub fn endings() -> &'static [&'static str] {
    &["png", "jpg", "jpeg"]
}

/// Write a PNG, or a JPEG of quality 92 if the name ends like one; whole or not at all.
///
/// # Errors
/// If the file cannot be written.
pub fn write_picture(path: &Path, picture: &Picture) -> Result<()> {
    let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
    let mut bytes = Cursor::new(Vec::new());
    let colour = if picture.channels == 1 {
        ExtendedColorType::L8
    } else {
        ExtendedColorType::Rgb8
    };
    let (width, height) = (picture.width as u32, picture.height as u32);
    let written = if ending.eq_ignore_ascii_case("jpg") || ending.eq_ignore_ascii_case("jpeg") {
        let encoder = JpegEncoder::new_with_quality(&mut bytes, 92);
        encoder.write_image(&picture.pixels, width, height, colour)
    } else {
        let encoder = PngEncoder::new_with_quality(&mut bytes, CompressionType::Fast, FilterType::Adaptive);
        encoder.write_image(&picture.pixels, width, height, colour)
    };
    written.map_err(|e| Error::io("write", path, std::io::Error::other(e)))?;
    put_bytes(path, &bytes.into_inner())
}
