//! Matrix products shape by shape: `products THREADS` prints the billions of multiplications and additions per second of each.
#![allow(clippy::print_stdout, reason = "the bench reads it")]

use std::time::Instant;

use induce_core::parallel::Team;
use induce_tensor::{Matrix, MatrixMut, Pool, product};

/// Rows, columns, depth, and which sides are transposed.
const SHAPES: [(usize, usize, usize, &str); 14] = [
    (1024, 1024, 1024, "nn"),
    (1024, 1024, 1024, "nt"),
    (1024, 1024, 1024, "tn"),
    (4096, 512, 512, "nn"),
    (2048, 1536, 384, "nn"),
    (2048, 384, 1536, "nt"),
    (384, 1536, 2048, "tn"),
    (1536, 384, 2048, "tn"),
    (32, 2048, 512, "nn"),
    (32, 512, 2048, "nt"),
    (100, 200, 784, "nn"),
    (784, 200, 100, "tn"),
    (5000, 784, 200, "nn"),
    (200, 784, 5000, "tn"),
];

fn main() {
    let threads = std::env::args().nth(1).and_then(|t| t.parse().ok()).unwrap_or(2);
    Team::with(threads, |team| {
        for (m, n, k, kind) in SHAPES {
            let numbers = |n: usize| -> Vec<f32> { (0..n).map(|i| (i * 37 % 23) as f32 - 11.0).collect() };
            let (x, y) = (numbers(m * k), numbers(k * n));
            let (mut out, mut pool) = (vec![0.0; m * n], Pool::default());
            let a = if kind.starts_with('t') {
                Matrix::new(&x, k, m).transposed()
            } else {
                Matrix::new(&x, m, k)
            };
            let b = if kind.ends_with('t') {
                Matrix::new(&y, n, k).transposed()
            } else {
                Matrix::new(&y, k, n)
            };
            let work = 2.0 * (m * n * k) as f64;
            let repeats = (2e9 / work).ceil() as usize;
            let mut times: Vec<f64> = (0..9)
                .map(|_| {
                    let start = Instant::now();
                    for _ in 0..repeats {
                        product(team, &mut pool, MatrixMut::new(&mut out, m, n), a, b, false);
                    }
                    start.elapsed().as_secs_f64() / repeats as f64
                })
                .collect();
            times.sort_by(f64::total_cmp);
            println!(
                "{m:5} x {n:5} x {k:5} {kind}  {:6.1} GFLOP/s",
                work / times[4] / 1e9
            );
        }
    });
}
