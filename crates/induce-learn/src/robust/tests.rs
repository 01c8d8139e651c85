#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
use induce_core::Run;
use induce_core::random::Stream;

use super::plane::{Matrix, Motion, Pairs, Spec, fit, transfer};
use super::{Mixture, Sampler};

const TRUTH: Matrix = [0.9, -0.25, 60.0, 0.2, 1.05, -30.0, 2e-4, -1e-4, 1.0];

/// Two independent standard normal numbers (Box and Muller).
fn normal(stream: Stream, i: u64) -> [f64; 2] {
    let (u, v) = (stream.uniform(2 * i), stream.uniform(2 * i + 1));
    let (sin, cos) = (std::f64::consts::TAU * v).sin_cos();
    let r = (-2.0 * (1.0 - u).ln()).sqrt();
    [r * cos, r * sin]
}

type Points = Vec<[f64; 2]>;

/// `n` pairs of a 640 x 480 picture under `h`, `sigma` off in each coordinate; the first `wrong` of them anywhere.
fn pairs(h: &Matrix, n: usize, wrong: usize, sigma: f64, seed: u64) -> (Points, Points) {
    let stream = Stream::new(seed, "test/pairs");
    let (noise, place) = (stream.child(0), stream.child(1));
    let point = |i: u64| [640.0 * place.uniform(2 * i), 480.0 * place.uniform(2 * i + 1)];
    let a: Points = (0..n as u64).map(point).collect();
    let ends = a.iter().enumerate().map(|(i, p)| {
        let [dx, dy] = normal(noise, i as u64);
        let [x, y] = transfer(h, *p);
        if i < wrong {
            point((n + i) as u64)
        } else {
            [x + sigma * dx, y + sigma * dy]
        }
    });
    let b = ends.collect();
    (a, b)
}

fn found(spec: &Spec, a: &[[f64; 2]], b: &[[f64; 2]], seed: u64) -> super::plane::Fit {
    fit(spec, &Pairs::new(a, b).unwrap(), None, None, &Run::new(seed))
        .unwrap()
        .model
}

/// The largest distance between where two maps take the corners of a 640 x 480 picture.
fn corner_error(h: &Matrix, truth: &Matrix) -> f64 {
    let corners = [[0.0, 0.0], [640.0, 0.0], [0.0, 480.0], [640.0, 480.0]];
    let off = corners.map(|p| {
        let (x, y) = (transfer(h, p), transfer(truth, p));
        (x[0] - y[0]).hypot(x[1] - y[1])
    });
    off.into_iter().fold(0.0, f64::max)
}

#[test]
fn homographies_are_found_among_any_share_of_outliers() {
    for wrong in [0, 50, 100, 200, 300, 400, 450] {
        for seed in 0..3 {
            let (a, b) = pairs(&TRUTH, 500, wrong, 0.5, seed);
            let got = found(&Spec::default(), &a, &b, seed);
            let error = corner_error(&got.matrix, &TRUTH);
            let right = (500 - wrong) as f64;
            assert!(error < 12.0 / right.sqrt(), "{wrong} wrong, seed {seed}: {error}");
            assert!(got.inliers.len() as f64 > 0.95 * right);
            assert!((got.sigma - 0.5).abs() < 0.25, "{wrong} {}", got.sigma);
        }
    }
}

