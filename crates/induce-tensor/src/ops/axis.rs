//! Sums and largest values along any axis.

use super::{Op, Recorded};
use crate::element::Element;
use crate::kernels::elementwise::add_scaled;
use crate::kernels::rows as kernel;
use crate::shape::{AXES, Shape};
use crate::tape::{Id, Work, value};
use crate::threads::{chunk_count, chunks, pairs, parts, rows};

/// A tensor cut at an axis: so many blocks of `length` rows of `inner` values.
#[derive(Debug, Clone, Copy)]
pub struct Along {
    pub outer: usize,
    pub length: usize,
    pub inner: usize,
}

impl Along {
    /// Of this axis.
    ///
    /// # Errors
    /// If there is no such axis.
    pub fn new(shape: Shape, axis: usize) -> Result<Self, String> {
        let lengths = shape.lengths();
        let length = *lengths
            .get(axis)
            .ok_or_else(|| format!("a tensor of shape {shape} has no axis {axis}"))?;
        Ok(Self {
            outer: lengths[..axis].iter().product(),
            length,
            inner: lengths[axis + 1..].iter().product(),
        })
    }

    /// Values of a block.
    pub fn block(&self) -> usize {
        self.length * self.inner
    }
}

fn without(shape: Shape, axis: usize) -> Shape {
    let mut lengths = [1; AXES];
    let (before, after) = (&shape.lengths()[..axis], &shape.lengths()[axis + 1..]);
    lengths[..axis].copy_from_slice(before);
    lengths[axis..axis + after.len()].copy_from_slice(after);
    Shape::new(&lengths[..axis + after.len()]).unwrap_or_else(Shape::scalar)
}

/// What [`Tensor::sum_axis`](crate::Tensor::sum_axis) records.
///
/// # Errors
/// If there is no such axis.
pub fn sum<T: Element>(work: &mut Work<T>, x: Id, axis: usize) -> Recorded {
    let shape = work.shape(x);
    let along = Along::new(shape, axis)?;
    let Along { outer, inner, .. } = along;
    let mut y = work.pool.zeros(outer * inner);
    let mut partial = Vec::new();
    let input = value(work.nodes, work.parameters, x);
    if outer == 1 {
        partial = work.pool.zeros(chunk_count(along.length) * inner);
        let number = chunks(work.team, along.length, &mut partial, inner, |r, sums| {
            kernel::add_rows(&input[r.start * inner..r.end * inner], sums);
        });
        kernel::add_rows(&partial[..number * inner], &mut y);
    } else {
        parts(work.team, &mut y, inner, |o, own| {
            let block = &input[o * along.block()..(o + 1) * along.block()];
            if inner == 1 {
                own[0] = kernel::sum(block);
            } else {
                kernel::add_rows(block, own);
            }
        });
    }
    work.pool.give(partial);
    Ok(work.push(Op::SumAxis(along), without(shape, axis), &[x], y))
}

pub fn sum_back<T: Element>(along: Along, y: Id, dy: &[T], work: &mut Work<T>) {
    let x = work.node(y).inputs[0];
    let Some(mut slot) = work.slot(x) else { return };
    let (add, inner) = (slot.add, along.inner);
    let count = along.outer * along.length;
    rows(work.team, count, [(slot.slice(), inner)], |r, [dx]| {
        for (row, dx) in r.zip(dx.chunks_exact_mut(inner.max(1))) {
            let start = row / along.length * inner;
            add_scaled(&dy[start..start + inner], T::ONE, dx, add);
        }
    });
    work.put(slot);
}

/// What [`Tensor::max_axis`](crate::Tensor::max_axis) records.
///
/// # Errors
/// If the shapes do not fit.
pub fn max<T: Element>(work: &mut Work<T>, x: Id, axis: usize) -> Recorded {
    let shape = work.shape(x);
    let along = Along::new(shape, axis)?;
    let Along { outer, length, inner } = along;
    if length == 0 || u32::try_from(length).is_err() {
        return Err(format!("axis {axis} of {shape} has no largest value"));
    }
    let (mut y, mut kept) = (work.pool.take(outer * inner), work.indices.take(outer * inner));
    kept.fill(u32::MAX);
    let input = value(work.nodes, work.parameters, x);
    pairs(
        work.team,
        (&mut y, inner),
        (&mut kept, inner),
        |o, most, places| {
            let block = &input[o * along.block()..(o + 1) * along.block()];
            for (row, x) in block.chunks_exact(inner.max(1)).enumerate() {
                kernel::keep_larger(x, row as u32, most, places);
            }
        },
    );
    Ok(work.push_with(
        Op::MaxAxis(along),
        without(shape, axis),
        &[x],
        y,
        Vec::new(),
        kept,
    ))
}

pub fn max_back<T: Element>(along: Along, y: Id, dy: &[T], work: &mut Work<T>) {
    let x = work.node(y).inputs[0];
    let Some(mut slot) = work.slot(x) else { return };
    let (add, inner) = (slot.add, along.inner);
    let kept = &work.nodes[y as usize].indices;
    let block = along.block();
    rows(work.team, along.outer, [(slot.slice(), block)], |r, [dx]| {
        if !add {
            dx.fill(T::ZERO);
        }
        for (o, dx) in r.zip(dx.chunks_exact_mut(block.max(1))) {
            for i in 0..inner {
                dx[kept[o * inner + i] as usize * inner + i] += dy[o * inner + i];
            }
        }
    });
    work.put(slot);
}
