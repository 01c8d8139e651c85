//! Matrix products shape by shape: `products THREADS [SHAPE]` prints the billions of multiplications and additions per
//! second of each, and before them what the machine does without any memory, which no product can exceed.
#![allow(clippy::print_stdout, reason = "the bench reads it")]

use std::hint::black_box;
use std::time::Instant;

use induce_core::parallel::Team;
use induce_core::simd::{Level, level};
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

/// Sums that are made side by side: enough of them to hide what one takes.
const CHAINS: usize = 24;

/// x = x a + b, again and again, in registers.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn chains(steps: usize) -> f32 {
    use std::arch::x86_64::{_mm512_add_ps, _mm512_fmadd_ps, _mm512_reduce_add_ps, _mm512_set1_ps};
    let (a, b) = (_mm512_set1_ps(0.999), _mm512_set1_ps(1e-3));
    let mut x = [_mm512_set1_ps(0.1); CHAINS];
    for _ in 0..steps {
        for x in &mut x {
            *x = _mm512_fmadd_ps(*x, a, b);
        }
    }
    _mm512_reduce_add_ps(x.into_iter().fold(a, |sum, x| _mm512_add_ps(sum, x)))
}

/// Median seconds of nine calls.
fn seconds(mut call: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..9)
        .map(|_| {
            let start = Instant::now();
            call();
            start.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[4]
}

/// What all threads do without any memory; nothing is printed for machines that do not have AVX-512.
#[cfg(target_arch = "x86_64")]
fn peak(team: &mut Team) {
    if level() != Level::Avx512 {
        return;
    }
    let steps = 1_000_000;
    let time = seconds(|| {
        team.run(&|_| {
            #[expect(
                unsafe_code,
                reason = "calls code for instructions the machine was seen to have"
            )]
            // SAFETY: the level was detected.
            black_box(unsafe { chains(black_box(steps)) });
        });
    });
    let work = (team.size() * steps * CHAINS * 16 * 2) as f64;
    println!("multiply-adds in registers  {:6.1} GFLOP/s", work / time / 1e9);
}

#[cfg(not(target_arch = "x86_64"))]
fn peak(_: &mut Team) {}

fn main() {
    let mut words = std::env::args().skip(1);
    let threads = words.next().and_then(|t| t.parse().ok()).unwrap_or(2);
    let only = words.next();
    Team::with(threads, |team| {
        peak(team);
        for shape in SHAPES {
            let (m, n, k, kind) = shape;
            if only
                .as_deref()
                .is_none_or(|only| only == format!("{m}x{n}x{k}{kind}"))
            {
                one(team, shape);
            }
        }
    });
}

fn one(team: &mut Team, (m, n, k, kind): (usize, usize, usize, &str)) {
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
    let time = seconds(|| {
        for _ in 0..repeats {
            product(team, &mut pool, MatrixMut::new(&mut out, m, n), a, b, false);
        }
    });
    let rate = repeats as f64 * work / time / 1e9;
    println!("{m:5} x {n:5} x {k:5} {kind}  {rate:6.1} GFLOP/s");
}
