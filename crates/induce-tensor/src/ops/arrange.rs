//! The same values in other places: axes in another order, parts of an axis, tensors one after the other.

use induce_core::parallel::Team;

use super::axis::Along;
use super::{Op, Recorded};
use crate::element::Element;
use crate::kernels::elementwise::add_scaled;
use crate::shape::{AXES, Shape};
use crate::tape::{Id, Work, value};
use crate::threads::{Shared, rows, tasks};

/// Which axis of the old order every axis of the new one is.
#[derive(Debug, Clone, Copy)]
pub struct Order {
    axes: [usize; AXES],
    rank: usize,
}

impl Order {
    fn new(axes: &[usize], shape: Shape) -> Result<Self, String> {
        let mut own = [0; AXES];
        if axes.len() != shape.rank() || (0..axes.len()).any(|axis| !axes.contains(&axis)) {
            return Err(format!("{axes:?} is not a permutation of the axes of {shape}"));
        }
        own[..axes.len()].copy_from_slice(axes);
        Ok(Self {
            axes: own,
            rank: axes.len(),
        })
    }

    fn inverse(mut self) -> Self {
        let axes = self.axes;
        for (new, old) in axes[..self.rank].iter().enumerate() {
            self.axes[*old] = new;
        }
        self
    }

    /// The shape in the new order.
    fn shape(&self, shape: Shape) -> Option<Shape> {
        let mut lengths = [1; AXES];
        for (length, axis) in lengths.iter_mut().zip(&self.axes[..self.rank]) {
            *length = shape.lengths()[*axis];
        }
        Shape::new(&lengths[..self.rank])
    }

    /// How far the values of a tensor are apart along each axis of the new order.
    fn strides(&self, shape: Shape) -> [usize; AXES] {
        let mut strides = [1; AXES];
        for (stride, axis) in strides.iter_mut().zip(&self.axes[..self.rank]) {
            *stride = shape.lengths()[axis + 1..].iter().product();
        }
        strides
    }
}

/// out (+)= x, of `shape`, in another order.
fn bring<T: Element>(
    team: &Team,
    (x, shape): (&[T], Shape),
    order: Order,
    out: &mut [T],
    add: bool,
) -> Option<()> {
    let (new, strides) = (order.shape(shape)?, order.strides(shape));
    let (width, before) = (new.last(), new.rank().saturating_sub(1));
    let stride = strides[before];
    rows(team, new.rows(), [(out, width)], |r, [out]| {
        for (row, out) in r.zip(out.chunks_exact_mut(width.max(1))) {
            let (mut rest, mut start) = (row, 0);
            for (length, stride) in new.lengths()[..before].iter().zip(strides).rev() {
                start += rest % length * stride;
                rest /= length;
            }
            if stride == 1 {
                add_scaled(&x[start..start + width], T::ONE, out, add);
            } else if add {
                let own = x[start..].iter().step_by(stride);
                out.iter_mut().zip(own).for_each(|(o, x)| *o += *x);
            } else {
                let own = x[start..].iter().step_by(stride);
                out.iter_mut().zip(own).for_each(|(o, x)| *o = *x);
            }
        }
    });
    Some(())
}

/// What [`Tensor::permute`](crate::Tensor::permute) records.
///
/// # Errors
/// If the shapes do not fit.
pub fn permute<T: Element>(work: &mut Work<T>, x: Id, axes: &[usize]) -> Recorded {
    let shape = work.shape(x);
    let order = Order::new(axes, shape)?;
    let new = order.shape(shape).ok_or("too many axes")?;
    let mut y = work.pool.take(shape.elements());
    let input = value(work.nodes, work.parameters, x);
    bring(work.team, (input, shape), order, &mut y, false);
    Ok(work.push(Op::Permute(order), new, &[x], y))
}

pub fn permute_back<T: Element>(order: Order, y: Id, dy: &[T], work: &mut Work<T>) {
    let (x, shape) = (work.node(y).inputs[0], work.shape(y));
    let Some(mut slot) = work.slot(x) else { return };
    let add = slot.add;
    bring(work.team, (dy, shape), order.inverse(), slot.slice(), add);
    work.put(slot);
}

/// Stretches of an axis within blocks: the first one's start, and how far the next is.
#[derive(Clone, Copy)]
struct Stretch {
    start: usize,
    apart: usize,
}

/// Copy, or add, `count` stretches of `length` values.
fn stretches<T: Element>(
    team: &Team,
    (count, length): (usize, usize),
    (x, from): (&[T], Stretch),
    (out, to): (&mut [T], Stretch),
    add: bool,
) {
    let out = Shared::new(out);
    let some = (16_384 / length.max(1)).max(1);
    tasks(team, count.div_ceil(some), |task| {
        for i in task * some..((task + 1) * some).min(count) {
            let (source, target) = (from.start + i * from.apart, to.start + i * to.apart);
            #[expect(unsafe_code, reason = "stretches do not overlap")]
            // SAFETY: stretches are `length` long and at least as far apart, and each is in one task.
            let own = unsafe { out.own(target..target + length) };
            add_scaled(&x[source..source + length], T::ONE, own, add);
        }
    });
}

