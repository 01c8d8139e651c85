//! The homography between two pictures, with times: `register A B [SEEDS] [THREADS] [THRESHOLD]`.
#![allow(clippy::print_stdout, reason = "a program that prints")]

use std::path::Path;
use std::time::Instant;

use induce_core::picture::{Limits, read_picture};
use induce_core::{Result, Run};
use induce_learn::robust::plane;
use induce_learn::vision::{Grey, Spec, Workspace, agree, distinct, features_at, matches};

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().collect();
    let number = |i: usize, default: u64| words.get(i).and_then(|w| w.parse().ok()).unwrap_or(default);
    let threshold = words.get(5).and_then(|w| w.parse().ok());
    let default = plane::Spec::default();
    let spec = plane::Spec {
        threshold: threshold.unwrap_or(default.threshold),
        ..default
    };
    let read = |i: usize| read_picture(Path::new(&words[i]), &Limits::default());
    let (a, b) = (Grey::of(&read(1)?), Grey::of(&read(2)?));
    let threads = number(4, 2) as usize;
    let clock = Instant::now();
    let (fa, fb) = Workspace::with(threads, |bench| {
        let mut find = |picture| features_at(bench, picture, &Spec::default());
        (find(&a), find(&b))
    });
    let (fa, fb) = (fa?, fb?);
    let found = clock.elapsed().as_secs_f64();
    let pairs = distinct(matches(&fa, &fb, 0.8, threads), &fa, &fb);
    let matched = clock.elapsed().as_secs_f64() - found;
    for seed in 0..number(3, 1) {
        let clock = Instant::now();
        let fitted = agree(&pairs, &fa, &fb, &spec, &Run::new(seed).with_threads(threads));
        let agreed = clock.elapsed().as_secs_f64();
        let head = format!(
            "\"seed\": {seed}, \"points\": {:?}, \"matches\": {}, \"features_s\": {found}, \"match_s\": {matched}, \"agree_s\": {agreed}",
            [fa.points.len(), fb.points.len()],
            pairs.len()
        );
        match fitted {
            Ok(f) => println!(
                "{{{head}, \"inliers\": {}, \"sigma\": {}, \"trials\": {}, \"homography\": {:?}}}",
                f.model.fit.inliers.len(),
                f.model.fit.sigma,
                f.report.steps,
                f.model.fit.matrix
            ),
            Err(e) => println!("{{{head}, \"error\": \"{e}\"}}"),
        }
    }
    Ok(())
}
