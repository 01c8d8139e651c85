//! Sparse times dense: Y = A X, and dX = A' dY.

use induce_core::parallel::Team;

use super::{Op, Recorded};
use crate::element::Element;
use crate::kernels::elementwise::add_scaled;
use crate::shape::Shape;
use crate::sparse::{Rows, Sparse};
use crate::tape::{Id, Work, value};
use crate::threads::parts;

/// Values of the result in a task: rows are of any length, so tasks are small, and whoever is free takes the next.
const TASK: usize = 4096;

/// y (+)= A x, x and y rows of `width`; every row is summed in its order.
fn multiply<T: Element>(team: &Team, a: &Rows<T>, x: &[T], width: usize, y: &mut [T], add: bool) {
    let count = a.starts.len() - 1;
    let some = (TASK / width.max(1)).max(1);
    let task = |task: usize, y: &mut [T]| {
        for (row, own) in (task * some..count).zip(y.chunks_exact_mut(width.max(1))) {
            if !add {
                own.fill(T::ZERO);
            }
            for i in a.starts[row]..a.starts[row + 1] {
                let from = a.columns[i] as usize * width;
                add_scaled(&x[from..from + width], a.values[i], own, true);
            }
        }
    };
    let mut alone = Team::alone();
    let few = a.values.len() * width < 16_384;
    parts(if few { &mut alone } else { team }, y, some * width, task);
}

/// A sparse matrix times (columns, width).
///
/// # Errors
/// If the shapes do not fit.
pub fn product<T: Element>(work: &mut Work<T>, matrix: &Sparse<T>, x: Id) -> Recorded {
    let shape = work.shape(x);
    let (rows, columns) = (matrix.rows(), matrix.columns());
    let &[count, width] = shape.lengths() else {
        return Err(format!(
            "a sparse matrix is multiplied with (rows, width), not with {shape}"
        ));
    };
    if count != columns {
        return Err(format!(
            "a sparse matrix of ({rows}, {columns}) and {shape} have no product"
        ));
    }
    let shape = Shape::new(&[rows, width]).ok_or("too many elements")?;
    let mut y = work.pool.take(shape.elements());
    let input = value(work.nodes, work.parameters, x);
    multiply(work.team, matrix.side(false), input, width, &mut y, false);
    work.sparse.push(matrix.clone());
    let number = work.sparse.len() - 1;
    Ok(work.push(Op::Sparse(number), shape, &[x], y))
}

pub fn back<T: Element>(number: usize, y: Id, dy: &[T], work: &mut Work<T>) {
    let x = work.node(y).inputs[0];
    let Some(mut slot) = work.slot(x) else { return };
    let (add, width) = (slot.add, work.shape(x).last());
    let matrix = &work.sparse[number];
    multiply(work.team, matrix.side(true), dy, width, slot.slice(), add);
    work.put(slot);
}
