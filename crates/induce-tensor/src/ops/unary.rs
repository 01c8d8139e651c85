//! Functions of one value.

use super::{Op, Recorded};
use crate::element::Element;
use crate::kernels::elementwise::{Unary, add_scaled, affine as affine_kernel, unary, unary_gradient};
use crate::tape::{Id, Work, value};
use crate::threads::rows;

/// f(x), element by element.
///
/// # Errors
/// If the shapes do not fit.
pub fn record<T: Element>(work: &mut Work<T>, f: Unary, x: Id) -> Recorded {
    let shape = work.shape(x);
    let mut y = work.pool.take(shape.elements());
    let input = value(work.nodes, work.parameters, x);
    rows(work.team, y.len(), [(&mut y, 1)], |range, [y]| {
        unary(f, &input[range], y);
    });
    Ok(work.push(Op::Unary(f), shape, &[x], y))
}

pub fn back<T: Element>(f: Unary, y: Id, dy: &[T], work: &mut Work<T>) {
    let x = work.node(y).inputs[0];
    let Some(mut slot) = work.slot(x) else { return };
    let (input, output) = (
        value(work.nodes, work.parameters, x),
        &work.nodes[y as usize].value,
    );
    let add = slot.add;
    rows(work.team, dy.len(), [(slot.slice(), 1)], |r, [dx]| {
        unary_gradient(f, &input[r.clone()], &output[r.clone()], &dy[r], dx, add);
    });
    work.put(slot);
}

/// What [`Tensor::affine`](crate::Tensor::affine) records.
///
/// # Errors
/// If the shapes do not fit.
pub fn affine<T: Element>(work: &mut Work<T>, x: Id, a: f64, b: f64) -> Recorded {
    let shape = work.shape(x);
    let mut y = work.pool.take(shape.elements());
    let input = value(work.nodes, work.parameters, x);
    rows(work.team, y.len(), [(&mut y, 1)], |range, [y]| {
        affine_kernel(&input[range], T::of(a), T::of(b), y);
    });
    Ok(work.push(Op::Affine(a), shape, &[x], y))
}

pub fn affine_back<T: Element>(a: f64, y: Id, dy: &[T], work: &mut Work<T>) {
    let x = work.node(y).inputs[0];
    let Some(mut slot) = work.slot(x) else { return };
    let add = slot.add;
    rows(work.team, dy.len(), [(slot.slice(), 1)], |r, [dx]| {
        add_scaled(&dy[r], T::of(a), dx, add);
    });
    work.put(slot);
}
