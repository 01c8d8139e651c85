//! Values from and to places along an axis, several to one place as `torch.Tensor.scatter_reduce` has it.
//!
//! Indices have a shape of their own, which may be shorter than those of source and target. A line is what differs in the
//! axis only: what comes to a place comes from its line, so that lines are shared out, and each goes in its order.

#![expect(unsafe_code, reason = "lines do not overlap")]

mod lines;

use super::{Op, Recorded};
use crate::element::Element;
use crate::tape::{Id, Work, value};
use crate::threads::Shared;
pub use lines::Lines;

/// Where values are along an axis: indices row by row, of a shape.
#[derive(Debug, Clone, Copy)]
pub struct ScatterIndex<'i> {
    /// The axis that the indices are of.
    pub axis: usize,
    /// The shape of the indices.
    pub lengths: &'i [usize],
    /// The indices.
    pub indices: &'i [u32],
}

/// What becomes of several values that come to one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reduction {
    /// Their sum.
    Sum,
    /// Their product.
    Product,
    /// Their mean.
    Mean,
    /// The largest; its gradient is shared by equals.
    Largest,
    /// The smallest; its gradient is shared by equals.
    Smallest,
}

impl Reduction {
    fn of<T: Element>(self, a: T, b: T) -> T {
        match self {
            Self::Sum | Self::Mean => a + b,
            Self::Product => a * b,
            Self::Largest if b > a || b.to_f64().is_nan() => b,
            Self::Smallest if b < a || b.to_f64().is_nan() => b,
            Self::Largest | Self::Smallest => a,
        }
    }
}

fn kept<T: Element>(work: &mut Work<T>, indices: &[u32]) -> Vec<u32> {
    let mut kept = work.indices.take(indices.len());
    kept.copy_from_slice(indices);
    kept
}

/// What [`Tensor::gather`](crate::Tensor::gather) records.
///
/// # Errors
/// If the shapes do not fit.
pub fn gather<T: Element>(work: &mut Work<T>, x: Id, places: ScatterIndex) -> Recorded {
    let lines = Lines::new(places, work.shape(x))?;
    let mut y = work.pool.take(lines.index.elements());
    let kept = kept(work, places.indices);
    let (input, out) = (value(work.nodes, work.parameters, x), Shared::new(&mut y));
    lines.each(work.team, lines.index, places.indices, |target, _, i| {
        // SAFETY: `each` comes once by every index.
        unsafe { out.own(i..i + 1)[0] = input[target] };
    });
    Ok(work.push_with(Op::Gather(lines), lines.index, &[x], y, Vec::new(), kept))
}

pub fn gather_back<T: Element>(lines: Lines, y: Id, dy: &[T], work: &mut Work<T>) {
    let x = work.node(y).inputs[0];
    let Some(mut slot) = work.slot(x) else { return };
    if !slot.add {
        slot.slice().fill(T::ZERO);
    }
    let dx = Shared::new(slot.slice());
    let indices = &work.nodes[y as usize].indices;
    lines.each(work.team, lines.index, indices, |target, _, i| {
        // SAFETY: what comes to a place comes from its line, which is in one task.
        unsafe { dx.own(target..target + 1)[0] += dy[i] };
    });
    work.put(slot);
}

/// A scatter as an operation.
#[derive(Debug, Clone, Copy)]
pub struct Scatter {
    lines: Lines,
    reduction: Reduction,
    /// Whether what was there counts as one more.
    with_self: bool,
}

/// What [`Tensor::scatter`](crate::Tensor::scatter) records.
///
/// # Errors
/// If the shapes do not fit.
pub fn scatter<T: Element>(
    work: &mut Work<T>,
    [x, source]: [Id; 2],
    places: ScatterIndex,
    reduction: Reduction,
    with_self: bool,
) -> Recorded {
    let (shape, from) = (work.shape(x), work.shape(source));
    let lines = Lines::new(places, shape)?;
    if from.rank() != shape.rank() || (0..shape.rank()).any(|a| lines.index.lengths()[a] > from.lengths()[a])
    {
        return Err(format!(
            "indices of shape {} do not lie within {from}",
            lines.index
        ));
    }
    let own = Scatter {
        lines,
        reduction,
        with_self,
    };
    let mut y = work.pool.take(shape.elements());
    y.copy_from_slice(work.value(x));
    let kept = kept(work, places.indices);
    let mut counts = work.indices.take(shape.elements());
    counts.fill(0);
    let (out, count) = (Shared::new(&mut y), Shared::new(&mut counts));
    let input = value(work.nodes, work.parameters, source);
    lines.each(work.team, from, &kept, |target, source, _| {
        let place = target..target + 1;
        // SAFETY: what comes to a place comes from its line, which is in one task.
        let (y, count) = unsafe { (&mut out.own(place.clone())[0], &mut count.own(place)[0]) };
        let first = *count == 0 && !with_self;
        *y = if first {
            input[source]
        } else {
            reduction.of(*y, input[source])
        };
        *count += 1;
    });
    if reduction == Reduction::Mean {
        for (y, count) in y.iter_mut().zip(&counts) {
            *y = *y / own.number(*count);
        }
    }
    work.indices.give(counts);
    Ok(work.push_with(Op::Scatter(own), shape, &[x, source], y, Vec::new(), kept))
}

