//! For any machine.

use super::{Columns, Line, PARTS, ROWS};

/// See [`product`](super::product).
pub fn product<L: Columns>(panel: &[Line<L>], x: &[f32], columns: usize, out: &mut [[f32; ROWS]]) {
    for (x, out) in x.chunks_exact(columns).zip(out) {
        let mut sums = [[0.0; ROWS]; PARTS];
        for (c, x) in x.iter().enumerate() {
            let w = panel[c / L::COLUMNS].0.column(c % L::COLUMNS);
            let sums = &mut sums[c % PARTS];
            sums.iter_mut().zip(w).for_each(|(sum, w)| *sum += w * x);
        }
        let [a, b, c, d] = sums;
        *out = std::array::from_fn(|r| (a[r] + c[r]) + (b[r] + d[r]));
    }
}
