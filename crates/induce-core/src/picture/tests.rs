#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
use super::*;

fn sample(channels: usize) -> Picture {
    let pixels = (0..40 * 30 * channels).map(|i| (i * 7 % 251) as u8).collect();
    Picture::new(40, 30, channels, pixels).unwrap()
}

fn png(picture: &Picture) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.png");
    write_picture(&path, picture).unwrap();
    std::fs::read(path).unwrap()
}

#[test]
fn what_is_written_is_read() {
    for channels in [1, 3] {
        let picture = sample(channels);
        let again = read_picture_bytes("a.png", &png(&picture), &Limits::default()).unwrap();
        assert_eq!(again, picture);
    }
}

#[test]
fn a_jpeg_comes_back_almost_as_it_was() {
    let pixels = (0..64 * 64).map(|i| (i / 64 * 2 + i % 64) as u8).collect();
    let picture = Picture::new(64, 64, 1, pixels).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.JPG");
    write_picture(&path, &picture).unwrap();
    let again = read_picture(&path, &Limits::default()).unwrap();
    assert_eq!((again.width, again.channels), (64, 1));
    let off = again
        .pixels
        .iter()
        .zip(&picture.pixels)
        .map(|(a, b)| a.abs_diff(*b))
        .max();
    assert!(off.unwrap() < 12);
}

/// A header is a claim: nothing is allocated for what it says until it is within the limits.
#[test]
fn a_header_that_claims_too_much_is_refused() {
    let mut bytes = png(&sample(3));
    bytes[16..20].copy_from_slice(&2_000_000_000_u32.to_be_bytes());
    assert!(read_picture_bytes("a.png", &bytes, &Limits::default()).is_err());
    let small = Limits {
        pixels: 1000,
        side: 65_535,
    };
    let error = read_picture_bytes("a.png", &png(&sample(3)), &small).unwrap_err();
    assert!(error.to_string().contains("40 x 30"), "{error}");
}

#[test]
fn broken_files_are_errors_wherever_they_break() {
    let bytes = png(&sample(3));
    let read = |bytes: &[u8]| read_picture_bytes("a.png", bytes, &Limits::default());
    for end in 0..bytes.len() - 12 {
        assert!(read(&bytes[..end]).is_err(), "{end}");
    }
    for place in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 0x55;
        let _ = read(&changed);
    }
    assert!(read(b"GIF89a").unwrap_err().hint().is_some());
}

#[test]
fn a_colour_jpeg_comes_back_almost_as_it_was() {
    let pixels = (0..64 * 50 * 3).map(|i| (i / 192 * 3 + i / 3 % 64 + i % 3 * 30) as u8);
    let picture = Picture::new(64, 50, 3, pixels.collect()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jpeg");
    write_picture(&path, &picture).unwrap();
    let again = read_picture(&path, &Limits::default()).unwrap();
    assert_eq!((again.width, again.height, again.channels), (64, 50, 3));
    let pairs = again.pixels.iter().zip(&picture.pixels);
    let off: u32 = pairs.map(|(a, b)| u32::from(a.abs_diff(*b))).sum();
    assert!(off < 64 * 50 * 3 * 2, "{off}");
}

#[test]
fn a_jpeg_has_no_more_pixels_than_it_can_say() {
    let folder = tempfile::tempdir().unwrap();
    let picture = Picture::new(65_536, 1, 1, vec![0; 65_536]).unwrap();
    let error = write_picture(&folder.path().join("a.jpg"), &picture).unwrap_err();
    assert!(error.to_string().contains("65,535"), "{error}");
    write_picture(&folder.path().join("a.png"), &picture).unwrap();
}

/// A PNG of these samples.
fn sampled(colour: png::ColorType, depth: png::BitDepth, exif: &[u8], samples: &[u8]) -> Picture {
    let mut info = png::Info::with_size(3, 2);
    (info.color_type, info.bit_depth) = (colour, depth);
    info.exif_metadata = (!exif.is_empty()).then(|| exif.into());
    let mut bytes = Vec::new();
    let mut writer = png::Encoder::with_info(&mut bytes, info)
        .unwrap()
        .write_header()
        .unwrap();
    writer.write_image_data(samples).unwrap();
    writer.finish().unwrap();
    read_picture_bytes("a.png", &bytes, &Limits::default()).unwrap()
}

#[test]
fn deep_shallow_and_transparent_samples_become_bytes() {
    use png::{BitDepth, ColorType};
    let deep: Vec<u8> = [0_u16, 128, 129, 32_767, 65_406, 65_407]
        .iter()
        .flat_map(|x| x.to_be_bytes())
        .collect();
    let grey = sampled(ColorType::Grayscale, BitDepth::Sixteen, b"", &deep);
    assert_eq!((grey.channels, grey.pixels), (1, vec![0, 0, 1, 127, 254, 255]));
    let bits = sampled(
        ColorType::Grayscale,
        BitDepth::One,
        b"",
        &[0b0100_0000, 0b1010_0000],
    );
    assert_eq!(bits.pixels, [0, 255, 0, 255, 0, 255]);
    let faded = [10, 255, 10, 0, 10, 128, 255, 1, 255, 127, 0, 255];
    let faded = sampled(ColorType::GrayscaleAlpha, BitDepth::Eight, b"", &faded);
    assert_eq!(faded.pixels, [10, 0, 5, 1, 127, 0].map(|x| [x; 3]).concat());
}

/// Cameras write the rows as the sensor has them, and how they were held beside it.
#[test]
fn pictures_are_turned_upright() {
    let turned = |exif: &[u8]| {
        let depth = png::BitDepth::Eight;
        let picture = sampled(png::ColorType::Grayscale, depth, exif, &[1, 2, 3, 4, 5, 6]);
        (picture.width, picture.pixels)
    };
    let little = |o| {
        [
            b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0",
            &[o, 0, 0, 0][..],
        ]
        .concat()
    };
    let big = |o| {
        [
            b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01",
            &[0, o, 0, 0][..],
        ]
        .concat()
    };
    let wanted = [
        (0, 3, [1, 2, 3, 4, 5, 6]),
        (1, 3, [1, 2, 3, 4, 5, 6]),
        (2, 3, [3, 2, 1, 6, 5, 4]),
        (3, 3, [6, 5, 4, 3, 2, 1]),
        (4, 3, [4, 5, 6, 1, 2, 3]),
        (5, 2, [1, 4, 2, 5, 3, 6]),
        (6, 2, [4, 1, 5, 2, 6, 3]),
        (7, 2, [6, 3, 5, 2, 4, 1]),
        (8, 2, [3, 6, 2, 5, 1, 4]),
        (9, 3, [1, 2, 3, 4, 5, 6]),
    ];
    for (orientation, width, pixels) in wanted {
        for exif in [little(orientation), big(orientation)] {
            assert_eq!(turned(&exif), (width, pixels.to_vec()), "{orientation}");
        }
    }
    for end in 1..21 {
        assert_eq!(turned(&little(6)[..end]).0, 3, "{end}");
    }
}