/// A part of an axis.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    along: Along,
    start: usize,
    length: usize,
}

impl Part {
    /// How many stretches it has, of how many values.
    fn stretches(&self) -> (usize, usize) {
        (self.along.outer, self.length * self.along.inner)
    }

    fn outside(&self) -> Stretch {
        Stretch {
            start: self.start * self.along.inner,
            apart: self.along.block(),
        }
    }

    fn inside(&self) -> Stretch {
        Stretch {
            start: 0,
            apart: self.length * self.along.inner,
        }
    }
}

/// The lengths of a shape with another one at an axis.
fn with(shape: Shape, axis: usize, length: usize) -> Result<Shape, String> {
    let mut lengths = [1; AXES];
    lengths[..shape.rank()].copy_from_slice(shape.lengths());
    lengths[axis] = length;
    Shape::new(&lengths[..shape.rank()]).ok_or_else(|| "too many elements".into())
}

/// What [`Tensor::slice`](crate::Tensor::slice) records.
///
/// # Errors
/// If the shapes do not fit.
pub fn slice<T: Element>(work: &mut Work<T>, x: Id, axis: usize, start: usize, length: usize) -> Recorded {
    let shape = work.shape(x);
    let along = Along::new(shape, axis)?;
    if start.checked_add(length).is_none_or(|end| end > along.length) {
        return Err(format!(
            "a range of {length} from {start} on exceeds axis {axis} of {shape}"
        ));
    }
    let new = with(shape, axis, length)?;
    if along.outer == 1 {
        return Ok(work.push_view(x, new, start * along.inner));
    }
    let part = Part { along, start, length };
    let mut y = work.pool.take(new.elements());
    let input = value(work.nodes, work.parameters, x);
    let (from, to) = ((input, part.outside()), (&mut y[..], part.inside()));
    stretches(work.team, part.stretches(), from, to, false);
    Ok(work.push(Op::Slice(part), new, &[x], y))
}

pub fn slice_back<T: Element>(part: Part, y: Id, dy: &[T], work: &mut Work<T>) {
    let x = work.node(y).inputs[0];
    let Some(mut slot) = work.slot(x) else { return };
    if !slot.add {
        slot.slice().fill(T::ZERO);
    }
    let (from, to) = ((dy, part.inside()), (slot.slice(), part.outside()));
    stretches(work.team, part.stretches(), from, to, true);
    work.put(slot);
}

/// Tensors one after the other along an axis.
///
/// # Errors
/// If the shapes do not fit.
pub fn concat<T: Element>(work: &mut Work<T>, ids: &[Id], axis: usize) -> Recorded {
    let first = work.shape(*ids.first().ok_or("no tensor")?);
    let mut length = 0;
    for id in ids {
        let own = work.shape(*id);
        if own.rank() != first.rank() || axis >= own.rank() || with(own, axis, 1)? != with(first, axis, 1)? {
            return Err(format!(
                "{first} and {own} cannot be concatenated along axis {axis}"
            ));
        }
        length += own.lengths()[axis];
    }
    let shape = with(first, axis, length)?;
    let along = Along::new(shape, axis)?;
    let (mut y, mut kept) = (work.pool.take(shape.elements()), work.indices.take(ids.len()));
    kept.copy_from_slice(ids);
    let mut start = 0;
    for id in ids {
        let length = work.shape(*id).lengths()[axis];
        let part = Part { along, start, length };
        let input = value(work.nodes, work.parameters, *id);
        let (from, to) = ((input, part.inside()), (&mut y[..], part.outside()));
        stretches(work.team, part.stretches(), from, to, false);
        start += length;
    }
    let active = work.any_active(ids);
    let id = work.push_with(Op::Concat(axis), shape, &[], y, Vec::new(), kept);
    work.nodes[id as usize].active = active;
    Ok(id)
}

pub fn concat_back<T: Element>(axis: usize, y: Id, dy: &[T], work: &mut Work<T>) {
    let Ok(along) = Along::new(work.shape(y), axis) else {
        return;
    };
    let ids = std::mem::take(&mut work.nodes[y as usize].indices);
    let mut start = 0;
    for id in &ids {
        let length = work.shape(*id).lengths()[axis];
        let part = Part { along, start, length };
        start += length;
        let Some(mut slot) = work.slot(*id) else { continue };
        let add = slot.add;
        let (from, to) = ((dy, part.outside()), (slot.slice(), part.inside()));
        stretches(work.team, part.stretches(), from, to, add);
        work.put(slot);
    }
    work.nodes[y as usize].indices = ids;
}
