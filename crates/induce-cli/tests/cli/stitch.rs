//! Two pictures in one, and pictures as they should not be.

use induce::core::picture::{Limits, Picture, read_picture, write_picture};
use serde_json::Value;

use crate::house::House;

/// A wall of patches of random brightness, seen from column `left` on.
fn view(left: usize, seed: usize) -> Picture {
    let (width, height) = (220, 160);
    let patch = |x: usize, y: usize| {
        let mixed =
            (x.wrapping_mul(0x9E37_79B9) ^ y.wrapping_mul(0x85EB_CA6B) ^ seed).wrapping_mul(0xC2B2_AE35);
        (mixed >> 13) % 256
    };
    // Patches of two sizes, the small ones within the large ones.
    let value = |x: usize, y: usize| (2 * patch(x / 13, y / 13) + patch(1000 + x / 5, y / 5)) / 3;
    let pixels = (0..width * height)
        .map(|i| value(left + i % width, i / width) as u8)
        .collect();
    Picture::new(width, height, 1, pixels).unwrap()
}

fn with_pictures() -> House {
    let house = House::new();
    for (name, picture) in [
        ("a.png", view(0, 1)),
        ("b.png", view(70, 1)),
        ("other.png", view(0, 2)),
    ] {
        write_picture(&house.path(name), &picture).unwrap();
    }
    write_picture(
        &house.path("blank.png"),
        &Picture::new(60, 60, 1, vec![9; 3600]).unwrap(),
    )
    .unwrap();
    house
}

#[test]
fn two_views_make_one() {
    let house = with_pictures();
    let done = house.ok("stitch a.png b.png --out mosaic.png --format json");
    let said: Value = serde_json::from_str(&done.out).unwrap();
    let h: Vec<f64> = said["homography"]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| v.as_f64().unwrap())
        .collect();
    let truth = [1.0, 0.0, -70.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0];
    let tolerance = [0.01, 0.01, 1.0, 0.01, 0.01, 1.0, 1e-4, 1e-4, 1e-12];
    for k in 0..9 {
        assert!((h[k] - truth[k]).abs() <= tolerance[k], "{h:?}");
    }
    assert!(said["inliers"].as_u64() > Some(10) && said["matches"].as_u64() >= said["inliers"].as_u64());
    let mosaic = read_picture(&house.path("mosaic.png"), &Limits::default()).unwrap();
    assert!(mosaic.width.abs_diff(290) <= 2 && mosaic.height.abs_diff(160) <= 2);
    house.ok("stitch a.png b.png --out cropped.png --crop");
    let cropped = read_picture(&house.path("cropped.png"), &Limits::default()).unwrap();
    assert!(cropped.width <= mosaic.width && cropped.width > 270 && cropped.height > 150);
    let shown = house.ok("stitch a.png b.png --quiet").out;
    assert!(shown.contains("pairs agree"), "{shown}");
}

#[test]
fn threads_decide_nothing() {
    let house = with_pictures();
    let mosaics = [1, 2, 4].map(|threads| {
        house.ok(&format!(
            "stitch a.png b.png --out m{threads}.png --threads {threads} --quiet"
        ));
        house.read(&format!("m{threads}.png"))
    });
    assert!(mosaics[0] == mosaics[1] && mosaics[0] == mosaics[2]);
}

#[test]
fn pictures_that_cannot_be_stitched() {
    let house = with_pictures();
    let whole = house.read("a.png");
    house.write("empty.png", b"");
    house.write("text.jpg", b"no picture");
    house.write("half.png", &whole[..whole.len() / 2]);
    let mut huge = whole;
    // The header's width; its checksum no longer fits, and neither does the file.
    huge[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
    house.write("huge.png", &huge);
    let lines = [
        "stitch none.png b.png",
        "stitch empty.png b.png",
        "stitch text.jpg b.png",
        "stitch a.png blank.png",
        "stitch blank.png b.png",
        "stitch a.png other.png",
        "stitch a.png b.png --pixels 1000",
        "stitch a.png b.png --threshold 0",
        "stitch a.png b.png --out mosaic.txt",
        "stitch a.png b.png --out nowhere/mosaic.png",
    ];
    for line in lines
        .into_iter()
        .chain(["stitch half.png b.png", "stitch huge.png b.png"])
    {
        let fault = house.fault(line);
        assert!(fault.contains("hint: "), "{line}\n{fault}");
    }
}
