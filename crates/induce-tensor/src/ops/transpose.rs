//! The last two axes exchanged.

use super::{Op, Recorded};
use crate::element::Element;
use crate::kernels::elementwise::add_scaled;
use crate::kernels::micro::transpose;
use crate::shape::Shape;
use crate::tape::{Id, Work, value};

/// What [`Tensor::transpose`](crate::Tensor::transpose) records.
///
/// # Errors
/// If the shapes do not fit.
pub fn record<T: Element>(work: &mut Work<T>, x: Id) -> Recorded {
    let shape = work.shape(x);
    let rank = shape.rank();
    if rank < 2 {
        return Err(format!("a tensor of shape {shape} has no two axes to exchange"));
    }
    let mut lengths = shape.lengths().to_vec();
    lengths.swap(rank - 1, rank - 2);
    let turned = Shape::new(&lengths).ok_or("too many axes")?;
    let mut y = work.pool.take(shape.elements());
    let (rows, columns) = (lengths[rank - 1], lengths[rank - 2]);
    turn_all(value(work.nodes, work.parameters, x), rows, columns, &mut y);
    Ok(work.push(Op::Transpose, turned, &[x], y))
}

pub fn back<T: Element>(y: Id, dy: &[T], work: &mut Work<T>) {
    let x = work.node(y).inputs[0];
    let lengths = work.shape(y);
    let (rows, columns) = (lengths.lengths()[lengths.rank() - 2], lengths.last());
    let Some(mut slot) = work.slot(x) else { return };
    if slot.add {
        let mut own = work.pool.take(dy.len());
        turn_all(dy, rows, columns, &mut own);
        add_scaled(&own, T::ONE, slot.slice(), true);
        work.pool.give(own);
    } else {
        turn_all(dy, rows, columns, slot.slice());
    }
    work.put(slot);
}

fn turn_all<T: Element>(x: &[T], rows: usize, columns: usize, y: &mut [T]) {
    let each = rows * columns;
    for (x, y) in x.chunks_exact(each.max(1)).zip(y.chunks_exact_mut(each.max(1))) {
        transpose(x, columns, (rows, columns), y, rows);
    }
}
