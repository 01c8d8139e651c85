#![no_main]

use induce_core::picture::{Limits, read_picture_bytes};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // Small enough that a header's claim of more is refused, not decoded.
    let limits = Limits {
        pixels: 1 << 16,
        ..Limits::default()
    };
    let Ok(picture) = read_picture_bytes("fuzz", bytes, &limits) else { return };
    let (width, height, channels) = (picture.width, picture.height, picture.channels);
    assert!(width > 0 && height > 0 && width * height <= 1 << 16);
    assert!((channels == 1 || channels == 3) && picture.pixels.len() == width * height * channels);
    assert_eq!(picture.grey().len(), width * height);
});
