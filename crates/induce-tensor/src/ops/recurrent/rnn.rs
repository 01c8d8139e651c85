//! The plain recurrent layer: h_t = tanh(x_t W + h_{t-1} U + b) (Elman 1990).

use induce_core::multiversion;

use super::{Before, Cell, Columns, Layout, Saved};
use crate::element::Element;
use crate::kernels::elementwise::{Unary, activation_gradient};

pub struct Rnn;

multiversion! {
    /// h = tanh(gates + b)
    fn step<T: Element>(bias: &[T], gates: &[T], h: &mut [T]) {
        let width = bias.len().max(1);
        for (gates, h) in gates.chunks_exact(width).zip(h.chunks_exact_mut(width)) {
            for j in 0..bias.len() {
                h[j] = (gates[j] + bias[j]).tanh();
            }
        }
    }
}

impl Cell for Rnn {
    const LAYOUT: Layout = Layout {
        into: 1,
        across: 1,
        biases: 1,
        gates: 1,
        recurrent: 0,
        columns: &[Columns {
            weights: 0,
            gates: 0,
            count: 1,
        }],
        kept: 0,
    };
    const CELL: bool = false;
    const DIRECT: bool = false;

    fn step<T: Element>(bias: &[T], _: Before<T>, gates: &mut [T], _: &mut [T], h: &mut [T]) {
        step(bias, gates, h);
    }

    fn gradient<T: Element>(saved: Saved<T>, _: Before<T>, dh: &mut [T], _: &mut [T], dgates: &mut [T]) {
        activation_gradient(Unary::Tanh, saved.h, dh, dgates);
    }
}