#[test]
fn every_motion_is_found() {
    let (c, s) = (1.2 * 0.3_f64.cos(), 1.2 * 0.3_f64.sin());
    let truths = [
        (
            Motion::Translation,
            [1.0, 0.0, 31.0, 0.0, 1.0, -7.0, 0.0, 0.0, 1.0],
        ),
        (Motion::Similarity, [c, -s, 31.0, s, c, -7.0, 0.0, 0.0, 1.0]),
        (Motion::Affine, [1.1, 0.2, 31.0, -0.3, 0.8, -7.0, 0.0, 0.0, 1.0]),
        (Motion::Homography, TRUTH),
    ];
    for (motion, truth) in truths {
        let (a, b) = pairs(&truth, 200, 80, 0.3, 7);
        let got = found(
            &Spec {
                motion,
                ..Spec::default()
            },
            &a,
            &b,
            1,
        );
        assert!(corner_error(&got.matrix, &truth) < 0.8, "{motion:?}");
        let (a, b) = pairs(&truth, 30, 10, 0.0, 8);
        let exact = found(
            &Spec {
                motion,
                ..Spec::default()
            },
            &a,
            &b,
            1,
        );
        assert!(corner_error(&exact.matrix, &truth) < 1e-6, "{motion:?}");
    }
}

/// Wrong pairs that agree among themselves: the larger group wins.
#[test]
fn a_cluster_of_outliers_does_not_win() {
    let other: Matrix = [1.0, 0.0, -200.0, 0.0, 1.0, 90.0, 0.0, 0.0, 1.0];
    for seed in 0..5 {
        let (mut a, mut b) = pairs(&TRUTH, 120, 20, 0.4, seed);
        let (c, d) = pairs(&other, 60, 0, 0.4, seed + 100);
        a.extend(c);
        b.extend(d);
        let got = found(&Spec::default(), &a, &b, seed);
        assert!(corner_error(&got.matrix, &TRUTH) < 2.0, "seed {seed}");
    }
}

#[test]
fn degenerate_pairs_are_an_error_with_a_hint() {
    let line: Points = (0..50)
        .map(|i| [f64::from(i), 3.0 * f64::from(i) + 1.0])
        .collect();
    let place = vec![[4.0, 4.0]; 50];
    let (a, b) = pairs(&TRUTH, 3, 0, 0.0, 1);
    for (a, b) in [
        (&line, &line),
        (&place, &place),
        (&a, &b),
        (&Vec::new(), &Vec::new()),
    ] {
        let error = fit(
            &Spec::default(),
            &Pairs::new(a, b).unwrap(),
            None,
            None,
            &Run::new(0),
        )
        .unwrap_err();
        assert!(error.hint().is_some(), "{error}");
    }
    assert!(Pairs::new(&[[0.0, f64::INFINITY]], &[[0.0, 0.0]]).is_err());
    assert!(Pairs::new(&[[0.0, 0.0]], &[]).is_err());
    // On a line a shift is still well defined.
    let moved: Points = line.iter().map(|p| [p[0] + 5.0, p[1]]).collect();
    let got = found(
        &Spec {
            motion: Motion::Translation,
            ..Spec::default()
        },
        &line,
        &moved,
        0,
    );
    assert!((got.matrix[2] - 5.0).abs() < 1e-9);
}

#[test]
fn a_weight_is_that_many_copies() {
    let (a, b) = pairs(&TRUTH, 60, 20, 0.5, 3);
    let weight: Vec<f64> = (0..60).map(|i| f64::from(i % 3)).collect();
    let copies = |points: &Points| -> Points {
        points
            .iter()
            .zip(&weight)
            .flat_map(|(p, w)| vec![*p; *w as usize])
            .collect()
    };
    let order: Vec<u32> = (0..60).rev().collect();
    for prosac in [false, true] {
        let once = Pairs::new(&a, &b).unwrap();
        let order = prosac.then_some(&order[..]);
        let weighted = fit(&Spec::default(), &once, order, Some(&weight), &Run::new(5))
            .unwrap()
            .model;
        // The copies of a row are neighbours in the order as well.
        let (mut x, mut y) = (copies(&a), copies(&b));
        if prosac {
            x.reverse();
            y.reverse();
        }
        let first: Vec<u32> = (0..x.len() as u32).collect();
        let order = prosac.then_some(&first[..]);
        let repeated = fit(
            &Spec::default(),
            &Pairs::new(&x, &y).unwrap(),
            order,
            None,
            &Run::new(5),
        )
        .unwrap()
        .model;
        assert!(
            corner_error(&weighted.matrix, &repeated.matrix) < 1e-6,
            "prosac {prosac}"
        );
        assert!((weighted.sigma - repeated.sigma).abs() < 1e-9);
    }
}

