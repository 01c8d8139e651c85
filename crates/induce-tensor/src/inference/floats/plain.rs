//! For any machine.

use crate::inference::lines::{Columns, Line, PARTS, ROWS};

/// See [`product`](super::product).
pub fn product<L: Columns, const R: usize>(
    lines: &[Line<L>],
    apart: usize,
    x: &[f32],
    columns: usize,
    out: &mut [[[f32; ROWS]; R]],
) {
    for (x, out) in x.chunks_exact(columns).zip(out) {
        for (r, out) in out.iter_mut().enumerate() {
            let panel = &lines[r * apart..];
            let mut sums = [[0.0; ROWS]; PARTS];
            for (c, x) in x.iter().enumerate() {
                let w = panel[c / L::COLUMNS].0.column(c % L::COLUMNS);
                let sums = &mut sums[c % PARTS];
                sums.iter_mut()
                    .zip(w)
                    .for_each(|(sum, w)| *sum = w.mul_add(*x, *sum));
            }
            let [a, b, c, d] = sums;
            *out = std::array::from_fn(|r| (a[r] + c[r]) + (b[r] + d[r]));
        }
    }
}
