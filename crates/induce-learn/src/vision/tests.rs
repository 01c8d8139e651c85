#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
use induce_core::Run;
use induce_core::picture::Picture;
use induce_core::random::Stream;

use super::{Blend, Grey, Spec, features, matches, mosaic, register};
use crate::robust::plane::{self, Matrix, adjugate, transfer};

/// A scene that is defined everywhere: many blobs of random place, size and brightness.
struct Scene(Vec<[f64; 4]>);

impl Scene {
    fn new(seed: u64) -> Self {
        let stream = Stream::new(seed, "test/scene");
        let blob = |i: u64| {
            let u = |k: u64| stream.uniform(4 * i + k);
            [
                700.0 * u(0) - 150.0,
                600.0 * u(1) - 150.0,
                2.0 + 8.0 * u(2) * u(2),
                160.0 * u(3) - 80.0,
            ]
        };
        Self((0..2500).map(blob).collect())
    }

    /// The picture that a camera takes of it: pixel p shows the scene at `map` p.
    fn picture(&self, width: usize, height: usize, map: &Matrix, gain: f64) -> Picture {
        let mut cells = vec![Vec::new(); 40 * 40];
        for blob in &self.0 {
            let reach = 4.0 * blob[2];
            let cell = |v: f64| ((v + 200.0) / 20.0).clamp(0.0, 39.0) as usize;
            for y in cell(blob[1] - reach)..=cell(blob[1] + reach) {
                (cell(blob[0] - reach)..=cell(blob[0] + reach)).for_each(|x| cells[y * 40 + x].push(*blob));
            }
        }
        let value = |x: usize, y: usize| {
            let [u, v] = transfer(map, [x as f64, y as f64]);
            let cell = |v: f64| ((v + 200.0) / 20.0).clamp(0.0, 39.0) as usize;
            let near = &cells[cell(v) * 40 + cell(u)];
            let sum: f64 = near
                .iter()
                .map(|[x, y, s, b]| {
                    let d2 = ((u - x).powi(2) + (v - y).powi(2)) / (s * s);
                    if d2 < 16.0 { b * (-0.5 * d2).exp() } else { 0.0 }
                })
                .sum();
            (gain * (120.0 + sum)).clamp(0.0, 255.0) as u8
        };
        let pixels = (0..width * height).map(|i| value(i % width, i / width)).collect();
        Picture::new(width, height, 1, pixels).unwrap()
    }
}

const IDENTITY: Matrix = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0];

fn found(a: &Picture, b: &Picture, threads: usize) -> induce_core::Result<super::Registration> {
    let run = Run::new(0).with_threads(threads);
    let fitted = register(
        &Grey::of(a),
        &Grey::of(b),
        &Spec::default(),
        &plane::Spec::default(),
        &run,
    );
    fitted.map(|f| f.model)
}

#[test]
fn the_homography_between_two_views_is_found() {
    let scene = Scene::new(1);
    let a = scene.picture(280, 220, &IDENTITY, 1.0);
    let (c, s) = (0.9 * 0.5_f64.cos(), 0.9 * 0.5_f64.sin());
    for map in [
        [1.0, 0.0, 80.3, 0.0, 1.0, 20.6, 0.0, 0.0, 1.0],
        [c, -s, 60.0, s, c, -40.0, 0.0, 0.0, 1.0],
        [1.05, 0.1, 10.0, -0.05, 0.95, 30.0, 3e-4, 1e-4, 1.0],
    ] {
        let b = scene.picture(300, 230, &map, 0.8);
        let got = found(&a, &b, 2).unwrap();
        // Pixel q of b shows what pixel `map` q of a shows.
        let truth = adjugate(&map);
        for p in [[100.0, 80.0], [200.0, 80.0], [120.0, 160.0], [200.0, 160.0]] {
            let (x, y) = (transfer(&got.fit.matrix, p), transfer(&truth, p));
            let off = (x[0] - y[0]).hypot(x[1] - y[1]);
            assert!(off < 0.3, "{map:?} {p:?} {off}");
        }
        assert!(
            got.fit.inliers.len() * 2 > got.matches,
            "{} of {}",
            got.fit.inliers.len(),
            got.matches
        );
    }
}

