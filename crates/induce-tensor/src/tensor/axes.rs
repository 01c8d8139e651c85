//! What tensors can do along any of their axes.

use super::Tensor;
use crate::element::Element;
use crate::ops;
use crate::tape::Tape;

impl<'t, T: Element> Tensor<'t, T> {
    /// Sums over an axis, which goes.
    #[must_use]
    pub fn sum_axis(self, axis: usize) -> Self {
        self.tape
            .record("sum_axis", |work| ops::axis::sum(work, self.id, axis))
    }

    /// Means over an axis, which goes.
    #[must_use]
    pub fn mean_axis(self, axis: usize) -> Self {
        let count = self.shape().lengths().get(axis).map_or(1, |l| (*l).max(1));
        self.sum_axis(axis).affine(1.0 / count as f64, 0.0)
    }

    /// The largest values along an axis, which goes; a gradient goes to the first of equals.
    #[must_use]
    pub fn max_axis(self, axis: usize) -> Self {
        self.tape
            .record("max_axis", |work| ops::axis::max(work, self.id, axis))
    }

    /// The axes in another order: axis i of the result is axis `axes[i]` of this one.
    #[must_use]
    pub fn permute(self, axes: &[usize]) -> Self {
        self.tape
            .record("permute", |work| ops::arrange::permute(work, self.id, axes))
    }

    /// `length` places of an axis, from `start` on; no value is moved where the axes before are of length 1.
    #[must_use]
    pub fn slice(self, axis: usize, start: usize, length: usize) -> Self {
        self.tape.record("slice", |work| {
            ops::arrange::slice(work, self.id, axis, start, length)
        })
    }

    /// Parts of these lengths of an axis, which they must fill.
    #[must_use]
    pub fn split(self, axis: usize, lengths: &[usize]) -> Vec<Self> {
        let shape = self.shape();
        let whole = shape.lengths().get(axis).copied();
        if whole != Some(lengths.iter().sum()) {
            let fault = || Err(format!("parts of {lengths:?} do not fill axis {axis} of {shape}"));
            return vec![self.tape.record("split", |_| fault()); lengths.len()];
        }
        let mut start = 0;
        let part = |length: &usize| {
            let own = self.slice(axis, start, *length);
            start += length;
            own
        };
        lengths.iter().map(part).collect()
    }
}

impl<T: Element> Tape<'_, T> {
    /// Tensors one after the other along an axis; all their other axes are of the same lengths.
    pub fn concat<'t>(&'t self, parts: &[Tensor<'t, T>], axis: usize) -> Tensor<'t, T> {
        self.record("concat", |work| {
            let mut ids = work.indices.take(parts.len());
            ids.iter_mut().zip(parts).for_each(|(id, part)| *id = part.id);
            let made = ops::arrange::concat(work, &ids, axis);
            work.indices.give(ids);
            made
        })
    }
}
