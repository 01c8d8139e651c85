//! Times a fit and a prediction on made-up data, for profilers.
//!
//! `cargo run --profile profiling --example profile_boost -- ROWS THREADS [ROUNDS]`
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a tool for developers")]

use std::time::Instant;

use induce_core::model::Dataset;
use induce_core::random::Stream;
use induce_core::{Column, Run, Table};
use induce_learn::boost::{Spec, fit};

fn main() {
    let mut arguments = std::env::args().skip(1).map(|a| a.parse::<usize>().unwrap());
    let (rows, threads) = (arguments.next().unwrap_or(200_000), arguments.next().unwrap_or(1));
    let rounds = arguments.next().unwrap_or(100);
    let stream = Stream::new(1, "profile");
    let normal = |f: usize, i: usize| {
        (0..4)
            .map(|k| stream.child((f * 4 + k) as u64).uniform(i as u64))
            .sum::<f64>()
            - 2.0
    };
    let columns: Vec<Vec<f32>> = (0..28)
        .map(|f| (0..rows).map(|i| normal(f, i) as f32).collect())
        .collect();
    let target: Vec<f64> = (0..rows)
        .map(|i| {
            let x = |f: usize| f64::from(columns[f][i]);
            let score = 2.0 * x(0) * x(1) + x(2) + 0.5 * x(3) - x(4).abs() + x(5) * x(6) * x(7) + 0.3 * x(8);
            f64::from(stream.child(999).uniform(i as u64) < 1.0 / (1.0 + (-2.0 * score).exp()))
        })
        .collect();
    let table = Table::new(
        columns
            .into_iter()
            .enumerate()
            .map(|(f, c)| Column::from_f32(format!("x{f}"), c))
            .collect(),
    )
    .unwrap();
    let spec = Spec {
        rounds,
        learning_rate: 0.1,
        ..Spec::default()
    };
    let classes = ["no".to_string(), "yes".to_string()];
    let data = Dataset {
        classes: &classes,
        ..Dataset::new(&table, &target)
    };
    for _ in 0..3 {
        let clock = Instant::now();
        let fitted = fit(&spec, &data, None, &mut Run::new(0).with_threads(threads)).unwrap();
        let fit_time = clock.elapsed();
        let clock = Instant::now();
        let p = fitted.model.predict(&table, threads).unwrap();
        let predict_time = clock.elapsed();
        let loss: f64 = p
            .iter()
            .zip(&target)
            .map(|(p, y)| -(if *y > 0.5 { *p } else { 1.0 - p }).ln())
            .sum::<f64>()
            / rows as f64;
        let hash = p
            .iter()
            .fold(0_u64, |h, v| (h ^ v.to_bits()).wrapping_mul(0x100_0000_01b3));
        println!(
            "fit {fit_time:?}  predict {predict_time:?}  loss {loss:.6}  {hash:016x}  {:?}",
            fitted.report.traces[0].points.last()
        );
    }
}
