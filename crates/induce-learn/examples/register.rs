//! The homography between two pictures, with times: `register A B [SEEDS] [THREADS]`.
#![allow(clippy::print_stdout, reason = "a program that prints")]

use std::path::Path;
use std::time::Instant;

use induce_core::picture::{Limits, read_picture};
use induce_core::{Result, Run};
use induce_learn::robust::plane;
use induce_learn::vision::{Grey, Spec, features, matches, register};

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().collect();
    let number = |i: usize, default: u64| words.get(i).and_then(|w| w.parse().ok()).unwrap_or(default);
    let read = |i: usize| read_picture(Path::new(&words[i]), &Limits::default());
    let (a, b) = (Grey::of(&read(1)?), Grey::of(&read(2)?));
    let (seeds, threads) = (number(3, 1), number(4, 2) as usize);
    for seed in 0..seeds {
        let clock = Instant::now();
        let run = Run::new(seed).with_threads(threads);
        let (fa, fb) = (features(&a, &Spec::default(), threads)?, features(&b, &Spec::default(), threads)?);
        let found = clock.elapsed();
        let pairs = matches(&fa, &fb, 0.8, threads).len();
        let matched = clock.elapsed();
        let clock = Instant::now();
        let fitted = register(&a, &b, &Spec::default(), &plane::Spec::default(), &run);
        let all = clock.elapsed();
        match fitted {
            Ok(f) => println!(
                "{{\"seed\": {seed}, \"points\": {:?}, \"pairs\": {pairs}, \"matches\": {}, \"inliers\": {}, \"sigma\": {}, \"trials\": {}, \"features_s\": {}, \"match_s\": {}, \"all_s\": {}, \"h\": {:?}}}",
                f.model.points, f.model.matches, f.model.fit.inliers.len(), f.model.fit.sigma, f.report.steps,
                found.as_secs_f64(), (matched - found).as_secs_f64(), all.as_secs_f64(), f.model.fit.matrix
            ),
            Err(e) => println!("{{\"seed\": {seed}, \"error\": \"{e}\"}}"),
        }
    }
    Ok(())
}
