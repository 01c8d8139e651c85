//! Recurrent layers with constant weights: what does not depend on the last output is multiplied for all times at once.

use induce_core::parallel::Team;

use super::project::project;
use super::rounded::Rounded;
use super::weight::{Weight, transpose};
use crate::ops::recurrent::{Kind, Lone};

/// A recurrent layer that only goes forwards; see [`Recurrent`](crate::Recurrent) for its weights.
#[derive(Debug, Clone)]
pub struct RecurrentLayer {
    cell: Lone,
    width: usize,
    into: Weight,
    across: Weight,
    /// In the order of the gates.
    bias: Vec<f32>,
}

/// Buffers that outlive a call.
#[derive(Default)]
pub struct RecurrentRoom {
    rounded: Rounded,
    into: Vec<f32>,
    across: Vec<f32>,
    gates: Vec<f32>,
    kept: Vec<f32>,
}

impl RecurrentLayer {
    /// Of weights as a tape has them, (inputs, gates width), (width, gates width) and (biases width); nothing if they do
    /// not fit.
    pub fn new(kind: Kind, width: usize, [into, across, bias]: [&[f32]; 3]) -> Option<Self> {
        let cell = Lone::new(kind);
        let (columns, across_columns) = (cell.into() * width, cell.across() * width);
        if width == 0
            || !into.len().is_multiple_of(columns)
            || across.len() != width * across_columns
            || bias.len() != cell.biases() * width
        {
            return None;
        }
        let into_rows = cell.order(width).flat_map(|own| transpose(into, columns, own));
        let into_rows: Vec<f32> = into_rows.collect();
        let across_rows = transpose(across, across_columns, 0..across_columns);
        Some(Self {
            bias: cell.bias(width, bias),
            into: Weight::new(&into_rows, columns, into.len() / columns)?,
            across: Weight::new(&across_rows, across_columns, width)?,
            cell,
            width,
        })
    }

    /// The width of a state: h, and c of a long short-term memory.
    pub fn state(&self) -> usize {
        self.cell.states() * self.width
    }

    /// The width of an output, which is the beginning of a state.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Bytes of the weights.
    pub fn bytes(&self) -> usize {
        self.into.bytes() + self.across.bytes()
    }

    /// The state after every row of `x`, one after the other, from the state `before` the first.
    ///
    /// # Panics
    /// If the lengths do not fit: a mistake of the caller.
    pub fn read(&self, team: &Team, room: &mut RecurrentRoom, x: &[f32], before: &[f32], states: &mut [f32]) {
        let (width, state) = (self.width, self.state());
        let (into, across) = (self.into.rows(), self.across.rows());
        let count = states.len() / state;
        room.into.resize(count * into, 0.0);
        room.across.resize(across, 0.0);
        room.gates.resize(self.cell.gates() * width, 0.0);
        room.kept.resize(self.cell.kept() * width, 0.0);
        project(team, x, &mut room.rounded, [(&self.into, &mut room.into[..])]);
        for t in 0..count {
            let (past, now) = states.split_at_mut(t * state);
            let before = if t == 0 { before } else { &past[(t - 1) * state..] };
            let h = &before[..width];
            project(team, h, &mut room.rounded, [(&self.across, &mut room.across[..])]);
            room.gates.fill(0.0);
            room.gates[..into].copy_from_slice(&room.into[t * into..(t + 1) * into]);
            let from = self.cell.recurrent() * width;
            for (gate, across) in room.gates[from..].iter_mut().zip(&room.across) {
                *gate += across;
            }
            let now = &mut now[..state];
            self.cell
                .step(&self.bias, before, &mut room.gates, &mut room.kept, now);
        }
    }
}
