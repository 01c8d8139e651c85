//! The same values in another shape.

use super::{Op, Recorded};
use crate::element::Element;
use crate::shape::{AXES, Shape};
use crate::tape::{Id, Work};

/// What [`Tensor::reshape`](crate::Tensor::reshape) records.
///
/// # Errors
/// If the shapes do not fit.
pub fn reshape<T: Element>(work: &mut Work<T>, x: Id, lengths: &[usize]) -> Recorded {
    let old = work.shape(x);
    let new = Shape::new(lengths).ok_or_else(|| format!("no tensor has the axes {lengths:?}"))?;
    if new.elements() != old.elements() {
        return Err(format!("{old} cannot be reshaped to {new}"));
    }
    Ok(work.push_view(x, new, 0))
}

/// What [`Tensor::narrow`](crate::Tensor::narrow) records.
///
/// # Errors
/// If the shapes do not fit.
pub fn narrow<T: Element>(work: &mut Work<T>, x: Id, start: usize, length: usize) -> Recorded {
    let shape = work.shape(x);
    // On the stack: a warm step allocates nothing.
    let mut own = [0; AXES];
    let lengths = &mut own[..shape.rank()];
    lengths.copy_from_slice(shape.lengths());
    let Some(first) = lengths
        .first_mut()
        .filter(|first| start.checked_add(length).is_some_and(|end| end <= **first))
    else {
        return Err(format!(
            "a range of {length} from {start} on exceeds the first axis of {shape}"
        ));
    };
    let each = shape.elements() / (*first).max(1);
    *first = length;
    let new = Shape::new(lengths).ok_or("too many axes")?;
    Ok(work.push_view(x, new, start * each))
}

/// What [`Tensor::detach`](crate::Tensor::detach) records.
///
/// # Errors
/// None.
pub fn detach<T: Element>(work: &mut Work<T>, x: Id) -> Recorded {
    let shape = work.shape(x);
    let mut value = work.pool.take(shape.elements());
    value.copy_from_slice(work.value(x));
    Ok(work.push(Op::Input, shape, &[], value))
}
