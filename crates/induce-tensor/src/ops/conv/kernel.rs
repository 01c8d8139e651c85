//! A kernel's taps as the right side of a product.

use induce_core::parallel::Team;

use super::pattern::{Channels, Pattern};
use crate::element::Element;
use crate::kernels::matmul::{Matrix, Panels};
use crate::kernels::micro::transpose;
use crate::pool::Pool;
use crate::threads::parts;

/// Weights (height, width, inputs, outputs of all groups), those of one group, and which way they are used.
#[derive(Clone, Copy)]
pub struct Kernel<'v, T> {
    pub weights: &'v [T],
    pub width: usize,
    /// Channels of a group.
    pub inputs: usize,
    pub outputs: usize,
    /// Which group, of how many.
    pub group: usize,
    pub groups: usize,
    /// Whether outputs lead to inputs.
    pub turned: bool,
}

impl<T: Element> Kernel<'_, T> {
    /// Channels of what is read.
    pub fn from(&self) -> usize {
        if self.turned { self.outputs } else { self.inputs }
    }

    /// Channels of what is written.
    pub fn to(&self) -> usize {
        if self.turned { self.inputs } else { self.outputs }
    }

    /// Those of the group among all that are read.
    pub fn source(&self) -> Channels {
        self.among(self.from())
    }

    /// Those of the group among all that are written.
    pub fn target(&self) -> Channels {
        self.among(self.to())
    }

    fn among(&self, own: usize) -> Channels {
        Channels {
            own,
            first: self.group * own,
            all: self.groups * own,
        }
    }

    /// The group's columns of a tap, a row for each input: rows are `groups * outputs` apart.
    fn tap(&self, tap: usize) -> &[T] {
        &self.weights[(tap * self.inputs * self.groups + self.group) * self.outputs..]
    }

    /// Values that the panels of a pattern's taps take.
    pub fn room(&self, pattern: &Pattern) -> usize {
        Panels::<T>::room(pattern.taps() * self.from(), self.to())
    }

    /// The taps of a pattern one below the other, (taps, from, to), in panels.
    pub fn panels<'r>(
        &self,
        team: &Team,
        pool: &mut Pool<T>,
        pattern: &Pattern,
        room: &'r mut [T],
    ) -> Panels<'r, T> {
        let (each, taps) = (self.inputs * self.outputs, pattern.taps());
        let mut own = pool.take(taps * each);
        let apart = self.groups * self.outputs;
        parts(team, &mut own, each, |tap, to| {
            let from = self.tap(pattern.tap(tap, self.width));
            if self.turned {
                transpose(from, apart, (self.inputs, self.outputs), to, self.inputs);
            } else if self.groups == 1 {
                to.copy_from_slice(&from[..each]);
            } else {
                let rows = from.chunks(apart).zip(to.chunks_exact_mut(self.outputs));
                rows.for_each(|(from, to)| to.copy_from_slice(&from[..self.outputs]));
            }
        });
        let panels = Panels::new(team, Matrix::new(&own, taps * self.from(), self.to()), room);
        pool.give(own);
        panels
    }
}
