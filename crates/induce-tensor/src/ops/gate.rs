//! The same values, whose gradient is multiplied by what is known only later.

use super::{Op, Recorded};
use crate::element::Element;
use crate::tape::{Id, Work};

/// What [`Tensor::gate`](crate::Tensor::gate) records.
///
/// # Errors
/// None.
pub fn gate<T: Element>(work: &mut Work<T>, x: Id) -> Recorded {
    let shape = work.shape(x);
    let mut value = work.pool.take(shape.elements());
    value.copy_from_slice(work.value(x));
    Ok(work.push(Op::Gate(None), shape, &[x], value))
}

/// What [`Tensor::scale_gradient`](crate::Tensor::scale_gradient) does: there is one factor for as many neighbours as fit.
///
/// # Errors
/// If it is no gate, or there are not as many factors as rows.
pub fn set<T: Element>(work: &mut Work<T>, gate: Id, factors: Id) -> Recorded {
    let (all, own) = (work.shape(gate).elements(), work.shape(factors).elements());
    if own == 0 || !all.is_multiple_of(own) {
        return Err(format!("{own} factors cannot be those of {}", work.shape(gate)));
    }
    match &mut work.nodes[gate as usize].op {
        Op::Gate(by) => *by = Some(factors),
        _ => return Err("only the gradient through a gate can be scaled".into()),
    }
    Ok(gate)
}

pub fn back<T: Element>(factors: Option<Id>, y: Id, dy: &[T], work: &mut Work<T>) {
    let x = work.node(y).inputs[0];
    let factors: Vec<T> = factors.map_or_else(|| vec![T::ONE], |id| work.value(id).to_vec());
    let Some(mut slot) = work.slot(x) else { return };
    let (width, add) = (dy.len() / factors.len(), slot.add);
    let dx = slot.slice();
    let rows = dx
        .chunks_exact_mut(width.max(1))
        .zip(dy.chunks_exact(width.max(1)));
    for ((dx, dy), &factor) in rows.zip(&factors) {
        for (dx, &dy) in dx.iter_mut().zip(dy) {
            *dx = if add { *dx + dy * factor } else { dy * factor };
        }
    }
    work.put(slot);
}
