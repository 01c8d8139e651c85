//! The leading directions of points with very many columns: products with a block of random vectors (Halko, Martinsson & Tropp 2011,
//! algorithm 4.4).

use induce_core::linalg::{Eigen, dot};
use induce_core::random::Stream;
use induce_core::{Run, multiversion};

use crate::points::Points;

/// Vectors beyond those that are sought.
const MORE: usize = 10;
/// Most rounds.
const ROUNDS: usize = 60;
/// Change of the sought eigenvalues, beside the largest, at which it is enough.
const ENOUGH: f64 = 1e-10;
/// Part of a vector that must be left off those before for it to be one of its own.
const INDEPENDENT: f64 = 1e-10;
/// Vectors that are tried for a place.
const TRIES: u64 = 4;

/// The `count` largest eigenvalues of sum w x x' with their vectors as rows, falling.
pub fn leading(points: &Points, count: usize, run: &Run) -> (Vec<f64>, Vec<f64>) {
    let width = points.width;
    let block = (count + MORE).min(width).min(points.rows());
    let mut basis = random(width, block, run.stream("pca/random"));
    let fresh = run.stream("pca/fresh");
    orthonormalize(&mut basis, width, fresh);
    let mut before = vec![0.0; count];
    for _ in 0..ROUNDS {
        let mut next = scattered(points, &basis, block, run.threads());
        // Rayleigh and Ritz within the block.
        let inner = |a: usize, b: usize| dot(&basis[a * width..][..width], &next[b * width..][..width]);
        let small: Vec<f64> = (0..block * block).map(|i| inner(i / block, i % block)).collect();
        let eigen = Eigen::new(&small, block);
        let values: Vec<f64> = eigen.values.iter().rev().take(count).copied().collect();
        let moved = values
            .iter()
            .zip(&before)
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f64::max);
        if moved <= ENOUGH * values[0] || run.stop_reason().is_some() {
            return (values, turned(&basis, &eigen, count, width));
        }
        before = values;
        orthonormalize(&mut next, width, fresh);
        basis = next;
    }
    let next = scattered(points, &basis, block, run.threads());
    let inner = |a: usize, b: usize| dot(&basis[a * width..][..width], &next[b * width..][..width]);
    let small: Vec<f64> = (0..block * block).map(|i| inner(i / block, i % block)).collect();
    let eigen = Eigen::new(&small, block);
    let values = eigen.values.iter().rev().take(count).copied().collect();
    (values, turned(&basis, &eigen, count, width))
}

fn random(width: usize, block: usize, stream: Stream) -> Vec<f64> {
    (0..(width * block) as u64)
        .map(|i| stream.uniform(i) - 0.5)
        .collect()
}

/// The block's Ritz vectors, largest first.
fn turned(basis: &[f64], eigen: &Eigen, count: usize, width: usize) -> Vec<f64> {
    let block = eigen.values.len();
    let vector = |k: usize| {
        let own = &eigen.vectors[k * block..(k + 1) * block];
        (0..width).map(move |j| {
            own.iter()
                .enumerate()
                .map(|(b, c)| c * basis[b * width + j])
                .sum()
        })
    };
    (0..block).rev().take(count).flat_map(vector).collect()
}

/// X' diag(w) X of every vector of a block. // (block, width)
fn scattered(points: &Points, basis: &[f64], block: usize, threads: usize) -> Vec<f64> {
    let parts = points.by_chunks(threads, |rows| {
        let mut sums = vec![0.0; basis.len()];
        for row in rows {
            add(points.row(row), points.weight(row), basis, block, &mut sums);
        }
        sums
    });
    let mut all = vec![0.0; basis.len()];
    for part in parts {
        all.iter_mut().zip(&part).for_each(|(own, x)| *own += x);
    }
    all
}

multiversion! {
    /// `sums_b += w (x' v_b) x`
    fn add(x: &[f64], w: f64, basis: &[f64], block: usize, sums: &mut [f64]) {
        let width = x.len();
        for b in 0..block {
            let along = w * induce_core::linalg::sum_of(x, &basis[b * width..][..width], |x, v| x * v);
            for (sum, x) in sums[b * width..][..width].iter_mut().zip(x) {
                *sum += along * x;
            }
        }
    }
}

/// Gram-Schmidt, twice for every vector; one that lies among those before gives way to a random one.
fn orthonormalize(basis: &mut [f64], width: usize, stream: Stream) {
    for b in 0..basis.len() / width {
        let (before, own) = basis.split_at_mut(b * width);
        let own = &mut own[..width];
        for again in 0..TRIES {
            let whole = dot(own, own).sqrt();
            (0..2).for_each(|_| project(own, before));
            let length = dot(own, own).sqrt();
            // What is left of it else is rounding, which may point anywhere, along the others too.
            if length > INDEPENDENT * whole {
                own.iter_mut().for_each(|x| *x /= length);
                break;
            }
            own.copy_from_slice(&random(width, 1, stream.child(b as u64).child(again)));
        }
    }
}

/// Take off what lies along orthonormal vectors.
fn project(own: &mut [f64], others: &[f64]) {
    for other in others.chunks_exact(own.len()) {
        let along = dot(own, other);
        own.iter_mut().zip(other).for_each(|(x, o)| *x -= along * o);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_orthonormal_whatever_its_rank() {
        let mut basis = vec![0.5, -0.5, 0.0, 1.0, -1.0, 1e-17, 0.0, 0.0, 0.0];
        orthonormalize(&mut basis, 3, Run::new(0).stream("test"));
        for a in 0..3 {
            for b in 0..3 {
                let wanted = f64::from(u8::from(a == b));
                let found = dot(&basis[3 * a..][..3], &basis[3 * b..][..3]);
                assert!((found - wanted).abs() < 1e-14, "{a} {b} {found}");
            }
        }
    }

    #[test]
    fn a_block_larger_than_the_rank_counts_no_direction_twice() {
        let points = Points::new(vec![0.5, -0.5, -0.5, 0.5], 2);
        let (values, vectors) = leading(&points, 1, &Run::new(0));
        assert!((values[0] - 1.0).abs() < 1e-14, "{values:?}");
        assert!((vectors[0].abs() - 0.5_f64.sqrt()).abs() < 1e-14, "{vectors:?}");
    }
}
