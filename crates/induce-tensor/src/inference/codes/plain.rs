//! For any machine.

use super::{BLOCK, Form, Panel, QUADS, ROWS, Rounded};
use crate::inference::lines::from_halves;

/// See [`Kernel`](super::Kernel).
pub fn product(panel: Panel, x: &Rounded, first: usize, out: &mut [[f32; ROWS]]) {
    let blocks = panel.blocks();
    out.fill([0.0; ROWS]);
    for b in 0..blocks {
        let codes = codes(&panel, b);
        let factors = from_halves(&panel.factors[b].0);
        let least = panel.least.get(b).map(|least| from_halves(&least.0));
        for (p, out) in out.iter_mut().enumerate() {
            let at = (first + p) * blocks + b;
            let (factor, sum) = (x.factors[at], x.sums[at]);
            let sums = dot(&codes, &x.codes[at]);
            for r in 0..ROWS {
                out[r] += (sums[r] - panel.form.offset() * sum) as f32 * factors[r] * factor;
            }
            if let Some(least) = least {
                let all = sum as f32 * factor;
                (0..ROWS).for_each(|r| out[r] += least[r] * all);
            }
        }
    }
}

/// u of a block, four columns after four.
fn codes(panel: &Panel, b: usize) -> [[u8; 4 * ROWS]; QUADS] {
    let lines = &panel.codes[b * panel.form.lines()..];
    std::array::from_fn(|quad| match panel.form {
        Form::Eight => lines[quad].0,
        _ if quad < QUADS / 2 => lines[quad].0.map(|byte| byte & 15),
        _ => lines[quad - QUADS / 2].0.map(|byte| byte >> 4),
    })
}

/// sum u c of every row; a product of two bytes fits 16 bits, of which a vector has most.
fn dot(codes: &[[u8; 4 * ROWS]; QUADS], x: &[i8; BLOCK]) -> [i32; ROWS] {
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
