//! From pixels to a file.

use std::path::Path;

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

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
    let bytes = if ending.eq_ignore_ascii_case("jpg") || ending.eq_ignore_ascii_case("jpeg") {
        jpeg(picture)
    } else {
        png(picture).map_err(Into::into)
    };
    put_bytes(path, &bytes.map_err(|e| Error::io("write", path, e))?)
}

fn png(picture: &Picture) -> Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, picture.width as u32, picture.height as u32);
    encoder.set_color(if picture.channels == 1 {
        png::ColorType::Grayscale
    } else {
        png::ColorType::Rgb
    });
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    encoder.set_filter(png::Filter::Adaptive);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&picture.pixels)?;
    writer.finish()?;
    Ok(bytes)
}

/// Every pixel keeps its own colour: no subsampling.
fn jpeg(picture: &Picture) -> std::io::Result<Vec<u8>> {
    let side = |length: usize| {
        let reason = || {
            std::io::Error::other(format!(
                "a JPEG has at most 65,535 pixels a side, this has {length}"
            ))
        };
        u16::try_from(length).map_err(|_| reason())
    };
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 92);
    encoder.set_sampling_factor(SamplingFactor::F_1_1);
    let colour = if picture.channels == 1 {
        ColorType::Luma
    } else {
        ColorType::Rgb
    };
    let (width, height) = (side(picture.width)?, side(picture.height)?);
    encoder
        .encode(&picture.pixels, width, height, colour)
        .map_err(std::io::Error::other)?;
    Ok(bytes)
}
