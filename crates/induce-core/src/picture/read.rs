//! From a file to pixels.

use std::io::Cursor;
use std::path::Path;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader};

use super::Picture;
use crate::{Error, Result};

/// What a picture may need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most pixels.
    pub pixels: u64,
    /// Most pixels along a side.
    pub side: u32,
}

impl Default for Limits {
    /// 100 megapixels, 65,535 along a side.
    fn default() -> Self {
        Self {
            pixels: 100_000_000,
            side: 65_535,
        }
    }
}

/// Read a JPEG or PNG file, told by its content; turned upright as its EXIF says, transparency on black.
///
/// The header's size is checked against `limits` before the pixels are allocated.
///
/// # Errors
/// If the file cannot be read, is neither JPEG nor PNG, is damaged, or is larger than `limits` allow.
pub fn read_picture(path: &Path, limits: &Limits) -> Result<Picture> {
    let bytes = std::fs::read(path).map_err(|e| Error::io("read", path, e))?;
    read_picture_bytes(&path.display().to_string(), &bytes, limits)
}

/// As [`read_picture`], from bytes; `name` is used in errors.
///
/// # Errors
/// If the bytes are neither JPEG nor PNG, are damaged, or the picture is larger than `limits` allow.
pub fn read_picture_bytes(name: &str, bytes: &[u8], limits: &Limits) -> Result<Picture> {
    let Ok(format @ (ImageFormat::Jpeg | ImageFormat::Png)) = image::guess_format(bytes) else {
        let reason = if bytes.is_empty() {
            "it is empty"
        } else {
            "it starts like neither"
        };
        return Err(malformed(name, "JPEG or PNG", reason.into()));
    };
    let kind = if format == ImageFormat::Png { "PNG" } else { "JPEG" };
    let fault = |e: image::ImageError| malformed(name, kind, e.to_string());
    let mut decoder = ImageReader::with_format(Cursor::new(bytes), format)
        .into_decoder()
        .map_err(fault)?;
    let (width, height) = decoder.dimensions();
    check_size(name, width, height, decoder.total_bytes(), limits)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut decoded = DynamicImage::from_decoder(decoder).map_err(fault)?;
    decoded.apply_orientation(orientation);
    to_picture(decoded)
}

fn malformed(file: &str, format: &'static str, reason: String) -> Error {
    Error::Malformed {
        file: file.into(),
        format,
        reason,
        hint: Some("open it in a viewer and save it again as JPEG or PNG".into()),
    }
}

fn check_size(name: &str, width: u32, height: u32, bytes: u64, limits: &Limits) -> Result<()> {
    let pixels = u64::from(width) * u64::from(height);
    let side = width.max(height);
    if pixels == 0 {
        return Err(Error::data(
            format!("`{name}` has no pixels"),
            "give another picture",
        ));
    }
    if pixels > limits.pixels || side > limits.side || bytes > limits.pixels.saturating_mul(8) {
        let what = format!(
            "`{name}` says that it has {width} x {height} pixels, the limit is {} and {} along a side",
            limits.pixels, limits.side
        );
        return Err(Error::data(what, "make it smaller first"));
    }
    Ok(())
}

/// Grey pictures stay grey; a transparent pixel counts by its opacity.
fn to_picture(decoded: DynamicImage) -> Result<Picture> {
    let (width, height) = (decoded.width() as usize, decoded.height() as usize);
    let colour = decoded.color();
    if !colour.has_color() && !colour.has_alpha() {
        return Picture::new(width, height, 1, decoded.into_luma8().into_raw());
    }
    if !colour.has_alpha() {
        return Picture::new(width, height, 3, decoded.into_rgb8().into_raw());
    }
    let rgba = decoded.into_rgba8().into_raw();
    let (pixels, _) = rgba.as_chunks::<4>();
    let faded = |p: &[u8; 4]| [0, 1, 2].map(|c| ((u32::from(p[c]) * u32::from(p[3]) + 127) / 255) as u8);
    Picture::new(width, height, 3, pixels.iter().flat_map(faded).collect())
}
