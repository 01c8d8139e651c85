//! For any machine.

use super::coded::{Panel, QUADS};
use crate::inference::lines::ROWS;
use crate::inference::rounded::{BLOCK, Rounded};

/// See [`Kernel`](super::Kernel).
pub fn product(panel: Panel, x: &Rounded, first: usize, out: &mut [[f32; ROWS]]) {
    let (blocks, form) = (panel.blocks(), panel.form);
    out.fill([0.0; ROWS]);
    for b in 0..blocks {
        let codes = codes(&panel, b);
        let [factors, second] = panel.scales(b);
        for (p, out) in out.iter_mut().enumerate() {
            let at = (first + p) * blocks + b;
            let (scale, offset) = (x.scales[at], form.offset());
            let (low, high) = x.codes[at].split_at(BLOCK / 2);
            let [low, high] = [dot(&codes[..QUADS / 2], low), dot(&codes[QUADS / 2..], high)];
            for r in 0..ROWS {
                let own = if form.two() {
                    (low[r] + offset * (scale.minus - scale.minus_upper)) as f32 * factors[r]
                        + (high[r] + offset * scale.minus_upper) as f32 * second[r]
                } else {
                    (low[r] + high[r] + offset * scale.minus) as f32 * factors[r]
                };
                out[r] += own * scale.factor;
            }
            if form.above() {
                (0..ROWS).for_each(|r| out[r] += second[r] * scale.all);
            }
        }
    }
}

/// u of a block, four columns after four.
fn codes(panel: &Panel, b: usize) -> [[u8; 4 * ROWS]; QUADS] {
    let lines = &panel.codes[b * panel.form.lines()..];
    std::array::from_fn(|quad| match panel.form.eight() {
        true => lines[quad].0,
        _ if quad < QUADS / 2 => lines[quad].0.map(|byte| byte & 15),
        _ => lines[quad - QUADS / 2].0.map(|byte| byte >> 4),
    })
}

/// sum u c of every row, over some columns; a product of two bytes fits 16 bits, of which a vector has most.
fn dot(codes: &[[u8; 4 * ROWS]], x: &[i8]) -> [i32; ROWS] {
    let mut sums = [0_i32; 4 * ROWS];
    for (codes, x) in codes.iter().zip(x.as_chunks::<4>().0) {
        let mut inputs = [0_i16; 4 * ROWS];
        for four in inputs.as_chunks_mut::<4>().0 {
            *four = x.map(i16::from);
        }
        for i in 0..4 * ROWS {
            sums[i] += i32::from(i16::from(codes[i]) * inputs[i]);
        }
    }
    let fours = sums.as_chunks::<4>().0;
    std::array::from_fn(|r| fours[r].iter().sum())
}
