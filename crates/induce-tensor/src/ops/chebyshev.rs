//! Chebyshev polynomials of a sparse matrix, side by side: what a spectral filter of signals is multiplied with.

use induce_core::parallel::Team;

use super::sparse::multiply;
use super::{Op, Recorded};
use crate::element::Element;
use crate::shape::Shape;
use crate::sparse::Sparse;
use crate::tape::{Id, Work, value};
use crate::threads::rows;

/// Polynomials up to an order, of signals of so many channels.
#[derive(Debug, Clone, Copy)]
pub struct Chebyshev {
    /// The number of the matrix on the tape.
    matrix: usize,
    order: usize,
    channels: usize,
}

/// a = f a + g b
fn combine<T: Element>(team: &Team, a: &mut [T], f: f64, g: f64, b: &[T]) {
    let (f, g) = (T::of(f), T::of(g));
    rows(team, a.len(), [(a, 1)], |range, [a]| {
        a.iter_mut()
            .zip(&b[range])
            .for_each(|(a, b)| *a = f * *a + g * *b);
    });
}

/// y[i, b, k F + f] = (T_k(A) x)[i, b F + f] for `T_0 = 1, T_1 = t, T_k = 2 t T_{k-1} - T_{k-2}`: rows of signals b on nodes i, of F channels f.
///
/// # Errors
/// If the matrix is not square, or shapes do not fit.
pub fn chebyshev<T: Element>(
    work: &mut Work<T>,
    matrix: &Sparse<T>,
    x: Id,
    order: usize,
    channels: usize,
) -> Recorded {
    let shape = work.shape(x);
    let n = matrix.rows();
    let fits = matches!(shape.lengths(), &[rows, width] if rows == n && channels > 0 && width.is_multiple_of(channels));
    if n != matrix.columns() || !fits {
        return Err(format!(
            "polynomials of a matrix of ({n}, {}) and signals of {shape} of {channels} channels do not fit",
            matrix.columns()
        ));
    }
    let (width, terms) = (shape.last(), order + 1);
    let signals = shape.elements() / channels;
    let shape = Shape::new(&[signals, terms * channels]).ok_or("too many elements")?;
    let mut planes = work.pool.take(shape.elements());
    let mut y = work.pool.take(shape.elements());
    let plane = n * width;
    planes[..plane].copy_from_slice(value(work.nodes, work.parameters, x));
    let side = matrix.side(false);
    for k in 1..terms {
        let (before, after) = planes.split_at_mut(k * plane);
        let (last, next) = (&before[(k - 1) * plane..], &mut after[..plane]);
        multiply(work.team, side, (&side.values, None), last, width, next, false);
        if k > 1 {
            combine(work.team, next, 2.0, -1.0, &before[(k - 2) * plane..][..plane]);
        }
    }
    interleave(work.team, &planes, channels, terms, &mut y);
    work.pool.give(planes);
    work.sparse.push(matrix.clone());
    let own = Chebyshev {
        matrix: work.sparse.len() - 1,
        order,
        channels,
    };
    Ok(work.push(Op::Chebyshev(own), shape, &[x], y))
}

/// Terms of a signal side by side, which lie in planes.
fn interleave<T: Element>(team: &Team, planes: &[T], channels: usize, terms: usize, y: &mut [T]) {
    let plane = planes.len() / terms;
    rows(team, plane / channels, [(y, terms * channels)], |range, [y]| {
        for (i, row) in range.zip(y.chunks_exact_mut(terms * channels)) {
            for (k, own) in row.chunks_exact_mut(channels).enumerate() {
                own.copy_from_slice(&planes[k * plane + i * channels..][..channels]);
            }
        }
    });
}

/// The recurrence backwards: g_{k-1} += 2 A' g_k, g_{k-2} -= g_k, from the highest order down.
pub fn back<T: Element>(own: Chebyshev, y: Id, dy: &[T], work: &mut Work<T>) {
    let x = work.node(y).inputs[0];
    let Some(mut slot) = work.slot(x) else { return };
    let (width, terms, channels) = (work.shape(x).last(), own.order + 1, own.channels);
    let plane = dy.len() / terms;
    let mut planes = work.pool.take(dy.len());
    for (k, own) in planes.chunks_exact_mut(plane).enumerate() {
        rows(work.team, plane / channels, [(own, channels)], |range, [own]| {
            for (i, own) in range.zip(own.chunks_exact_mut(channels)) {
                own.copy_from_slice(&dy[(i * terms + k) * channels..][..channels]);
            }
        });
    }
    let turned = work.sparse[own.matrix].side(true);
    for k in (1..terms).rev() {
        let (before, after) = planes.split_at_mut(k * plane);
        let g = &mut after[..plane];
        if k > 1 {
            combine(work.team, &mut before[(k - 2) * plane..][..plane], 1.0, -1.0, g);
            g.iter_mut().for_each(|x| *x = *x + *x);
        }
        let last = &mut before[(k - 1) * plane..];
        multiply(work.team, turned, (&turned.values, None), g, width, last, true);
    }
    match slot.add {
        true => combine(work.team, slot.slice(), 1.0, 1.0, &planes[..plane]),
        false => slot.slice().copy_from_slice(&planes[..plane]),
    }
    work.pool.give(planes);
    work.put(slot);
}