#[test]
fn threads_decide_nothing() {
    let (a, b) = pairs(&TRUTH, 21_000, 9_000, 0.7, 4);
    let pairs = Pairs::new(&a, &b).unwrap();
    let at = |threads: usize| {
        let run = Run::new(2).with_threads(threads);
        fit(&Spec::default(), &pairs, None, None, &run)
            .unwrap()
            .model
            .matrix
    };
    let one = at(1);
    assert_eq!(one.map(f64::to_bits), at(2).map(f64::to_bits));
    assert_eq!(one.map(f64::to_bits), at(4).map(f64::to_bits));
}

/// The covariance says by how much the estimate varies from sample to sample.
#[test]
fn the_covariance_is_that_of_repeated_fits() {
    let truth: Matrix = [1.0, 0.0, 31.0, 0.0, 1.0, -7.0, 0.0, 0.0, 1.0];
    let spec = Spec {
        motion: Motion::Affine,
        threshold: 5.0,
        ..Spec::default()
    };
    let fits: Vec<_> = (0..200)
        .map(|seed| {
            let (a, b) = pairs(&truth, 100, 0, 0.5, 1000 + seed);
            found(&spec, &a, &b, 0)
        })
        .collect();
    for k in 0..6 {
        let mean = fits.iter().map(|f| f.matrix[k]).sum::<f64>() / 200.0;
        let seen = fits.iter().map(|f| (f.matrix[k] - mean).powi(2)).sum::<f64>() / 199.0;
        let said = fits.iter().map(|f| f.covariance[k * 10]).sum::<f64>() / 200.0;
        assert!((seen / said).ln().abs() < 0.4, "{k}: {seen} {said}");
    }
    let (a, b) = pairs(&TRUTH, 100, 0, 0.5, 1);
    let got = found(&Spec::default(), &a, &b, 0);
    let norm: f64 = got.matrix.iter().map(|v| v * v).sum();
    assert!((norm - 1.0).abs() < 1e-12);
    // The length is fixed: along itself the matrix does not vary.
    let along: f64 = (0..81)
        .map(|i| got.matrix[i / 9] * got.covariance[i] * got.matrix[i % 9])
        .sum();
    assert!(along.abs() < 1e-9 * (0..9).map(|k| got.covariance[k * 10]).sum::<f64>());
}

#[test]
fn prosac_draws_the_best_first_and_all_in_the_end() {
    let order: Vec<u32> = (0..1000).rev().collect();
    let sampler = Sampler::new(1000, 4, Some(&order), None, Stream::new(0, "test"));
    let mut growth = sampler.growth();
    let first = sampler.draw(0, &mut growth, |a, b| a == b).unwrap();
    assert!(first.iter().all(|row| *row >= 990), "{first:?}");
    let late = (1..50_000).map(|t| sampler.draw(t, &mut growth, |a, b| a == b).unwrap());
    assert!(late.flatten().min().unwrap() < 500);
}

#[test]
fn the_score_is_a_log_likelihood() {
    let mixture = Mixture::new(3.0);
    let by_hand = |r2: f64| ((9.0 - r2) / (2.0 * mixture.variance)).exp().ln_1p();
    let squared = [0.0, 1.0, 9.0, 40.0, 1e30];
    let expected: f64 = squared.iter().map(|r2| by_hand(*r2)).sum();
    assert!((mixture.score(&squared, None) - expected).abs() < 1e-12);
    let twice = mixture.score(&squared, Some(&[2.0; 5]));
    assert!((twice - 2.0 * expected).abs() < 1e-12);
}