#[test]
fn threads_decide_nothing() {
    let grey = Grey::of(&Scene::new(2).picture(260, 200, &IDENTITY, 1.0));
    let one = features(&grey, &Spec::default(), 1).unwrap();
    assert!(one.points.len() > 100);
    for threads in [2, 4] {
        let more = features(&grey, &Spec::default(), threads).unwrap();
        assert_eq!(one.points, more.points);
        assert_eq!(one.descriptors, more.descriptors);
        assert_eq!(matches(&one, &more, 0.8, 1), matches(&one, &more, 0.8, threads));
    }
}

/// The nearest two by the definition.
#[test]
fn matches_are_those_of_brute_force() {
    let (a, b) = (Scene::new(3), Scene::new(3));
    let a = features(
        &Grey::of(&a.picture(160, 120, &IDENTITY, 1.0)),
        &Spec::default(),
        1,
    )
    .unwrap();
    let b = features(
        &Grey::of(&b.picture(160, 120, &IDENTITY, 0.7)),
        &Spec::default(),
        1,
    )
    .unwrap();
    let got = matches(&a, &b, 0.8, 2);
    let mut expected = Vec::new();
    for i in 0..a.points.len() {
        let distance = |j: usize| -> i64 {
            let pairs = a.descriptor(i).iter().zip(b.descriptor(j));
            pairs.map(|(x, y)| (i64::from(*x) - i64::from(*y)).pow(2)).sum()
        };
        let mut all: Vec<(i64, usize)> = (0..b.points.len()).map(|j| (distance(j), j)).collect();
        all.sort_unstable();
        if (all[0].0 as f64) < 0.64 * (all[1].0 as f64) {
            expected.push((i, all[0].1));
        }
    }
    assert_eq!(got.iter().map(|m| (m.a, m.b)).collect::<Vec<_>>(), expected);
    assert!(expected.len() > 20);
}

#[test]
fn pictures_without_anything_in_common_are_an_error() {
    let a = Scene::new(4).picture(200, 150, &IDENTITY, 1.0);
    let b = Scene::new(5).picture(200, 150, &IDENTITY, 1.0);
    let blank = Picture::new(200, 150, 1, vec![90; 200 * 150]).unwrap();
    let tiny = Picture::new(1, 1, 3, vec![1, 2, 3]).unwrap();
    for (a, b, says) in [
        (&a, &b, "overlap"),
        (&blank, &a, "first"),
        (&a, &blank, "second"),
        (&tiny, &a, "first"),
    ] {
        let error = found(a, b, 1).unwrap_err();
        assert!(
            error.to_string().contains(says) && error.hint().is_some(),
            "{error}"
        );
    }
    for (width, height) in [(1, 1), (2, 300), (300, 3), (11, 11)] {
        let picture = Picture::new(width, height, 1, vec![7; width * height]).unwrap();
        assert!(
            features(&Grey::of(&picture), &Spec::default(), 2)
                .unwrap()
                .points
                .is_empty()
        );
    }
}

/// Two halves of a picture, one darker, make the picture again.
#[test]
fn a_mosaic_shows_what_both_show() {
    for blend in [Blend::Bands, Blend::Feather] {
        let scene = Scene::new(6);
        let whole = scene.picture(300, 160, &IDENTITY, 0.8);
        let a = scene.picture(180, 160, &IDENTITY, 0.8);
        let right = [1.0, 0.0, 120.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0];
        let b = scene.picture(180, 160, &right, 0.8);
        let shift = [1.0, 0.0, -120.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0];
        let made = mosaic(&a, &b, &shift, blend, 2).unwrap();
        // What lies on the grid is covered to its border.
        assert!(made.opacity.iter().all(|&own| own == 255));
        assert_eq!(made, mosaic(&a, &b, &shift, blend, 4).unwrap());
        let got = made.picture;
        assert_eq!((got.width, got.height, got.channels), (300, 160, 3));
        let mut pixels = got.pixels.chunks(3).zip(&whole.pixels);
        assert!(pixels.all(|(p, w)| p[0].abs_diff(*w) <= 1));
        let dark = scene.picture(180, 160, &right, 0.5);
        let even = mosaic(&a, &dark, &shift, blend, 1).unwrap().picture;
        let ratio =
            |x: usize| f64::from(even.pixels[(80 * 300 + x) * 3]) / f64::from(whole.pixels[80 * 300 + x]);
        assert!(
            (ratio(20) - ratio(280)).abs() < 0.05,
            "{} {}",
            ratio(20),
            ratio(280)
        );
        let far = [1.0, 0.0, 1e7, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0];
        assert!(mosaic(&a, &b, &far, blend, 1).unwrap_err().hint().is_some());
        let behind = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, -0.1, 0.0, 1.0];
        assert!(mosaic(&a, &b, &behind, blend, 1).is_err());
    }
}

