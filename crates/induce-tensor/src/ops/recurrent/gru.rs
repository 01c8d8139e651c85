//! The gated recurrent unit (Cho et al. 2014), as PyTorch and cuDNN have it.
//!
//! r = sigmoid(x W_r + h U_r + b_r), z = sigmoid(x W_z + h U_z + b_z), n = tanh(x W_n + b_n + r (h U_n + b_q)),
//! h' = (1 - z) n + z h. Gates are kept as n, r, z and q = h U_n + b_q: those that h leads to are adjacent then.

use induce_core::multiversion;

use super::{Before, Cell, Columns, Layout, Saved, gate};
use crate::element::Element;

pub struct Gru;

multiversion! {
    /// The gates in place, then h
    fn step<T: Element>(bias: &[T], before: Before<T>, gates: &mut [T], h: &mut [T]) {
        let width = bias.len() / 4;
        if width == 0 {
            return;
        }
        for (row, (gates, h)) in gates.chunks_exact_mut(4 * width).zip(h.chunks_exact_mut(width)).enumerate() {
            let before = before.row(row, width);
            let (n, rest) = gates.split_at_mut(width);
            let (r, rest) = rest.split_at_mut(width);
            let (z, q) = rest.split_at_mut(width);
            let (q, h) = (&mut q[..width], &mut h[..width]);
            gate(r, &bias[width..2 * width], T::sigmoid);
            gate(z, &bias[2 * width..3 * width], T::sigmoid);
            gate(q, &bias[3 * width..], |x| x);
            for j in 0..width {
                n[j] += bias[j] + r[j] * q[j];
            }
            for j in 0..width {
                n[j] = n[j].tanh();
                h[j] = n[j] + z[j] * (before[j] - n[j]);
            }
        }
    }
}

multiversion! {
    /// The gradients by the gates before their functions; dh becomes z dh
    fn gradient<T: Element>(width: usize, gates: &[T], before: Before<T>, dh: &mut [T], dgates: &mut [T]) {
        let one = T::ONE;
        if width == 0 {
            return;
        }
        let both = gates.chunks_exact(4 * width).zip(dgates.chunks_exact_mut(4 * width));
        for (row, ((gates, dgates), dh)) in both.zip(dh.chunks_exact_mut(width)).enumerate() {
            let before = before.row(row, width);
            let (n, rest) = gates.split_at(width);
            let (r, rest) = rest.split_at(width);
            let (z, q) = rest.split_at(width);
            let (q, dh) = (&q[..width], &mut dh[..width]);
            let (dn, rest) = dgates.split_at_mut(width);
            let (dr, rest) = rest.split_at_mut(width);
            let (dz, dq) = rest.split_at_mut(width);
            let dq = &mut dq[..width];
            for j in 0..width {
                dn[j] = dh[j] * (one - z[j]) * (one - n[j] * n[j]);
                dr[j] = dn[j] * q[j] * r[j] * (one - r[j]);
                dz[j] = dh[j] * (before[j] - n[j]) * z[j] * (one - z[j]);
                dq[j] = dn[j] * r[j];
                dh[j] = dh[j] * z[j];
            }
        }
    }
}

const fn columns(weights: usize, gates: usize, count: usize) -> Columns {
    Columns {
        weights,
        gates,
        count,
    }
}

impl Cell for Gru {
    const LAYOUT: Layout = Layout {
        into: 3,
        across: 3,
        biases: 4,
        gates: 4,
        recurrent: 1,
        columns: &[columns(0, 1, 2), columns(2, 0, 1), columns(3, 3, 1)],
        kept: 0,
    };
    const CELL: bool = false;
    const DIRECT: bool = true;

    fn step<T: Element>(bias: &[T], before: Before<T>, gates: &mut [T], _: &mut [T], h: &mut [T]) {
        step(bias, before, gates, h);
    }

    fn gradient<T: Element>(saved: Saved<T>, before: Before<T>, dh: &mut [T], _: &mut [T], dgates: &mut [T]) {
        gradient(saved.width, saved.gates, before, dh, dgates);
    }
}
