//! Rows by number.

use super::{Op, Recorded};
use crate::element::Element;
use crate::kernels::elementwise::add_scaled;
use crate::shape::Shape;
use crate::tape::{Id, Work, value};

/// What [`Tensor::rows`](crate::Tensor::rows) records.
///
/// # Errors
/// If the shapes do not fit.
pub fn rows<T: Element>(work: &mut Work<T>, table: Id, indices: &[u32]) -> Recorded {
    let shape = work.shape(table);
    let &[count, width] = shape.lengths() else {
        return Err(format!("rows are taken from (rows, width), not from {shape}"));
    };
    if let Some(wrong) = indices.iter().find(|i| **i as usize >= count) {
        return Err(format!("row {wrong} is out of range: there are {count}"));
    }
    let mut kept = work.indices.take(indices.len());
    kept.copy_from_slice(indices);
    let mut y = work.pool.take(indices.len() * width);
    let all = value(work.nodes, work.parameters, table);
    for (y, &i) in y.chunks_exact_mut(width.max(1)).zip(indices) {
        y.copy_from_slice(&all[i as usize * width..(i as usize + 1) * width]);
    }
    let shape = Shape::new(&[indices.len(), width]).ok_or("too many rows")?;
    Ok(work.push_with(Op::Rows, shape, &[table], y, Vec::new(), kept))
}

pub fn rows_back<T: Element>(y: Id, dy: &[T], work: &mut Work<T>) {
    let table = work.node(y).inputs[0];
    let Some(mut slot) = work.slot(table) else { return };
    let (width, add) = (work.shape(table).last(), slot.add);
    let dx = slot.slice();
    if !add {
        dx.fill(T::ZERO);
    }
    for (dy, &i) in dy.chunks_exact(width.max(1)).zip(&work.nodes[y as usize].indices) {
        add_scaled(
            dy,
            T::ONE,
            &mut dx[i as usize * width..(i as usize + 1) * width],
            true,
        );
    }
    work.put(slot);
}