/// Strips are blended one by one, so that memory does not grow with the mosaic; where they meet shows nowhere.
#[test]
fn strips_fit_together() {
    let grey = |height: usize, value: fn(usize, usize) -> u8| {
        let pixels = (0..90 * height).map(|i| value(i % 90, i / 90)).collect();
        Picture::new(90, height, 1, pixels).unwrap()
    };
    // The border runs across all strips, and the second picture is brighter downwards.
    let (a, b) = (
        grey(900, |x, y| (60 + x + y % 3) as u8),
        grey(900, |_, y| (90 + y / 10) as u8),
    );
    let h = [1.0, 0.02, -50.0, 0.0, 1.0, 5.0, 0.0, 0.0, 1.0];
    let made = mosaic(&a, &b, &h, Blend::Bands, 2).unwrap();
    assert_eq!(made, mosaic(&a, &b, &h, Blend::Bands, 1).unwrap());
    let got = made.picture;
    // Away from the three rows of the pattern nothing jumps from row to row, at strips' borders or elsewhere.
    let at = |x: usize, y: usize| i32::from(got.pixels[(y * got.width + x) * 3]);
    for x in [30, 60, 75, 120] {
        for y in 10..880 {
            assert!(
                (at(x, y) - at(x, y + 3)).abs() <= 4,
                "{x} {y}: {} {}",
                at(x, y),
                at(x, y + 3)
            );
        }
    }
}

/// Borders were jagged, and what no picture shows was black as if it were night.
#[test]
fn a_slanted_border_is_covered_in_part_and_outside_is_nothing() {
    let grey = |value: u8| Picture::new(60, 60, 1, vec![value; 3600]).unwrap();
    let (sin, cos) = 0.3_f64.sin_cos();
    let turn = [cos, -sin, 0.0, sin, cos, 0.0, 0.0, 0.0, 1.0];
    for blend in [Blend::Bands, Blend::Feather] {
        let made = mosaic(&grey(90), &grey(90), &turn, blend, 1).unwrap();
        let part = made.opacity.iter().filter(|&&own| own > 0 && own < 255).count();
        assert!((60..300).contains(&part), "{part}");
        assert!(made.opacity.contains(&0) && made.opacity.contains(&255));
        // A pixel that is covered in part has the colour of what covers it: its opacity says how much.
        let covered = made
            .picture
            .pixels
            .chunks(3)
            .zip(&made.opacity)
            .filter(|own| *own.1 > 0);
        assert!(covered.into_iter().all(|(pixel, _)| pixel[0].abs_diff(90) <= 1));
    }
}

/// Where the darker picture had a bright sky, making it as bright as the other burnt the sky to white.
#[test]
fn matching_exposures_burns_nothing() {
    let dark = |x: usize| if x < 30 { 240 } else { 60 };
    let picture = |value: &dyn Fn(usize) -> u8| {
        Picture::new(60, 40, 1, (0..2400).map(|i| value(i % 60)).collect()).unwrap()
    };
    let (a, b) = (picture(&dark), picture(&|_| 200));
    // They share the right half of the first, which is dark.
    let shift = [1.0, 0.0, -30.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0];
    let made = mosaic(&a, &b, &shift, Blend::Feather, 1).unwrap();
    let sky = made.picture.pixels[(20 * made.picture.width + 5) * 3];
    assert!((235..255).contains(&sky), "{sky}");
}
