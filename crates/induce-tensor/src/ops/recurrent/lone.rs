//! One step of one sequence, for networks that only go forwards.

use std::ops::Range;

use super::gru::Gru;
use super::lstm::Lstm;
use super::rnn::Rnn;
use super::{Before, Cell, Kind, Layout};

/// A cell and how it keeps its values.
#[derive(Debug, Clone, Copy)]
pub struct Lone(Kind);

impl Lone {
    pub fn new(kind: Kind) -> Self {
        Self(kind)
    }

    fn layout(self) -> Layout {
        match self.0 {
            Kind::Lstm => Lstm::LAYOUT,
            Kind::Gru => Gru::LAYOUT,
            Kind::Rnn => Rnn::LAYOUT,
        }
    }

    /// Vectors of a state.
    pub fn states(self) -> usize {
        if self.0 == Kind::Lstm { 2 } else { 1 }
    }

    /// Of weights from the input, in widths.
    pub fn into(self) -> usize {
        self.layout().into
    }

    /// Of weights from the output.
    pub fn across(self) -> usize {
        self.layout().across
    }

    /// Of biases.
    pub fn biases(self) -> usize {
        self.layout().biases
    }

    /// Of gates.
    pub fn gates(self) -> usize {
        self.layout().gates
    }

    /// Where the gates that the output leads to begin.
    pub fn recurrent(self) -> usize {
        self.layout().recurrent
    }

    /// Of what a step keeps beside gates and output.
    pub fn kept(self) -> usize {
        self.layout().kept
    }

    /// The columns of the weights from the input, in the order of the gates that they lead to.
    pub fn order(self, width: usize) -> impl Iterator<Item = Range<usize>> {
        let mut columns: Vec<_> = self.layout().inputs().collect();
        columns.sort_by_key(|c| c.gates);
        let range = move |c: super::Columns| c.weights * width..(c.weights + c.count) * width;
        columns.into_iter().map(range)
    }

    /// Biases in the order of the gates.
    pub fn bias(self, width: usize, bias: &[f32]) -> Vec<f32> {
        let mut out = vec![0.0; self.gates() * width];
        super::forwards::order(self.layout(), width, bias, &mut out);
        out
    }

    /// The state after a step, h and then c, from the one before and x W + h U in `gates`; `kept` is room.
    pub fn step(self, bias: &[f32], before: &[f32], gates: &mut [f32], kept: &mut [f32], state: &mut [f32]) {
        let apart = state.len() / self.states();
        let (h, c) = state.split_at_mut(apart);
        let past = |values| Before { values, apart };
        match self.0 {
            Kind::Lstm => {
                Lstm::step(bias, past(&before[apart..]), gates, kept, h);
                // c and tanh c were kept side by side.
                c.copy_from_slice(&kept[..apart]);
            }
            Kind::Gru => Gru::step(bias, past(before), gates, kept, h),
            Kind::Rnn => Rnn::step(bias, past(before), gates, kept, h),
        }
    }
}