impl Scatter {
    /// How many values a place is the mean of, when so many came to it.
    fn number<T: Element>(self, count: u32) -> T {
        T::of(f64::from((count + u32::from(self.with_self)).max(1)))
    }

    /// The factor from the gradient by a place to that by a value that came to it.
    fn gradient<T: Element>(self, number: T, y: T, place: [T; 2]) -> T {
        let [first, second] = place;
        match self.reduction {
            Reduction::Sum => T::ONE,
            Reduction::Mean => T::ONE / first,
            // The product of all others: of those that are not 0, unless one of them is.
            Reduction::Product if number == T::ZERO && second == T::ONE => first,
            Reduction::Product if number == T::ZERO || second > T::ZERO => T::ZERO,
            Reduction::Product => first / number,
            Reduction::Largest | Reduction::Smallest if number == y => T::ONE / first,
            Reduction::Largest | Reduction::Smallest => T::ZERO,
        }
    }

    /// What a value adds to the two values that [`gradient`](Self::gradient) needs of its place.
    fn note<T: Element>(self, number: T, y: T, place: &mut [T]) {
        match self.reduction {
            Reduction::Sum => {}
            Reduction::Mean => place[0] += T::ONE,
            Reduction::Product if number == T::ZERO => place[1] += T::ONE,
            Reduction::Product => place[0] = place[0] * number,
            Reduction::Largest | Reduction::Smallest if number == y => place[0] += T::ONE,
            Reduction::Largest | Reduction::Smallest => {}
        }
    }
}

pub fn scatter_back<T: Element>(own: Scatter, y: Id, dy: &[T], work: &mut Work<T>) {
    let [x, source, ..] = work.node(y).inputs;
    let (from, count) = (work.shape(source), dy.len());
    let mut notes = work.pool.take(2 * count);
    let mut counts = work.indices.take(count);
    counts.fill(0);
    {
        let node = &work.nodes[y as usize];
        let [old, input] = [x, source].map(|id| value(work.nodes, work.parameters, id));
        let start = if own.reduction == Reduction::Product {
            T::ONE
        } else {
            T::ZERO
        };
        for (note, (old, y)) in notes.chunks_exact_mut(2).zip(old.iter().zip(&node.value)) {
            note.copy_from_slice(&[start, T::ZERO]);
            if own.with_self {
                own.note(*old, *y, note);
            }
        }
        let (note, count) = (Shared::new(&mut notes), Shared::new(&mut counts));
        own.lines
            .each(work.team, from, &node.indices, |target, source, _| {
                // SAFETY: what comes to a place comes from its line, which is in one task.
                let (note, count) = unsafe {
                    (
                        note.own(2 * target..2 * target + 2),
                        count.own(target..target + 1),
                    )
                };
                own.note(input[source], node.value[target], note);
                count[0] += 1;
            });
    }
    if let Some(mut slot) = work.slot(x) {
        let (add, old) = (slot.add, value(work.nodes, work.parameters, x));
        let values = &work.nodes[y as usize].value;
        for (i, dx) in slot.slice().iter_mut().enumerate() {
            // What was there and does not count is gone as soon as a value came.
            let factor = match (counts[i], own.with_self) {
                (0, _) => T::ONE,
                (_, false) => T::ZERO,
                (_, true) => own.gradient(old[i], values[i], [notes[2 * i], notes[2 * i + 1]]),
            };
            *dx = if add { *dx + dy[i] * factor } else { dy[i] * factor };
        }
        work.put(slot);
    }
    if let Some(mut slot) = work.slot(source) {
        if !slot.add {
            slot.slice().fill(T::ZERO);
        }
        let input = value(work.nodes, work.parameters, source);
        let (node, dx) = (&work.nodes[y as usize], Shared::new(slot.slice()));
        own.lines
            .each(work.team, from, &node.indices, |target, source, _| {
                let place = [notes[2 * target], notes[2 * target + 1]];
                let factor = own.gradient(input[source], node.value[target], place);
                // SAFETY: `each` comes once by every number of the source that an index is of.
                unsafe { dx.own(source..source + 1)[0] += dy[target] * factor };
            });
        work.put(slot);
    }
    work.pool.give(notes);
    work.indices.give(counts);
}
