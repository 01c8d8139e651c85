//! Sums, and the softmax.

use super::{Op, Recorded};
use crate::element::Element;
use crate::kernels::rows as kernel;
use crate::shape::Shape;
use crate::tape::{Id, Work, value};
use crate::threads::{chunk_count, chunks, rows, rows_by_chunk};

/// Values per row that a sum of all is cut into.
const ROW: usize = 1024;

/// What [`Tensor::sum`](crate::Tensor::sum) records.
///
/// # Errors
/// None.
pub fn sum<T: Element>(work: &mut Work<T>, x: Id) -> Recorded {
    let input = value(work.nodes, work.parameters, x);
    let count = input.len().div_ceil(ROW);
    let mut partial = work.pool.zeros(chunk_count(count));
    chunks(work.team, count, &mut partial, 1, |r, part| {
        part[0] = kernel::sum(&input[r.start * ROW..(r.end * ROW).min(input.len())]);
    });
    let mut y = work.pool.take(1);
    y[0] = kernel::sum(&partial);
    work.pool.give(partial);
    Ok(work.push(Op::Sum, Shape::scalar(), &[x], y))
}

pub fn sum_back<T: Element>(y: Id, dy: &[T], work: &mut Work<T>) {
    let x = work.node(y).inputs[0];
    let Some(mut slot) = work.slot(x) else { return };
    let (add, length) = (slot.add, work.shape(x).elements());
    rows(work.team, length, [(slot.slice(), 1)], |_, [dx]| {
        if add {
            dx.iter_mut().for_each(|dx| *dx += dy[0]);
        } else {
            dx.fill(dy[0]);
        }
    });
    work.put(slot);
}

/// An operation from rows of the last axis to one value each.
fn by_rows<T: Element>(
    work: &mut Work<T>,
    op: Op,
    x: Id,
    f: impl Fn(&[T], usize, &mut [T]) + Sync,
) -> Recorded {
    let shape = work.shape(x);
    let width = shape.last();
    if shape.rank() == 0 || width == 0 {
        return Err(format!("a tensor of shape {shape} has no last axis to reduce"));
    }
    let mut y = work.pool.take(shape.rows());
    let input = value(work.nodes, work.parameters, x);
    rows_by_chunk(work.team, shape.rows(), width, &mut y, |r, y| {
        f(&input[r.start * width..r.end * width], width, y);
    });
    Ok(work.push(op, shape.without_last(), &[x], y))
}

/// What [`Tensor::sum_last`](crate::Tensor::sum_last) records.
///
/// # Errors
/// If the shapes do not fit.
pub fn sum_last<T: Element>(work: &mut Work<T>, x: Id) -> Recorded {
    by_rows(work, Op::SumLast, x, |x, width, y| {
        x.chunks_exact(width)
            .zip(y)
            .for_each(|(row, y)| *y = kernel::sum(row));
    })
}

pub fn sum_last_back<T: Element>(y: Id, dy: &[T], work: &mut Work<T>) {
    let x = work.node(y).inputs[0];
    let Some(mut slot) = work.slot(x) else { return };
    let (add, width) = (slot.add, work.shape(x).last());
    rows(work.team, dy.len(), [(slot.slice(), width)], |r, [dx]| {
        for (dx, dy) in dx.chunks_exact_mut(width).zip(&dy[r]) {
            if add {
                dx.iter_mut().for_each(|dx| *dx += *dy);
            } else {
                dx.fill(*dy);
            }
        }
    });
    work.put(slot);
}

/// What [`Tensor::log_sum_exp`](crate::Tensor::log_sum_exp) records.
///
/// # Errors
/// If the shapes do not fit.
pub fn log_sum_exp<T: Element>(work: &mut Work<T>, x: Id) -> Recorded {
    by_rows(work, Op::LogSumExp, x, kernel::log_sum_exp)
}

pub fn log_sum_exp_back<T: Element>(y: Id, dy: &[T], work: &mut Work<T>) {
    let x = work.node(y).inputs[0];
    let Some(mut slot) = work.slot(x) else { return };
    let (input, output) = (
        value(work.nodes, work.parameters, x),
        &work.nodes[y as usize].value,
    );
    let (add, width) = (slot.add, work.nodes[x as usize].shape.last());
    rows(work.team, dy.len(), [(slot.slice(), width)], |r, [dx]| {
        let part = &input[r.start * width..r.end * width];
        kernel::log_sum_exp_gradient(part, width, &output[r.clone()], &dy[r], dx, add);
    });
    work.put(slot);
}

/// What [`Tensor::softmax`](crate::Tensor::softmax) records.
///
/// # Errors
/// If the shapes do not fit.
pub fn softmax<T: Element>(work: &mut Work<T>, x: Id) -> Recorded {
    let shape = work.shape(x);
    let width = shape.last();
    if shape.rank() == 0 || width == 0 {
        return Err(format!("a tensor of shape {shape} has no last axis to reduce"));
    }
    let mut y = work.pool.take(shape.elements());
    let input = value(work.nodes, work.parameters, x);
    rows(work.team, shape.rows(), [(&mut y, width)], |r, [y]| {
        kernel::softmax(&input[r.start * width..r.end * width], width, y);
    });
    Ok(work.push(Op::Softmax, shape, &[x], y))
}

pub fn softmax_back<T: Element>(y: Id, dy: &[T], work: &mut Work<T>) {
    let x = work.node(y).inputs[0];
    let Some(mut slot) = work.slot(x) else { return };
    let output = &work.nodes[y as usize].value;
    let (add, width) = (slot.add, work.nodes[y as usize].shape.last());
    rows(work.team, dy.len() / width, [(slot.slice(), width)], |r, [dx]| {
        let range = r.start * width..r.end * width;
        kernel::softmax_gradient(&output[range.clone()], width, &dy[range], dx, add);
    });
    work.put(slot);
}
