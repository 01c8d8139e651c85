//! From a file to pixels.

use std::io::Cursor;
use std::path::Path;

use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::{Picture, upright};
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
    let (decoded, exif) = if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        png(name, bytes, limits)?
    } else if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        jpeg(name, bytes, limits)?
    } else {
        let reason = if bytes.is_empty() {
            "it is empty"
        } else {
            "it starts like neither"
        };
        return Err(malformed(name, "JPEG or PNG", reason.into()));
    };
    let orientation = exif.as_deref().and_then(upright::orientation);
    Ok(upright::turned(to_picture(decoded)?, orientation.unwrap_or(1)))
}

/// One byte per channel; 1 or 2 channels are grey, 3 or 4 are RGB, an even number has opacity last.
struct Decoded {
    width: usize,
    height: usize,
    channels: usize,
    samples: Vec<u8>,
}

/// What chunks beside the pixels may need.
const ASIDE: usize = 512 << 20;

/// The samples of a PNG, and its EXIF.
fn png(name: &str, bytes: &[u8], limits: &Limits) -> Result<(Decoded, Option<Vec<u8>>)> {
    let fault = |error: png::DecodingError| {
        let reason = match error {
            png::DecodingError::IoError(error) => error.to_string(),
            png::DecodingError::LimitsExceeded => "Memory limit exceeded".into(),
            error => format!("Format error decoding Png: {error}"),
        };
        malformed(name, "PNG", reason)
    };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), png::Limits { bytes: ASIDE });
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().map_err(fault)?;
    let (width, height) = reader.info().size();
    let (colour, depth) = reader.output_color_type();
    let deep = depth == png::BitDepth::Sixteen;
    let channels = colour.samples();
    let size = channels as u64 * if deep { 2 } else { 1 } * u64::from(width) * u64::from(height);
    check_size(name, width, height, size, limits)?;
    let exif = reader.info().exif_metadata.as_ref().map(|exif| exif.to_vec());
    let mut samples = vec![0; size as usize];
    reader.next_frame(&mut samples).map_err(fault)?;
    if deep {
        let (pairs, _) = samples.as_chunks::<2>();
        samples = pairs
            .iter()
            .map(|&pair| to_byte(u16::from_be_bytes(pair)))
            .collect();
    }
    let (width, height) = (width as usize, height as usize);
    Ok((
        Decoded {
            width,
            height,
            channels,
            samples,
        },
        exif,
    ))
}

/// round(255 x / 65,535)
fn to_byte(sample: u16) -> u8 {
    ((u32::from(sample) + 128) / 257) as u8
}

/// The samples of a JPEG, grey or RGB, and its EXIF.
fn jpeg(name: &str, bytes: &[u8], limits: &Limits) -> Result<(Decoded, Option<Vec<u8>>)> {
    let fault = |error: zune_jpeg::errors::DecodeErrors| {
        malformed(name, "JPEG", format!("Format error decoding Jpeg: {error}"))
    };
    let options = DecoderOptions::default()
        .set_strict_mode(false)
        .set_max_width(usize::MAX)
        .set_max_height(usize::MAX);
    let mut decoder = zune_jpeg::JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(fault)?;
    let (width, height) = decoder.dimensions().unwrap_or_default();
    let grey = decoder.input_colorspace() == Some(ColorSpace::Luma);
    let (colours, channels) = if grey {
        (ColorSpace::Luma, 1)
    } else {
        (ColorSpace::RGB, 3)
    };
    let size = (width * height * channels) as u64;
    check_size(name, width as u32, height as u32, size, limits)?;
    let exif = decoder.exif().cloned();
    decoder.set_options(options.jpeg_set_out_colorspace(colours));
    let samples = decoder.decode().map_err(fault)?;
    Ok((
        Decoded {
            width,
            height,
            channels,
            samples,
        },
        exif,
    ))
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
fn to_picture(decoded: Decoded) -> Result<Picture> {
    let Decoded {
        width,
        height,
        channels,
        samples,
    } = decoded;
    let faded = |sample: u8, opacity: u8| ((u32::from(sample) * u32::from(opacity) + 127) / 255) as u8;
    match channels {
        2 => {
            let (pixels, _) = samples.as_chunks::<2>();
            let pixels = pixels
                .iter()
                .flat_map(|&[grey, opacity]| [faded(grey, opacity); 3]);
            Picture::new(width, height, 3, pixels.collect())
        }
        4 => {
            let (pixels, _) = samples.as_chunks::<4>();
            let pixels = pixels.iter().flat_map(|p| [0, 1, 2].map(|c| faded(p[c], p[3])));
            Picture::new(width, height, 3, pixels.collect())
        }
        _ => Picture::new(width, height, channels, samples),
    }
}
