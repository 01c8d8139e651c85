//! The long short-term memory.
//!
//! (i, f, g, o)_t = x_t W + h_{t-1} U + b, c_t = sigmoid(f) c_{t-1} + sigmoid(i) tanh(g), h_t = sigmoid(o) tanh(c_t)
//! (Hochreiter & Schmidhuber 1997; Gers, Schmidhuber & Cummins 2000). Beside the gates, c and tanh c are kept.

use induce_core::multiversion;

use super::{Before, Cell, Columns, Layout, Saved, gate};
use crate::element::Element;

pub struct Lstm;

multiversion! {
    /// The gates in place, then c, tanh c and h
    fn step<T: Element>(bias: &[T], before: Before<T>, gates: &mut [T], kept: &mut [T], h: &mut [T]) {
        let width = bias.len() / 4;
        if width == 0 {
            return;
        }
        let both = gates.chunks_exact_mut(4 * width).zip(kept.chunks_exact_mut(2 * width));
        for (row, ((gates, kept), h)) in both.zip(h.chunks_exact_mut(width)).enumerate() {
            let before = before.row(row, width); // c_(t-1), (width)
            let (c, t) = kept.split_at_mut(width);
            let (t, h) = (&mut t[..width], &mut h[..width]);
            let (i, rest) = gates.split_at_mut(width); // (4, width): input, forget, cell and output gates
            let (f, rest) = rest.split_at_mut(width);
            let (g, o) = rest.split_at_mut(width);
            let o = &mut o[..width];
            gate(i, &bias[..width], T::sigmoid);
            gate(f, &bias[width..2 * width], T::sigmoid);
            gate(g, &bias[2 * width..3 * width], T::tanh);
            gate(o, &bias[3 * width..], T::sigmoid);
            for j in 0..width {
                c[j] = f[j] * before[j] + i[j] * g[j];
            }
            for j in 0..width {
                t[j] = c[j].tanh();
                h[j] = o[j] * t[j];
            }
        }
    }
}

multiversion! {
    /// The gradients by the gates before their functions, from those by h; dc becomes that of the step before
    fn gradient<T: Element>(width: usize, saved: Saved<T>, before: Before<T>, dh: &[T], dc: &mut [T], dgates: &mut [T]) {
        let one = T::ONE;
        if width == 0 {
            return;
        }
        let both = saved.gates.chunks_exact(4 * width).zip(dgates.chunks_exact_mut(4 * width));
        for (row, (gates, dgates)) in both.enumerate() {
            let own = row * width..(row + 1) * width;
            let before = before.row(row, width);
            let t = &saved.kept[(2 * row + 1) * width..(2 * row + 2) * width]; // tanh c, (width)
            let (dh, dc) = (&dh[own.clone()], &mut dc[own]);
            let (i, rest) = gates.split_at(width);
            let (f, rest) = rest.split_at(width);
            let (g, o) = rest.split_at(width);
            let (di, rest) = dgates.split_at_mut(width);
            let (df, rest) = rest.split_at_mut(width);
            let (dg, d_o) = rest.split_at_mut(width);
            for j in 0..width {
                d_o[j] = dh[j] * t[j] * o[j] * (one - o[j]);
                let d = dc[j] + dh[j] * o[j] * (one - t[j] * t[j]);
                di[j] = d * g[j] * i[j] * (one - i[j]);
                dg[j] = d * i[j] * (one - g[j] * g[j]);
                df[j] = d * f[j] * (one - f[j]) * before[j];
                dc[j] = d * f[j];
            }
        }
    }
}

impl Cell for Lstm {
    const LAYOUT: Layout = Layout {
        into: 4,
        across: 4,
        biases: 4,
        gates: 4,
        recurrent: 0,
        columns: &[Columns {
            weights: 0,
            gates: 0,
            count: 4,
        }],
        kept: 2,
    };
    const CELL: bool = true;
    const DIRECT: bool = false;

    fn step<T: Element>(bias: &[T], before: Before<T>, gates: &mut [T], kept: &mut [T], h: &mut [T]) {
        step(bias, before, gates, kept, h);
    }

    fn gradient<T: Element>(
        saved: Saved<T>,
        before: Before<T>,
        dh: &mut [T],
        dc: &mut [T],
        dgates: &mut [T],
    ) {
        gradient(saved.width, saved, before, dh, dc, dgates);
    }
}
