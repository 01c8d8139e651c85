//! What EXIF says about how a camera was held.

use super::Picture;

/// The orientation in an EXIF block (TIFF 6.0, tag 274), 1 to 8; none if it says none or is broken.
pub(super) fn orientation(exif: &[u8]) -> Option<u16> {
    let little = match exif.first_chunk()? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let short = |at: usize| {
        let bytes = *exif.get(at..)?.first_chunk()?;
        Some(if little {
            u16::from_le_bytes(bytes)
        } else {
            u16::from_be_bytes(bytes)
        })
    };
    let long = |at: usize| {
        let bytes = *exif.get(at..)?.first_chunk()?;
        Some(if little {
            u32::from_le_bytes(bytes)
        } else {
            u32::from_be_bytes(bytes)
        })
    };
    let directory = long(4)? as usize;
    for entry in 0..usize::from(short(directory)?) {
        let at = directory + 2 + 12 * entry;
        let value = short(at + 8)?;
        short(at + 10)?;
        if (short(at)?, short(at + 2)?, long(at + 4)?) == (0x112, 3, 1) {
            return (1..=8).contains(&value).then_some(value);
        }
    }
    None
}

/// The picture as it was seen: 2 is mirrored, 3 upside down, 4 both; 5 to 8 lie on a side.
pub(super) fn turned(picture: Picture, orientation: u16) -> Picture {
    let (w, h) = (picture.width, picture.height);
    match orientation {
        2 => taken(&picture, w, h, |x, y| (w - 1 - x, y)),
        3 => taken(&picture, w, h, |x, y| (w - 1 - x, h - 1 - y)),
        4 => taken(&picture, w, h, |x, y| (x, h - 1 - y)),
        5 => taken(&picture, h, w, |x, y| (y, x)),
        6 => taken(&picture, h, w, |x, y| (y, h - 1 - x)),
        7 => taken(&picture, h, w, |x, y| (w - 1 - y, h - 1 - x)),
        8 => taken(&picture, h, w, |x, y| (w - 1 - y, x)),
        _ => picture,
    }
}

/// Every pixel of a picture of that size from the place that `from` says.
fn taken(
    picture: &Picture,
    width: usize,
    height: usize,
    from: impl Fn(usize, usize) -> (usize, usize),
) -> Picture {
    let channels = picture.channels;
    let mut pixels = Vec::with_capacity(picture.pixels.len());
    for y in 0..height {
        for x in 0..width {
            let (x, y) = from(x, y);
            let at = (y * picture.width + x) * channels;
            pixels.extend_from_slice(&picture.pixels[at..at + channels]);
        }
    }
    Picture {
        width,
        height,
        channels,
        pixels,
    }
}
