//! Y = X W': a few rows of inputs against all rows of a constant matrix.
//!
//! With one row it is bound by the memory that W is read from, so W is read once for up to four rows of X. Every number
//! is a sum of [`LANES`] partial sums, added in halves, whatever the instruction set and however many rows there are.

use induce_core::multiversion;
use induce_core::parallel::Team;

use super::eight::Eight;
use super::weight::{Values, Weight};
use crate::kernels::rows::{LANES, halves};
use crate::spread::{Shared, tasks};

/// Rows of X that share one reading of W.
const TOGETHER: usize = 4;
/// Multiplications of a task: enough to be worth handing out.
const TASK: usize = 32_768;

/// out = X W', where `x` has rows of `weight.columns()` and `out` as many of `weight.rows()`.
///
/// # Panics
/// If the lengths do not fit: a mistake of the caller.
pub fn project(team: &mut Team, x: &[f32], weight: &Weight, out: &mut [f32]) {
    let (rows, columns) = (weight.rows(), weight.columns());
    let count = x.len() / columns.max(1);
    assert!(
        x.len() == count * columns && out.len() == count * rows,
        "{} inputs and {} outputs of a {rows} x {columns} matrix",
        x.len(),
        out.len()
    );
    let share = (TASK / (columns * count).max(1)).clamp(4, 256);
    let out = Shared::new(out);
    tasks(team, rows.div_ceil(share), |task| {
        let range = task * share..((task + 1) * share).min(rows);
        let mut parts: Vec<&mut [f32]> = (0..count)
            .map(|p| out.own(p * rows + range.start..p * rows + range.end))
            .collect();
        let codes = range.start * columns..range.end * columns;
        match &weight.values {
            Values::Single(values) => single(&values[codes], x, columns, &mut parts),
            Values::Eight(w) => {
                let factors = &w.factors[codes.start / LANES..codes.end / LANES];
                eight(&w.codes[codes], factors, x, columns, &mut parts);
            }
        }
    });
}

multiversion! {
    fn single(w: &[f32], x: &[f32], columns: usize, out: &mut [&mut [f32]]) {
        for (i, row) in w.chunks_exact(columns).enumerate() {
            let mut first = 0;
            while first < out.len() {
                first += if out.len() - first >= TOGETHER {
                    single_rows::<TOGETHER>(row, &x[first * columns..], &mut out[first..], i)
                } else {
                    single_rows::<1>(row, &x[first * columns..], &mut out[first..], i)
                };
            }
        }
    }
}

#[inline(always)]
fn single_rows<const N: usize>(w: &[f32], x: &[f32], out: &mut [&mut [f32]], i: usize) -> usize {
    let x: [&[f32]; N] = std::array::from_fn(|p| &x[p * w.len()..(p + 1) * w.len()]);
    let (whole, last) = w.as_chunks::<LANES>();
    let inputs: [&[[f32; LANES]]; N] = std::array::from_fn(|p| &x[p].as_chunks::<LANES>().0[..whole.len()]);
    let mut sums = [[0.0_f32; LANES]; N];
    for (c, w) in whole.iter().enumerate() {
        for p in 0..N {
            for l in 0..LANES {
                sums[p][l] += w[l] * inputs[p][c][l];
            }
        }
    }
    for p in 0..N {
        let tail = &x[p][whole.len() * LANES..];
        for (l, (w, x)) in last.iter().zip(tail).enumerate() {
            sums[p][l] += w * x;
        }
        out[p][i] = halves(sums[p], |a, b| a + b);
    }
    N
}

multiversion! {
    fn eight(w: &[i8], factors: &[f32], x: &[f32], columns: usize, out: &mut [&mut [f32]]) {
        let blocks = columns / Eight::BLOCK;
        for (i, row) in w.chunks_exact(columns).enumerate() {
            let factors = &factors[i * blocks..(i + 1) * blocks];
            let mut first = 0;
            while first < out.len() {
                first += if out.len() - first >= TOGETHER {
                    eight_rows::<TOGETHER>(row, factors, &x[first * columns..], &mut out[first..], i)
                } else {
                    eight_rows::<1>(row, factors, &x[first * columns..], &mut out[first..], i)
                };
            }
        }
    }
}

#[inline(always)]
fn eight_rows<const N: usize>(
    w: &[i8],
    factors: &[f32],
    x: &[f32],
    out: &mut [&mut [f32]],
    i: usize,
) -> usize {
    let (codes, _) = w.as_chunks::<LANES>();
    let inputs: [&[[f32; LANES]]; N] =
        std::array::from_fn(|p| &x[p * w.len()..(p + 1) * w.len()].as_chunks::<LANES>().0[..codes.len()]);
    let mut sums = [[0.0_f32; LANES]; N];
    for (c, (codes, factor)) in codes.iter().zip(factors).enumerate() {
        let mut w = [0.0_f32; LANES];
        for l in 0..LANES {
            w[l] = f32::from(codes[l]) * factor;
        }
        for p in 0..N {
            for l in 0..LANES {
                sums[p][l] += w[l] * inputs[p][c][l];
            }
        }
    }
    for p in 0..N {
        out[p][i] = halves(sums[p], |a, b| a + b);
    }
    N
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(n: usize, seed: usize) -> Vec<f32> {
        (0..n)
            .map(|i| ((i * 7919 + seed * 104_729) % 2003) as f32 / 1000.0 - 1.0)
            .collect()
    }

    #[test]
    fn products_are_right_and_the_same_alone_in_a_batch_and_on_any_team() {
        for (rows, columns) in [(1, 1), (70, 33), (300, 64), (17, 576)] {
            let weight = Weight::new(numbers(rows * columns, 1), rows, columns).unwrap();
            for weight in [weight.clone(), weight.rounded()] {
                let (x, w) = (numbers(6 * columns, 2), weight.single());
                let mut batch = vec![0.0; 6 * rows];
                project(&mut Team::alone(), &x, &weight, &mut batch);
                let mut threads = vec![0.0; 6 * rows];
                Team::with(3, |team| project(team, &x, &weight, &mut threads));
                assert_eq!(batch, threads);
                for p in 0..6 {
                    let mut alone = vec![0.0; rows];
                    let x = &x[p * columns..(p + 1) * columns];
                    project(&mut Team::alone(), x, &weight, &mut alone);
                    assert_eq!(alone, batch[p * rows..(p + 1) * rows]);
                    for (i, row) in w.chunks_exact(columns).enumerate() {
                        let exact: f64 = row
                            .iter()
                            .zip(x)
                            .map(|(a, b)| f64::from(*a) * f64::from(*b))
                            .sum();
                        assert!((f64::from(alone[i]) - exact).abs() < 1e-4, "{} {exact}", alone[i]);
                    }
                }
            }
        }
    }
}
