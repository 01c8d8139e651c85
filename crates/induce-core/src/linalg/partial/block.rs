//! Blocks of vectors: products over all rows, in chunks that depend on the number of rows only.

use crate::linalg::{Cholesky, axpy};
use crate::parallel::Team;

use super::operator::Symmetric;
use super::product::{add_inner, add_times};

/// Rows of a chunk.
pub(super) const CHUNK: usize = 512;

/// `A X`. // (n, width)
pub(super) fn product(a: &dyn Symmetric, x: &[f64], width: usize, team: &Team) -> Vec<f64> {
    let mut y = vec![0.0; x.len()];
    team.for_each_chunk(&mut y, CHUNK * width, |c, y| {
        let from = c * CHUNK;
        a.multiply_rows(from..from + y.len() / width, x, width, y);
    });
    y
}

/// `X' Y`. // x: (n, p), y: (n, q) -> (p, q)
pub(super) fn inner(x: &[f64], p: usize, y: &[f64], q: usize, team: &Team) -> Vec<f64> {
    let n = y.len() / q;
    let parts = team.map(n.div_ceil(CHUNK), |c| {
        let (from, to) = (c * CHUNK, ((c + 1) * CHUNK).min(n));
        let mut sum = vec![0.0; p * q];
        add_inner(&x[from * p..to * p], p, &y[from * q..to * q], q, &mut sum);
        sum
    });
    let added = |mut sum: Vec<f64>, part: Vec<f64>| {
        axpy(1.0, &part, &mut sum);
        sum
    };
    parts
        .into_iter()
        .reduce(added)
        .unwrap_or_else(|| vec![0.0; p * q])
}

/// `X M`. // x: (n, p), m: (p, q) -> (n, q)
pub(super) fn times(x: &[f64], p: usize, m: &[f64], q: usize, team: &Team) -> Vec<f64> {
    let mut y = vec![0.0; x.len() / p * q];
    team.for_each_chunk(&mut y, CHUNK * q, |c, y| {
        add_times(&x[c * CHUNK * p..], p, m, q, 1.0, y);
    });
    y
}

/// `X - L (L' X)`: what of a block is orthogonal to orthonormal vectors. // kept: (n, p), x: (n, q)
pub(super) fn without(kept: &[f64], p: usize, x: &mut [f64], q: usize, team: &Team) {
    if p == 0 {
        return;
    }
    let along = inner(kept, p, x, q, team);
    team.for_each_chunk(x, CHUNK * q, |c, x| {
        add_times(&kept[c * CHUNK * p..], p, &along, q, -1.0, x);
    });
}

/// An orthonormal basis of a block's columns, orthogonal to the vectors that are `kept`.
///
/// Cholesky's factor of `X' X`, again until the columns were orthogonal before it; where that is not definite to working precision a
/// small shift makes it so (Fukaya et al. 2020, *Shifted Cholesky QR*), and the next pass removes what it left.
pub(super) fn orthonormal(kept: &[f64], p: usize, x: &mut Vec<f64>, q: usize, team: &Team) {
    for _ in 0..PASSES {
        unit_columns(x, q, team);
        without(kept, p, x, q, team);
        let (turn, pivot) = upper_inverse(inner(x, q, x, q, team), q);
        *x = times(x, q, &turn, q, team);
        // The columns were nearly orthogonal before, and now are to the last digits.
        if pivot > 0.1 {
            return;
        }
    }
}

/// Each pass squares what is left of the error; a shift costs one or two more.
const PASSES: usize = 8;

/// Columns of length 1, so that the shift is small beside each of them; those of length 0 stay.
fn unit_columns(x: &mut [f64], q: usize, team: &Team) {
    let largest = team.map(x.len().div_ceil(CHUNK * q), |c| {
        let mut most = vec![0.0_f64; q];
        let end = ((c + 1) * CHUNK * q).min(x.len());
        for row in x[c * CHUNK * q..end].chunks_exact(q) {
            most.iter_mut()
                .zip(row)
                .for_each(|(most, x)| *most = most.max(x.abs()));
        }
        most
    });
    let mut scale = vec![0.0_f64; q];
    for most in largest {
        scale.iter_mut().zip(&most).for_each(|(s, m)| *s = s.max(*m));
    }
    let rows = (x.len() / q) as f64;
    let factor: Vec<f64> = scale
        .iter()
        .map(|s| if *s > 0.0 { 1.0 / (s * rows.sqrt()) } else { 0.0 })
        .collect();
    let scaled = |x: &mut [f64]| {
        x.chunks_exact_mut(q)
            .for_each(|row| row.iter_mut().zip(&factor).for_each(|(x, f)| *x *= f));
    };
    team.for_each_chunk(x, CHUNK * q, |_, x| scaled(x));
}

/// `R^-1` of `G = R' R`, with a shift if need be, and the least pivot beside its diagonal. // (q, q), upper
fn upper_inverse(mut gram: Vec<f64>, q: usize) -> (Vec<f64>, f64) {
    let trace: f64 = (0..q).map(|i| gram[i * q + i]).sum();
    let mut shift = (trace / q as f64).max(f64::MIN_POSITIVE) * 1e-15;
    let factor = loop {
        match Cholesky::new(&gram, q) {
            Some(factor) => break factor,
            None => (0..q).for_each(|i| gram[i * q + i] += shift),
        }
        shift *= 10.0;
    };
    let mut inverse = vec![0.0; q * q];
    for i in 0..q {
        let mut column = vec![0.0; q];
        column[i] = 1.0;
        factor.forward(&mut column);
        // L^-1 e_i is column i of L^-1, which is row i of R^-1.
        inverse[i * q..(i + 1) * q].copy_from_slice(&column);
    }
    (inverse, factor.least_pivot)
}
