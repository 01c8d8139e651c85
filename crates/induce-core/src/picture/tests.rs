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
