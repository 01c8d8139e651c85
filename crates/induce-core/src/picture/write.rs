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
    let bytes = if is_jpeg(path) {
        jpeg(picture)
    } else {
        png(picture).map_err(Into::into)
    };
    put_bytes(path, &bytes.map_err(|e| Error::io("write", path, e))?)
}

/// Write a picture of which some places show nothing: as a PNG they are transparent, as a JPEG they stay black.
///
/// `opacity` is 255 where a pixel is covered. // (height, width)
///
/// # Errors
/// If the file cannot be written.
pub fn write_covered(path: &Path, picture: &Picture, opacity: &[u8]) -> Result<()> {
    if opacity.iter().all(|&own| own == 255) {
        return write_picture(path, picture);
    }
    let pixels = picture.pixels.chunks(picture.channels).zip(opacity);
    if is_jpeg(path) {
        let over_black = |(pixel, &own): (&[u8], &u8)| -> Vec<u8> {
            let dim = |value: &u8| (u32::from(*value) * u32::from(own) / 255) as u8;
            pixel.iter().map(dim).collect()
        };
        let pixels = pixels.flat_map(over_black).collect();
        return write_picture(path, &Picture { pixels, ..*picture });
    }
    let colour = match picture.channels {
        1 => png::ColorType::GrayscaleAlpha,
        _ => png::ColorType::Rgba,
    };
    let with_opacity = pixels.flat_map(|(pixel, own)| pixel.iter().chain([own]).copied());
    let bytes = encoded(picture, colour, &with_opacity.collect::<Vec<u8>>());
    put_bytes(path, &bytes.map_err(|e| Error::io("write", path, e.into()))?)
}

/// The bytes of a PNG.
///
/// # Errors
/// If it is too large for one.
pub fn png_bytes(picture: &Picture) -> Result<Vec<u8>> {
    png(picture).map_err(|error| Error::data(error.to_string(), "a PNG has at most 2^31 pixels a side"))
}

fn is_jpeg(path: &Path) -> bool {
    let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
    ending.eq_ignore_ascii_case("jpg") || ending.eq_ignore_ascii_case("jpeg")
}

fn png(picture: &Picture) -> Result<Vec<u8>, png::EncodingError> {
    let colour = match picture.channels {
        1 => png::ColorType::Grayscale,
        _ => png::ColorType::Rgb,
    };
    encoded(picture, colour, &picture.pixels)
}

fn encoded(picture: &Picture, colour: png::ColorType, pixels: &[u8]) -> Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, picture.width as u32, picture.height as u32);
    encoder.set_color(colour);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    encoder.set_filter(png::Filter::Adaptive);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
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
