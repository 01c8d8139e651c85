//! Matrix products shape by shape: `products THREADS` reads lines of rows, columns, depth, and which sides are transposed,
//! as `1024 1024 1024 nt`, and prints the billions of multiplications and additions per second of each; for `registers`, what
//! the machine does without any memory, which no product can exceed.
#![allow(clippy::print_stdout, reason = "the bench reads it")]

use std::hint::black_box;
use std::time::Instant;

use induce_core::parallel::Team;
use induce_core::simd::{Level, level};
use induce_core::{Error, Result};
use induce_tensor::{Matrix, MatrixMut, Pool, product};

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

/// What all threads do without any memory; 0 for machines that do not have AVX-512.
#[cfg(target_arch = "x86_64")]
fn registers(team: &Team) -> f64 {
    if level() != Level::Avx512 {
        return 0.0;
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
    (team.size() * steps * CHAINS * 16 * 2) as f64 / time / 1e9
}

#[cfg(not(target_arch = "x86_64"))]
fn registers(_: &Team) -> f64 {
    0.0
}

fn main() -> Result<()> {
    let threads = std::env::args().nth(1).and_then(|t| t.parse().ok()).unwrap_or(2);
    Team::with(threads, |team| {
        for line in std::io::stdin().lines() {
            let line = line.map_err(|source| Error::io("read", "standard input", source))?;
            let rate = match &line.split_whitespace().collect::<Vec<_>>()[..] {
                ["registers"] => registers(team),
                [m, n, k, kind] => match (m.parse(), n.parse(), k.parse()) {
                    (Ok(m), Ok(n), Ok(k)) => product_of(team, (m, n, k), kind),
                    _ => return Err(unknown(&line)),
                },
                _ => return Err(unknown(&line)),
            };
            println!("{rate:.1}");
        }
        Ok(())
    })
}

fn unknown(line: &str) -> Error {
    Error::data(format!("`{line}` is no product"), "write it as 1024 1024 1024 nt")
}

fn product_of(team: &Team, (m, n, k): (usize, usize, usize), kind: &str) -> f64 {
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
    repeats as f64 * work / time / 1e9
}
