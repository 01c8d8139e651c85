//! A kernel's taps as the right side of a product.

use induce_core::parallel::Team;

use super::pattern::Pattern;
use crate::element::Element;
use crate::kernels::matmul::{Matrix, Panels};
use crate::kernels::micro::transpose;
use crate::pool::Pool;
use crate::spread::parts;

/// Weights (height, width, inputs, outputs), and which way they are used.
#[derive(Clone, Copy)]
pub struct Kernel<'v, T> {
    pub weights: &'v [T],
    pub width: usize,
    pub inputs: usize,
    pub outputs: usize,
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

    /// Numbers that the panels of a pattern's taps take.
    pub fn room(&self, pattern: &Pattern) -> usize {
        Panels::<T>::room(pattern.taps() * self.from(), self.to())
    }

    /// The taps of a pattern one below the other, (taps, from, to), in panels.
    pub fn panels<'r>(
        &self,
        team: &mut Team,
        pool: &mut Pool<T>,
        pattern: &Pattern,
        room: &'r mut [T],
    ) -> Panels<'r, T> {
        let (each, taps) = (self.inputs * self.outputs, pattern.taps());
        let mut own = pool.take(taps * each);
        parts(team, &mut own, each, |tap, to| {
            let from = pattern.tap(tap, self.width) * each;
            let from = &self.weights[from..from + each];
            if self.turned {
                transpose(from, self.outputs, (self.inputs, self.outputs), to, self.inputs);
            } else {
                to.copy_from_slice(from);
            }
        });
        let panels = Panels::new(team, Matrix::new(&own, taps * self.from(), self.to()), room);
        pool.give(own);
        panels
    }
}
